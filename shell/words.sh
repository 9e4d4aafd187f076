# shellcheck shell=bash disable=SC2154,SC2292
# What this shell says: TAOSHELL_PROMPT, for prompts.

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
    export TAOSHELL_PROMPT="$_taoshell_shown"
  else
    unset TAOSHELL_PROMPT
  fi
}

# What a shell that was started with TAOSHELL_PROMPT in its environment makes of it, before its first prompt.
_taoshell_inherit_prompt() {
  _taoshell_stuck=''
  if [ "$_taoshell_kind" = foreign ]; then # its values are another user's project's, and stay
    if [ -n "${TAOSHELL_PROJECT-}" ] && [ -z "${TAOSHELL_BLOCKED-}" ]; then
      export TAOSHELL_PROMPT="$TAOSHELL_PROJECT*"
    fi
  elif [ -z "${TAOSHELL_GENERATION-}" ]; then
    case ${TAOSHELL_PROMPT-} in *'*') _taoshell_stuck=${TAOSHELL_PROMPT%?} ;; esac
  fi
}
