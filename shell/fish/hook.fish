# taoshell's hook for fish. `taoshell hook fish` replaces each placeholder by a quoted value.

# -- values of this installation -----------------------------------------------------------

set -g _taoshell_state __STATE__
set -g _taoshell_mounts __MOUNTS_FILE__
set -g _taoshell_original __ORIGINAL__
set -g _taoshell_cur __CURRENT__
set -g _taoshell_python __PYTHON__
set -g _taoshell_main __MAIN__
set -g _taoshell_ln (string escape -- __LN__) # as code

# -- what differs between the shells ---------------------------------------------------------

# Whether a file can be written, or made. fish itself complains, whatever the redirection, about one that cannot be opened.
function _taoshell_may_write --argument-names file
    test -f "$file" -a -w "$file"; and return
    set -l folder (string replace --regex '/[^/]*$' '' -- "$file" | string collect)
    test ! -e "$file" -a -d "$folder" -a -w "$folder"
end

function _taoshell_show
    if string match --quiet --regex '[^\p{L}\p{M}\p{N}\p{P}\p{S} [:cntrl:]]' -- "$argv[1]" # a terminal may hide these
        string escape --style url -- "$argv[1]" | string collect
    else if string match --quiet --regex '[[:cntrl:]]' -- "$argv[1]"
        string escape -- "$argv[1]" | string collect
    else
        string collect -- "$argv[1]"
    end
end

# Run a program out of reach of Ctrl-C and Ctrl-Z: fish itself cannot ignore a signal. `sh` outlives the
# program, so that fish does not see that a Ctrl-C ended it.
function _taoshell_run_apart
    TAOSHELL_STATE=$_taoshell_state TAOSHELL_MOUNTS_FILE=$_taoshell_mounts \
        /bin/sh -c 'trap "" INT TSTP TTIN TTOU; exec 3>&2 2>/dev/null; (exec "$@" 2>&3 3>&-); exit $?' taoshell $argv </dev/null >&2
end

# Point `cur` at _taoshell_want. A target below the home is relative: it stays right if the home moves. GNU ln creates the
# new symlink under another name and renames it over the old one.
function _taoshell_swap
    set -l target
    string match --quiet --regex "(?s)^$_taoshell_home_pattern(?<target>.*)" -- $_taoshell_want
    or set target $_taoshell_want
    test "$_taoshell_ln" != "''"; and eval $_taoshell_ln '-sfn "$target" "$_taoshell_cur" 2>/dev/null'
end

# -- start -----------------------------------------------------------------------------------------

# A process without our hook, such as an editor, may have inherited a project's variables from direnv. Let direnv undo
# them now: later it would also remove what we have set.
if test -n "$TAOSHELL_DIRENV"; and status is-interactive
    command sh -c 'cd / && exec direnv export fish' 2>/dev/null | builtin source
end

eval __SHARED__

# This tells `taoshell export direnv` that this shell has the hook.
not status is-interactive; or set -gx TAOSHELL_HOOK $fish_pid

function _taoshell_on_pwd --on-variable PWD
    status is-command-substitution; or _taoshell_hook
end

function _taoshell_on_exit --on-event fish_exit
    if test -n "$_taoshell_claimed"
        set -g _taoshell_kind
        _taoshell_settle
    end
end
