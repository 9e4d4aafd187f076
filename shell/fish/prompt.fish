# At each prompt: which project is this shell in, and is everything still exactly as it was approved? See posix/prompt.sh.

# _taoshell_hook: what a prompt calls. fish restores $status after it. This form fits every state.
function _taoshell_test_fully
    function _taoshell_hook --on-event fish_prompt
        test "$PWD:$TAOSHELL_GENERATION" = "$_taoshell_at" -a ! -e "$_taoshell_watch" \
            -a ! "$_taoshell_arrived" -nt "$_taoshell_looked" \
            -a -e "$_taoshell_alive"
        and _taoshell_is_in_place
        and test -z "$_taoshell_reached" -o . -ef "$_taoshell_reached"
        and eval "_taoshell_unchanged_$_taoshell_generation"
        or _taoshell_update
    end
end

# The form of a generation for a shell whose own mapping is in force. $tests: the operands of `test`, as code
function _taoshell_test_briefly --argument-names tests
    if test -n "$_taoshell_watch"
        set tests "! -e "(string escape -- $_taoshell_watch)" -a $tests"
    end
    if test -n "$_taoshell_arrived"
        set -l session
        string match --quiet --regex '/(?<session>[^/]*)$' -- $_taoshell_looked # it needs no quotes
        set tests "! $_taoshell_state_quoted/arrived -nt $_taoshell_state_quoted/looks/$session -a $tests"
    end
    eval "function _taoshell_hook --on-event fish_prompt
        test \"\$PWD:\$TAOSHELL_GENERATION\" = \"\$_taoshell_at\" -a $tests; or _taoshell_update
    end"
end

# Something may have changed.
function _taoshell_update
    contains -- "$_taoshell_kind" off foreign; and return
    if not _taoshell_is_own "$_taoshell_state"
        _taoshell_turn_foreign "$_taoshell_state"
        return 0
    end
    # Forget first, and note last: after an interrupt in between, the next prompt looks again.
    set -g _taoshell_at
    set -g _taoshell_again
    set -g _taoshell_busy /
    _taoshell_find
    # What failed is tried again, or left: in both cases by a switch.
    if test "$_taoshell_found" != "$_taoshell_root" -o "$_taoshell_kind" = failed; or not _taoshell_is_fresh
        _taoshell_switch
    end
    test "$_taoshell_kind" != foreign; or return 0
    _taoshell_settle
    _taoshell_note_prompt
    set -g _taoshell_watch
    test -e "$PWD/taoshell.toml"; or set -g _taoshell_watch "$PWD/taoshell.toml"
    if test "$_taoshell_mode:$_taoshell_holder" = "held:$_taoshell_session" -a "$_taoshell_kind" = entered -a -z "$_taoshell_reached"
        eval "_taoshell_test_briefly_$_taoshell_generation"
    else
        _taoshell_test_fully
    end
    test -n "$_taoshell_again"; or set -g _taoshell_at "$PWD:$_taoshell_generation"
end

# Whether this shell's environment is still what it should be.
function _taoshell_is_fresh
    test "$TAOSHELL_GENERATION" = "$_taoshell_generation"; and eval "_taoshell_unchanged_$_taoshell_generation"
end

function _taoshell_unchanged_ # in no project, or in one that is refused without the file for that
    test -z "$_taoshell_kind"; or _taoshell_unchanged_refused
end

# Whether the mounts file is as this shell last saw it: see posix/prompt.sh.
function _taoshell_is_in_place
    switch "$_taoshell_mode"
        case held
            test -L "$_taoshell_mounts" -a -e "$_taoshell_mounts" -a -e "$_taoshell_twin" \
                -a ! "$_taoshell_mounts" -nt "$_taoshell_twin" -a ! "$_taoshell_mounts" -ot "$_taoshell_twin"
        case own
            test -L "$_taoshell_mounts" \
                -a \( "$_taoshell_mounts" -ef "$_taoshell_original" -o ! -e "$_taoshell_mounts" -a ! -e "$_taoshell_original" \)
        case apart
            test ! -L "$_taoshell_mounts" -o ! -L "$_taoshell_cur"
        case '*'
            true
    end
end
