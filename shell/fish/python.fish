# Python, for all that is new, changed or wrong: see posix/python.sh.

# Run a command of the user. Pass on the folders fixed in this hook: a later change of HOME does not move them.
function _taoshell_run
    _taoshell_is_installed; or return
    set -lx TAOSHELL_STATE $_taoshell_state
    set -lx TAOSHELL_MOUNTS_FILE $_taoshell_mounts
    set -l python (string escape -- $_taoshell_python)
    if test "$_taoshell_kind $argv[1]" = 'off status' # for `taoshell status` alone
        set -lx TAOSHELL_HOOK off
        eval $python -E '"$_taoshell_main" $argv'
    else
        eval $python -E '"$_taoshell_main" $argv'
    end
end

function _taoshell_is_installed
    if not test -x "$_taoshell_python" -a -e "$_taoshell_main"
        _taoshell_say "taoshell is not installed any more; start a new shell, or install it again"
        return 1
    end
end

# One of the hook's own calls.
function _taoshell_call
    _taoshell_is_installed; or return 1
    _taoshell_run_apart "$_taoshell_python" -E "$_taoshell_main" $argv
    set -l result $status
    _taoshell_note_result $result
    return $result
end

function _taoshell_note_result --argument-names result
    switch $result
        # interrupted, killed or stopped, without a message; 76: the sources changed all the time
        case 130 137 143 146 147 148 149 150 76
            set -g _taoshell_again 1
        case 75
            set -g _taoshell_busy
            test -r "$_taoshell_state/lock"; and read --local --delimiter - name rest <"$_taoshell_state/lock"
            and set -g _taoshell_busy /proc/$name
    end
end
