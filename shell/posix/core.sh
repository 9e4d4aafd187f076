# shellcheck shell=bash disable=SC2154,SC2292
# At each prompt: which project is this shell in, and is it still exactly what was approved?
# bash and zsh share this, switch.sh (leave one project, enter another), sessions.sh and settle.sh (the mounts file),
# say.sh (messages) and renew.sh (after an upgrade).
#
# The hook of each shell provides what differs between the shells:
#   _taoshell_print TEXT      one line on stdout
#   _taoshell_put FILE TEXT   TEXT as the first line of FILE, without truncating it
#   _taoshell_empty FILE      FILE becomes empty
#   _taoshell_physical        _taoshell_dir becomes the physical working directory
#   _taoshell_show TEXT       _taoshell_shown becomes TEXT, safe to print
#   _taoshell_keep NAME VALUE: save a former value with its attributes
#   _taoshell_give_back NAME [VALUE]: restore it, or unset the variable if it had none
#   _taoshell_run_apart PROGRAM [ARG]...: run it out of reach of Ctrl-C and Ctrl-Z, without stdin, and with stdout on stderr
#   _taoshell_hush            commands that turn `set -x` off until the function returns: the user traces their own lines
#   _taoshell_swap WANT       the state folder's `cur` becomes a symlink to WANT, atomically
# Each generation (compiled by `taoshell allow`) provides what differs between projects:
#   _taoshell_unchanged, _taoshell_enter, _taoshell_leave; for TAOSHELL_LOG=full _taoshell_each, _taoshell_say_mounts
#
# There is no `local` here, as some shells lack it: every name begins with _taoshell_ instead.
# An idle prompt runs tests only: `[[` for files, as it is the fastest, but `[` for strings, as bash's nocasematch
# does not affect it.

# -- at each prompt and, if the shell supports it, at each change of directory ---------

# One function tests everything for an idle prompt, as a call takes zsh 12 µs. A variable that does not matter at the
# moment is "" or "/". No two mappings have the same mtime, so comparing the mounts file with the twin of the mapping that
# this shell last saw shows both: another mapping is in force, or another program wrote into it.
_taoshell_hook() {
  case $- in
    *x*) { _taoshell_status=$? && builtin eval "$_taoshell_hush"; } 2>/dev/null ;;
    *) _taoshell_status=$? ;;
  esac
  if [ "$PWD:${TAOSHELL_GENERATION-}" = "$_taoshell_pwd:$_taoshell_generation" ] && [[ ! -e $_taoshell_watch &&
    -e $_taoshell_seen && -e $_taoshell_as_old && ! $_taoshell_seen -nt $_taoshell_as_old &&
    ! $_taoshell_seen -ot $_taoshell_as_old && -e $_taoshell_holder_alive &&
    ! -e $_taoshell_no_file && ! -L $_taoshell_no_link ]] && _taoshell_unchanged; then
    :
  elif [ "${ZSH_SUBSHELL-0}" = 0 ]; then # not in `$(cd …)` or a subshell of TAB completion
    _taoshell_update || :
  fi
  if [ -n "${ZSH_VERSION-}" ]; then return 0; fi # zsh restores $? itself, and a status would run an ERR trap again
  return "$_taoshell_status"
}

_taoshell_update() {
  if [ -n "$_taoshell_held" ] && [ -z "$_taoshell_holding" ]; then # say it now, and then treat this prompt like any other
    _taoshell_say_held
    _taoshell_first_status=$_taoshell_status
    _taoshell_hook
    _taoshell_status=$_taoshell_first_status
    return 0
  fi
  case $_taoshell_kind in off | foreign) ;; *) _taoshell_catch_up ;; esac
  if [ -z "${ZSH_VERSION-}" ]; then _taoshell_holding=''; fi # in zsh the hook also runs before the first prompt
}

_taoshell_catch_up() {
  _taoshell_pwd='' _taoshell_caught_up='' _taoshell_again='' _taoshell_busy=/
  if [ "$_taoshell_kind" = failed ]; then _taoshell_root=''; fi # try again
  _taoshell_find
  if [ "$_taoshell_found" != "$_taoshell_root" ] || ! _taoshell_fresh; then
    _taoshell_switch
  fi
  _taoshell_register
  _taoshell_settle
  _taoshell_note_busy
  _taoshell_note_mounts
  _taoshell_note_prompt
  _taoshell_watch=''
  if [ ! -e "$PWD/taoshell.toml" ]; then _taoshell_watch=$PWD/taoshell.toml; fi
  # This comes last: if an update is interrupted, the next prompt starts it again.
  if [ -z "$_taoshell_again" ]; then _taoshell_caught_up=$PWD; fi
  if [ -z "$_taoshell_held" ]; then _taoshell_pwd=$_taoshell_caught_up; fi
}

# Whether this shell's environment is still what it should be.
_taoshell_fresh() {
  if [ "${TAOSHELL_GENERATION-}" != "$_taoshell_generation" ]; then return 1; fi
  if [ -z "$_taoshell_kind" ]; then
    [ -z "$_taoshell_generation" ]
  else
    _taoshell_unchanged
  fi
}

