# taoshell's hook for zsh. `taoshell hook zsh` fills in the words in double underscores, quoted.

# The user's aliases must not get into our functions.
typeset -g _taoshell_aliases=''
if [[ -o aliases ]]; then
  _taoshell_aliases=1
  \builtin unsetopt aliases
fi

# -- what this copy was made for -----------------------------------------------------------

typeset -g _taoshell_state=__STATE__
typeset -g _taoshell_mounts=__MOUNTS_FILE__
typeset -g _taoshell_original=__ORIGINAL__
typeset -g _taoshell_python=__PYTHON__
typeset -g _taoshell_main=__MAIN__
typeset -g _taoshell_ln=__LN__

# -- what differs between the shells ---------------------------------------------------------

typeset -g _taoshell_hush='builtin set +x'

_taoshell_print() {
  builtin print -r -- "$1"
}

# No truncation: on ext4 it makes the rename that follows wait for the disk.
_taoshell_put() {
  { builtin print -r -- "$2" 1<>"$1"; } 2>/dev/null
}

_taoshell_empty() {
  { builtin print -n >|"$1"; } 2>/dev/null
}

_taoshell_physical() {
  typeset -g _taoshell_dir="${PWD:P}"
}

# Letters of any script, and ASCII, as they are. What a terminal hides or turns round is printable to the system, too.
_taoshell_show() {
  builtin emulate -L zsh
  typeset -g _taoshell_shown="$1"
  if [[ $1 == *[^"' "'!"#$%&()*+,./:;<=>?@[\]^_`{|}~-'[:alnum:]]* ]]; then
    local LC_ALL=C
    typeset -g _taoshell_shown="${(qqqq)1}"
  fi
}

# The former value $2 of the variable $1, exported if that was, so that a shell started here can give it back too.
_taoshell_keep() {
  local attributes=${(Pt)1}
  typeset -g "TAOSHELL_WAS_$1=$2"
  if [[ $attributes == *export* ]]; then typeset -gx "TAOSHELL_WAS_$1"; else typeset -g +x "TAOSHELL_WAS_$1"; fi
  if [[ $attributes == *readonly* ]]; then typeset -g _taoshell_export=_taoshell_export_writable; fi
}

_taoshell_give_back() {
  local was=TAOSHELL_WAS_$1
  if [[ ${(Pt)1} == *readonly* ]]; then return 0; fi
  if [[ ${(Pt)was} == *export* ]]; then typeset -gx "$1=$2"; else typeset -g +x "$1=$2"; fi
}

# `export …` where the user has made one of the names read-only
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

# With zsh's own rename no process is needed; without it, GNU ln does the same.
if builtin zmodload -F zsh/files b:zf_ln b:zf_mv 2>/dev/null; then
  _taoshell_swap() {
    { builtin zf_ln -sf "$1" "$_taoshell_state/cur.$$" &&
      builtin zf_mv -f "$_taoshell_state/cur.$$" "$_taoshell_state/cur"; } 2>/dev/null
  }
else
  _taoshell_swap() {
    [[ -n "$_taoshell_ln" ]] && "$_taoshell_ln" -sfn "$1" "$_taoshell_state/cur" 2>/dev/null
  }
fi

# -- the first prompt ------------------------------------------------------------------------------

# It comes last, when everything else is ready to draw it. What has been held back is said as soon as a command is typed.
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

# What direnv has set of a project in a process without our hook (an editor) goes first, by direnv itself: when it goes
# later, it would take away what we have set here.
if [[ -n "${TAOSHELL_DIRENV-}" && -o interactive ]]; then
  builtin eval "$(sh -c 'cd / && exec direnv export zsh' 2>/dev/null)"
fi

# The shared half runs as sh, whatever options the user has set: the emulation sticks to its functions. With posix_traps,
# which belongs to it, the first call of a function would remove the user's trap on EXIT.
builtin emulate sh -o no_aliases -o no_posix_traps -c __SESSIONS__
builtin emulate sh -o no_aliases -o no_posix_traps -c __SETTLE__
builtin emulate sh -o no_aliases -o no_posix_traps -c __SWITCH__
builtin emulate sh -o no_aliases -o no_posix_traps -c __SAY__
builtin emulate sh -o no_aliases -o no_posix_traps -c __CORE__

# For direnv: this shell does it itself.
if [[ -o interactive ]]; then builtin export TAOSHELL_HOOK=$$; fi

# First, so that the prompts that others draw see the new variables.
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
