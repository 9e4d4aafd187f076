# shellcheck shell=bash disable=SC2154,SC2292
# Settle: make the mounts file what the newest live session wants.
#
# ~/.tao_mounts.json is a symlink to `cur` beside it, and `cur` is a symlink to the mapping in force: a project's
# shared.json, or the user's own ~/.tao_mounts.original.json. A shell replaces nothing but `cur`, so it cannot overwrite
# another program's file. There is no lock: each shell writes its session, points `cur` at what the newest session wants,
# and CHECKS AGAIN. The second check makes all shells converge.
#
# Python handles everything unusual under a lock: the first take-over, and a file that another program wrote.

_taoshell_settle() {
  local _taoshell_home=${_taoshell_mounts%/*} # a target below it is relative: it stays right if the home moves
  local _taoshell_claim='' _taoshell_wrote='' _taoshell_asked='' _taoshell_is_rebooted='' _taoshell_todo='' _taoshell_swaps=''
  local _taoshell_arrivals=''
  if [[ $_taoshell_session == *"/$_taoshell_pid-0@"* ]]; then
    _taoshell_do_without_proc
    return 0
  fi
  if [[ $_taoshell_kind == entered ]]; then _taoshell_claim=$_taoshell_root; fi
  # A shell that was never in a project needs no session. One that is gone or empty was removed by another machine; one that
  # says a project of which this shell knows nothing was restored from a backup.
  if [[ $_taoshell_claim != "$_taoshell_claimed" || (-n $_taoshell_claim && ! -s $_taoshell_session) ||
    (-z $_taoshell_claim && -s $_taoshell_session && -w $_taoshell_session) ]]; then
    _taoshell_register
  fi
  # Two shells may come and go between two prompts of a third one, and leave the same mapping in force; but then it has
  # another holder. So a shell that enters a project writes to the file `arrived`, and each shell in a project tests that
  # this is not newer than its own last look at the sessions. Note the look before it: the next prompt sees a later arrival.
  if [[ -z $_taoshell_claimed ]]; then
    _taoshell_arrived=''
  elif [[ -z $_taoshell_arrived || ! -e $_taoshell_looked || $_taoshell_arrived -nt $_taoshell_looked ]]; then
    _taoshell_arrived=$_taoshell_state/arrived
    { builtin printf . 1<>"$_taoshell_looked"; } 2>/dev/null || _taoshell_arrived=''
  fi
  if [[ -n $_taoshell_wrote ]]; then # just written, so we are probably the holder: swap first, check after
    _taoshell_holder=$_taoshell_session _taoshell_want=$_taoshell_state/projects$_taoshell_claimed/+/shared.json
    _taoshell_twin=${_taoshell_want%/*}/mounts.json
    # the usual case; all others are judged below
    if [[ ! -e $_taoshell_state/released && -e $_taoshell_want && -e $_taoshell_twin && ! $_taoshell_want -nt $_taoshell_twin &&
      ! $_taoshell_want -ot $_taoshell_twin && ! $_taoshell_mounts -ef $_taoshell_want && -L $_taoshell_mounts &&
      -L $_taoshell_cur && ($_taoshell_mounts -ef $_taoshell_cur || (! -e $_taoshell_mounts && ! -e $_taoshell_cur)) ]]; then
      _taoshell_swap "${_taoshell_want#"$_taoshell_home/"}" || :
    fi
  fi
  until [[ $_taoshell_todo == nothing ]]; do
    if [[ $_taoshell_todo == check ]] && _taoshell_is_still_newest; then
      _taoshell_judge
      if [[ $_taoshell_todo == nothing ]]; then break; fi
    fi
    if [[ -z $_taoshell_wrote ]]; then _taoshell_read_arrivals; fi
    if ! _taoshell_newest && [[ -z $_taoshell_asked ]]; then
      _taoshell_todo=ask # a dead session cannot be emptied; Python removes it
    elif [[ -n $_taoshell_is_rebooted && -z $_taoshell_asked_rebooted ]]; then
      _taoshell_todo=ask _taoshell_asked_rebooted=1 # once in each shell
    elif [[ -n $_taoshell_wrote && $_taoshell_holder != "$_taoshell_session" &&
      $_taoshell_holder -nt $_taoshell_session ]]; then
      # just written, but not the newest: a race, or the clock was set back; Python finds out which
      _taoshell_todo=ask
    else
      _taoshell_judge
    fi
    _taoshell_wrote=''
    # an `ln` that does nothing must not be tried for ever
    if [[ $_taoshell_todo == swap && $_taoshell_swaps != ........ ]] && _taoshell_swap "${_taoshell_want#"$_taoshell_home/"}"; then
      _taoshell_todo=check _taoshell_swaps=$_taoshell_swaps.
    elif [[ $_taoshell_todo != nothing ]]; then
      if [[ -n $_taoshell_asked ]]; then
        _taoshell_again=1 # something was written again just now: the next prompt checks again
      elif _taoshell_ask "$_taoshell_session"; then
        _taoshell_asked=1
        continue
      fi
      _taoshell_mode=failed # already said; cd or any taoshell command tries again
      break
    fi
  done
  # If Python could not get the lock, try again when the process that has it ends.
  if [[ $_taoshell_busy != / ]]; then _taoshell_mode=failed _taoshell_alive=$_taoshell_busy; fi
}

# Each `cd` tries again what Python could not do, but the reason is said only once in each project.
_taoshell_ask() {
  local _taoshell_done=1
  if [[ $_taoshell_busy != / ]]; then return 1; fi # Python has just waited for the lock in vain
  _taoshell_put "$_taoshell_state/mending" "${_taoshell_session##*/}" || :
  if ! _taoshell_call "_${_taoshell_complained:+re}settle" "$1"; then
    _taoshell_done=''
    if [[ -z $_taoshell_again ]]; then _taoshell_complained=1; fi
  fi
  _taoshell_empty "$_taoshell_state/mending" || :
  [[ -n $_taoshell_done ]]
}

