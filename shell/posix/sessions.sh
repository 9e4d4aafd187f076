# shellcheck shell=bash disable=SC2034,SC2154,SC2292
# Sessions: a file tells the other shells which project this shell is in. The newest live session wins the mounts file.

# TEXT ($2) becomes the first line of FILE ($1). Do not truncate it: on ext4 the rename that follows would then wait for
# the disk.
_taoshell_put() {
  { builtin printf '%s\n' "$2" 1<>"$1"; } 2>/dev/null
}

# Only a file is emptied: a symlink may lead to a file of the user's, and a pipe would hang this shell.
_taoshell_empty() {
  if [[ -L $1 || (-e $1 && ! -f $1) ]]; then return 1; fi
  { builtin printf '' >|"$1"; } 2>/dev/null
}

# -- this shell's session ----------------------------------------------------------------

# A session is a file <pid>-<start>@<host>@<boot>-<start of pid 1>. Several machines and containers may share a home, and
# a pid is meaningful only on the machine and in the container that it comes from.
_taoshell_begin_session() {
  local _taoshell_boot='' _taoshell_host='' _taoshell_start
  { IFS= builtin read -r _taoshell_boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || _taoshell_boot=unknown
  { IFS= builtin read -r _taoshell_host </proc/sys/kernel/hostname; } 2>/dev/null || _taoshell_host=unknown
  case $_taoshell_host in '' | *[!A-Za-z0-9._-]*) _taoshell_host=unknown ;; esac
  _taoshell_started 1
  _taoshell_here=@$_taoshell_host@$_taoshell_boot-$_taoshell_start
  _taoshell_started "$_taoshell_pid"
  _taoshell_session=$_taoshell_state/sessions/$_taoshell_pid-$_taoshell_start$_taoshell_here
  _taoshell_looked=$_taoshell_state/looks/${_taoshell_session##*/}
  if [[ -s $_taoshell_session ]]; then # this process was another shell before `exec`
    { IFS= builtin read -r _taoshell_claimed <"$_taoshell_session"; } 2>/dev/null || _taoshell_claimed=''
  fi
}

# The caller's _taoshell_start: when process $1 started, in clock ticks since boot (field 22 of /proc/PID/stat), or 0 if it
# has ended.
_taoshell_started() {
  local _taoshell_stat='' _taoshell_field=3
  _taoshell_start=0
  { IFS= builtin read -r _taoshell_stat </proc/"$1"/stat; } 2>/dev/null || return 0
  _taoshell_stat=${_taoshell_stat##*) }           # the command's name may contain spaces and brackets
  case $_taoshell_stat in [ZX]*) return 0 ;; esac # a zombie
  while [[ $_taoshell_field -lt 22 ]]; do
    _taoshell_stat=${_taoshell_stat#* }
    _taoshell_field=$((_taoshell_field + 1))
  done
  _taoshell_start=${_taoshell_stat%% *}
}

# Say in this shell's session that it has moved to the project _taoshell_claim of the caller, or out of all projects.
_taoshell_register() {
  local _taoshell_left=$_taoshell_state/projects$_taoshell_claimed/+
  # What another program wrote into the mapping that is left is the user's: Python keeps it, and says so.
  if [[ -n $_taoshell_claimed && ($_taoshell_left/shared.json -nt $_taoshell_left/mounts.json ||
    $_taoshell_left/shared.json -ot $_taoshell_left/mounts.json) && -e $_taoshell_left/mounts.json ]]; then
    _taoshell_ask "" || :
  fi
  # Python removes a symlink, which may lead to any file.
  if [[ -L $_taoshell_session ]]; then _taoshell_ask "" || :; fi
  if [[ -n $_taoshell_claim && ! -e $_taoshell_state/sessions/0-0 ]] && ! _taoshell_ask ""; then # the first session ever
    return 0
  fi
  # `arrived` comes after the session: a shell that has looked in between finds it. And it comes before the mounts file
  # changes. It grows, so that its content is another one than before, whatever the clock says.
  if ! {
    if [[ -n $_taoshell_claim ]]; then
      [[ ! -L $_taoshell_session ]] && builtin printf '%s\n' "$_taoshell_claim" 1<>"$_taoshell_session" &&
        { [[ -L $_taoshell_state/arrived || -p $_taoshell_state/arrived ]] || builtin printf . >>"$_taoshell_state/arrived" || :; }
    else
      _taoshell_empty "$_taoshell_session"
    fi
  } 2>/dev/null && ! _taoshell_can_do_without; then return 0; fi
  _taoshell_claimed=$_taoshell_claim _taoshell_wrote=$_taoshell_claim
}

# The session could not be written. No other shell could read the new claim, so there is none.
_taoshell_can_do_without() {
  if [[ -z $_taoshell_claim ]]; then
    if [[ ! -s $_taoshell_session ]]; then return 0; fi
    # the other shells still read the old claim, so this shell keeps it
    _taoshell_say "$_taoshell_session cannot be emptied, so the mounts file stays with $_taoshell_claimed; make it writable, then cd again"
    return 1
  fi
  _taoshell_claim=''
  _taoshell_empty "$_taoshell_session" || :
  if [[ -z $_taoshell_complained ]]; then
    _taoshell_say "$_taoshell_session cannot be written, so the mounts file does not follow this shell (LAUNCHER_MOUNTS does); make room there, or make it writable, then cd again"
    _taoshell_complained=1
  fi
}

# Without /proc nobody could tell whether this session is alive, so there is none, and no mounts file follows. (Where only
# other users' processes are hidden, all that matters is there.)
_taoshell_do_without_proc() {
  _taoshell_mode=failed _taoshell_alive=/
  if [[ $_taoshell_kind == entered && -z $_taoshell_told ]]; then
    _taoshell_told=1
    _taoshell_say "this system has no /proc, so the mounts file does not follow this shell (LAUNCHER_MOUNTS does); mount /proc, then start a new shell"
  fi
}

# -- the newest live session -------------------------------------------------------------

# _taoshell_holder: the newest live session that is in a project, or ''; _taoshell_want: the mapping that it wants. Of two
# equally new ones, that with the higher pid counts. Fails if Python must look at the sessions.
#
# The scan begins with the session that is probably the newest, so that most others need one comparison: our own, or else the
# last holder, or else those of the highest pids.
_taoshell_newest() {
  local _taoshell_file _taoshell_best='' _taoshell_name _taoshell_line=$_taoshell_claimed _taoshell_bad=' ' _taoshell_result=0
  local _taoshell_folder=$_taoshell_state/sessions/ _taoshell_emptied=''
  if [[ -n ${GLOBIGNORE-} ]]; then local GLOBIGNORE=''; fi
  if [[ ! -e $_taoshell_state/sessions/0-0 && -e $_taoshell_state/arrived && -w $_taoshell_state/sessions ]]; then
    _taoshell_result=1 # it was removed
  fi
  while [[ -e $_taoshell_state/sessions/0-0 ]]; do # without this file, the pattern might match nothing: failglob
    _taoshell_best='' _taoshell_line=$_taoshell_claimed
    builtin set -- # those to begin with; in bash, faster than an array
    if [[ -n $_taoshell_claimed ]]; then
      _taoshell_best=$_taoshell_session
    elif [[ $_taoshell_holder == "$_taoshell_folder"* && -s $_taoshell_holder ]]; then # this hook may be for another state
      builtin set -- "$_taoshell_holder"
    else
      builtin set -- "$_taoshell_folder"*
      if [[ $# -gt 4 ]]; then builtin shift "$(($# - 4))"; fi
    fi
    for _taoshell_file in "$@" "$_taoshell_folder"*; do # twice as fast as a whole list in a variable
      # A shell outside any project has emptied its file. No file is older than ''.
      if [[ ! $_taoshell_file -ot $_taoshell_best && -s $_taoshell_file && -f $_taoshell_file && $_taoshell_file != "$_taoshell_best" &&
        ($_taoshell_bad == ' ' || $_taoshell_bad != *" $_taoshell_file "*) ]]; then
        if [[ -z $_taoshell_best || $_taoshell_file -nt $_taoshell_best ]] || _taoshell_wins_the_tie; then
          _taoshell_name=${_taoshell_file:${#_taoshell_folder}} # in bash, faster than ##*/
          case $_taoshell_name in
            *"$_taoshell_here")
              # A dead one on this machine is emptied, so that no later scan asks for its process: its name has its pid
              # and its start time, so nobody else writes into it. One in a scan: it costs as much as twenty sessions.
              if [[ -e /proc/${_taoshell_name%%-*} ]]; then
                _taoshell_best=$_taoshell_file
              elif [[ -z $_taoshell_emptied ]]; then
                _taoshell_emptied=1
                _taoshell_empty "$_taoshell_file" || _taoshell_result=1
              fi
              ;;
            *) if _taoshell_may_live; then _taoshell_best=$_taoshell_file; fi ;;
          esac
        fi
      fi
    done
    if [[ -z $_taoshell_best || $_taoshell_best == "$_taoshell_session" ]] || _taoshell_counts; then break; fi
    _taoshell_bad="$_taoshell_bad$_taoshell_best "
  done
  _taoshell_holder=$_taoshell_best _taoshell_alive=/ _taoshell_want=$_taoshell_original
  if [[ -n $_taoshell_best ]]; then _taoshell_want=$_taoshell_state/projects$_taoshell_line/+/shared.json; fi
  case $_taoshell_best in
    '' | "$_taoshell_session") ;; # this shell is alive
    *"$_taoshell_here")
      _taoshell_alive=${_taoshell_best##*/}
      _taoshell_alive=/proc/${_taoshell_alive%%-*}
      ;;
    *) _taoshell_alive=$_taoshell_best ;;
  esac
  return "$_taoshell_result"
}

_taoshell_wins_the_tie() {
  local _taoshell_name=${_taoshell_file##*/} _taoshell_rival=${_taoshell_best##*/}
  [ "${_taoshell_name%%-*}" -gt "${_taoshell_rival%%-*}" ] 2>/dev/null # not every file there is a session
}

# Whether the process of the session _taoshell_name may live, which is not of this boot of this machine, or no session.
# Processes of another machine or container cannot be checked: their sessions count until they are emptied or Python
# removes them. The same host with another boot is this machine before a reboot, or another machine of this name: Python
# can tell by the time of the boot.
_taoshell_may_live() {
  local _taoshell_machine=${_taoshell_here#@}
  _taoshell_machine=${_taoshell_machine%-*}- # host@boot-
  case $_taoshell_name in
    *"@${_taoshell_machine%%@*}@"*) case $_taoshell_name in *"@$_taoshell_machine"*) ;; *) _taoshell_is_rebooted=1 ;; esac ;;
    *-*@*@*-*) ;;  # another machine or container
    *) return 1 ;; # not a session
  esac
}

