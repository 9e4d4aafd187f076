# taoshell's hook for zsh. `taoshell hook zsh` replaces each placeholder by a quoted value.

# The user's aliases must not be expanded in our functions. `eval` has read this whole text before it runs the first line,
# so this helps only the scripts that are read below; here, a backslash keeps a word from being one.
typeset -g _taoshell_aliases=''
if [[ -o aliases ]]; then
  _taoshell_aliases=1
  \builtin unsetopt aliases
fi

# -- values of this installation -----------------------------------------------------------

typeset -g _taoshell_state=__STATE__
typeset -g _taoshell_mounts=__MOUNTS_FILE__
typeset -g _taoshell_original=__ORIGINAL__
typeset -g _taoshell_cur=__CURRENT__
typeset -g _taoshell_python=__PYTHON__
typeset -g _taoshell_main=__MAIN__
typeset -g _taoshell_ln=__LN__

# -- what differs between the shells ---------------------------------------------------------

typeset -g _taoshell_hush='builtin set +x'
typeset -g _taoshell_returns=0 # zsh restores $? itself, and another status would run an ERR trap again

# $PWD only says where its symlinks lead now, and not where this shell is.
_taoshell_physical() {
  _taoshell_dir=/proc/self/cwd
  if [[ ! -e $_taoshell_dir ]]; then _taoshell_dir="$PWD"; fi
  _taoshell_dir="${_taoshell_dir:P}"
}

# Show ASCII and the letters of any script as they are, and escape the rest: the system also calls characters printable
# that a terminal hides or reorders.
_taoshell_show() {
  builtin emulate -L zsh
  _taoshell_shown="$1"
  if [[ $1 == *[^"' "'!"#$%&()*+,./:;<=>?@[\]^_`{|}~-'[:alnum:]]* ]]; then
    local LC_ALL=C
    _taoshell_shown="${(qqqq)1}"
  fi
}

# Save $2, the former value of the variable $1. It is exported if $1 is, so that a shell started here can restore it too.
_taoshell_keep() {
  if [[ "$_taoshell_export" != builtin ]] && ! _taoshell_can_keep "$1"; then \return 0; fi
  typeset -g "TAOSHELL_WAS_$1=$2"
  if [[ ${(Pt)1} == *export* ]]; then typeset -gx "TAOSHELL_WAS_$1"; else typeset -g +x "TAOSHELL_WAS_$1"; fi
}

# Not an array, and not where there is no place for it.
_taoshell_can_keep() {
  local _taoshell_why
  _taoshell_ask_why "TAOSHELL_WAS_$1"
  if [[ -n "$_taoshell_why" ]]; then \return 1; fi
  case ${(Pt)1} in array* | association*) # after `emulate sh`, zsh does not read (a|b)
    builtin unset "TAOSHELL_WAS_$1"
    \return 1
    ;;
  esac
}

_taoshell_give_back() {
  local was=TAOSHELL_WAS_$1
  if [[ "$_taoshell_export" != builtin ]] && ! _taoshell_may_undo "$1"; then \return 0; fi
  if (( $# == 1 )); then
    builtin unset "$1"
    \return 0
  fi
  if [[ ${(Pt)was} == *export* ]]; then typeset -gx "$1=$2"; else typeset -g +x "$1=$2"; fi
}

# See posix/attributes.sh.
_taoshell_ask_why() {
  local attributes=${(Pt)1}
  case ${attributes%-export} in
    '' | scalar) _taoshell_why='' ;;
    *-readonly*) _taoshell_why=read-only ;;
    association*) _taoshell_why='an associative array' ;;
    array*) _taoshell_why='an array' ;;
    integer*) _taoshell_why='an integer' ;;
    float*) _taoshell_why='a floating-point number' ;;
    *-local*) _taoshell_why='local to a function' ;;
    *-tied*) _taoshell_why='tied to an array' ;;
    *-upper*) _taoshell_why=upper-case ;;
    *-lower*) _taoshell_why=lower-case ;;
    *-left* | *-right*) _taoshell_why=padded ;;
    *-unique*) _taoshell_why=unique ;;
    *-hide*) _taoshell_why=hidden ;;
    *-tag*) _taoshell_why=tagged ;;
    nameref*) _taoshell_why='a reference' ;;
    *) _taoshell_why=special ;;
  esac
}

# An error of a builtin would end the functions that call us. (After `emulate sh`, zsh does not read `always`.)
_taoshell_drop() {
  if [[ ${(Pt)1-} == *-readonly* ]]; then \return 1; fi
  builtin unset "$1"
}

# `sh` ignores the signals, as zsh does not let a program inherit that. It outlives the program: zsh would take a program
# that was ended by a Ctrl-C for an interrupt of what the user types next. `sh` itself says nothing, such as "Killed".
_taoshell_run_apart() {
  builtin emulate -L zsh
  if [[ -n "$_taoshell_holding" ]]; then
    local answer result
    answer=$(_taoshell_holding='' && _taoshell_run_apart "$@" 2>&1)
    result=$?
    if [[ -n "$answer" ]]; then _taoshell_say "$answer"; fi
    \return $result
  fi
  TAOSHELL_STATE="$_taoshell_state" TAOSHELL_MOUNTS_FILE="$_taoshell_mounts" \
    /bin/sh -c 'trap "" INT TSTP TTIN TTOU; exec 3>&2 2>/dev/null; (exec "$@" 2>&3 3>&-); exit $?' taoshell "$@" </dev/null >&2
}