# Whether another shell is calling Python: one repair is enough, and one line about it. It is believed for one prompt
# only, as it may have been interrupted.
_taoshell_is_mended_elsewhere() {
  local _taoshell_name='' _taoshell_start
  if [[ -n $_taoshell_wrote$_taoshell_asked || $_taoshell_mode == waiting ]]; then return 1; fi
  { IFS= builtin read -r _taoshell_name <"$_taoshell_state/mending"; } 2>/dev/null || return 1
  case $_taoshell_name in "${_taoshell_session##*/}") return 1 ;; *"$_taoshell_here") ;; *) return 1 ;; esac
  _taoshell_name=${_taoshell_name%%@*}
  _taoshell_started "${_taoshell_name%%-*}"
  [[ $_taoshell_start == "${_taoshell_name#*-}" ]]
}

# -- judging the mounts file -----------------------------------------------------------------

# _taoshell_mode: the state of the mounts file. The caller's _taoshell_todo: nothing; swap, if `cur` must change; or ask
# Python. Only `nothing` comes with a new mode.
_taoshell_judge() {
  _taoshell_todo=nothing _taoshell_twin=${_taoshell_want%/*}/mounts.json
  if [[ -e $_taoshell_state/released ]]; then
    _taoshell_leave_apart _taoshell_is_half_released
  elif [[ $_taoshell_want != "$_taoshell_original" ]]; then
    # Ours has the same mtime as its twin, to the nanosecond. Has another program written into it, or removed it?
    if [[ ! -e $_taoshell_want || ! -e $_taoshell_twin || $_taoshell_want -nt $_taoshell_twin ||
      $_taoshell_want -ot $_taoshell_twin ]]; then
      if _taoshell_is_mended_elsewhere; then
        _taoshell_mode=waiting _taoshell_again=1
      else
        _taoshell_todo=ask
      fi
    elif [[ $_taoshell_mounts -ef $_taoshell_want ]]; then
      _taoshell_mode=held
    elif [[ -L $_taoshell_mounts && -L $_taoshell_cur && $_taoshell_mounts -ef $_taoshell_cur ]] || _taoshell_is_ours; then
      _taoshell_todo=swap
    else
      _taoshell_todo=ask
    fi
  elif [[ -L $_taoshell_mounts && -L $_taoshell_cur && ! -L $_taoshell_state/cur && ($_taoshell_mounts -ef $_taoshell_cur ||
    (! -e $_taoshell_mounts && ! -e $_taoshell_cur && ! -e $_taoshell_original)) ]]; then # the usual case: all is in place
    if [[ $_taoshell_cur -ef $_taoshell_original || ! -e $_taoshell_cur ]]; then
      _taoshell_mode=own
    else
      _taoshell_todo=swap
    fi
  elif [[ -z $_taoshell_asked ]] && _taoshell_is_astray; then
    _taoshell_todo=ask
  elif [[ -L $_taoshell_cur && ($_taoshell_cur -ef $_taoshell_original ||
    (! -e $_taoshell_cur && ! -e $_taoshell_original)) ]]; then
    if _taoshell_is_ours; then
      _taoshell_mode=own
    else
      _taoshell_leave_apart _taoshell_has_original
    fi
  elif [[ ! -L $_taoshell_cur ]]; then
    _taoshell_leave_apart _taoshell_leads_nowhere # `cur` was removed
  elif _taoshell_is_ours; then
    _taoshell_todo=swap
  else
    _taoshell_todo=ask
  fi
}

# Leave the mounts file alone. But if $1 finds it half ours, let Python check first, once in each shell.
_taoshell_leave_apart() {
  if [[ -z $_taoshell_asked && $_taoshell_mode != apart ]] && "$1"; then
    _taoshell_todo=ask
  else
    _taoshell_mode=apart
  fi
}

# Whether a release was killed: our symlink is still there, or it is gone and the user's own file does not have its name
# back.
_taoshell_is_half_released() {
  _taoshell_is_ours ||
    [[ ! -e $_taoshell_mounts && ! -L $_taoshell_mounts && (-e $_taoshell_original || -L $_taoshell_original) ]]
}

# Whether a link of ours is gone, leads nowhere, or became a copy: after a restore, a move or an upgrade from 0.1.0.
_taoshell_is_astray() {
  [[ -L $_taoshell_state/cur || (-e $_taoshell_cur && ! -L $_taoshell_cur) || (-e $_taoshell_original &&
    ! -e $_taoshell_mounts && (-L $_taoshell_mounts || ! -L $_taoshell_cur)) ]]
}

# Whether the user's own mapping is beside a mounts file that is not our link. That may be a newer one of the user, or a
# copy of a project's mapping from a backup: only Python can tell.
_taoshell_has_original() {
  [[ -e $_taoshell_original ]]
}

_taoshell_leads_nowhere() {
  [[ -L $_taoshell_mounts && ! -e $_taoshell_mounts ]]
}

# Whether the mounts file is our symlink to `cur`. (Both may be dangling: the user had no mapping.)
_taoshell_is_ours() {
  [[ -L $_taoshell_mounts && -L $_taoshell_cur && ($_taoshell_mounts -ef $_taoshell_cur ||
    (! -e $_taoshell_mounts && ! -e $_taoshell_cur)) ]]
}
