# shellcheck shell=bash disable=SC2034,SC2154,SC2292
# What this shell says: lines on stderr, and TAOSHELL_PROMPT.

# -- lines -----------------------------------------------------------------------------------

_taoshell_newline=$'\n' _taoshell_dim=$'\e[2m' _taoshell_plain=$'\e[0m'

# Lines are held until the first prompt is drawn: they would spoil an instant prompt, which is on the screen before the
# start file has been read. bash says them at the next prompt; zsh and fish, as soon as the user enters a command.
_taoshell_say() {
  if [ -n "$_taoshell_holding" ]; then
    _taoshell_held=$_taoshell_held$1$_taoshell_newline
  elif [ -t 2 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    _taoshell_print "${_taoshell_dim}taoshell:$_taoshell_plain $1" >&2
  else
    _taoshell_print "taoshell: $1" >&2
  fi
}

_taoshell_say_held() {
  if [ -n "$_taoshell_holding" ] || [ -z "$_taoshell_held" ]; then return 0; fi
  _taoshell_pwd=$_taoshell_caught_up
  while [ -n "$_taoshell_held" ]; do
    _taoshell_first=${_taoshell_held%%"$_taoshell_newline"*}
    _taoshell_held=${_taoshell_held#*"$_taoshell_newline"}
    _taoshell_say "${_taoshell_first#taoshell: }" # Python's lines already begin with it
  done
}

_taoshell_say_foreign() {
  _taoshell_show "$_taoshell_state"
  _taoshell_say "$_taoshell_shown belongs to another user; nothing is loaded in this shell"
}

# -- TAOSHELL_LOG=full: what a switch has changed ---------------------------------------------------

# Each generation defines `_taoshell_each FUNCTION`, which calls FUNCTION with each variable's name and what may be shown of
# its value, and _taoshell_say_mounts. Remember the values before leaving; after entering, say which differ.
_taoshell_remember_all() {
  _taoshell_names=' '
  if [ "${TAOSHELL_LOG-}" = full ] && [ -n "${TAOSHELL_GENERATION-}" ]; then _taoshell_each _taoshell_remember; fi
}

_taoshell_remember() {
  _taoshell_look_up "$1"
  if [ -n "$_taoshell_is_set" ]; then
    builtin eval "_taoshell_before_$1=\$_taoshell_value"
    _taoshell_names="$_taoshell_names$1 "
  fi
}

_taoshell_say_changes() {
  if [ "${TAOSHELL_LOG-}" != full ] || [ "$_taoshell_said" = "${TAOSHELL_GENERATION-}" ]; then return 0; fi
  if [ -n "${TAOSHELL_GENERATION-}" ]; then _taoshell_each _taoshell_compare; fi
  while [ "$_taoshell_names" != ' ' ]; do # variables of the old project that the new one lacks
    _taoshell_name=${_taoshell_names# } _taoshell_name=${_taoshell_name%% *}
    _taoshell_names=${_taoshell_names#" $_taoshell_name"}
    _taoshell_compare_gone
  done
  if [ "$_taoshell_kind" = entered ]; then _taoshell_say_mounts; fi
}

_taoshell_compare() {
  case $_taoshell_names in
    *" $1 "*)
      _taoshell_names="${_taoshell_names%%" $1 "*} ${_taoshell_names#*" $1 "}"
      _taoshell_look_up "_taoshell_before_$1"
      ;;
    *) _taoshell_look_up "TAOSHELL_WAS_$1" ;;
  esac
  _taoshell_was_set=$_taoshell_is_set _taoshell_was=$_taoshell_value
  _taoshell_look_up "$1"
  if [ -z "$_taoshell_was_set" ]; then
    _taoshell_say "  + $1=$2"
  elif [ "$_taoshell_was" != "$_taoshell_value" ]; then
    _taoshell_say "  ~ $1=$2"
  fi
}

_taoshell_compare_gone() {
  _taoshell_look_up "_taoshell_before_$_taoshell_name"
  _taoshell_was=$_taoshell_value
  _taoshell_look_up "$_taoshell_name"
  if [ -z "$_taoshell_is_set" ]; then
    _taoshell_say "  - $_taoshell_name"
  elif [ "$_taoshell_was" != "$_taoshell_value" ]; then
    if _taoshell_is_secret; then _taoshell_shown=••••; else _taoshell_show "$_taoshell_value"; fi
    _taoshell_say "  ~ $_taoshell_name=$_taoshell_shown"
  fi
}

# Whether _taoshell_name ends in one of the endings in _taoshell_secrets, which are separated by `|`.
_taoshell_is_secret() {
  _taoshell_endings=$_taoshell_secrets'|'
  while [ -n "$_taoshell_endings" ]; do
    case $_taoshell_name in *"${_taoshell_endings%%'|'*}") return 0 ;; esac
    _taoshell_endings=${_taoshell_endings#*'|'}
  done
  return 1
}

# $1 is the name of a variable.
_taoshell_look_up() {
  builtin eval "_taoshell_is_set=\${$1+x} _taoshell_value=\${$1-}"
}

# -- TAOSHELL_PROMPT -------------------------------------------------------------------------------

# The project's name, followed by at most one mark, the most serious one:
#   `!`  nothing of the project is loaded: it is not approved, it is blocked, or Python failed
#   `*`  this shell has values that are no longer in force, and the hook cannot remove them
#   `~`  ~/.tao_mounts.json holds another mapping than this project's
# It is updated only when something may have changed, so that drawing a prompt costs nothing.
_taoshell_note_prompt() {
  _taoshell_shown=''
  if [ "$_taoshell_kind" = entered ]; then
    _taoshell_shown=${TAOSHELL_PROJECT-}
    if [ -n "${TAOSHELL_BLOCKED-}" ]; then
      _taoshell_shown=$_taoshell_shown!
    elif [ "$_taoshell_mode:$_taoshell_want" != "held:$_taoshell_own/shared.json" ]; then
      _taoshell_shown=$_taoshell_shown~
    fi
  elif [ -n "$_taoshell_found" ]; then
    _taoshell_show "${_taoshell_found##*/}"
    _taoshell_shown=$_taoshell_shown!
  elif [ -n "$_taoshell_stuck" ]; then
    _taoshell_shown="$_taoshell_stuck*"
  fi
  if [ -n "$_taoshell_shown" ]; then
    builtin export TAOSHELL_PROMPT="$_taoshell_shown"
  else
    builtin unset TAOSHELL_PROMPT
  fi
}

# Before its first prompt, a shell corrects the TAOSHELL_PROMPT that it has inherited.
_taoshell_inherit_prompt() {
  _taoshell_stuck=''
  if [ "$_taoshell_kind" = foreign ]; then # the variables of another user's project stay
    if [ -n "${TAOSHELL_PROJECT-}" ] && [ -z "${TAOSHELL_BLOCKED-}" ]; then
      builtin export TAOSHELL_PROMPT="$TAOSHELL_PROJECT*"
    fi
  elif [ -z "${TAOSHELL_GENERATION-}" ]; then
    case ${TAOSHELL_PROMPT-} in *'*') _taoshell_stuck=${TAOSHELL_PROMPT%?} ;; esac
  fi
}
