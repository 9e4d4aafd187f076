# The file that `taoshell install` writes for zsh: the hook and completion. `install` fills in the placeholders.

# Scripts get nothing. If the package has been removed, this file does nothing and prints nothing, unless the mounts file
# still leads to a project. After an upgrade of Python the package is elsewhere, but its program still runs.
if [[ ! -o interactive ]]; then \builtin return 0; fi
typeset -g _taoshell_program=__PROGRAM__
if [[ ! -e __SCRIPTS__ && ! -x $_taoshell_program ]]; then
  typeset -g _taoshell_mounts=__MOUNTS_FILE__ _taoshell_original=__ORIGINAL__
  if [[ -L $_taoshell_mounts && ! $_taoshell_mounts -ef $_taoshell_original ]] &&
    [[ -e $_taoshell_mounts || -e $_taoshell_original ]]; then
    \command sh __WITHOUT__ __STATE__ "$_taoshell_mounts" "$_taoshell_original" __CURRENT__ </dev/null || \builtin :
  fi
  \builtin return 0
fi

__HOOK__

typeset -g _taoshell_installed=__FILE__
typeset -g _taoshell_completions=__COMPLETIONS__

# -- completion: the first TAB reads the completion file -------------------------------------------

# A later compinit finds the file in fpath. If compinit has run already, the first prompt registers the completion.
if [[ ":${(j.:.)fpath[@]}:" != *":$_taoshell_completions:"* ]]; then fpath+=("$_taoshell_completions"); fi
_taoshell() { # unless it belongs to another user
  [[ -O "$_taoshell_completions/_taoshell" ]] && _taoshell_is_own "$_taoshell_state" || \builtin return 1
  \builtin unfunction _taoshell
  \builtin autoload -Uz _taoshell
  _taoshell "$@"
}

_taoshell_offer_completion() {
  \builtin emulate -L zsh -o no_aliases
  precmd_functions=("${(@)precmd_functions:#_taoshell_offer_completion}")
  if (( ${+functions[compdef]} )) && [[ -z ${_comps[taoshell]-} ]]; then compdef _taoshell taoshell; fi
}
precmd_functions+=(_taoshell_offer_completion)

# -- the first prompt after an upgrade renews this file ------------------------------------------

if [[ ${_taoshell_renewed-} != "$$" && $_taoshell_kind != foreign ]] && ! [[ __UNCHANGED__ ]]; then
  _taoshell_load_installed() {
    # The caller runs as sh, but this file needs zsh's own options.
    \builtin emulate zsh -o no_aliases -c '\builtin . "$_taoshell_installed"'
  }
  \builtin emulate sh -o no_aliases -o no_posix_traps -c __RENEW__
fi