# After a swap: whether another search could only find what the last one has found. Nobody has arrived since this shell
# emptied its session, and the holder that it found still wants the same. (If its process has just ended, the next prompt of
# any shell sees that.) The time of `arrived` is right unless the clock was set back; its content is right unless the file is
# damaged, or so many arrived that it was emptied and is as long again.
_taoshell_is_still_newest() {
  local _taoshell_before=$_taoshell_arrivals _taoshell_line=''
  _taoshell_read_arrivals
  if [[ -z $_taoshell_arrivals || $_taoshell_arrivals != "$_taoshell_before" || ! $_taoshell_state/arrived -ot $_taoshell_session ]]; then
    return 1
  fi
  case $_taoshell_holder in '' | "$_taoshell_session") return 0 ;; esac
  { IFS= builtin read -r _taoshell_line <"$_taoshell_holder"; } 2>/dev/null || :
  [[ $_taoshell_want == "$_taoshell_state/projects$_taoshell_line/+/shared.json" ]]
}

# The caller's _taoshell_arrivals: the content of the file `arrived`; '' if it cannot tell who arrives.
_taoshell_read_arrivals() {
  _taoshell_arrivals=''
  if [[ -L $_taoshell_state/arrived || ! -f $_taoshell_state/arrived || ! -w $_taoshell_state/arrived ]]; then return 0; fi
  { IFS= builtin read -r _taoshell_arrivals <"$_taoshell_state/arrived"; } 2>/dev/null || : # it is no whole line
  if [[ ${#_taoshell_arrivals} -gt 99 ]]; then
    _taoshell_arrivals='' # the next search need not read so much
    _taoshell_empty "$_taoshell_state/arrived" || :
  fi
}

# Whether _taoshell_best is the session of a live process in a project with a mapping. _taoshell_line: that project. A pid
# can be reused, but then with another start time.
_taoshell_counts() {
  local _taoshell_name=${_taoshell_best##*/} _taoshell_start='' _taoshell_letter='' _taoshell_x=''
  case $_taoshell_name in
    *"$_taoshell_here")
      _taoshell_name=${_taoshell_name%%@*}
      # Read the field itself, which is fast, and right unless the command's name has blanks. Who fails is asked properly.
      {
        # shellcheck disable=SC2229 # most fields do not matter
        IFS=' ' builtin read -r _taoshell_x _taoshell_x _taoshell_letter _taoshell_x _taoshell_x _taoshell_x _taoshell_x \
          _taoshell_x _taoshell_x _taoshell_x _taoshell_x _taoshell_x _taoshell_x _taoshell_x _taoshell_x _taoshell_x \
          _taoshell_x _taoshell_x _taoshell_x _taoshell_x _taoshell_x _taoshell_start _taoshell_x \
          <"/proc/${_taoshell_name%%-*}/stat"
      } 2>/dev/null || :
      case $_taoshell_letter$_taoshell_start in [!ZX]"${_taoshell_name#*-}") ;; *) _taoshell_started "${_taoshell_name%%-*}" ;; esac
      if [[ $_taoshell_start != "${_taoshell_name#*-}" || $_taoshell_start == 0 ]]; then # 0: there is no such process
        _taoshell_empty "$_taoshell_best" || _taoshell_result=1
        return 1
      fi
      ;;
  esac
  _taoshell_line=''
  { IFS= builtin read -r _taoshell_line <"$_taoshell_best"; } 2>/dev/null &&
    case $_taoshell_line in /*) ;; *) return 1 ;; esac &&
    [[ -e $_taoshell_state/projects$_taoshell_line/+/shared.json ||
      -e $_taoshell_state/projects$_taoshell_line/+/mounts.json ]] # a process was killed while it replaced shared.json
}
