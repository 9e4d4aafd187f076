# Python, for all that is new, changed or wrong: see posix/core.sh.

# Pass on the folders fixed in this hook: a later change of HOME does not move them.
function _taoshell_run
    _taoshell_is_installed
    and TAOSHELL_STATE=$_taoshell_state TAOSHELL_MOUNTS_FILE=$_taoshell_mounts \
        "$_taoshell_python" -E "$_taoshell_main" $argv
end

function _taoshell_is_installed
    if not test -x "$_taoshell_python"; or not test -e "$_taoshell_main"
        _taoshell_say "taoshell is not installed any more; start a new shell, or install it again"
        return 1
    end
end

function _taoshell_call
    _taoshell_is_installed; or return 1
    if test -z "$_taoshell_holding"
        _taoshell_run_apart "$_taoshell_python" -E "$_taoshell_main" $argv
    else
        set -ga _taoshell_held (_taoshell_run_apart "$_taoshell_python" -E "$_taoshell_main" $argv 2>&1)
    end
    set -l result $status
    _taoshell_note_result $result
    return $result
end

# Run a program out of reach of Ctrl-C and Ctrl-Z: fish itself cannot ignore a signal. `sh` outlives the
# program, so that fish does not see that a Ctrl-C ended it.
function _taoshell_run_apart
    TAOSHELL_STATE=$_taoshell_state TAOSHELL_MOUNTS_FILE=$_taoshell_mounts \
        /bin/sh -c 'trap "" INT TSTP TTIN TTOU; exec 3>&2 2>/dev/null; (exec "$@" 2>&3 3>&-); exit $?' taoshell $argv </dev/null >&2
end

function _taoshell_note_result # see posix/settle.sh
    switch $argv
        case 130 137 143 146 147 148 149 150
            set -g _taoshell_again 1
        case 75
            set -g _taoshell_busy
            test -r "$_taoshell_state/lock"; and read --local --delimiter - name rest <"$_taoshell_state/lock"
            and set -g _taoshell_busy /proc/$name
    end
end
