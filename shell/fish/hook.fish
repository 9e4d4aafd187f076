# taoshell's hook for fish. `taoshell hook fish` replaces each placeholder by a quoted value.
# It takes the same steps as posix/core.sh; switch.fish and say.fish follow posix/switch.sh and posix/say.sh; call.fish
# calls Python. One `sh` runs posix/settle.sh for the mounts file.

# -- values of this installation -----------------------------------------------------------

set -g _taoshell_state __STATE__
set -g _taoshell_mounts __MOUNTS_FILE__
set -g _taoshell_original __ORIGINAL__
set -g _taoshell_python __PYTHON__
set -g _taoshell_main __MAIN__
set -g _taoshell_ln __LN__
set -g _taoshell_secrets __SECRETS__
set -g _taoshell_settle_program __SESSIONS__\n__SETTLE__\n__SETTLE_FOR__

# -- at each prompt and at each change of directory --------------------------------------------

function _taoshell_look
    if test "$PWD" = "$_taoshell_pwd"; and not test -e "$_taoshell_watch"
        and _taoshell_fresh; and _taoshell_calm
        return 0
    end
    _taoshell_update $argv
end

function _taoshell_update # [prompt]
    if test -n "$_taoshell_held"; and test -z "$_taoshell_holding"
        # Say the lines held until the first prompt, and then treat this prompt like any other.
        _taoshell_say_held
        _taoshell_look $argv
        return 0
    end
    contains -- "$_taoshell_kind" off foreign; or _taoshell_catch_up
    test "$argv" != prompt; or _taoshell_stop_holding
end

function _taoshell_catch_up
    set -g _taoshell_pwd
    set -g _taoshell_caught_up
    set -g _taoshell_again
    set -g _taoshell_busy /
    test "$_taoshell_kind" != failed; or set -g _taoshell_root # try again
    _taoshell_find
    if test "$_taoshell_found" != "$_taoshell_root"; or not _taoshell_fresh
        _taoshell_switch
    end
    _taoshell_settle
    _taoshell_note_prompt
    set -g _taoshell_watch
    test -e "$PWD/taoshell.toml"; or set -g _taoshell_watch "$PWD/taoshell.toml"
    # This comes last: if an update is interrupted, the next prompt starts it again.
    test -n "$_taoshell_again"; or set -g _taoshell_caught_up $PWD
    test -n "$_taoshell_held"; or set -g _taoshell_pwd $_taoshell_caught_up
end

# Whether this shell's environment is still what it should be.
function _taoshell_fresh
    test "$TAOSHELL_GENERATION" = "$_taoshell_generation"; or return 1
    switch "$_taoshell_kind"
        case entered
            _taoshell_unchanged
        case unapproved
            test -e "$_taoshell_root/taoshell.toml"; and not test -L "$_taoshell_own/current"
        case failed # as in posix/switch.sh
            test -e "$_taoshell_busy"
        case '*'
            test -z "$_taoshell_generation"
    end
end

# -- finding the project -----------------------------------------------------------------

function _taoshell_find
    set -g _taoshell_found
    # A command substitution would remove a newline at the end of a name. No physical path ends in //, so that ends it here.
    begin
        builtin pwd -P 2>/dev/null; and builtin printf //
    end | read --null --delimiter \n// --local folder rest
    # a deleted working directory has no physical path, but its parents may still exist
    test -n "$folder"; or set folder $PWD
    builtin printf %s "$folder" | read --null --delimiter / --local --array names
    set folder
    for name in $names[2..]
        set folder "$folder/$name"
        test -e "$folder/taoshell.toml"; and set -g _taoshell_found $folder
    end
end

eval __SWITCH__
eval __SAY__
eval __CALL__

# -- the mounts file ---------------------------------------------------------------------------

# One `sh` writes the session, settles, and answers with six lines.
function _taoshell_settle
    set -l claim
    test "$_taoshell_kind" != entered; or set claim $_taoshell_root
    if test "$claim" = "$_taoshell_claimed"; and test "$_taoshell_mode" != failed; and _taoshell_calm
        return 0
    end
    set -l IFS \n # with another IFS the answer would not be split into lines
    # stderr is dropped: `sh` complains about a deleted working directory. Our own messages go to file descriptor 3; they
    # come before the six lines of the answer.
    set -l answer (command sh -c "$_taoshell_settle_program" taoshell "$_taoshell_state" "$_taoshell_mounts" "$_taoshell_original" \
        "$_taoshell_python" "$_taoshell_main" "$_taoshell_ln" $fish_pid "$_taoshell_claimed" "$claim" \
        "$_taoshell_complained" "$_taoshell_busy" </dev/null 3>&1 2>/dev/null)
    while test (builtin count $answer) -gt 6
        _taoshell_say (string replace --regex '^taoshell: ' '' -- $answer[1])
        set -e answer[1]
    end
    set -g _taoshell_claimed $answer[1]
    set -g _taoshell_mode $answer[2]
    set -g _taoshell_want $answer[3]
    set -g _taoshell_twin $answer[4]
    set -g _taoshell_holder_alive $answer[5]
    set -g _taoshell_complained $answer[6]
