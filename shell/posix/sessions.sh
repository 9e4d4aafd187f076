# shellcheck shell=sh disable=SC3013,SC2154
# Sessions: a file tells the other shells which project this shell is in. The newest live session wins the mounts file.

# -- this shell's session ----------------------------------------------------------------

# A session is a file <pid>-<start>@<host>@<boot>-<start of pid 1>. Several machines and containers may share a home, and
# a pid is meaningful only on the machine and in the container that it comes from.
_taoshell_begin_sessions() {
  _taoshell_claimed='' _taoshell_wrote='' _taoshell_seen='' _taoshell_mode='' _taoshell_holder='' _taoshell_complained=''
  _taoshell_boot='' _taoshell_host=''
  { IFS= builtin read -r _taoshell_boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || _taoshell_boot=unknown
  { IFS= builtin read -r _taoshell_host </proc/sys/kernel/hostname; } 2>/dev/null || _taoshell_host=unknown
  case $_taoshell_host in '' | *[!A-Za-z0-9._-]*) _taoshell_host=unknown ;; esac
  _taoshell_started 1
  _taoshell_machine=@$_taoshell_host@$_taoshell_boot-
  _taoshell_here=$_taoshell_machine$_taoshell_start
  _taoshell_started "$_taoshell_pid"
  _taoshell_sessions=$_taoshell_state/sessions
  _taoshell_session=$_taoshell_sessions/$_taoshell_pid-$_taoshell_start$_taoshell_here
  if [ -s "$_taoshell_session" ]; then # this process was another shell before `exec`
    { IFS= builtin read -r _taoshell_claimed <"$_taoshell_session"; } 2>/dev/null || _taoshell_claimed=''
  fi
}

# _taoshell_start: when process $1 started, in clock ticks since boot (field 22 of /proc/PID/stat), or 0 if it has ended
_taoshell_started() {
  _taoshell_start=0
  { IFS= builtin read -r _taoshell_stat </proc/"$1"/stat; } 2>/dev/null || return 0
  _taoshell_stat=${_taoshell_stat##*) }           # the command's name may contain spaces and brackets
  case $_taoshell_stat in [ZX]*) return 0 ;; esac # a zombie
  _taoshell_field=3
  while [ "$_taoshell_field" -lt 22 ]; do
    _taoshell_stat=${_taoshell_stat#* }
    _taoshell_field=$((_taoshell_field + 1))
  done
  _taoshell_start=${_taoshell_stat%% *}
}

# Write this shell's session. A shell that was never in a project needs none.
_taoshell_register() {
  _taoshell_claim=''
  if [ "$_taoshell_kind" = entered ]; then _taoshell_claim=$_taoshell_root; fi
  if [ "$_taoshell_claim" = "$_taoshell_claimed" ]; then return 0; fi
  if [ -z "$_taoshell_claim" ]; then
    if ! _taoshell_empty "$_taoshell_session" && [ -s "$_taoshell_session" ]; then
      # the other shells still read the old claim, so this shell keeps it
      _taoshell_say "$_taoshell_session cannot be emptied, so the mounts file stays with $_taoshell_claimed; make it writable, then cd again"
      return 0
    fi
  elif [ ! -e "$_taoshell_sessions/0-0" ] && ! _taoshell_ask ""; then # the first session ever
    return 0
  elif ! _taoshell_put "$_taoshell_session" "$_taoshell_claim"; then
    _taoshell_claim='' # no other shell could read it
    _taoshell_empty "$_taoshell_session" || :
    if [ -z "$_taoshell_complained" ]; then
      _taoshell_say "$_taoshell_session cannot be written, so the mounts file does not follow this shell (LAUNCHER_MOUNTS does); make room there, or make it writable, then cd again"
      _taoshell_complained=1
    fi
  fi
  _taoshell_claimed=$_taoshell_claim _taoshell_wrote=$_taoshell_claim
}

# -- the newest live session -------------------------------------------------------------

# _taoshell_holder: the session's file, or ""; _taoshell_want: the mapping that it wants in force
_taoshell_newest() {
  _taoshell_dead=' ' _taoshell_stale=0
  if [ ! -e "$_taoshell_sessions/0-0" ]; then
    _taoshell_best=''
  else
    case $- in *f*)
      _taoshell_noglob=1 # kept in a variable, so that a Ctrl-C here cannot lose the user's option
      builtin set +f
      ;;
    esac
    while _taoshell_scan && ! _taoshell_counts; do
      _taoshell_dead="$_taoshell_dead$_taoshell_best " _taoshell_stale=$((_taoshell_stale + 1))
    done
    _taoshell_restore_noglob
  fi
  _taoshell_holder_is "$_taoshell_best"
}

