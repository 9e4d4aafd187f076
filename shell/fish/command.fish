# The `taoshell` command, as far as only the shell itself can answer, and the start of the hook: see posix/command.sh.

function taoshell
    switch "$(builtin count $argv):$argv"
        case 1:off 1:on
            _taoshell_turn $argv
        case 1:reload
            set -g _taoshell_at
            _taoshell_run reload; or return
            contains -- "$_taoshell_kind" off foreign; or _taoshell_reload
        case '2:status --prompt'
            test -z "$TAOSHELL_PROMPT"; or builtin printf '%s\n' (_taoshell_without_controls "$TAOSHELL_PROMPT")
        case '*'
            set -g _taoshell_at # whatever the command does, the next prompt checks again
            _taoshell_run $argv
            set -l result $status
            switch "$result $argv"
                case '1 mounts release' '1 mounts take' # the prompt tries again, and need not repeat why it fails
                    set -g _taoshell_complained 1
            end
            return $result
    end
end

function _taoshell_turn
    switch "$_taoshell_kind:$argv"
        case 'foreign:*'
            _taoshell_say_foreign
            return 1
        case '*:off'
            set -g _taoshell_found
            set -g _taoshell_at
            _taoshell_switch
            _taoshell_settle
            _taoshell_note_prompt
            set -g _taoshell_kind off
        case off:on
            set -g _taoshell_kind
            set -g _taoshell_at
            not status is-interactive; or _taoshell_update
    end
    return 0 # `set` passes on the status of the last command, which may have removed a variable that did not exist
end

# Give each variable the value that it had before the project, even if the user has changed it since, and enter anew.
function _taoshell_reload
    set -g _taoshell_root
    set -g _taoshell_mode
    _taoshell_is_loaded "$_taoshell_generation"; and eval "_taoshell_leave_$_taoshell_generation" all
    _taoshell_update
    return 0 # its last command is a test
end

# Once in each shell, however often the hook is evaluated.
function _taoshell_begin
    set -g _taoshell_pid $fish_pid
    _taoshell_begin_session
    _taoshell_clean_inherited
    if not _taoshell_is_own "$_taoshell_state"
        _taoshell_turn_foreign "$_taoshell_state"
    else if test -n "$TAOSHELL_GENERATION"
        _taoshell_inherit
    end
    _taoshell_inherit_prompt
    # A shell that is not interactive keeps the variables it inherited. fish calls our functions there at each `cd` too.
    if not status is-interactive; and test "$_taoshell_kind" != foreign
        set -g _taoshell_kind off
    end
end

test "$_taoshell_pid" = $fish_pid; or _taoshell_begin
set -g _taoshell_here_pattern (string escape --style regex -- $_taoshell_here) # also after an upgrade, in an open shell
set -g _taoshell_at
_taoshell_test_fully
