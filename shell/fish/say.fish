# What this shell says: see posix/say.sh.

function _taoshell_say
    set -l line # a group of `string match` would be the user's variable of this name
    if string match --quiet --regex '^\t(?<line>.*)' -- "$argv" # it belongs to the line above
        builtin printf '  %s\n' "$line" >&2
    else if test -t 2; and test -z "$NO_COLOR"; and not contains -- "$TERM" '' dumb
        builtin printf '\e[2mtaoshell:\e[0m %s\n' "$argv" >&2
    else
        builtin printf 'taoshell: %s\n' "$argv" >&2
    end
end

function _taoshell_say_foreign
    _taoshell_say (_taoshell_show "$_taoshell_foreign")" belongs to another user; nothing is loaded in this shell"
end

# TAOSHELL_LOG=full: say what a generation has set (+) or had set (-), from the list that was compiled with it.
function _taoshell_say_log --argument-names sign list
    test -r "$list"; or return 0
    set -l line
    while read --line line
        if test $sign = +
            _taoshell_say \t"$line"
        else if string match --quiet -- '+*' $line
            _taoshell_say \t"- "(string replace --regex '^\+ ([^=]*)=.*' '$1' -- $line)
        end
    end <"$list"
    return 0
end

# -- TAOSHELL_PROMPT -------------------------------------------------------------------------------

function _taoshell_note_prompt
    set -l shown
    if test "$_taoshell_kind" = entered
        set shown $TAOSHELL_PROJECT
        string match --quiet --regex '\p{Cc}' -- "$shown"; and set shown (_taoshell_without_controls "$shown")
        if test -n "$TAOSHELL_BLOCKED"
            set shown $shown!
        else if test "$_taoshell_mode:$_taoshell_want" != "held:$_taoshell_state/projects$_taoshell_root/+/shared.json"
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
    if test "$_taoshell_kind" = foreign # the variables of another user's project stay
        if test -n "$TAOSHELL_PROJECT"; and test -z "$TAOSHELL_BLOCKED"
            set -gx TAOSHELL_PROMPT "$TAOSHELL_PROJECT*"
        end
    else if test -z "$TAOSHELL_GENERATION"
        string match --quiet -- '*\*' "$TAOSHELL_PROMPT"
        and set -g _taoshell_stuck (string sub --end=-1 -- $TAOSHELL_PROMPT)
    end
end
