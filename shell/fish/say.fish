# What this shell says: see posix/say.sh.

# -- lines on stderr ---------------------------------------------------------------------------

# Lines are held until the first prompt is drawn, as in posix/say.sh.
function _taoshell_say
    if test -n "$_taoshell_holding"
        set -ga _taoshell_held "$argv"
    else if test -t 2; and test -z "$NO_COLOR"; and not contains -- "$TERM" '' dumb
        builtin printf '\e[2mtaoshell:\e[0m %s\n' "$argv" >&2
    else
        builtin printf 'taoshell: %s\n' "$argv" >&2
    end
end

function _taoshell_stop_holding
    set -g _taoshell_holding
    test -n "$_taoshell_held"; or return 0
    function _taoshell_first_command --on-event fish_preexec
        functions --erase _taoshell_first_command
        _taoshell_say_held
    end
end

function _taoshell_say_held
    if test -n "$_taoshell_holding"; or test -z "$_taoshell_held"
        return 0
    end
    set -l lines $_taoshell_held
    set -g _taoshell_held
    set -g _taoshell_pwd $_taoshell_caught_up
    for line in $lines
        _taoshell_say (string replace --regex '^taoshell: ' '' -- $line) # Python's lines already begin with it
    end
end

function _taoshell_say_foreign
    _taoshell_say (_taoshell_show "$_taoshell_state")" belongs to another user; nothing is loaded in this shell"
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

# -- TAOSHELL_LOG=full: what a switch has changed ---------------------------------------------------

function _taoshell_remember_all
    set -g _taoshell_names
    if test "$TAOSHELL_LOG" = full; and test -n "$TAOSHELL_GENERATION"
        _taoshell_each _taoshell_remember
    end
end

function _taoshell_remember --argument-names name
    if set -q $name
        set -ga _taoshell_names $name
        set -g _taoshell_before_$name $$name
    end
end

function _taoshell_say_changes
    test "$TAOSHELL_LOG" = full; and test "$_taoshell_said" != "$TAOSHELL_GENERATION"; or return 0
    test -z "$TAOSHELL_GENERATION"; or _taoshell_each _taoshell_compare
    for name in $_taoshell_names # variables of the old project that the new one lacks
        set -l before _taoshell_before_$name
        if not set -q $name
            _taoshell_say "  - $name"
        else if test "$$before" != "$$name"
            set -l shown ••••
            string match --quiet --regex "($_taoshell_secrets)\$" -- $name
            or set shown (_taoshell_show "$$name")
            _taoshell_say "  ~ $name=$shown"
        end
    end
    test "$_taoshell_kind" != entered; or _taoshell_say_mounts
end

function _taoshell_compare --argument-names name shown
    set -l before TAOSHELL_WAS_$name
    if set -l index (contains --index -- $name $_taoshell_names)
        set -e _taoshell_names[$index]
        set before _taoshell_before_$name
    end
    if not set -qg $before
        _taoshell_say "  + $name=$shown"
    else if test "$$before" != "$$name"
        _taoshell_say "  ~ $name=$shown"
    end
end

# -- TAOSHELL_PROMPT -------------------------------------------------------------------------------

function _taoshell_note_prompt
    set -l shown
    if test "$_taoshell_kind" = entered
        set shown $TAOSHELL_PROJECT
        if test -n "$TAOSHELL_BLOCKED"
            set shown $shown!
        else if test "$_taoshell_mode:$_taoshell_want" != "held:$_taoshell_own/shared.json"
            set shown $shown~
        end
    else if test -n "$_taoshell_found"
        set shown (_taoshell_show (string replace --regex '.*/' '' -- $_taoshell_found | string collect))!
    else if test -n "$_taoshell_stuck"
        set shown "$_taoshell_stuck*"
    end
    if test -n "$shown"
        set -gx TAOSHELL_PROMPT $shown
    else
        set -eg TAOSHELL_PROMPT
    end
end

function _taoshell_inherit_prompt
    set -g _taoshell_stuck
    if test "$_taoshell_kind" = foreign # the variables of another user's project stay
        if test -n "$TAOSHELL_PROJECT"; and test -z "$TAOSHELL_BLOCKED"
            set -gx TAOSHELL_PROMPT "$TAOSHELL_PROJECT*"
        end
    else if test -z "$TAOSHELL_GENERATION"
        string match --quiet -- '*\*' "$TAOSHELL_PROMPT"
        and set -g _taoshell_stuck (string sub --end=-1 -- $TAOSHELL_PROMPT)
    end
end