_taoshell_holder_is() {
  _taoshell_holder=$1 _taoshell_holder_alive=/ _taoshell_want=$_taoshell_original
  case $_taoshell_holder in
    "$_taoshell_session") ;; # our own session is alive
    *"$_taoshell_here")
      _taoshell_name=${_taoshell_holder##*/}
      _taoshell_holder_alive=/proc/${_taoshell_name%%-*}
      ;;
    ?*) _taoshell_holder_alive=$_taoshell_holder ;;
  esac
  if [ -n "$_taoshell_holder" ]; then _taoshell_want=$_taoshell_state/projects$_taoshell_line/+/shared.json; fi
}

_taoshell_restore_noglob() {
  if [ -n "$_taoshell_noglob" ]; then
    builtin set -f
    _taoshell_noglob=''
  fi
}

# _taoshell_best: the newest session that is not empty; of two equally new ones, that with the higher pid. The scan starts
# with our own session, which is the newest after a switch, or with the last holder: most others then need only one
# comparison of mtimes.
_taoshell_scan() {
  _taoshell_best=$_taoshell_holder
  if [ -n "$_taoshell_claimed" ]; then
    _taoshell_best=$_taoshell_session
  elif [ "$_taoshell_best" = "$_taoshell_session" ]; then
    _taoshell_best=''
  fi
  case $_taoshell_dead in *" $_taoshell_best "*) _taoshell_best='' ;; esac
  for _taoshell_file in "$_taoshell_sessions"/*; do
    # No file is older than "". A shell outside any project has emptied its file.
    if [ "$_taoshell_file" -ot "$_taoshell_best" ] || [ ! -s "$_taoshell_file" ]; then continue; fi
    case $_taoshell_dead in *" $_taoshell_file "*) continue ;; esac
    if [ -z "$_taoshell_best" ] || [ "$_taoshell_file" -nt "$_taoshell_best" ] || _taoshell_wins_the_tie; then
      _taoshell_best=$_taoshell_file
    fi
  done
  [ -n "$_taoshell_best" ]
}

_taoshell_wins_the_tie() {
  _taoshell_name=${_taoshell_file##*/} _taoshell_rival=${_taoshell_best##*/}
  [ "${_taoshell_name%%-*}" -gt "${_taoshell_rival%%-*}" ]
}

# Whether the best session is alive and in a project with a mapping. _taoshell_line: that project.
_taoshell_counts() {
  _taoshell_line=$_taoshell_claimed
  if [ "$_taoshell_best" = "$_taoshell_session" ]; then
    [ -n "$_taoshell_line" ]
    return
  fi
  _taoshell_line=''
  _taoshell_may_live && { IFS= builtin read -r _taoshell_line <"$_taoshell_best"; } 2>/dev/null &&
    [ -n "$_taoshell_line" ] && {
    [ -e "$_taoshell_state/projects$_taoshell_line/+/shared.json" ] ||
      [ -e "$_taoshell_state/projects$_taoshell_line/+/mounts.json" ] # a process was killed while it replaced shared.json
  }
}

# A pid can be reused, but then with another start time. Processes of another machine or container cannot be checked: their
# sessions count until they are emptied or Python removes them.
_taoshell_may_live() {
  _taoshell_name=${_taoshell_best##*/}
  case $_taoshell_name in
    *"$_taoshell_here")
      _taoshell_name=${_taoshell_name%%@*}
      _taoshell_started "${_taoshell_name%%-*}"
      [ "$_taoshell_start" = "${_taoshell_name#*-}" ]
      ;;
    *"$_taoshell_machine"*) return 0 ;; # a container of this machine
    *"@$_taoshell_host@"*) return 1 ;;  # this machine, before it was rebooted
    *-*@*@*-*) return 0 ;;              # another machine
    *) return 1 ;;                      # not a session
  esac
}
