# shellcheck shell=sh disable=SC3013,SC2154
# Settle: make the mounts file what the newest live session wants.
#
# ~/.tao_mounts.json is a link to `cur` in our state folder, and `cur` is a link to the mapping in force:
# a project's shared.json, or the user's own ~/.tao_mounts.original.json. A shell only ever replaces `cur`,
# so it cannot overwrite anything of anybody else's. There is no lock: each shell writes down what it
# wants, makes `cur` what the newest wants, and LOOKS AGAIN. The second look is what makes it converge.
#
# Whatever is unusual (the first take-over, a file that something else wrote) is Python's, under a lock.

_taoshell_settle() {
  _taoshell_asked=''
  _taoshell_restore_noglob
  if [ -n "$_taoshell_wrote" ]; then # most likely the newest: what it wants comes first, and then the look that tells
    _taoshell_line=$_taoshell_claimed
    _taoshell_holder_is "$_taoshell_session"
    _taoshell_judge
    if [ "$_taoshell_mode" = swap ]; then _taoshell_swap "${_taoshell_want#"$_taoshell_state/"}" || :; fi
  fi
  while :; do
    _taoshell_newest
    if [ -n "$_taoshell_wrote" ] && [ "$_taoshell_holder" != "$_taoshell_session" ] &&
      [ "$_taoshell_holder" -nt "$_taoshell_session" ]; then
      # just written, yet not the newest: a race, or a clock that was set back; Python can tell
      _taoshell_mode=ask
    elif [ "$_taoshell_stale" -gt 8 ] && [ -z "$_taoshell_asked" ]; then
      _taoshell_mode=ask # sweep
    else
      _taoshell_judge
    fi
    _taoshell_wrote=''
    case $_taoshell_mode in
      swap) # a short target, as the file system keeps it in the link itself
        if _taoshell_swap "${_taoshell_want#"$_taoshell_state/"}"; then continue; fi
        ;;
      ask) ;;
      *) return 0 ;;
    esac
    if [ -n "$_taoshell_asked" ]; then
      _taoshell_again=1 # something was written once more this instant: the next prompt looks again
    elif _taoshell_ask "$_taoshell_session"; then
      _taoshell_asked=1
      continue
    fi
    _taoshell_mode=failed # it has been said; cd or any taoshell command tries again
    return 0
  done
}

# Each `cd` tries again what Python could not do; why not is said once in each project.
_taoshell_ask() {
  if _taoshell_call "_${_taoshell_complained:+re}settle" "$1"; then return 0; fi
  if [ -z "$_taoshell_again" ]; then _taoshell_complained=1; fi
  return 1
}

# _taoshell_mode: what is the case, or what is to be done.
#   held: a project's mapping is in force      own: the user's own is, through our link
#   apart: the mounts file is not our link     swap, ask: `cur` must change; Python must look
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
    _taoshell_mode_apart _taoshell_leads_nowhere # something has removed the state folder
  elif _taoshell_is_ours; then
    _taoshell_mode=swap
  else
    _taoshell_mode=ask
  fi
}

# The mounts file is left alone; but where $1 says that it is half ours, Python looks first, once in each shell.
_taoshell_mode_apart() {
  if [ -z "$_taoshell_asked" ] && [ "$_taoshell_mode" != apart ] && "$1"; then
    _taoshell_mode=ask
  else
    _taoshell_mode=apart
  fi
}

# Was the release killed? Our link is there still, or gone, and what the user had has not got its name back.
_taoshell_is_half_released() {
  _taoshell_is_ours ||
    { [ ! -e "$_taoshell_mounts" ] && [ ! -L "$_taoshell_mounts" ] &&
      { [ -e "$_taoshell_original" ] || [ -L "$_taoshell_original" ]; }; }
}

_taoshell_leads_nowhere() {
  [ -L "$_taoshell_mounts" ] && [ ! -e "$_taoshell_mounts" ]
}

# Has something else written into the wanted mapping, or is it gone? Ours is as old as its twin, to the nanosecond.
_taoshell_is_touched() {
  _taoshell_twin=${_taoshell_want%/*}/mounts.json
  [ ! -e "$_taoshell_want" ] || [ ! -e "$_taoshell_twin" ] ||
    [ "$_taoshell_want" -nt "$_taoshell_twin" ] || [ "$_taoshell_want" -ot "$_taoshell_twin" ]
}

# Is the mounts file our link to `cur`? (Both may end nowhere: the user had no mapping.)
_taoshell_is_ours() {
  [ -L "$_taoshell_mounts" ] && [ -L "$_taoshell_state/cur" ] && {
    [ "$_taoshell_mounts" -ef "$_taoshell_state/cur" ] ||
      { [ ! -e "$_taoshell_mounts" ] && [ ! -e "$_taoshell_state/cur" ]; }
  }
}

_taoshell_names_original() {
  [ -L "$_taoshell_state/cur" ] && {
    [ "$_taoshell_state/cur" -ef "$_taoshell_original" ] ||
      { [ ! -e "$_taoshell_state/cur" ] && [ ! -e "$_taoshell_original" ]; }
  }
}
