# taoshell's hook for zsh. `taoshell hook zsh` replaces each placeholder by a quoted value.

# The user's aliases must not be expanded in our functions.
typeset -g _taoshell_aliases=''
if [[ -o aliases ]]; then
  _taoshell_aliases=1
  \builtin unsetopt aliases
fi

# -- values of this installation -----------------------------------------------------------

typeset -g _taoshell_state=__STATE__
typeset -g _taoshell_mounts=__MOUNTS_FILE__
typeset -g _taoshell_original=__ORIGINAL__
typeset -g _taoshell_python=__PYTHON__
typeset -g _taoshell_main=__MAIN__
typeset -g _taoshell_ln=__LN__
typeset -g _taoshell_secrets=__SECRETS__

# -- what differs between the shells ---------------------------------------------------------

typeset -g _taoshell_hush='builtin set +x'

_taoshell_print() {
  builtin print -r -- "$1"
}

# Do not truncate: on ext4 the rename that follows would then wait for the disk.
_taoshell_put() {
  { builtin print -r -- "$2" 1<>"$1"; } 2>/dev/null
}

_taoshell_empty() {
  { builtin print -n >|"$1"; } 2>/dev/null
}

_taoshell_physical() {
  typeset -g _taoshell_dir="${PWD:P}"
}

# Show ASCII and the letters of any script as they are, and escape the rest: the system also calls characters printable
# that a terminal hides or reorders.
_taoshell_show() {
  builtin emulate -L zsh
  typeset -g _taoshell_shown="$1"
  if [[ $1 == *[^"' "'!"#$%&()*+,./:;<=>?@[\]^_`{|}~-'[:alnum:]]* ]]; then
    local LC_ALL=C
    typeset -g _taoshell_shown="${(qqqq)1}"
  fi
}

# Save $2, the former value of the variable $1. It is exported if $1 is, so that a shell started here can restore it too.
_taoshell_keep() {
  local attributes=${(Pt)1}
  typeset -g "TAOSHELL_WAS_$1=$2"
  if [[ $attributes == *export* ]]; then typeset -gx "TAOSHELL_WAS_$1"; else typeset -g +x "TAOSHELL_WAS_$1"; fi
  if [[ $attributes == *readonly* ]]; then typeset -g _taoshell_export=_taoshell_export_writable; fi
}

_taoshell_give_back() {
  local was=TAOSHELL_WAS_$1
  if [[ ${(Pt)1} == *readonly* ]]; then return 0; fi
  if (( $# == 1 )); then
    builtin unset "$1"
    return 0
  fi
  if [[ ${(Pt)was} == *export* ]]; then typeset -gx "$1=$2"; else typeset -g +x "$1=$2"; fi
}

# `export …` if the user has made one of the variables read-only
_taoshell_export_writable() {
  local line name
  for line; do
    if [[ $line == export ]]; then continue; fi
    name=${line%%=*}
    if [[ ${(Pt)name} == *readonly* ]]; then
      _taoshell_say "$name is read-only in this shell and keeps its value"
    else
      typeset -gx "$line"
    fi
  done
}

# `sh` ignores the signals, as zsh does not let a program inherit that. It outlives the program: zsh would take a program
# that was ended by a Ctrl-C for an interrupt of what the user types next. `sh` itself says nothing, such as "Killed".
_taoshell_run_apart() {
  TAOSHELL_STATE="$_taoshell_state" TAOSHELL_MOUNTS_FILE="$_taoshell_mounts" \
    /bin/sh -c 'trap "" INT TSTP TTIN TTOU; exec 3>&2 2>/dev/null; (exec "$@" 2>&3 3>&-); exit $?' taoshell "$@" </dev/null >&2
}

# zsh's own rename needs no process. If zsh lacks it, GNU ln does the same.
if builtin zmodload -F zsh/files b:zf_ln b:zf_mv 2>/dev/null; then
  _taoshell_swap() {
    { builtin zf_ln -sf "$1" "$_taoshell_state/cur.$$" &&
      builtin zf_mv -f "$_taoshell_state/cur.$$" "$_taoshell_state/cur"; } 2>/dev/null
  }
else
  _taoshell_swap() {
    [[ -n "$_taoshell_ln" ]] && _taoshell_run_apart "$_taoshell_ln" -sfn "$1" "$_taoshell_state/cur" 2>/dev/null
  }
fi

# -- the first prompt ------------------------------------------------------------------------------

# Run last, just before the first prompt is drawn. Held lines are said as soon as the user enters a command.
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
  _taoshell_say_held
}

# -- leaving the shell -----------------------------------------------------------------------------

_taoshell_exit() {
  if [[ $ZSH_SUBSHELL == 0 ]]; then _taoshell_say_held; fi
  if [[ $ZSH_SUBSHELL == 0 && -n "$_taoshell_claimed" ]]; then
    typeset -g _taoshell_kind=''
    _taoshell_register
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
# would include posix_traps, with which the first call of a function would remove the user's EXIT trap.
builtin emulate sh -o no_aliases -o no_posix_traps -c __SESSIONS__
builtin emulate sh -o no_aliases -o no_posix_traps -c __SETTLE__
builtin emulate sh -o no_aliases -o no_posix_traps -c __SWITCH__
builtin emulate sh -o no_aliases -o no_posix_traps -c __SAY__
builtin emulate sh -o no_aliases -o no_posix_traps -c __CORE__

# This tells `taoshell export direnv` that this shell has the hook.
if [[ -o interactive ]]; then builtin export TAOSHELL_HOOK=$$; fi

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
