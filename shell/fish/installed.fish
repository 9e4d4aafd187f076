# What `taoshell install` has fish source: the hook and completion. `install` fills in the words in double underscores.

# Nothing for scripts, and not a word once the package is gone. After an upgrade of Python the package lies elsewhere, and
# its program knows where.
set -g _taoshell_program __PROGRAM__
if status is-interactive; and begin test -e __SCRIPTS__; or test -x "$_taoshell_program"; end

__HOOK__

set -g _taoshell_installed __FILE__
set -g _taoshell_completions __COMPLETIONS__

# Its text is read at the first TAB.
contains -- "$_taoshell_completions" $fish_complete_path; or set -g fish_complete_path $fish_complete_path $_taoshell_completions

# -- the first prompt after an upgrade renews this file ------------------------------------------

if test "$_taoshell_renewed" != $fish_pid; and test "$_taoshell_kind" != foreign; and not begin __UNCHANGED__; end
    function _taoshell_update
        if test -e "$_taoshell_main"
            _taoshell_call _renew
        else
            TAOSHELL_STATE=$_taoshell_state TAOSHELL_MOUNTS_FILE=$_taoshell_mounts \
                "$_taoshell_program" _renew </dev/null >&2
        end
        set -g _taoshell_renewed $fish_pid # whatever came of it: once in each shell
        function _taoshell_update
        end
        test -r "$_taoshell_installed"; and source "$_taoshell_installed"
        _taoshell_update $argv
    end
end

end
