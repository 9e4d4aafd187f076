# What this shell may believe: files of this user only, and of the inherited environment only what has the form of ours:
# see posix/trust.sh.

# -- another user's files ------------------------------------------------------------------------

function _taoshell_is_own --argument-names path
    test ! -e "$path" -o -O "$path"
end

function _taoshell_turn_foreign --argument-names path
    if contains -- "$_taoshell_kind" entered unapproved failed; and test -n "$TAOSHELL_GENERATION"
        _taoshell_leave $TAOSHELL_GENERATION
    end
    for name in root generation found claimed
        set -g _taoshell_$name
    end
    set -g _taoshell_kind foreign
    set -g _taoshell_foreign $path
    not status is-interactive; or _taoshell_say_foreign
end

# -- the inherited environment -------------------------------------------------------------------

function _taoshell_inherit
    _taoshell_can_be_inherited; or return 0
    set -l file "$_taoshell_state/projects$TAOSHELL_ROOT/+/gen/$TAOSHELL_GENERATION/fish-2.fish"
    if test "$TAOSHELL_GENERATION" = refused
        _taoshell_know_refused
        set -g _taoshell_kind unapproved
    else if test ! -r "$file"
        return 0
    else if test ! -O "$file"
        _taoshell_turn_foreign "$file"
        return 0
    else
        _taoshell_read "$file" "$TAOSHELL_ROOT"
        set -g _taoshell_kind entered
    end
    set -g _taoshell_root $TAOSHELL_ROOT
    set -g _taoshell_generation $TAOSHELL_GENERATION
    functions --query _taoshell_prepend; and set -g _taoshell_generation # enter anew at the first prompt
end

# Whether the inherited TAOSHELL_… have the form that ours have: see posix/trust.sh.
function _taoshell_can_be_inherited
    string match --quiet --regex '^(refused|[0-9a-f]{16})\z' -- "$TAOSHELL_GENERATION"
    and string match --quiet --regex '^(/[^/\n]+)+\z' -- "$TAOSHELL_ROOT"
    and not string match --quiet --regex '/(\.|\.\.|\+)(/|\z)' -- "$TAOSHELL_ROOT"
end

# Leave a generation of which there is nothing to leave it by. The caller's $left becomes ''.
function _taoshell_leave_unknown --no-scope-shadowing
    set -g _taoshell_stuck $TAOSHELL_PROJECT
    # our own mounts file, in whichever state folder; another one is the user's
    switch "$LAUNCHER_MOUNTS"
        case "*/projects$TAOSHELL_ROOT/+/mounts.json" '*/refused.json'
            _taoshell_give_back LAUNCHER_MOUNTS
    end
    set -e TAOSHELL_ROOT TAOSHELL_GENERATION TAOSHELL_PROJECT TAOSHELL_BLOCKED TAOSHELL_WAS_LAUNCHER_MOUNTS
    set left # one line is enough
    _taoshell_say "the compiled files of the inherited project are not in "(_taoshell_show "$_taoshell_state")", so its variables stay; exit, leave the project in the shell that started this one, and start this one again"
end

# Nothing that is inherited may steer the terminal.
function _taoshell_clean_inherited
    for name in TAOSHELL_PROJECT TAOSHELL_PROMPT
        if string match --quiet --regex '\p{Cc}' -- "$$name"
            set -gx $name (_taoshell_without_controls "$$name")
        end
    end
end

function _taoshell_without_controls
    string replace --all --regex '\p{Cc}' '?' -- "$argv[1]" | string collect
end
