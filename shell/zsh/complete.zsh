#compdef taoshell
# Completion of taoshell's commands in zsh; `taoshell _complete` finds out what there is: see taoshell/completion.py.
# The body of the function _taoshell, which zsh reads at the first TAB.

local line kind value about
local -a plain assignments paths expected
for line in "${(@f)$(_taoshell_run _complete "${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" </dev/null 2>/dev/null)}"; do
  IFS=$'\t' builtin read -r kind value about <<<"$line"
  case $kind:$value in
    plain:*=) assignments+=("${value//:/\\:}:$about") ;;
    plain:*) plain+=("${value//:/\\:}:$about") ;;
    path:*) paths+=("$value") ;;
    dir:* | file:*) expected+=("$kind") ;;
  esac
done
local found=1
if (( ${#plain} )); then _describe -V taoshell plain && found=0; fi
if (( ${#assignments} )); then _describe -V taoshell assignments -S '' && found=0; fi
# A project is also found by its name alone, so zsh must not ask for a common beginning.
if (( ${#paths} )); then compadd -U -f -- "${paths[@]}" && found=0; fi
if [[ ${expected[1]-} == dir ]]; then _path_files -/ && found=0; fi
if [[ ${expected[1]-} == file ]]; then
  compset -P '*=' # the value in NAME=VALUE
  _files && found=0
fi
return $found
