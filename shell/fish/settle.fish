# Settle: make the mounts file what the newest live session wants: see posix/settle.sh.

function _taoshell_settle
    set -l wrote
    set -l asked
    set -l is_rebooted
    set -l todo
    set -l swaps
    set -l arrivals
    if string match --quiet -- "*/$_taoshell_pid-0@*" $_taoshell_session
        _taoshell_do_without_proc
        return 0
    end
    _taoshell_register
    # Note the look before it: the next prompt sees a later arrival.
    if test -z "$_taoshell_claimed"
        set -g _taoshell_arrived
    else if test -z "$_taoshell_arrived" -o ! -e "$_taoshell_looked" -o "$_taoshell_arrived" -nt "$_taoshell_looked"
        set -g _taoshell_arrived "$_taoshell_state/arrived"
        _taoshell_may_write "$_taoshell_looked"; and builtin printf . 2>/dev/null >>"$_taoshell_looked"
        or set -g _taoshell_arrived
    end
    if test -n "$wrote" # just written, so we are probably the holder: swap first, check after
        set -g _taoshell_holder $_taoshell_session
        set -g _taoshell_want "$_taoshell_state/projects$_taoshell_claimed/+/shared.json"
        _taoshell_judge
        test "$todo" != swap; or _taoshell_swap
    end
    set todo
    while test "$todo" != nothing
        if test "$todo" = check; and _taoshell_is_still_newest
            _taoshell_judge
            test "$todo" != nothing; or break
        end
        test -n "$wrote"; or _taoshell_read_arrivals
        if not _taoshell_newest; and test -z "$asked"
            set todo ask # a dead session cannot be emptied; Python removes it
        else if test -n "$is_rebooted" -a -z "$_taoshell_asked_rebooted" # once in each shell
            set -g _taoshell_asked_rebooted 1
            set todo ask
        else if test -n "$wrote" -a "$_taoshell_holder" != "$_taoshell_session" -a "$_taoshell_holder" -nt "$_taoshell_session"
            # just written, but not the newest: a race, or the clock was set back; Python finds out which
            set todo ask
        else
            _taoshell_judge
        end
        set wrote
        # an `ln` that does nothing must not be tried for ever
        if test "$todo" = swap -a "$swaps" != ........; and _taoshell_swap
            set todo check
            set swaps "$swaps." # without the quotes, an empty list makes it an empty list
        else if test "$todo" != nothing
            if test -n "$asked"
                set -g _taoshell_again 1 # something was written again just now: the next prompt checks again
            else if _taoshell_ask $_taoshell_session
                set asked 1
                continue
            end
            set -g _taoshell_mode failed # already said; cd or any taoshell command tries again
            break
        end
    end
    # If Python could not get the lock, try again when the process that has it ends.
    if test "$_taoshell_busy" != /
        set -g _taoshell_mode failed
        set -g _taoshell_alive $_taoshell_busy
    end
    return 0
end

# Each `cd` tries again what Python could not do, but the reason is said only once in each project.
function _taoshell_ask --argument-names session
    test "$_taoshell_busy" = /; or return 1 # Python has just waited for the lock in vain
    set -l how _settle
    test -z "$_taoshell_complained"; or set how _resettle
    _taoshell_put "$_taoshell_state/mending" (string replace --regex '.*/' '' -- $_taoshell_session)
    _taoshell_call $how $session
    set -l result $status
    test $result = 0 -o -n "$_taoshell_again"; or set -g _taoshell_complained 1
    _taoshell_empty "$_taoshell_state/mending"
    return $result
end

# Whether another shell is calling Python: one repair is enough, and one line about it. It is believed for one prompt
# only, as it may have been interrupted.
function _taoshell_is_mended_elsewhere --no-scope-shadowing
    test -z "$wrote$asked" -a "$_taoshell_mode" != waiting; or return 1
    set -l name
    test -r "$_taoshell_state/mending"; and read name <"$_taoshell_state/mending"
    string match --quiet -- "*$_taoshell_here" $name; or return 1
    test "$name" != (string replace --regex '.*/' '' -- $_taoshell_session); or return 1
    set -l process (string split --fields 1,2 - -- (string split --fields 1 @ -- $name))
    test (_taoshell_started $process[1]) = "$process[2]"
