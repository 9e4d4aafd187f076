# What a shell remembers from one prompt to the next; posix/state.sh says what each is. Paths that do not matter are ''
# or /. Every other variable is local to a function.
#
# These scripts have the names, the functions and the order of those in posix/. What differs: fish's hook is a function
# with an event, its brief form is made by `eval`, as a literal path in it costs 6 µs less than a variable, and no lines
# are held back.

# Three are fixed: what `eval` and regular expressions need.
set -g _taoshell_state_quoted (string escape -- $_taoshell_state)
set -g _taoshell_mounts_quoted (string escape -- $_taoshell_mounts)
set -g _taoshell_home_pattern (string escape --style regex -- (string replace --regex '[^/]*$' '' -- $_taoshell_mounts | string collect) | string collect)

if test "$_taoshell_pid" != $fish_pid; or not functions --query _taoshell_begin
    for _taoshell_name in pid found root kind generation loaded stuck foreign told here here_pattern session claimed complained asked_rebooted mode holder want twin \
        at watch reached arrived looked again
        set -g _taoshell_$_taoshell_name
    end
    for _taoshell_name in alive busy
        set -g _taoshell_$_taoshell_name /
    end
    set -e _taoshell_name
end
