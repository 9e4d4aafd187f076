# shellcheck shell=bash disable=SC2034,SC2078,SC2154
# The file that `taoshell install` writes for bash: the hook and completion. `install` fills in the placeholders.

# Scripts get nothing (a desktop session reads .profile too). If the package has been removed, this file does nothing and
# prints nothing, unless the mounts file still leads to a project. After an upgrade of Python the package is elsewhere, but
# its program still runs.
case $- in *i*) ;; *) \builtin return 0 ;; esac
_taoshell_program=__PROGRAM__
if [[ ! -e __SCRIPTS__ && ! -x $_taoshell_program ]]; then
  _taoshell_mounts=__MOUNTS_FILE__ _taoshell_original=__ORIGINAL__
  if [[ -L $_taoshell_mounts && ! $_taoshell_mounts -ef $_taoshell_original ]] &&
    [[ -e $_taoshell_mounts || -e $_taoshell_original ]]; then
    \command sh __WITHOUT__ __STATE__ "$_taoshell_mounts" "$_taoshell_original" __CURRENT__ </dev/null || \builtin :
  fi
  \builtin return 0
fi

__HOOK__

_taoshell_installed=__FILE__
_taoshell_completions=__COMPLETIONS__

# -- completion: each TAB reads the completion file as it is then ----------------------------------

_taoshell_tab() {
  if [[ -O $_taoshell_completions/taoshell.bash ]] && _taoshell_is_own "$_taoshell_state"; then
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