end

# -- judging the mounts file -----------------------------------------------------------------

# _taoshell_mode: the state of the mounts file. The caller's $todo: nothing; swap, if `cur` must change; or ask Python.
function _taoshell_judge --no-scope-shadowing
    set todo nothing
    if test -e "$_taoshell_state/released"
        _taoshell_leave_apart _taoshell_is_half_released
    else if test "$_taoshell_want" != "$_taoshell_original"
        # Ours has the same mtime as its twin, to the nanosecond. Has another program written into it, or removed it?
        set -l own
        string match --quiet --regex '(?s)^(?<own>.*/)' -- $_taoshell_want
        set -g _taoshell_twin "$own"mounts.json
        if test ! -e "$_taoshell_want" -o ! -e "$_taoshell_twin" \
                -o "$_taoshell_want" -nt "$_taoshell_twin" -o "$_taoshell_want" -ot "$_taoshell_twin"
            if _taoshell_is_mended_elsewhere
                set -g _taoshell_mode waiting
                set -g _taoshell_again 1
            else
                set todo ask
            end
        else if test "$_taoshell_mounts" -ef "$_taoshell_want"
            set -g _taoshell_mode held
        else if _taoshell_is_ours
            set todo swap
        else
            set todo ask
        end
    else if test -L "$_taoshell_mounts" -a -L "$_taoshell_cur" -a ! -L "$_taoshell_state/cur" \
            -a \( -e "$_taoshell_mounts" -o ! -e "$_taoshell_original" \) -a "$_taoshell_mounts" -ef "$_taoshell_cur"
        # the usual case: all is in place (to fish's -ef, two files that are missing are the same)
        if test "$_taoshell_cur" -ef "$_taoshell_original" -o ! -e "$_taoshell_cur"
            set -g _taoshell_mode own
        else
            set todo swap
        end
    else if test -z "$asked"; and _taoshell_is_astray
        set todo ask
    else if test -L "$_taoshell_cur" -a \( "$_taoshell_cur" -ef "$_taoshell_original" -o \( ! -e "$_taoshell_cur" -a ! -e "$_taoshell_original" \) \)
        if _taoshell_is_ours
            set -g _taoshell_mode own
        else
            _taoshell_leave_apart _taoshell_has_original
        end
    else if not test -L "$_taoshell_cur"
        _taoshell_leave_apart _taoshell_leads_nowhere # `cur` was removed
    else if _taoshell_is_ours
        set todo swap
    else
        set todo ask
    end
end

# Leave the mounts file alone. But if a function finds it half ours, let Python check first, once in each shell.
function _taoshell_leave_apart --no-scope-shadowing # FUNCTION
    if test -z "$asked" -a "$_taoshell_mode" != apart; and eval $argv[1]
        set todo ask
    else
        set -g _taoshell_mode apart
    end
end

# Whether a release was killed.
function _taoshell_is_half_released
    _taoshell_is_ours
    or test ! -e "$_taoshell_mounts" -a ! -L "$_taoshell_mounts" -a \( -e "$_taoshell_original" -o -L "$_taoshell_original" \)
end

# Whether a link of ours is gone, leads nowhere, or became a copy: after a restore, a move or an upgrade from 0.1.0.
function _taoshell_is_astray
    test -L "$_taoshell_state/cur" -o \( -e "$_taoshell_cur" -a ! -L "$_taoshell_cur" \) \
        -o \( -e "$_taoshell_original" -a ! -e "$_taoshell_mounts" -a \( -L "$_taoshell_mounts" -o ! -L "$_taoshell_cur" \) \)
end

# Whether the user's own mapping is beside a mounts file that is not our link.
function _taoshell_has_original
    test -e "$_taoshell_original"
end

function _taoshell_leads_nowhere
    test -L "$_taoshell_mounts" -a ! -e "$_taoshell_mounts"
end

# Whether the mounts file is our symlink to `cur`. (Both may be dangling: the user had no mapping.)
function _taoshell_is_ours
    test -L "$_taoshell_mounts" -a -L "$_taoshell_cur" -a \( "$_taoshell_mounts" -ef "$_taoshell_cur" \
        -o \( ! -e "$_taoshell_mounts" -a ! -e "$_taoshell_cur" \) \)
end
