# shellcheck shell=bash disable=SC2034,SC2154,SC2292,SC2317
# Leave one project, enter another. The shell sources only compiled scripts, and only approved content is compiled.

_taoshell_switch() {
  local _taoshell_from=${TAOSHELL_GENERATION-} _taoshell_left=${TAOSHELL_PROJECT-} _taoshell_former=$_taoshell_root
  local _taoshell_export=builtin # what exports and unsets variables: builtin, or _taoshell_carefully
  local _taoshell_free=''        # the variables that the project left had, if they are plain and unset now
  # Forget the old state before acting, the root last, and note the new root last: if a Ctrl-C interrupts this anywhere,
  # the shell does not take it for done.
  _taoshell_generation='' _taoshell_kind='' _taoshell_root='' _taoshell_complained=''
  if [[ -n $_taoshell_from ]]; then _taoshell_leave "$_taoshell_from"; fi
  _taoshell_kept_ones=''
  if [[ -n ${TAOSHELL_GENERATION-} ]]; then # it cannot be unset
    _taoshell_bar TAOSHELL_GENERATION read-only
  elif [[ -z $_taoshell_found ]]; then
    if [[ -n $_taoshell_left && ${TAOSHELL_LOG-} != quiet ]]; then _taoshell_say_left; fi
  else
    # Only a generation in force has stamps, so one that this shell has read before need not be read again.
    case $_taoshell_loaded in *$'\n'"$_taoshell_found"$'\n'*)
      _taoshell_generation=${_taoshell_loaded#*$'\n'"$_taoshell_found"$'\n'}
      _taoshell_generation=${_taoshell_generation%%$'\n'*}
      ;;
    esac
    if [[ -n $_taoshell_generation ]] && "_taoshell_enter_$_taoshell_generation" "$_taoshell_from" ||
      _taoshell_enter_anew "$_taoshell_from"; then
      _taoshell_kind=entered _taoshell_root=$_taoshell_found
      if [[ ${TAOSHELL_LOG-} == full && ${_taoshell_from%????????} != "${_taoshell_generation%????????}" ]]; then
        _taoshell_say_log + "$_taoshell_state/projects$_taoshell_root/+/gen/$_taoshell_generation/log"
      fi
    fi
  fi
}

_taoshell_say_left() {
  local _taoshell_shown
  _taoshell_show "$_taoshell_left"
  _taoshell_say "left $_taoshell_shown"
  if [[ ${TAOSHELL_LOG-} == full ]]; then
    _taoshell_say_log - "$_taoshell_state/projects$_taoshell_former/+/gen/$_taoshell_from/log"
  fi
}

# -- leave -----------------------------------------------------------------------------------

