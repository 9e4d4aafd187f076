# shellcheck shell=bash disable=SC2154,SC2292
# Which project is this shell in, and is it still just what was approved? At each prompt.
# bash and zsh share this, switch.sh (leave one project, enter another), sessions.sh and settle.sh (the mounts file) and
# say.sh.
#
# The hook of each shell provides what differs between them:
#   _taoshell_print TEXT      one line on stdout
#   _taoshell_put FILE TEXT   TEXT as the first line of FILE, without truncating it
#   _taoshell_empty FILE      FILE becomes empty
#   _taoshell_physical        _taoshell_dir becomes the physical working directory
#   _taoshell_show PATH       _taoshell_shown becomes PATH, safe to print
#   _taoshell_keep NAME VALUE, _taoshell_give_back NAME VALUE: a former value, saved with its attributes
#   _taoshell_hush            commands that turn `set -x` off until the function returns: it is for the user's own lines
#   _taoshell_swap WANT       the state folder's `cur` becomes a link to WANT, atomically
# and each generation (compiled by `taoshell allow`) what differs between projects:
#   _taoshell_unchanged, _taoshell_enter, _taoshell_leave; for TAOSHELL_LOG=full _taoshell_each, _taoshell_say_mounts
#
# There is no `local` here, as some shells have none: every name is _taoshell_… instead.
# Nothing but tests runs on the way through an idle prompt: `[[` for files, as it is the fastest, but `[` for
# strings, as bash's nocasematch has no part in that one.

# -- at each prompt, and where the shell can tell, at each change of directory ---------

# All that an idle prompt looks at, in one function: a call takes zsh 12 µs. What does not matter at the moment is
# "" or "/" in the tests. No two mappings are equally old, so comparing the mounts file with the twin of the mapping
# that this shell last saw tells both: another mapping is in force, or something else wrote into it.
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
  elif [ "${ZSH_SUBSHELL-0}" = 0 ]; then # `$(cd …)` and the subshells of TAB completion are not this shell
    _taoshell_update || :
  fi
  if [ -n "${ZSH_VERSION-}" ]; then return 0; fi # it keeps $? itself, and a status would ring an ERR trap again
  return "$_taoshell_status"
}

_taoshell_update() {
  if [ -n "$_taoshell_held" ] && [ -z "$_taoshell_holding" ]; then # said now, and then it is a prompt like any other
    _taoshell_say_held
    _taoshell_first_status=$_taoshell_status
    _taoshell_hook
    _taoshell_status=$_taoshell_first_status
    return 0
  fi
  case $_taoshell_kind in off | foreign) ;; *) _taoshell_catch_up ;; esac
  if [ -z "${ZSH_VERSION-}" ]; then _taoshell_holding=''; fi # zsh's hook also runs before the first prompt
}

_taoshell_catch_up() {
  _taoshell_pwd='' _taoshell_caught_up='' _taoshell_again=''
  _taoshell_find
  if [ "$_taoshell_found" != "$_taoshell_root" ] || ! _taoshell_fresh; then
    _taoshell_switch
  fi
  _taoshell_register
  _taoshell_settle
  _taoshell_note_mounts
  _taoshell_note_prompt
  _taoshell_watch=''
  if [ ! -e "$PWD/taoshell.toml" ]; then _taoshell_watch=$PWD/taoshell.toml; fi
  # Last: an update that was interrupted starts again at the next prompt.
  if [ -z "$_taoshell_again" ]; then _taoshell_caught_up=$PWD; fi
  if [ -z "$_taoshell_held" ]; then _taoshell_pwd=$_taoshell_caught_up; fi
}

# Is what this shell has in its environment still what it should have?
_taoshell_fresh() {
  if [ "${TAOSHELL_GENERATION-}" != "$_taoshell_generation" ]; then return 1; fi
  if [ -z "$_taoshell_kind" ]; then
    [ -z "$_taoshell_generation" ]
  else
    _taoshell_unchanged
  fi
}

# What idle prompts look at to see whether the mounts file is as it is now.
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

# _taoshell_found: the nearest folder with a taoshell.toml. Fails where the way up meets a symlink:
# a project is known by its physical path.
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

_taoshell_run() {
  if [ ! -x "$_taoshell_python" ] || [ ! -e "$_taoshell_main" ]; then
    _taoshell_say "taoshell is not installed any more; start a new shell, or install it again"
    return 1
  fi
  # It gets the folders that this hook was made for: a later change of HOME does not move them.
  TAOSHELL_STATE=$_taoshell_state TAOSHELL_MOUNTS_FILE=$_taoshell_mounts \
    "$_taoshell_python" -E "$_taoshell_main" "$@"
}

# For ourselves. Python lets a Ctrl-C through as soon as it can end without a word: the next prompt tries again.
_taoshell_call() {
  if [ -z "$_taoshell_holding" ]; then
    _taoshell_run_apart "$@"
    _taoshell_result=$?
  else
    _taoshell_answer=$(_taoshell_holding='' && _taoshell_run_apart "$@" 2>&1)
    _taoshell_result=$?
    if [ -n "$_taoshell_answer" ]; then _taoshell_say "$_taoshell_answer"; fi
  fi
  case $_taoshell_result in
    130 | 137 | 143) _taoshell_again=1 ;; # it was interrupted or killed, and has said nothing
  esac
  return "$_taoshell_result"
}

_taoshell_run_apart() (
  builtin trap '' INT
  _taoshell_run "$@" </dev/null >&2
)

# -- the command, where only this shell can answer ---------------------------------------------

taoshell() {
  case $#:${1-}:${2-} in
    1:off: | 1:on:)
      _taoshell_say_held
      _taoshell_turn "$1"
      ;;
    2:status:--prompt) if [ -n "${TAOSHELL_PROMPT-}" ]; then _taoshell_print "$TAOSHELL_PROMPT"; fi ;;
    *)
      _taoshell_say_held
      _taoshell_pwd='' # whatever the command does, the next prompt looks again
      if [ "$_taoshell_kind" = failed ]; then _taoshell_root=''; fi
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

# `$$` tells a new shell from this one even where `set -a` has exported our variables.
if [ "${_taoshell_pid-}" != "$$" ]; then
  _taoshell_pid=$$ _taoshell_noglob='' _taoshell_holding=1 _taoshell_held=''
  _taoshell_root='' _taoshell_generation='' _taoshell_kind='' _taoshell_own=''
  _taoshell_seen=/ _taoshell_as_old=/ _taoshell_no_file='' _taoshell_no_link=''
  _taoshell_unchanged() { :; }
  _taoshell_each() { :; }
  _taoshell_begin_sessions
  if [ -e "$_taoshell_state" ] && [ ! -O "$_taoshell_state" ]; then
    _taoshell_kind=foreign _taoshell_claimed='' # sudo with HOME kept, or worse: what is not ours is not sourced
    case $- in *i*) _taoshell_say_foreign ;; esac
  elif [ -n "${TAOSHELL_GENERATION-}" ]; then
    _taoshell_inherit
  fi
  _taoshell_inherit_prompt
  # A script, or a shell for one command, keeps what it was given: zsh calls us there at each `cd` too.
  case $-:$_taoshell_kind in *i*:* | *:foreign) ;; *) _taoshell_kind=off _taoshell_holding='' ;; esac
fi
_taoshell_pwd='' _taoshell_caught_up='' _taoshell_watch=''
