# The file that `taoshell install` writes for fish: the hook and completion. `install` fills in the placeholders.

# Scripts get nothing. If the package has been removed, this file does nothing and prints nothing. After an upgrade of
# Python the package is elsewhere, but its program still runs.
set -g _taoshell_program __PROGRAM__
if status is-interactive; and begin test -e __SCRIPTS__; or test -x "$_taoshell_program"; end

__HOOK__

set -g _taoshell_installed __FILE__
set -g _taoshell_completions __COMPLETIONS__

# -- completion: the first TAB reads the completion file -------------------------------------------

contains -- "$_taoshell_completions" $fish_complete_path; or set -g fish_complete_path $fish_complete_path $_taoshell_completions

# -- the first prompt after an upgrade renews this file: see posix/renew.sh ------------------------

if test "$_taoshell_renewed" != $fish_pid; and test "$_taoshell_kind" != foreign; and not begin __UNCHANGED__; end
    function _taoshell_update
        if test -e "$_taoshell_main"
            _taoshell_call _renew
        else # Python was upgraded and the package has moved; its program knows where to
            _taoshell_run_apart "$_taoshell_program" _renew
        end
        set -g _taoshell_renewed $fish_pid # even if it failed: each shell tries once
        function _taoshell_update
        end
        test -r "$_taoshell_installed"; and source "$_taoshell_installed"
        _taoshell_update $argv
    end
end

end
