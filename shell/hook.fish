# taoshell's hook for fish. `taoshell hook fish` fills in the words in double underscores, quoted.
# The same steps as core.sh and, in switch.fish, switch.sh; the mounts file is settled by settle.sh, in one `sh`.

status is-interactive; or return 0 # a script is left alone: fish reads config.fish for it, too

# -- what this copy was made for -----------------------------------------------------------

set -g _taoshell_state __STATE__
set -g _taoshell_mounts __MOUNTS_FILE__
set -g _taoshell_original __ORIGINAL__
set -g _taoshell_python __PYTHON__
set -g _taoshell_main __MAIN__
set -g _taoshell_ln __LN__
set -g _taoshell_settle_program __SETTLE__\n__SETTLE_FOR__

# -- at each prompt and at each change of directory --------------------------------------------

function _taoshell_look
    if test "$PWD" = "$_taoshell_pwd"; and not test -e "$_taoshell_watch"
        and _taoshell_fresh; and _taoshell_calm
        return 0
    end
    _taoshell_update
end

function _taoshell_update
    test "$_taoshell_kind" != off; or return 0
    set -g _taoshell_pwd
    set -g _taoshell_again
    _taoshell_find
    if test "$_taoshell_found" != "$_taoshell_root"; or not _taoshell_fresh
        _taoshell_switch
    end
    _taoshell_settle
    set -g _taoshell_watch
    test -e "$PWD/taoshell.toml"; or set -g _taoshell_watch "$PWD/taoshell.toml"
    # Last: an update that was interrupted starts again at the next prompt.
    test -n "$_taoshell_again"; or set -g _taoshell_pwd $PWD
end

# Is what this shell has in its environment still what it should have?
function _taoshell_fresh
    test "$TAOSHELL_GENERATION" = "$_taoshell_generation"; or return 1
    switch "$_taoshell_kind"
        case entered
            _taoshell_unchanged
        case unapproved
            test -e "$_taoshell_root/taoshell.toml"; and not test -L "$_taoshell_own/current"
        case failed # it has been said: cd or any taoshell command tries again
            builtin true
        case '*'
            test -z "$_taoshell_generation"
    end
end

# -- finding the project -----------------------------------------------------------------

function _taoshell_find
    set -g _taoshell_found
    set -l folder (builtin pwd -P 2>/dev/null | string collect)
    # a deleted working directory has no physical path; what is left of its parents still counts
    test -n "$folder"; or set folder $PWD
    while test -n "$folder"
        if test -e "$folder/taoshell.toml"
            set -g _taoshell_found $folder
            return
        end
        set folder (string replace --regex '/[^/]*\z' '' -- $folder | string collect)
    end
end

eval __SWITCH__

# -- the mounts file ---------------------------------------------------------------------------

# One `sh` writes the session and settles, and answers with what it found, a line each.
function _taoshell_settle
    set -l claim
    test "$_taoshell_kind" != entered; or set claim $_taoshell_root
    if test "$claim" = "$_taoshell_claimed"; and _taoshell_calm
        return 0
    end
    set -l IFS \n # without it the answer would be one word
    # What `sh` itself has to say, of a working directory that is gone, is nobody's business; 3 is for our own words.
    set -l answer (command sh -c "$_taoshell_settle_program" taoshell "$_taoshell_state" "$_taoshell_mounts" "$_taoshell_original" \
        "$_taoshell_python" "$_taoshell_main" "$_taoshell_ln" $fish_pid "$_taoshell_claimed" "$claim" </dev/null 3>&2 2>/dev/null)
    set -g _taoshell_claimed $answer[1]
    set -g _taoshell_mode $answer[2]
    set -g _taoshell_want $answer[3]
    set -g _taoshell_twin $answer[4]
    set -g _taoshell_holder_alive $answer[5]
end

