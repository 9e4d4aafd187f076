# Leave one project, enter another: see posix/switch.sh.

function _taoshell_switch
    set -l from $TAOSHELL_GENERATION
    set -l left $TAOSHELL_PROJECT
    set -l former $_taoshell_root
    # Forget the old state before acting, the root last, and note the new root last: see posix/switch.sh.
    for name in generation kind root complained
        set -g _taoshell_$name
    end
    test -z "$from"; or _taoshell_leave $from
    if test -z "$_taoshell_found"
        test -z "$left" -o "$TAOSHELL_LOG" = quiet; or _taoshell_say_left
        return 0
    end
    # Only a generation in force has stamps, so one that this shell has read before need not be read again.
    if contains -- "$_taoshell_found" $_taoshell_loaded
        set -l loaded $_taoshell_loaded
        while test "$loaded[1]" != "$_taoshell_found"
            set -e loaded[1]
        end
        set -g _taoshell_generation $loaded[2]
    end
    if test -n "$_taoshell_generation"; and eval "_taoshell_enter_$_taoshell_generation" '$from'
    else if not _taoshell_enter_anew
        return 0
    end
    set -g _taoshell_kind entered
    set -g _taoshell_root $_taoshell_found
    if test "$TAOSHELL_LOG" = full; and test (string sub --length 8 -- "$from") != (string sub --length 8 -- $_taoshell_generation)
        _taoshell_say_log + "$_taoshell_state/projects$_taoshell_root/+/gen/$_taoshell_generation/log"
    end
end

function _taoshell_say_left --no-scope-shadowing
    _taoshell_say "left "(_taoshell_show "$left")
    test "$TAOSHELL_LOG" != full; or _taoshell_say_log - "$_taoshell_state/projects$former/+/gen/$from/log"
end

# -- leave -----------------------------------------------------------------------------------

# Give back what a generation has changed.
function _taoshell_leave --no-scope-shadowing # GENERATION
    if _taoshell_is_loaded $argv[1]
        eval "_taoshell_leave_$argv[1]"
    else
        _taoshell_leave_unknown
    end
end

function _taoshell_leave_refused
    if test "$LAUNCHER_MOUNTS" = "$_taoshell_state/refused.json"
        _taoshell_give_back LAUNCHER_MOUNTS
    end
    set -eg TAOSHELL_ROOT TAOSHELL_GENERATION TAOSHELL_BLOCKED TAOSHELL_WAS_LAUNCHER_MOUNTS
end

# -- enter -----------------------------------------------------------------------------------

# Enter the project that this shell has not read, or that has changed since; fails if that is not possible.
function _taoshell_enter_anew --no-scope-shadowing # of the caller: from
    set -l own "$_taoshell_state/projects$_taoshell_found/+"
    if not test -d "$own"; and not _taoshell_is_recorded
        _taoshell_refuse unapproved
        _taoshell_say (_taoshell_show "$_taoshell_root")" is not approved; run: taoshell allow"
        return 1
    end
    _taoshell_read_and_enter; and return 0
    test "$_taoshell_kind" != foreign; or return 1
    # A source differs from the compiled one. Only this case needs Python. Until that is done, and if a Ctrl-C ends
    # it, no container may start here with another mapping.
    _taoshell_refuse failed
    _taoshell_call _sync "$_taoshell_found"; or return 1
    test "$_taoshell_generation" != refused; or _taoshell_leave refused
    set -g _taoshell_root
    set -g _taoshell_kind
    _taoshell_read_and_enter; and return 0
    if test -z "$_taoshell_kind" # edited once more in the meantime
        _taoshell_refuse failed
        set -g _taoshell_again 1
    end
    return 1
end

# Whether the project was approved when the home had another path: what is below the home is recorded as ~/…
function _taoshell_is_recorded
    set -l home
    set -l names
    string match --quiet --regex '(?s)^(?<home>.*)/' -- $_taoshell_mounts
    string match --all --quiet --regex '(?<names>[^/]+)' -- $_taoshell_found
    set -l folder
    set -l below
    for name in $names
        set folder "$folder/$name"
        test -z "$below"; or set below "$below/$name"
        test ! "$folder" -ef "$home"; or set below "$_taoshell_state/projects/~"
    end
    test -n "$below" -a -e "$below/+/inputs.json"
end

# Read the generation in force, and enter it. Fails if there is none.
function _taoshell_read_and_enter --no-scope-shadowing # of the caller: from, own
    set -l file "$own/current/fish-2.fish"
    if test -r "$file"
        if test ! -O "$file"
            _taoshell_turn_foreign "$file"
            return 1
        end
        _taoshell_read "$file" "$_taoshell_found"
        eval "_taoshell_enter_$_taoshell_generation" '$from'; and return 0
    end
    set -g _taoshell_generation
    return 1
end

# Whether this shell has the functions of a generation. `eval` will see its name.
function _taoshell_is_loaded --argument-names generation
    string match --quiet --regex '^(refused|[0-9a-f]{16})$' -- "$generation"; and contains -- $generation $_taoshell_loaded
end

# Source the script of a generation of the project $root; it sets _taoshell_generation and defines functions.
function _taoshell_read --argument-names script root
    builtin source "$script"
    set -g _taoshell_loaded $root $_taoshell_generation $_taoshell_loaded
end

# Load nothing of the project. The shell only gets a mounts file that TAO's launcher refuses, so that no container starts
# here with another project's mapping.
function _taoshell_refuse --argument-names kind
    set -g _taoshell_kind $kind
    set -g _taoshell_generation
    if test -e "$_taoshell_state/refused.json"
        set -g _taoshell_generation refused
        _taoshell_know_refused
        _taoshell_keep LAUNCHER_MOUNTS
        set -gx TAOSHELL_GENERATION refused
        set -gx TAOSHELL_ROOT $_taoshell_found
        set -gx TAOSHELL_BLOCKED 1
        set -gx LAUNCHER_MOUNTS "$_taoshell_state/refused.json"
    end
    set -g _taoshell_root $_taoshell_found
end

# A shell can leave what it has entered; of what it has inherited, only what has the form of ours.
function _taoshell_know_refused
    _taoshell_is_loaded refused; or set -g _taoshell_loaded / refused $_taoshell_loaded
end

# Everything was said already: see posix/switch.sh.
function _taoshell_unchanged_refused
    if test "$_taoshell_kind" = failed
        test -e "$_taoshell_busy"
    else
        test -e "$_taoshell_root/taoshell.toml" -a ! -L "$_taoshell_state/projects$_taoshell_root/+/current"
    end
end