end

# For idle prompts: whether the mounts file is what this shell last saw, unchanged, and its holder alive.
function _taoshell_calm
    switch "$_taoshell_mode"
        case held
            test -e "$_taoshell_mounts"; and test -e "$_taoshell_twin"; and not test "$_taoshell_mounts" -nt "$_taoshell_twin"
            and not test "$_taoshell_mounts" -ot "$_taoshell_twin"; and test -e "$_taoshell_holder_alive"
        case own
            test -L "$_taoshell_mounts"; and test -L "$_taoshell_state/cur"; and if test -e "$_taoshell_original"
                test "$_taoshell_mounts" -ef "$_taoshell_original"
            else
                not test -e "$_taoshell_mounts"
            end
        case apart
            not test -L "$_taoshell_state/cur"; or not test -L "$_taoshell_mounts"
        case failed
            test -e "$_taoshell_holder_alive"
        case '*'
            false
    end
end

# -- the commands that only the shell itself can answer ---------------------------------------------

function taoshell
    switch "$(builtin count $argv):$argv"
        case 1:off 1:on
            _taoshell_say_held
            _taoshell_turn $argv
        case 1:reload
            _taoshell_say_held
            set -g _taoshell_pwd
            _taoshell_run reload; or return
            contains -- "$_taoshell_kind" off foreign; or _taoshell_reload
        case '2:status --prompt'
            test -z "$TAOSHELL_PROMPT"; or builtin printf '%s\n' $TAOSHELL_PROMPT
        case '*'
            _taoshell_say_held
            set -g _taoshell_pwd # whatever the command does, the next prompt checks again
            _taoshell_run $argv
    end
end

function _taoshell_turn
    switch "$_taoshell_kind:$argv"
        case 'foreign:*'
            _taoshell_say_foreign
            return 1
        case '*:off'
            set -g _taoshell_found
            set -g _taoshell_pwd
            _taoshell_switch
            _taoshell_settle
            _taoshell_note_prompt
            set -g _taoshell_kind off
        case off:on
            set -g _taoshell_kind
            set -g _taoshell_pwd
    end
    return 0 # `set` passes on the status of the last command, which may have removed a variable that did not exist
end

# -- start: once in each shell, however often the hook is evaluated ---------------------------

# A process without our hook, such as an editor, may have inherited a project's variables from direnv. Let direnv undo
# them now: later it would also remove what we have set.
if test -n "$TAOSHELL_DIRENV"; and status is-interactive
    command sh -c 'cd / && exec direnv export fish' 2>/dev/null | builtin source
end

if test "$_taoshell_pid" != $fish_pid
    set -g _taoshell_pid $fish_pid
    set -g _taoshell_holding 1
    set -g _taoshell_busy /
    for _taoshell_name in held root generation kind own found claimed mode want twin holder_alive complained
        set -g _taoshell_$_taoshell_name
    end
    if test -e "$_taoshell_state"; and not test -O "$_taoshell_state"
        set -g _taoshell_kind foreign # `sudo` that keeps HOME, or worse: never source another user's files
        not status is-interactive; or _taoshell_say_foreign
    else if test -n "$TAOSHELL_GENERATION"
        _taoshell_inherit
    end
    _taoshell_inherit_prompt
    # A shell that is not interactive keeps the variables it inherited. fish calls our functions there at each `cd` too.
    if not status is-interactive; and test "$_taoshell_kind" != foreign
        set -g _taoshell_kind off
        set -g _taoshell_holding
    end
end
set -g _taoshell_pwd
set -g _taoshell_caught_up
set -g _taoshell_watch

# This tells `taoshell export direnv` that this shell has the hook.
not status is-interactive; or set -gx TAOSHELL_HOOK $fish_pid

function _taoshell_on_prompt --on-event fish_prompt
    set -l status_before $status
    _taoshell_look prompt
    return $status_before
end

function _taoshell_on_pwd --on-variable PWD
    status is-command-substitution; or _taoshell_look
end

function _taoshell_on_exit --on-event fish_exit
    _taoshell_say_held
    if test -n "$_taoshell_claimed"
        set -g _taoshell_kind
        _taoshell_settle
    end
end
