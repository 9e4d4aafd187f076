# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# The first prompt after an upgrade of taoshell: renew the installed hooks, and load this shell's new one.
# bash/installed.bash and zsh/installed.zsh evaluate this if the installed hook is older or newer than the package.
# They provide _taoshell_load_installed, which sources the installed hook.

_taoshell_update() {
  if [[ -e $_taoshell_main ]]; then
    _taoshell_call _renew || \builtin :
  else # Python was upgraded and the package has moved; its program knows where to
    _taoshell_run_apart "$_taoshell_program" _renew || \builtin :
  fi
  _taoshell_renewed=$$ # even if it failed: each shell tries once
  _taoshell_update() { \builtin :; }
  if ! _taoshell_is_own "$_taoshell_state" || ! _taoshell_is_own "$_taoshell_installed"; then
    _taoshell_turn_foreign "$_taoshell_installed"
    _taoshell_update() { _taoshell_flush; } # all that is left to do
    return 0
  fi
  if [[ -r $_taoshell_installed ]]; then _taoshell_load_installed; fi
  _taoshell_update "$@"
}
