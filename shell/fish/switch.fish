# Leave one project, enter another: see posix/switch.sh.

function _taoshell_switch
    set -g _taoshell_left $TAOSHELL_PROJECT
    set -g _taoshell_said $TAOSHELL_GENERATION
    _taoshell_remember_all
    # Forget the old state before acting: if a Ctrl-C interrupts this, the shell does not take it for done.
    for name in root generation kind complained
        set -g _taoshell_$name
    end
    set -g _taoshell_busy /
    test -z "$TAOSHELL_GENERATION"; or _taoshell_leave
    if test -n "$_taoshell_found"
        _taoshell_arrive
    else if test -n "$_taoshell_left"; and test "$TAOSHELL_LOG" != quiet
        _taoshell_say "left "(_taoshell_show "$_taoshell_left")
    end
    _taoshell_say_changes
end

# Give each variable the value that it had before the project, even if the user has changed it since, and enter anew.
function _taoshell_reload
    set -g _taoshell_root
    set -g _taoshell_mode
    test -z "$TAOSHELL_GENERATION$_taoshell_generation"; or _taoshell_each _taoshell_give_back
    _taoshell_catch_up
    return 0 # its last command is a test
end

function _taoshell_arrive
    set -g _taoshell_own "$_taoshell_state/projects$_taoshell_found/+"
    if not test -d "$_taoshell_own"
        _taoshell_refuse unapproved
        _taoshell_say (_taoshell_show "$_taoshell_root")" is not approved; run: taoshell allow"
        return 0
    end
    if not _taoshell_load
        # A source differs from the compiled one. Only this case needs Python.
        set -g _taoshell_generation
        if not _taoshell_call _sync "$_taoshell_found"
            test -n "$_taoshell_again"; or _taoshell_refuse failed
            return 0
        end
        if not _taoshell_load # edited once more in the meantime: check again at the next prompt
            set -g _taoshell_generation
            set -g _taoshell_again 1
            return 0
        end
    end
    _taoshell_enter
    set -g _taoshell_root $_taoshell_found
    set -g _taoshell_kind entered
end

function _taoshell_load
    test -r "$_taoshell_own/current/fish-1.fish"; or return 1
    builtin source "$_taoshell_own/current/fish-1.fish"
    _taoshell_unchanged
end

# Load nothing of the project. The shell only gets a mounts file that TAO's launcher refuses, so that no container starts
# here with another project's mapping.
function _taoshell_refuse
    set -g _taoshell_root $_taoshell_found
    set -g _taoshell_generation
    if test -e "$_taoshell_state/refused.json"
        set -g _taoshell_generation refused
        _taoshell_keep LAUNCHER_MOUNTS
        _taoshell_leave_refused
        set -gx TAOSHELL_GENERATION refused
        set -gx TAOSHELL_ROOT $_taoshell_root
        set -gx TAOSHELL_BLOCKED 1
        set -gx LAUNCHER_MOUNTS "$_taoshell_state/refused.json"
    end
    set -g _taoshell_kind $argv[1]
end

function _taoshell_leave_refused
    function _taoshell_say_mounts; end
    function _taoshell_each
        $argv[1] LAUNCHER_MOUNTS (_taoshell_show "$_taoshell_state/refused.json")
    end
    function _taoshell_leave
        if test "$LAUNCHER_MOUNTS" = "$_taoshell_state/refused.json"
            _taoshell_give_back LAUNCHER_MOUNTS
        end
        set -eg TAOSHELL_ROOT TAOSHELL_GENERATION TAOSHELL_BLOCKED TAOSHELL_WAS_LAUNCHER_MOUNTS
    end
end

# A shell that was started inside a project has inherited its variables, but not the functions to leave it.
function _taoshell_inherit
    set -g _taoshell_own "$_taoshell_state/projects$TAOSHELL_ROOT/+"
    set -l file "$_taoshell_own/gen/$TAOSHELL_GENERATION/fish-1.fish"
    if test "$TAOSHELL_GENERATION" = refused
        _taoshell_leave_refused
        set -g _taoshell_root $TAOSHELL_ROOT
        set -g _taoshell_generation refused
        set -g _taoshell_kind unapproved
    else if test -r "$file"
        builtin source "$file"
        set -g _taoshell_root $TAOSHELL_ROOT
        set -g _taoshell_kind entered
    else
        function _taoshell_leave
            set -g _taoshell_stuck $TAOSHELL_PROJECT
            set -e TAOSHELL_ROOT TAOSHELL_GENERATION TAOSHELL_PROJECT TAOSHELL_BLOCKED LAUNCHER_MOUNTS
            set -g _taoshell_left # one line is enough
            _taoshell_say "the compiled files of the inherited project are gone, so its variables stay; start a new shell to get rid of them"
        end
    end
end

# Save the former value of the variable $name in TAOSHELL_WAS_…. It is exported if $name is, so that a shell started here
# can restore it too.
function _taoshell_keep --argument-names name
    _taoshell_copy $name TAOSHELL_WAS_$name
end

function _taoshell_give_back --argument-names name
    _taoshell_copy TAOSHELL_WAS_$name $name
end

function _taoshell_copy --argument-names from to
    if not set -qg $from
        set -eg $to
    else if set -qgx $from
        set -gx $to $$from
    else
        set -gu $to $$from
    end
end
