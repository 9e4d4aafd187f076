# What this shell says, in fish: see words.sh.

# -- lines on stderr ---------------------------------------------------------------------------

function _taoshell_say
    echo "taoshell: $argv" >&2
end

function _taoshell_say_foreign
    _taoshell_say (_taoshell_show "$_taoshell_state")" belongs to another user; nothing is loaded in this shell"
end

function _taoshell_show
    if string match --quiet --regex '[[:cntrl:]]' -- "$argv[1]"
        string escape -- "$argv[1]" | string collect
    else
        string collect -- "$argv[1]"
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
    if test "$_taoshell_kind" = foreign # its values are another user's project's, and stay
        if test -n "$TAOSHELL_PROJECT"; and test -z "$TAOSHELL_BLOCKED"
            set -gx TAOSHELL_PROMPT "$TAOSHELL_PROJECT*"
        end
    else if test -z "$TAOSHELL_GENERATION"
        string match --quiet -- '*\*' "$TAOSHELL_PROMPT"
        and set -g _taoshell_stuck (string sub --end=-1 -- $TAOSHELL_PROMPT)
    end
end
