# shellcheck shell=bash disable=SC2034,SC2078,SC2154
# The file that `taoshell install` writes for bash: the hook and completion. `install` fills in the placeholders.

# Scripts get nothing (a desktop session reads .profile too). If the package has been removed, this file does nothing and
# prints nothing. After an upgrade of Python the package is elsewhere, but its program still runs.
case $- in *i*) ;; *) \builtin return 0 ;; esac
_taoshell_program=__PROGRAM__
if [[ ! -e __SCRIPTS__ && ! -x $_taoshell_program ]]; then \builtin return 0; fi

__HOOK__

_taoshell_installed=__FILE__
_taoshell_completions=__COMPLETIONS__

# -- completion: each TAB reads the completion file as it is then ----------------------------------

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
  _taoshell_load_installed() {
    # shellcheck source=/dev/null
    \builtin . "$_taoshell_installed"
  }
  \builtin eval __RENEW__
fi
