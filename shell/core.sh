# shellcheck shell=bash disable=SC2154,SC2292
# Which project is this shell in, and is it still just what was approved? At each prompt.
# bash and zsh share this, switch.sh (leave one project, enter another) and settle.sh (the mounts file).
#
# The hook of each shell provides what differs between them:
#   _taoshell_say TEXT        one line on stderr
#   _taoshell_print TEXT      one line on stdout
#   _taoshell_put FILE TEXT   TEXT as the first line of FILE, without truncating it
#   _taoshell_physical        _taoshell_dir becomes the physical working directory
#   _taoshell_show PATH       _taoshell_shown becomes PATH, safe to print
#   _taoshell_swap WANT       the state folder's `cur` becomes a link to WANT, atomically
# and each generation (compiled by `taoshell allow`) what differs between projects:
#   _taoshell_unchanged, _taoshell_enter, _taoshell_leave
#
# There is no `local` here, as some shells have none: every name is _taoshell_… instead.
# Nothing but tests runs on the way through an idle prompt: `[[` for files, as it is the fastest, but `[` for
# strings, as bash's nocasematch has no part in that one.

# -- at each prompt, and where the shell can tell, at each change of directory ---------

_taoshell_look() {
  if [ "$PWD" = "$_taoshell_pwd" ] && [[ ! -e $_taoshell_watch ]] &&
    _taoshell_fresh && _taoshell_calm; then
    return 0
  fi
  _taoshell_update
}

_taoshell_update() {
  if [ "$_taoshell_kind" = off ]; then return 0; fi
  _taoshell_pwd='' _taoshell_again=''
  _taoshell_find
  if [ "$_taoshell_found" != "$_taoshell_root" ] || ! _taoshell_fresh; then
    _taoshell_switch
  fi
  _taoshell_register
  _taoshell_settle
  _taoshell_watch=
  if [ ! -e "$PWD/taoshell.toml" ]; then _taoshell_watch=$PWD/taoshell.toml; fi
  # Last: an update that was interrupted starts again at the next prompt.
  if [ -z "$_taoshell_again" ]; then _taoshell_pwd=$PWD; fi
}

# Is what this shell has in its environment still what it should have?
_taoshell_fresh() {
  if [ "${TAOSHELL_GENERATION-}" != "$_taoshell_generation" ]; then return 1; fi
  case $_taoshell_kind in
    entered) _taoshell_unchanged ;;
    unapproved) [[ -e $_taoshell_root/taoshell.toml && ! -L $_taoshell_own/current ]] ;;
    failed) ;; # it has been said: cd or any taoshell command tries again
    *) [ -z "$_taoshell_generation" ] ;;
  esac
}

# Is the mounts file what this shell last saw, untouched, its holder alive? No two mappings are equally old, so one
# comparison with the twin of the mapping that was seen tells both: another mapping in force, or a foreign write.
_taoshell_calm() {
  case $_taoshell_mode in
    held)
      [[ -e $_taoshell_mounts && -e $_taoshell_twin && ! $_taoshell_mounts -nt $_taoshell_twin &&
        ! $_taoshell_mounts -ot $_taoshell_twin && -d $_taoshell_holder_alive ]]
      ;;
    own) _taoshell_is_ours && _taoshell_names_original ;;
    apart) [[ ! -L $_taoshell_state/cur || ! -L $_taoshell_mounts ]] ;;
    *) [ "$_taoshell_mode" = failed ] ;;
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
  (
    trap '' INT
    _taoshell_run "$@"
  ) </dev/null >&2
  case $? in
    0) return 0 ;;
    130) _taoshell_again=1 ;;
  esac
  return 1
}

# -- the command, where only this shell can answer ---------------------------------------------

taoshell() {
  case $#:${1-}:${2-} in
    1:off:) _taoshell_turn_off ;;
    1:on:) if [ "$_taoshell_kind" = off ]; then _taoshell_kind='' _taoshell_pwd=''; fi ;;
    2:status:--prompt) _taoshell_prompt_text ;;
    *)
      _taoshell_pwd='' # whatever the command does, the next prompt looks again
      if [ "$_taoshell_kind" = failed ]; then _taoshell_root=''; fi
      _taoshell_run "$@"
      ;;
  esac
}

_taoshell_turn_off() {
  _taoshell_found='' _taoshell_pwd=''
  _taoshell_switch
  _taoshell_register
  _taoshell_settle
  _taoshell_kind=off
}

_taoshell_prompt_text() {
  case $_taoshell_kind in
    entered) _taoshell_print "$TAOSHELL_PROJECT${TAOSHELL_BLOCKED:+!}" ;;
    unapproved | failed)
      _taoshell_show "${_taoshell_root##*/}"
      _taoshell_print "$_taoshell_shown!"
      ;;
  esac
}

# -- start: once in each shell, however often the hook is evaluated ---------------------------

# `$$` tells a new shell from this one even where `set -a` has exported our variables.
if [ "${_taoshell_pid-}" != "$$" ]; then
  _taoshell_pid=$$ _taoshell_noglob=''
  _taoshell_root='' _taoshell_generation='' _taoshell_kind='' _taoshell_own=''
  _taoshell_begin_sessions
  if [ -e "$_taoshell_state" ] && [ ! -O "$_taoshell_state" ]; then
    _taoshell_kind=off # sudo with HOME kept, or worse: what is not ours is not sourced
    _taoshell_say "$_taoshell_state belongs to another user; nothing is loaded in this shell"
  elif [ -n "${TAOSHELL_GENERATION-}" ]; then
    _taoshell_inherit
  fi
fi
_taoshell_pwd='' _taoshell_watch=''
