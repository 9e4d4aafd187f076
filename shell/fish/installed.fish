# The file that `taoshell install` writes for fish: the hook and completion. `install` fills in the placeholders.

# Scripts get nothing. If the package has been removed, this file does nothing and prints nothing, unless the mounts file
# still leads to a project. After an upgrade of Python the package is elsewhere, but its program still runs.
set -g _taoshell_program __PROGRAM__
set -g _taoshell_mounts __MOUNTS_FILE__
set -g _taoshell_original __ORIGINAL__
if not status is-interactive
else if not test -e __SCRIPTS__; and not test -x "$_taoshell_program"
    if test -L "$_taoshell_mounts"; and not test "$_taoshell_mounts" -ef "$_taoshell_original"
        and begin test -e "$_taoshell_mounts"; or test -e "$_taoshell_original"; end
        command sh __WITHOUT__ __STATE__ "$_taoshell_mounts" "$_taoshell_original" __CURRENT__ </dev/null
    end
else

__HOOK__

set -g _taoshell_installed __FILE__
set -g _taoshell_completions __COMPLETIONS__

# -- completion: the first TAB reads the completion file -------------------------------------------

# Unless it belongs to another user. So fish must not find it by itself.
function _taoshell_complete
    if test -O "$_taoshell_completions/taoshell.fish"; and _taoshell_is_own "$_taoshell_state"
        builtin source "$_taoshell_completions/taoshell.fish"
        _taoshell_complete
    end
end
complete --command taoshell --no-files --arguments '(_taoshell_complete)'

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
        if not _taoshell_is_own "$_taoshell_state"; or not _taoshell_is_own "$_taoshell_installed"
            _taoshell_turn_foreign "$_taoshell_installed"
            return 0
        end
        test -r "$_taoshell_installed"; and source "$_taoshell_installed"
        _taoshell_update $argv
    end
end

end
