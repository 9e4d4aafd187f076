#compdef taoshell
# Completion of taoshell's commands in zsh. `taoshell _complete` answers: see taoshell/terminal/completion.py.
# zsh reads this at the first TAB, as the body of the function _taoshell.

local line kind value about
local -a plain assignments paths expected
for line in "${(@f)$(_taoshell_run _complete "${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" </dev/null 2>/dev/null)}"; do
  IFS=$'\t' builtin read -r kind value about <<<"$line"
  case $kind:$value in
    plain:*=) assignments+=("${value//:/\\:}${about:+:$about}") ;;
    plain:*) plain+=("${value//:/\\:}${about:+:$about}") ;;
    path:*) paths+=("$value") ;;
    dir:* | file:*) expected+=("$kind") ;;
  esac
done
local found=1
if (( ${#plain} )); then _describe -V taoshell plain && found=0; fi
if (( ${#assignments} )); then _describe -V taoshell assignments -S '' && found=0; fi
# -U: a project also matches by its name alone, so its path need not begin with what was typed.
if (( ${#paths} )); then compadd -U -f -- "${paths[@]}" && found=0; fi
if [[ ${expected[1]-} == dir ]]; then _path_files -/ && found=0; fi
if [[ ${expected[1]-} == file ]]; then
  compset -P '*=' # complete the VALUE of NAME=VALUE
  _files && found=0
fi
return $found
