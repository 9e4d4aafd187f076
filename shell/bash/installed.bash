# shellcheck shell=bash disable=SC2034,SC2078,SC2154
# What `taoshell install` has bash source: the hook and completion. `install` fills in the words in double underscores.

# Nothing for scripts (a desktop's session reads .profile too), and not a word once the package is gone. After an upgrade
# of Python the package lies elsewhere, and its program knows where.
case $- in *i*) ;; *) \builtin return 0 ;; esac
_taoshell_program=__PROGRAM__
if [[ ! -e __SCRIPTS__ && ! -x $_taoshell_program ]]; then \builtin return 0; fi

__HOOK__

_taoshell_installed=__FILE__
_taoshell_completions=__COMPLETIONS__

# -- completion: its text is read at a TAB, whichever there is then ------------------------------

_taoshell_tab() {
  if [[ -r $_taoshell_completions/taoshell.bash ]]; then
    # shellcheck source=complete.bash
    \builtin . "$_taoshell_completions/taoshell.bash"
    _taoshell_complete
  fi
}
\builtin complete -F _taoshell_tab taoshell

# -- the first prompt after an upgrade renews this file ------------------------------------------

if [[ ${_taoshell_renewed-} != "$$" && $_taoshell_kind != foreign ]] && ! [[ __UNCHANGED__ ]]; then
  _taoshell_update() {
    if [[ -e $_taoshell_main ]]; then
      _taoshell_call _renew || \builtin :
    else
      TAOSHELL_STATE=$_taoshell_state TAOSHELL_MOUNTS_FILE=$_taoshell_mounts \
        "$_taoshell_program" _renew </dev/null >&2 || \builtin :
    fi
    _taoshell_renewed=$$ # whatever came of it: once in each shell
    _taoshell_update() { \builtin :; }
    # shellcheck source=/dev/null
    if [[ -r $_taoshell_installed ]]; then \builtin . "$_taoshell_installed"; fi
    _taoshell_update "$@"
  }
fi
