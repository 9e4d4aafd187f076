# shellcheck shell=sh disable=SC3013,SC2154
# Settle: make the mounts file what the newest live session wants.
#
# ~/.tao_mounts.json is a symlink to `cur` in our state folder, and `cur` is a symlink to the mapping in force: a project's
# shared.json, or the user's own ~/.tao_mounts.original.json. A shell replaces nothing but `cur`, so it cannot overwrite
# another program's file. There is no lock: each shell writes its session, points `cur` at what the newest session wants,
# and CHECKS AGAIN. The second check makes all shells converge.
#
# Python handles everything unusual under a lock: the first take-over, and a file that another program wrote.

_taoshell_settle() {
  _taoshell_asked=''
  _taoshell_restore_noglob
  if [ -n "$_taoshell_wrote" ]; then # just written, so we are probably the holder: swap first, check after
    _taoshell_line=$_taoshell_claimed
    _taoshell_holder_is "$_taoshell_session"
    _taoshell_judge
    if [ "$_taoshell_mode" = swap ]; then _taoshell_swap "${_taoshell_want#"$_taoshell_state/"}" || :; fi
  fi
  while :; do
    _taoshell_newest
    if [ -n "$_taoshell_wrote" ] && [ "$_taoshell_holder" != "$_taoshell_session" ] &&
      [ "$_taoshell_holder" -nt "$_taoshell_session" ]; then
      # just written, but not the newest: a race, or the clock was set back; Python finds out which
      _taoshell_mode=ask
    elif [ "$_taoshell_stale" -gt 8 ] && [ -z "$_taoshell_asked" ]; then
      _taoshell_mode=ask # Python removes the stale ones
    else
      _taoshell_judge
    fi
    _taoshell_wrote=''
    case $_taoshell_mode in
      swap) # the target is short, so that the file system can keep it in the inode
        if _taoshell_swap "${_taoshell_want#"$_taoshell_state/"}"; then continue; fi
        ;;
      ask) ;;
      *) return 0 ;;
    esac
    if [ -n "$_taoshell_asked" ]; then
      _taoshell_again=1 # something was written again just now: the next prompt checks again
    elif _taoshell_ask "$_taoshell_session"; then
      _taoshell_asked=1
      continue
    fi
    _taoshell_mode=failed # already said; cd or any taoshell command tries again
    return 0
  done
}

# Each `cd` tries again what Python could not do, but the reason is said only once in each project.
_taoshell_ask() {
  if [ "$_taoshell_busy" != / ]; then return 1; fi # Python has just waited for the lock in vain
  if _taoshell_call "_${_taoshell_complained:+re}settle" "$1"; then return 0; fi
  if [ -z "$_taoshell_again" ]; then _taoshell_complained=1; fi
  return 1
}

# What the exit status $1 of one of the hook's own calls means, besides "done" and "failed, and said so". If another
# process has the lock, _taoshell_busy becomes a folder that exists as long as that process.
_taoshell_note_result() {
  case $1 in
    130 | 137 | 143 | 14[6-9] | 150) _taoshell_again=1 ;; # interrupted, killed or stopped, without a message
    75)
      _taoshell_name='' _taoshell_busy=''
      { IFS= builtin read -r _taoshell_name <"$_taoshell_state/lock"; } 2>/dev/null || :
      case $_taoshell_name in [1-9]*-*) _taoshell_busy=/proc/${_taoshell_name%%-*} ;; esac
      ;;
  esac
}

# If Python could not get the lock, try again when the process that has it ends.
_taoshell_note_busy() {
  if [ "$_taoshell_busy" != / ]; then _taoshell_mode=failed _taoshell_holder_alive=$_taoshell_busy; fi
}

# _taoshell_mode: the state of the mounts file, or the next step.
#   held: a project's mapping is in force       own: the user's own mapping is, through our symlink
#   apart: the mounts file is not our symlink   swap: `cur` must change    ask: Python must act
_taoshell_judge() {
  if [ -e "$_taoshell_state/released" ]; then
    _taoshell_mode_apart _taoshell_is_half_released
  elif [ "$_taoshell_want" != "$_taoshell_original" ]; then
    if _taoshell_is_touched; then
      _taoshell_mode=ask
    elif [ "$_taoshell_mounts" -ef "$_taoshell_want" ]; then
      _taoshell_mode=held
    elif _taoshell_is_ours; then
      _taoshell_mode=swap
    else
      _taoshell_mode=ask
    fi
  elif _taoshell_names_original; then
    _taoshell_mode=own
    if ! _taoshell_is_ours; then _taoshell_mode=apart; fi
  elif [ ! -L "$_taoshell_state/cur" ]; then
    _taoshell_mode_apart _taoshell_leads_nowhere # the state folder was removed
  elif _taoshell_is_ours; then
    _taoshell_mode=swap
  else
    _taoshell_mode=ask
  fi
}

# Leave the mounts file alone. But if $1 finds it half ours, let Python check first, once in each shell.
_taoshell_mode_apart() {
  if [ -z "$_taoshell_asked" ] && [ "$_taoshell_mode" != apart ] && "$1"; then
    _taoshell_mode=ask
  else
    _taoshell_mode=apart
  fi
}

# Whether a release was killed: our symlink is still there, or it is gone and the user's own file does not have its name
# back.
_taoshell_is_half_released() {
  _taoshell_is_ours ||
    { [ ! -e "$_taoshell_mounts" ] && [ ! -L "$_taoshell_mounts" ] &&
      { [ -e "$_taoshell_original" ] || [ -L "$_taoshell_original" ]; }; }
}

_taoshell_leads_nowhere() {
  [ -L "$_taoshell_mounts" ] && [ ! -e "$_taoshell_mounts" ]
}

# Whether another program has written into the wanted mapping or removed it. Ours has the same mtime as its twin, to the
# nanosecond.
_taoshell_is_touched() {
  _taoshell_twin=${_taoshell_want%/*}/mounts.json
  [ ! -e "$_taoshell_want" ] || [ ! -e "$_taoshell_twin" ] ||
    [ "$_taoshell_want" -nt "$_taoshell_twin" ] || [ "$_taoshell_want" -ot "$_taoshell_twin" ]
}

# Whether the mounts file is our symlink to `cur`. (Both may be dangling: the user had no mapping.)
_taoshell_is_ours() {
  [ -L "$_taoshell_mounts" ] && [ -L "$_taoshell_state/cur" ] && _taoshell_lead_alike "$_taoshell_mounts" "$_taoshell_state/cur"
}

_taoshell_names_original() {
  [ -L "$_taoshell_state/cur" ] && _taoshell_lead_alike "$_taoshell_state/cur" "$_taoshell_original"
}

# Whether two paths lead to the same file, or both to none.
_taoshell_lead_alike() {
  [ "$1" -ef "$2" ] || { [ ! -e "$1" ] && [ ! -e "$2" ]; }
}