# Give back what generation $1 has changed.
_taoshell_leave() {
  local _taoshell_export=builtin
  case $1$_taoshell_loaded in
    /*) _taoshell_leave_unknown ;; # not a name: see _taoshell_loaded
    *$'\n'"$1"$'\n'*) "_taoshell_leave_$1" '' ;;
    *) _taoshell_leave_unknown ;;
  esac
}

_taoshell_leave_refused() {
  local _taoshell_export
  _taoshell_begin_refused
  if [[ ${LAUNCHER_MOUNTS-} == "$_taoshell_state/refused.json" ]]; then
    if [[ -n ${TAOSHELL_WAS_LAUNCHER_MOUNTS+x} ]]; then
      _taoshell_give_back LAUNCHER_MOUNTS "$TAOSHELL_WAS_LAUNCHER_MOUNTS"
    else
      "$_taoshell_export" unset LAUNCHER_MOUNTS
    fi
  fi
  "$_taoshell_export" unset TAOSHELL_ROOT TAOSHELL_GENERATION TAOSHELL_BLOCKED TAOSHELL_WAS_LAUNCHER_MOUNTS
}

# -- enter -----------------------------------------------------------------------------------

# Enter the project _taoshell_found, which this shell has not read, or which has changed since; fails if that is not possible.
# $1: the generation that this shell was in.
_taoshell_enter_anew() {
  local _taoshell_own=$_taoshell_state/projects$_taoshell_found/+
  if [[ $_taoshell_kind == off ]]; then return 1; fi # it is barred, and that was said
  if [[ ! -d $_taoshell_own ]] && ! _taoshell_is_recorded; then
    _taoshell_refuse unapproved
    if [[ $_taoshell_kind == off ]]; then return 1; fi
    local _taoshell_shown
    _taoshell_show "$_taoshell_root"
    _taoshell_say "$_taoshell_shown is not approved; run: taoshell allow"
    return 1
  fi
  if _taoshell_read_and_enter "$1"; then return 0; fi
  case $_taoshell_kind in off | foreign) return 1 ;; esac
  # A source differs from the compiled one. Only this case needs Python. Until that is done, and if a Ctrl-C ends it, no
  # container may start here with another mapping.
  _taoshell_refuse failed
  if [[ $_taoshell_kind != failed ]] || ! _taoshell_call _sync "$_taoshell_found"; then return 1; fi
  if [[ $_taoshell_generation == refused ]]; then _taoshell_leave refused; fi
  _taoshell_root='' _taoshell_kind=''
  if _taoshell_read_and_enter "$1"; then return 0; fi
  if [[ -z $_taoshell_kind ]]; then # edited once more in the meantime
    _taoshell_refuse failed
    _taoshell_again=1
  fi
  return 1
}

# Whether the project was approved when the home had another path: what is below the home is recorded as ~/…
_taoshell_is_recorded() {
  local _taoshell_dir=$_taoshell_found
  while [[ -n $_taoshell_dir ]]; do
    _taoshell_dir=${_taoshell_dir%/*}
    if [[ ${_taoshell_dir:-/} -ef ${_taoshell_mounts%/*} ]]; then
      [[ -e $_taoshell_state/projects/~${_taoshell_found#"$_taoshell_dir"}/+/inputs.json ]]
      return
    fi
  done
  return 1
}

# Read the generation in force, and enter it. Fails if there is none.
_taoshell_read_and_enter() {
  local _taoshell_file=$_taoshell_own/current/posix-2.sh
  if [[ -r $_taoshell_file ]]; then
    if [[ ! -O $_taoshell_file ]]; then
      _taoshell_turn_foreign "$_taoshell_file"
      return 1
    fi
    _taoshell_read "$_taoshell_file" "$_taoshell_found"
    if "_taoshell_enter_$_taoshell_generation" "$1"; then return 0; fi
  fi
  _taoshell_generation=''
  return 1
}

# Whether $1 is a generation, and this shell has its functions.
_taoshell_is_loaded() {
  case $1 in '' | /*) return 1 ;; esac # see _taoshell_loaded
  case $_taoshell_loaded in *$'\n'"$1"$'\n'*) ;; *) return 1 ;; esac
}

# Source the script $1 of a generation of the project $2; it sets _taoshell_generation and defines functions.
_taoshell_read() {
  # shellcheck source=/dev/null
  . "$1"
  _taoshell_loaded=$'\n'$2$'\n'$_taoshell_generation$'\n'$_taoshell_loaded
}

# Load nothing of the project. The shell only gets a mounts file that TAO's launcher refuses, so that no container starts
# here with another project's mapping. $1 becomes _taoshell_kind.
_taoshell_refuse() {
  _taoshell_kind=$1 _taoshell_generation='' _taoshell_free=''
  if [[ -e $_taoshell_state/refused.json ]]; then
    _taoshell_begin_refused
    if [[ $_taoshell_export != builtin ]] && _taoshell_is_barred; then return 0; fi
    _taoshell_generation=refused
    _taoshell_know_refused
    if [[ -n ${LAUNCHER_MOUNTS+x} ]]; then
      _taoshell_keep LAUNCHER_MOUNTS "$LAUNCHER_MOUNTS"
    else
      "$_taoshell_export" unset TAOSHELL_WAS_LAUNCHER_MOUNTS
    fi
    "$_taoshell_export" export TAOSHELL_ROOT="$_taoshell_found" TAOSHELL_GENERATION=refused TAOSHELL_BLOCKED=1 \
      LAUNCHER_MOUNTS="$_taoshell_state/refused.json"
  fi
  _taoshell_root=$_taoshell_found
}

# A shell can leave what it has entered; of what it has inherited, only what has the form of ours.
_taoshell_know_refused() {
  if _taoshell_is_loaded refused; then return 0; fi
  _taoshell_loaded=$'\n/\nrefused\n'$_taoshell_loaded
}

# Everything was said already. What makes the hook try again: an approval; after a failure, a cd, any taoshell command, and
# the end of the process that had the lock.
_taoshell_unchanged_refused() {
  if [[ $_taoshell_kind == failed ]]; then
    [[ -e $_taoshell_busy ]]
  else
    [[ -e $_taoshell_root/taoshell.toml && ! -L $_taoshell_state/projects$_taoshell_root/+/current ]]
  fi
}
