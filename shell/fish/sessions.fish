# Sessions: a file tells the other shells which project this shell is in: see posix/sessions.sh.

# Truncate a file that is not empty, and write into it afterwards: if one redirection does both, ext4 writes to the disk.
function _taoshell_put --argument-names file text
    test ! -L "$file"; and _taoshell_may_write "$file"; or return 1
    test -s "$file"; and not builtin printf '' 2>/dev/null >"$file"; and return 1
    builtin printf '%s\n' "$text" 2>/dev/null >>"$file"
end

function _taoshell_empty --argument-names file
    test ! -L "$file"; and _taoshell_may_write "$file"; and builtin printf '' 2>/dev/null >"$file"
end

# -- this shell's session ----------------------------------------------------------------

function _taoshell_begin_session
    set -l boot
    set -l host
    test -r /proc/sys/kernel/random/boot_id; and read boot </proc/sys/kernel/random/boot_id
    test -r /proc/sys/kernel/hostname; and read host </proc/sys/kernel/hostname
    test -n "$boot"; or set boot unknown
    string match --quiet --regex '^[A-Za-z0-9._-]+$' -- "$host"; or set host unknown
    set -g _taoshell_here @$host@$boot-(_taoshell_started 1)
    set -g _taoshell_session $_taoshell_state/sessions/$_taoshell_pid-(_taoshell_started $_taoshell_pid)$_taoshell_here
    set -g _taoshell_looked (string replace /sessions/$_taoshell_pid- /looks/$_taoshell_pid- -- $_taoshell_session | string collect)
    if test -s "$_taoshell_session" # this process was another shell before `exec`
        read -g _taoshell_claimed <"$_taoshell_session"
    end
end

# When a process started, in clock ticks since boot (field 22 of /proc/PID/stat), or 0 if it has ended
function _taoshell_started --argument-names pid
    set -l stat
    test -r /proc/$pid/stat; and read stat </proc/$pid/stat 2>/dev/null
    set -l fields (string split ' ' -- (string replace --regex '.*\) ' '' -- "$stat")) # a name may contain spaces
    if test (count $fields) -lt 20; or string match --quiet --regex '^[ZX]' -- $fields[1] # a zombie
        echo 0
    else
        echo $fields[20]
    end
end

# Write this shell's session if it has moved. The caller's $wrote is set if this shell is in another project now.
function _taoshell_register --no-scope-shadowing
    set -l claim
    test "$_taoshell_kind" != entered; or set claim $_taoshell_root
    if test "$claim" = "$_taoshell_claimed"
        # Another machine may have removed it, or a backup may have brought back an old one.
        test -n "$claim" -a -s "$_taoshell_session"; and return 0
        test -z "$claim" -a ! \( -s "$_taoshell_session" -a -w "$_taoshell_session" \); and return 0
    end
    # What another program wrote into the mapping that is left is the user's: Python keeps it, and says so.
    set -l left "$_taoshell_state/projects$_taoshell_claimed/+"
    if test -n "$_taoshell_claimed" -a -e "$left/shared.json" -a -e "$left/mounts.json" \
            -a \( "$left/shared.json" -nt "$left/mounts.json" -o "$left/shared.json" -ot "$left/mounts.json" \)
        _taoshell_ask ""
    end
    not test -L "$_taoshell_session"; or _taoshell_ask "" # Python removes a symlink, which may lead to any file
    if test -z "$claim"
        if not _taoshell_empty "$_taoshell_session"; and test -s "$_taoshell_session"
            # the other shells still read the old claim, so this shell keeps it
            _taoshell_say "$_taoshell_session cannot be emptied, so the mounts file stays with $_taoshell_claimed; make it writable, then cd again"
            return 0
        end
    else if not test -e "$_taoshell_state/sessions/0-0"; and not _taoshell_ask "" # the first session ever
        return 0
    else
        if not _taoshell_put "$_taoshell_session" "$claim"
            set claim # no other shell could read it
            _taoshell_empty "$_taoshell_session"
            if test -z "$_taoshell_complained"
                _taoshell_say "$_taoshell_session cannot be written, so the mounts file does not follow this shell (LAUNCHER_MOUNTS does); make room there, or make it writable, then cd again"
                set -g _taoshell_complained 1
            end
        end
        # After the session, before the mounts file changes. It grows: see posix/sessions.sh.
        test ! -L "$_taoshell_state/arrived"; and _taoshell_may_write "$_taoshell_state/arrived"
        and builtin printf . 2>/dev/null >>"$_taoshell_state/arrived"
    end
    set -g _taoshell_claimed $claim
    set wrote $claim
end

# Without /proc nobody could tell whether this session is alive, so there is none, and no mounts file follows.
function _taoshell_do_without_proc
    set -g _taoshell_mode failed
    set -g _taoshell_alive /
    if test "$_taoshell_kind" = entered -a -z "$_taoshell_told"
        set -g _taoshell_told 1
        _taoshell_say "this system has no /proc, so the mounts file does not follow this shell (LAUNCHER_MOUNTS does); mount /proc, then start a new shell"
    end
end

# -- the newest live session -------------------------------------------------------------