# zsh's own rename needs no process. If zsh lacks it, GNU ln does the same. If the mapping was replaced by a folder,
# zf_mv would move the new symlink into that.
if builtin zmodload -F zsh/files b:zf_ln b:zf_mv 2>/dev/null; then
  _taoshell_swap() {
    { [[ ! -d $_taoshell_cur ]] && builtin zf_ln -sf "$1" "$_taoshell_cur.$$" &&
      builtin zf_mv -f "$_taoshell_cur.$$" "$_taoshell_cur"; } 2>/dev/null
  }
else
  _taoshell_swap() {
    [[ -n "$_taoshell_ln" ]] && _taoshell_run_apart "$_taoshell_ln" -sfn "$1" "$_taoshell_cur" 2>/dev/null
  }
fi

# precmd_functions may have been replaced.
_taoshell_note_unheard() {
  if [[ -o interactive && " ${precmd_functions[*]} " != *_taoshell_hook* ]]; then
    _taoshell_unheard=precmd_functions
  fi
}

# -- lines for the user ----------------------------------------------------------------------------

# An instant prompt (powerlevel10k) is on the screen before the start file has been read, and output would spoil it. So
# lines are held until the first prompt has been drawn: _taoshell_holding is not empty until then. They are said as soon
# as the user enters a command, or else at the second prompt.
if [[ ${_taoshell_pid-} != $$ ]] || ! builtin type _taoshell_begin &>/dev/null; then
  typeset -g _taoshell_holding=1 _taoshell_held=''
fi

_taoshell_say() {
  if [[ -n "$_taoshell_holding" ]]; then
    typeset -g _taoshell_held="$_taoshell_held$1"$'\n'
  else
    _taoshell_print_line "$1"
  fi
}

_taoshell_flush() {
  builtin emulate -L zsh
  if [[ -n "$_taoshell_holding" || -z "$_taoshell_held" ]]; then \return 0; fi
  local line
  local -a lines=("${(@f)_taoshell_held%$'\n'}")
  typeset -g _taoshell_held=''
  for line in "${lines[@]}"; do
    _taoshell_print_line "${line#taoshell: }" # Python's lines already begin with it
  done
}

# Run last, just before the first prompt is drawn.
_taoshell_first_prompt() {
  builtin emulate -L zsh
  precmd_functions=("${(@)precmd_functions:#_taoshell_first_prompt}")
  typeset -g _taoshell_holding=''
  if [[ -n "$_taoshell_held" ]]; then
    typeset -ga preexec_functions
    preexec_functions+=(_taoshell_first_command)
  fi
}

_taoshell_first_command() {
  builtin emulate -L zsh
  preexec_functions=("${(@)preexec_functions:#_taoshell_first_command}")
  _taoshell_flush
}

# -- leaving the shell -----------------------------------------------------------------------------

_taoshell_exit() {
  if [[ $ZSH_SUBSHELL != 0 ]]; then \return 0; fi
  typeset -g _taoshell_holding=''
  _taoshell_flush
  if [[ -n "$_taoshell_claimed" ]]; then
    typeset -g _taoshell_kind=''
    _taoshell_settle
  fi
}

# -- start -----------------------------------------------------------------------------------------

# A process without our hook, such as an editor, may have inherited a project's variables from direnv. Let direnv undo
# them now: later it would also remove what we have set.
if [[ -n "${TAOSHELL_DIRENV-}" && -o interactive ]]; then
  builtin eval "$(sh -c 'cd / && exec direnv export zsh' 2>/dev/null)"
fi

# The shared scripts run in emulation of sh, whatever options the user has set: their functions keep that emulation. It
# would include posix_traps, with which the first call of a function would remove the user's EXIT trap. local_traps gives
# back the user's INT trap: what acts ignores Ctrl-C. If one comes while zsh expands `$x` in a pattern, also in
# `[[ a == "$x" ]]`, zsh takes the pattern as it is written, and keeps it: the function would never work again.
builtin emulate sh -o no_aliases -o no_posix_traps -o local_traps -c __SHARED__

# This tells `taoshell export direnv` that this shell has the hook.
if [[ -o interactive ]] && _taoshell_drop TAOSHELL_HOOK; then builtin export TAOSHELL_HOOK=$$; fi

# Run first, so that other tools' prompts see the new variables.
typeset -ga precmd_functions chpwd_functions zshexit_functions
if [[ " ${precmd_functions[*]} " != *_taoshell_hook* ]]; then
  precmd_functions=(_taoshell_hook "${precmd_functions[@]}")
fi
if [[ -n "$_taoshell_holding" && " ${precmd_functions[*]} " != *_taoshell_first_prompt* ]]; then
  precmd_functions+=(_taoshell_first_prompt)
fi
if [[ " ${chpwd_functions[*]} " != *_taoshell_hook* ]]; then
  chpwd_functions=(_taoshell_hook "${chpwd_functions[@]}")
fi
if [[ " ${zshexit_functions[*]} " != *_taoshell_exit* ]]; then
  zshexit_functions+=(_taoshell_exit)
fi
if [[ -n "$_taoshell_aliases" ]]; then builtin setopt aliases; fi
builtin unset _taoshell_aliases