# The idle prompt's part: is the mounts file what this shell last saw, untouched, its holder alive?
function _taoshell_calm
    switch "$_taoshell_mode"
        case held
            test -e "$_taoshell_mounts"; and test -e "$_taoshell_twin"; and not test "$_taoshell_mounts" -nt "$_taoshell_twin"
            and not test "$_taoshell_mounts" -ot "$_taoshell_twin"; and test -d "$_taoshell_holder_alive"
        case own
            test -L "$_taoshell_mounts"; and test -L "$_taoshell_state/cur"; and if test -e "$_taoshell_original"
                test "$_taoshell_mounts" -ef "$_taoshell_original"
            else
                not test -e "$_taoshell_mounts"
            end
        case apart
            not test -L "$_taoshell_state/cur"; or not test -L "$_taoshell_mounts"
        case failed
            builtin true
        case '*'
            false
    end
end

# -- words -----------------------------------------------------------------------------------

function _taoshell_say
    builtin echo "taoshell: $argv" >&2
end

function _taoshell_show
    if string match --quiet --regex '[[:cntrl:]]' -- "$argv[1]"
        string escape -- "$argv[1]" | string collect
    else
        string collect -- "$argv[1]"
    end
end

# -- Python, for all that is new, changed or wrong --------------------------------------------

function _taoshell_run
    if not test -x "$_taoshell_python"; or not test -e "$_taoshell_main"
        _taoshell_say "taoshell is not installed any more; start a new shell, or install it again"
        return 1
    end
    # It gets the folders that this hook was made for: a later change of HOME does not move them.
    TAOSHELL_STATE=$_taoshell_state TAOSHELL_MOUNTS_FILE=$_taoshell_mounts \
        "$_taoshell_python" -E "$_taoshell_main" $argv
end

function _taoshell_call
    _taoshell_run $argv </dev/null >&2
end

# -- the command, where only this shell can answer ---------------------------------------------

function taoshell
    switch "$(builtin count $argv):$argv"
        case 1:off
            set -g _taoshell_found
            set -g _taoshell_pwd
            _taoshell_switch
            _taoshell_settle
            set -g _taoshell_kind off
        case 1:on
            if test "$_taoshell_kind" = off
                set -g _taoshell_kind
                set -g _taoshell_pwd
            end
        case '2:status --prompt'
            switch "$_taoshell_kind"
                case entered
                    set -q TAOSHELL_BLOCKED; and builtin echo "$TAOSHELL_PROJECT!"; or builtin echo "$TAOSHELL_PROJECT"
                case unapproved failed
                    builtin echo (_taoshell_show (command basename -- "$_taoshell_root"))"!"
            end
        case '*'
            set -g _taoshell_pwd # whatever the command does, the next prompt looks again
            test "$_taoshell_kind" != failed; or set -g _taoshell_root
            _taoshell_run $argv
    end
end

# -- start: once in each shell, however often the hook is evaluated ---------------------------

# What direnv has set of a project in a process without our hook (an editor) goes first, by direnv itself: when it goes
# later, it would take away what we have set here.
if test -n "$TAOSHELL_DIRENV"
    command sh -c 'cd / && exec direnv export fish' 2>/dev/null | builtin source
end

if test "$_taoshell_pid" != $fish_pid
    set -g _taoshell_pid $fish_pid
    for _taoshell_name in root generation kind own found claimed mode want twin holder_alive
        set -g _taoshell_$_taoshell_name
    end
    if test -e "$_taoshell_state"; and not test -O "$_taoshell_state"
        set -g _taoshell_kind off # sudo with HOME kept, or worse: what is not ours is not sourced
        _taoshell_say "$_taoshell_state belongs to another user; nothing is loaded in this shell"
    else if test -n "$TAOSHELL_GENERATION"
        _taoshell_inherit
    end
end
set -g _taoshell_pwd
set -g _taoshell_watch

# For direnv: this shell does it itself.
set -gx TAOSHELL_HOOK $fish_pid

function _taoshell_on_prompt --on-event fish_prompt
    set -l status_before $status
    _taoshell_look
    return $status_before
end

function _taoshell_on_pwd --on-variable PWD
    status is-command-substitution; or _taoshell_look
end

function _taoshell_on_exit --on-event fish_exit
    if test -n "$_taoshell_claimed"
        set -g _taoshell_kind
        _taoshell_settle
    end
end
