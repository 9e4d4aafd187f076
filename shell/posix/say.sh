# shellcheck shell=bash disable=SC2034,SC2154,SC2292
# What this shell says: lines on stderr, and TAOSHELL_PROMPT.

# A line that begins with a tab belongs to the one above it; names have no control characters.
_taoshell_print_line() {
  if [[ $1 == $'\t'* ]]; then
    builtin printf '  %s\n' "${1#?}" >&2
  elif [[ -t 2 && -z ${NO_COLOR-} && ${TERM:-dumb} != dumb ]]; then
    builtin printf '\e[2mtaoshell:\e[0m %s\n' "$1" >&2
  else
    builtin printf 'taoshell: %s\n' "$1" >&2
  fi
}

_taoshell_say_foreign() {
  local _taoshell_shown
  _taoshell_show "$_taoshell_foreign"
  _taoshell_say "$_taoshell_shown belongs to another user; nothing is loaded in this shell"
}

# TAOSHELL_LOG=full: say what a generation has set ($1 is +) or had set (-). $2 is the list that was compiled with it.
_taoshell_say_log() {
  local _taoshell_line _taoshell_name
  if [[ ! -r $2 ]]; then return 0; fi
  while IFS= builtin read -r _taoshell_line; do
    _taoshell_name=${_taoshell_line#+ } _taoshell_name=${_taoshell_name%%=*}
    case $_taoshell_kept_ones in *" $_taoshell_name "*) continue ;; esac
    case $1$_taoshell_line in
      -+*) _taoshell_say $'\t'"- $_taoshell_name" ;;
      +*) _taoshell_say $'\t'"$_taoshell_line" ;;
    esac
  done <"$2"
}

# -- TAOSHELL_PROMPT -------------------------------------------------------------------------------

# The project's name, followed by at most one mark, the most serious one:
#   `!`  nothing of the project is loaded: it is not approved, it is blocked, or Python failed
#   `*`  this shell has values that are no longer in force, and the hook cannot remove them
#   `~`  ~/.tao_mounts.json holds another mapping than this project's
# It is updated only when something may have changed, so that drawing a prompt costs nothing.
_taoshell_note_prompt() {
  local _taoshell_shown=''
  if [[ $_taoshell_kind == entered ]]; then
    _taoshell_shown=${TAOSHELL_PROJECT-}
    case $_taoshell_shown in *[[:cntrl:]]*) _taoshell_without_controls "$_taoshell_shown" ;; esac
    if [[ -n ${TAOSHELL_BLOCKED-} ]]; then
      _taoshell_shown=$_taoshell_shown!
    elif [[ $_taoshell_mode:$_taoshell_want != "held:$_taoshell_state/projects$_taoshell_root/+/shared.json" ]]; then
      _taoshell_shown=$_taoshell_shown~
    fi
  elif [[ -n $_taoshell_found ]]; then
    _taoshell_show "${_taoshell_found##*/}"
    _taoshell_shown=$_taoshell_shown!
  elif [[ -n $_taoshell_stuck ]]; then
    _taoshell_shown="$_taoshell_stuck*"
  fi
  if [[ ${TAOSHELL_PROMPT-} == "$_taoshell_shown" ]]; then return 0; fi
  if _taoshell_drop TAOSHELL_PROMPT && [[ -n $_taoshell_shown ]]; then
    builtin export TAOSHELL_PROMPT="$_taoshell_shown"
  fi
}

# Before its first prompt, a shell corrects the TAOSHELL_PROMPT that it has inherited.
_taoshell_inherit_prompt() {
  if [[ $_taoshell_kind == foreign ]]; then # the variables of another user's project stay
    if [[ -n ${TAOSHELL_PROJECT-} ]] && [[ -z ${TAOSHELL_BLOCKED-} ]]; then
      builtin export TAOSHELL_PROMPT="$TAOSHELL_PROJECT*"
    fi
  elif [[ -z ${TAOSHELL_GENERATION-} ]]; then
    case ${TAOSHELL_PROMPT-} in *'*') _taoshell_stuck=${TAOSHELL_PROMPT%?} ;; esac
  fi
}
