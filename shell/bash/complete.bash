# shellcheck shell=bash
# Completion of taoshell's commands in bash. `taoshell _complete` answers: see taoshell/terminal/completion.py.

_taoshell_complete() {
  local kind value _help
  COMPREPLY=()
  while IFS=$'\t' builtin read -r kind value _help; do
    case $value:${COMP_WORDS[COMP_CWORD]-} in
      *=:* | *:?*=*) ;;
      *) value=${value#*=} ;; # bash completes only the VALUE of NAME=VALUE, unless it is in quotes
    esac
    case $kind in
      plain | path) COMPREPLY+=("$value") ;; # a `dir` comes with each `path` and makes bash quote it
      dir) builtin compopt -o filenames -o plusdirs ;;
      file) builtin compopt -o filenames -o default ;;
    esac
    case $value in *=) builtin compopt -o nospace ;; esac
  done <<<"$(_taoshell_run _complete "${COMP_LINE:0:COMP_POINT}" </dev/null 2>/dev/null)"
}