# Note what an idle prompt must test to see whether the mounts file has changed since now.
_taoshell_note_mounts() {
  _taoshell_seen=/ _taoshell_as_old=/ _taoshell_no_file='' _taoshell_no_link=''
  case $_taoshell_mode in
    held) _taoshell_seen=$_taoshell_mounts _taoshell_as_old=$_taoshell_twin ;;
    own)
      if [ -e "$_taoshell_original" ]; then
        _taoshell_seen=$_taoshell_mounts _taoshell_as_old=$_taoshell_original
      else
        _taoshell_no_file=$_taoshell_mounts
      fi
      ;;
    apart)
      _taoshell_no_link=$_taoshell_mounts
      if [ ! -L "$_taoshell_state/cur" ]; then _taoshell_no_link=$_taoshell_state/cur; fi
      ;;
  esac
}

# -- finding the project -----------------------------------------------------------------

_taoshell_find() {
  if ! _taoshell_climb "$PWD"; then
    _taoshell_found=
    if _taoshell_physical; then _taoshell_climb "$_taoshell_dir"; fi
  fi
}

# _taoshell_found: the nearest folder with a taoshell.toml. Fails if a folder on the way up is a symlink, as a project is
# known by its physical path.
_taoshell_climb() {
  _taoshell_found=
  case $1 in /*) _taoshell_dir=$1 ;; *) _taoshell_dir= ;; esac
  while [ -n "$_taoshell_dir" ]; do
    if [ -L "$_taoshell_dir" ]; then return 1; fi
    if [ -z "$_taoshell_found" ] && [ -e "$_taoshell_dir/taoshell.toml" ]; then
      _taoshell_found=$_taoshell_dir
    fi
    _taoshell_dir=${_taoshell_dir%/*}
  done
}

# -- Python, for all that is new, changed or wrong --------------------------------------------

# Pass on the folders fixed in this hook: a later change of HOME does not move them.
_taoshell_run() {
  _taoshell_is_installed &&
    TAOSHELL_STATE=$_taoshell_state TAOSHELL_MOUNTS_FILE=$_taoshell_mounts \
      "$_taoshell_python" -E "$_taoshell_main" "$@"
}

_taoshell_is_installed() {
  if [ ! -x "$_taoshell_python" ] || [ ! -e "$_taoshell_main" ]; then
    _taoshell_say "taoshell is not installed any more; start a new shell, or install it again"
    return 1
  fi
}

# The hook's own calls. A Ctrl-C ends Python without a message, and the next prompt tries again. A Ctrl-Z does nothing: a
# stopped call would hold the lock, or become a job.
_taoshell_call() {
  if ! _taoshell_is_installed; then return 1; fi
  if [ -z "$_taoshell_holding" ]; then
    _taoshell_run_apart "$_taoshell_python" -E "$_taoshell_main" "$@"
    _taoshell_result=$?
  else
    _taoshell_answer=$(_taoshell_run_apart "$_taoshell_python" -E "$_taoshell_main" "$@" 2>&1)
    _taoshell_result=$?
    if [ -n "$_taoshell_answer" ]; then _taoshell_say "$_taoshell_answer"; fi
  fi
  _taoshell_note_result "$_taoshell_result"
  return "$_taoshell_result"
}

# -- the commands that only the shell itself can answer ---------------------------------------------

taoshell() {
  case $#:${1-}:${2-} in
    1:off: | 1:on:)
      _taoshell_say_held
      _taoshell_turn "$1"
      ;;
    1:reload:)
      _taoshell_say_held
      _taoshell_pwd=''
      _taoshell_run reload || return
      case $_taoshell_kind in off | foreign) ;; *) _taoshell_reload ;; esac
      ;;
    2:status:--prompt) if [ -n "${TAOSHELL_PROMPT-}" ]; then _taoshell_print "$TAOSHELL_PROMPT"; fi ;;
    *)
      _taoshell_say_held
      _taoshell_pwd='' # whatever the command does, the next prompt checks again
      _taoshell_run "$@"
      ;;
  esac
}

_taoshell_turn() {
  case $_taoshell_kind:$1 in
    foreign:*)
      _taoshell_say_foreign
      return 1
      ;;
    *:off)
      _taoshell_found='' _taoshell_pwd=''
      _taoshell_switch
      _taoshell_register
      _taoshell_settle
      _taoshell_note_prompt
      _taoshell_kind=off
      ;;
    off:on) _taoshell_kind='' _taoshell_pwd='' ;;
  esac
}

# -- start: once in each shell, however often the hook is evaluated ---------------------------

# `$$` tells a new shell from this one even if `set -a` has exported our variables.
if [ "${_taoshell_pid-}" != "$$" ]; then
  _taoshell_pid=$$ _taoshell_noglob='' _taoshell_holding=1 _taoshell_held=''
  _taoshell_root='' _taoshell_generation='' _taoshell_kind='' _taoshell_own=''
  _taoshell_seen=/ _taoshell_as_old=/ _taoshell_no_file='' _taoshell_no_link='' _taoshell_busy=/
  _taoshell_unchanged() { :; }
  _taoshell_each() { :; }
  _taoshell_begin_sessions
  if [ -e "$_taoshell_state" ] && [ ! -O "$_taoshell_state" ]; then
    _taoshell_kind=foreign _taoshell_claimed='' # `sudo` that keeps HOME, or worse: never source another user's files
    case $- in *i*) _taoshell_say_foreign ;; esac
  elif [ -n "${TAOSHELL_GENERATION-}" ]; then
    _taoshell_inherit
  fi
  _taoshell_inherit_prompt
  # A shell that is not interactive keeps the variables it inherited. zsh calls our functions there at each `cd` too.
  case $-:$_taoshell_kind in *i*:* | *:foreign) ;; *) _taoshell_kind=off _taoshell_holding='' ;; esac
fi
_taoshell_pwd='' _taoshell_caught_up='' _taoshell_watch=''
