# shellcheck shell=bash disable=SC2034,SC2154,SC2163,SC2292
# Variables that the user has made more than plain text: read-only, an array, an integer, in upper case, …
#
# Such a variable keeps its value: what a project wants to set would fail there, or become something else. The rest of
# the project is set. This is called only if one is not plain.
#
# The hook of each shell provides
#   _taoshell_ask_why NAME   the caller's _taoshell_why: what NAME is, such as "an array"; '' if it is plain text or unset
#   _taoshell_drop NAME      unset it; fails, without a message, if it is read-only

# Before the shell is refused a project, or leaves one that it was refused: how to export and unset. (The functions of a
# generation find out themselves, by one test of all its names.)
_taoshell_begin_refused() {
  local _taoshell_name _taoshell_why
  _taoshell_export=builtin
  for _taoshell_name in LAUNCHER_MOUNTS TAOSHELL_WAS_LAUNCHER_MOUNTS TAOSHELL_ROOT TAOSHELL_GENERATION TAOSHELL_BLOCKED; do
    _taoshell_ask_why "$_taoshell_name"
    if [[ -n $_taoshell_kept_ones$_taoshell_why ]]; then _taoshell_export=_taoshell_carefully; fi
  done
}

# `export NAME=VALUE...` or `unset NAME...`, for the variables that the project may change
_taoshell_carefully() {
  local _taoshell_verb=$1 _taoshell_pair _taoshell_name
  builtin shift
  for _taoshell_pair; do
    _taoshell_name=${_taoshell_pair%%=*}
    case $_taoshell_verb in
      export) if _taoshell_may_set "$_taoshell_name"; then builtin export "$_taoshell_pair"; fi ;;
      *) if _taoshell_may_undo "$_taoshell_name"; then _taoshell_drop "$_taoshell_name" || :; fi ;;
    esac
  done
}

_taoshell_may_set() {
  local _taoshell_why
  case $1 in
    TAOSHELL_PROMPT) return 1 ;; # see _taoshell_note_prompt
    TAOSHELL_*) return 0 ;;      # see _taoshell_is_barred
  esac
  _taoshell_ask_why "$1"
  if [[ -n $_taoshell_why ]]; then
    case $_taoshell_why in local*) _taoshell_shadowed=1 _taoshell_again=1 ;; esac # enter again when the function has ended
    _taoshell_keeps "$1" "$1 is $_taoshell_why in this shell and keeps its value"
    return 1
  fi
  _taoshell_ask_why "TAOSHELL_WAS_$1"
  if [[ -n $_taoshell_why ]]; then # there is no place for the former value
    _taoshell_keeps "$1" "TAOSHELL_WAS_$1 is $_taoshell_why in this shell, so $1 keeps its value"
    return 1
  fi
}

_taoshell_keeps() {
  _taoshell_kept_ones="${_taoshell_kept_ones:- }$1 "
  _taoshell_say "$2"
}

# Whether the variable $1, which has the project's value, is the project's: neither kept, nor made more than plain text since.
_taoshell_may_undo() {
  local _taoshell_why
  case $_taoshell_kept_ones in *" $1 "*) return 1 ;; esac
  _taoshell_ask_why "$1"
  if [[ -z $_taoshell_why ]]; then return 0; fi
  case $1 in TAOSHELL_*) ;; *) _taoshell_keeps "$1" "$1 is $_taoshell_why now, so it keeps the project's value" ;; esac
  return 1
}

# Whether no project can be entered, as one of our own variables cannot be set: the shell would not know where it is.
_taoshell_is_barred() {
  local _taoshell_name _taoshell_why
  for _taoshell_name in TAOSHELL_ROOT TAOSHELL_GENERATION TAOSHELL_PROJECT TAOSHELL_BLOCKED; do
    _taoshell_ask_why "$_taoshell_name"
    if [[ -n $_taoshell_why ]]; then
      _taoshell_bar "$_taoshell_name" "$_taoshell_why"
      return 0
    fi
  done
  return 1
}

_taoshell_bar() {
  _taoshell_say "$1 is $2 in this shell, so no project can be loaded; start a new shell in which it is not"
  _taoshell_root='' _taoshell_generation='' _taoshell_kind=off
}
