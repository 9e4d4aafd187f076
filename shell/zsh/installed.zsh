# What `taoshell install` has zsh source: the hook and completion. `install` fills in the words in double underscores.

# Nothing for scripts, and not a word once the package is gone. After an upgrade of Python the package lies elsewhere, and
# its program knows where.
if [[ ! -o interactive ]]; then \builtin return 0; fi
typeset -g _taoshell_program=__PROGRAM__
if [[ ! -e __SCRIPTS__ && ! -x $_taoshell_program ]]; then \builtin return 0; fi

__HOOK__

typeset -g _taoshell_installed=__FILE__
typeset -g _taoshell_completions=__COMPLETIONS__

# -- completion: its text is read at the first TAB ---------------------------------------------

# For a compinit that comes later; the one that has been already is told at the first prompt.
if [[ ":${(j.:.)fpath[@]}:" != *":$_taoshell_completions:"* ]]; then fpath+=("$_taoshell_completions"); fi
\builtin autoload -Uz _taoshell

_taoshell_offer_completion() {
  \builtin emulate -L zsh -o no_aliases
  precmd_functions=("${(@)precmd_functions:#_taoshell_offer_completion}")
  if (( ${+functions[compdef]} )) && [[ -z ${_comps[taoshell]-} ]]; then compdef _taoshell taoshell; fi
}
precmd_functions+=(_taoshell_offer_completion)

# -- the first prompt after an upgrade renews this file ------------------------------------------

if [[ ${_taoshell_renewed-} != "$$" && $_taoshell_kind != foreign ]] && ! [[ __UNCHANGED__ ]]; then
  _taoshell_update() {
    if [[ -e $_taoshell_main ]]; then
      _taoshell_call _renew || \builtin :
    else
      TAOSHELL_STATE=$_taoshell_state TAOSHELL_MOUNTS_FILE=$_taoshell_mounts \
        "$_taoshell_program" _renew </dev/null >&2 || \builtin :
    fi
    typeset -g _taoshell_renewed=$$ # whatever came of it: once in each shell
    _taoshell_update() { \builtin : }
    # as at a shell's start: this runs as sh
    if [[ -r $_taoshell_installed ]]; then \builtin emulate zsh -o no_aliases -c '\builtin . "$_taoshell_installed"'; fi
    _taoshell_update "$@"
  }
fi
