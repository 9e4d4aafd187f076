# shellcheck shell=bash disable=SC2034,SC2154,SC2292
# What this shell says: lines on stderr, and TAOSHELL_PROMPT.

# -- lines -----------------------------------------------------------------------------------

_taoshell_newline=$'\n' _taoshell_dim=$'\e[2m' _taoshell_plain=$'\e[0m'

# Until the first prompt is drawn every line is held back: an instant prompt, which is on the screen before the rc file has
# been read, would be spoiled. The next prompt says it; zsh and fish, as soon as a command is typed.
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
    _taoshell_say "${_taoshell_first#taoshell: }" # Python's lines have it already
  done
}

_taoshell_say_foreign() {
  _taoshell_show "$_taoshell_state"
  _taoshell_say "$_taoshell_shown belongs to another user; nothing is loaded in this shell"
}

# -- TAOSHELL_LOG=full: what a switch has changed ---------------------------------------------------

# Each generation has compiled: _taoshell_each FUNCTION calls it with the name of each variable and what may be shown of
# the value; _taoshell_say_mounts. Before leaving, the values are remembered, and whatever differs afterwards is said.
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
  while [ "$_taoshell_names" != ' ' ]; do # what the project that was left had, and the new one has not
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
    case $_taoshell_name in
      *KEY | *TOKEN | *SECRET | *PASSWORD) _taoshell_shown=•••• ;; # as in taoshell.names
      *) _taoshell_show "$_taoshell_value" ;;
    esac
    _taoshell_say "  ~ $_taoshell_name=$_taoshell_shown"
  fi
}

# $1 is the name of a variable.
_taoshell_look_up() {
  builtin eval "_taoshell_is_set=\${$1+x} _taoshell_value=\${$1-}"
}

# -- TAOSHELL_PROMPT -------------------------------------------------------------------------------

# The project's name, and behind it one mark at most, the gravest:
#   `!`  nothing of the project is loaded: not approved, blocked, or Python could not look
#   `*`  this shell has values that are in force no more, and the hook cannot take them away
#   `~`  ~/.tao_mounts.json has another mapping than this project's
# Written down whenever anything may have changed, and only then, so that drawing a prompt costs nothing.
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

# What a shell that was started with TAOSHELL_PROMPT in its environment makes of it, before its first prompt.
_taoshell_inherit_prompt() {
  _taoshell_stuck=''
  if [ "$_taoshell_kind" = foreign ]; then # its values are another user's project's, and stay
    if [ -n "${TAOSHELL_PROJECT-}" ] && [ -z "${TAOSHELL_BLOCKED-}" ]; then
      builtin export TAOSHELL_PROMPT="$TAOSHELL_PROJECT*"
    fi
  elif [ -z "${TAOSHELL_GENERATION-}" ]; then
    case ${TAOSHELL_PROMPT-} in *'*') _taoshell_stuck=${TAOSHELL_PROMPT%?} ;; esac
  fi
}