# _taoshell_holder: the newest live session that is in a project, or ''; _taoshell_want: the mapping that it wants. Fails if
# Python must look at the sessions. The order of the scan: see posix/sessions.sh.
function _taoshell_newest --no-scope-shadowing # of the caller: is_rebooted
    set -l best
    set -l line $_taoshell_claimed
    set -l bad
    set -l pid
    set -l result 0
    set -l emptied
    test ! -e "$_taoshell_state/sessions/0-0" -a -e "$_taoshell_state/arrived" -a -w "$_taoshell_state/sessions"
    and set result 1 # it was removed
    while test -e "$_taoshell_state/sessions/0-0"
        set best
        set line $_taoshell_claimed
        set -l files "$_taoshell_state"/sessions/*
        if test -n "$_taoshell_claimed"
            set best $_taoshell_session
        else if string match --quiet -- "$_taoshell_state/sessions/*" $_taoshell_holder; and test -s "$_taoshell_holder"
            set -p files $_taoshell_holder
        else
            set -p files $files[-4..-1]
        end
        for file in $files
            test "$file" -ot "$best"; and continue # no file is older than ''
            # A shell outside any project has emptied its file.
            test -s "$file" -a -f "$file" -a "$file" != "$best"; or continue
            test -z "$bad"; or not contains -- $file $bad; or continue
            test -z "$best" -o "$file" -nt "$best"; or _taoshell_wins_the_tie; or continue
            if not string match --quiet --regex "/(?<pid>[^/-]*)-[^/]*$_taoshell_here_pattern\$" -- $file
                _taoshell_may_live; and set best $file
            else if test -e /proc/$pid
                set best $file
            else if test -z "$emptied" # a dead one on this machine is emptied, one in a scan
                set emptied 1
                _taoshell_empty "$file"; or set result 1
            end
        end
        if test -z "$best" -o "$best" = "$_taoshell_session"; or _taoshell_counts
            break
        end
        set -a bad $best
    end
    set -g _taoshell_holder $best
    set -g _taoshell_alive /
    set -g _taoshell_want $_taoshell_original
    test -z "$best"; or set -g _taoshell_want "$_taoshell_state/projects$line/+/shared.json"
    if test -n "$best" -a "$best" != "$_taoshell_session" # this shell is alive
        set -g _taoshell_alive $best
        if string match --quiet --regex "/(?<pid>[^/-]*)-[^/]*$_taoshell_here_pattern\$" -- $best
            set -g _taoshell_alive /proc/$pid
        end
    end
    return $result
end

function _taoshell_wins_the_tie --no-scope-shadowing
    test (string replace --regex '.*/([^/-]*)-[^/]*$' '$1' -- $file) -gt (string replace --regex '.*/([^/-]*)-[^/]*$' '$1' -- $best) 2>/dev/null
end

# Whether the process of $file may live, which is not of this boot of this machine, or no session: see posix/sessions.sh.
function _taoshell_may_live --no-scope-shadowing
    set -l name (string replace --regex '.*/' '' -- $file)
    set -l here (string split @ -- $_taoshell_here) # '', the host, boot-start of pid 1
    set -l boot (string replace --regex -- '-[0-9]*$' '' $here[3])
    if string match --quiet -- "*@$here[2]@*" $name; and not string match --quiet -- "*@$here[2]@$boot-*" $name
        set is_rebooted 1
    end
    string match --quiet --regex -- '-.*@.*@.*-' $name # another machine or container
end

# After a swap: whether another search could only find what the last one has found: see posix/sessions.sh.
function _taoshell_is_still_newest --no-scope-shadowing # of the caller: $arrivals
    set -l before $arrivals
    _taoshell_read_arrivals
    test -n "$arrivals" -a "$arrivals" = "$before" -a "$_taoshell_state/arrived" -ot "$_taoshell_session"; or return 1
    test -z "$_taoshell_holder" -o "$_taoshell_holder" = "$_taoshell_session"; and return 0
    set -l line
    test -r "$_taoshell_holder"; and read line <"$_taoshell_holder"
    test "$_taoshell_want" = "$_taoshell_state/projects$line/+/shared.json"
end

# The caller's $arrivals: the content of the file `arrived`; empty if it cannot tell who arrives.
function _taoshell_read_arrivals --no-scope-shadowing
    set arrivals
    test ! -L "$_taoshell_state/arrived" -a -f "$_taoshell_state/arrived" \
        -a -r "$_taoshell_state/arrived" -a -w "$_taoshell_state/arrived"; or return 0
    read arrivals <"$_taoshell_state/arrived"
    if string match --quiet --regex '.{100}' -- "$arrivals"
        set arrivals # the next search need not read so much
        _taoshell_empty "$_taoshell_state/arrived"
    end
end

# Whether $best is the session of a live process in a project with a mapping. $line: that project
function _taoshell_counts --no-scope-shadowing
    set -l pid
    set -l start
    if string match --quiet --regex "/(?<pid>[^/-]*)-(?<start>[^/]*)$_taoshell_here_pattern\$" -- $best
        set -l stat
        test -r /proc/$pid/stat; and read stat </proc/$pid/stat 2>/dev/null
        # fields 2, the command's name in brackets, 3, a letter that is not that of a zombie, and 22
        if not string match --quiet --regex "\) [^ZX](?: \S+){18} \Q$start\E " -- "$stat"; or test "$start" = 0
            _taoshell_empty "$best"; or set result 1
            return 1
        end
    end
    set line
    test -r "$best"; and read line <"$best"
    string match --quiet -- '/*' "$line"
    and test -e "$_taoshell_state/projects$line/+/shared.json" -o -e "$_taoshell_state/projects$line/+/mounts.json"
end
