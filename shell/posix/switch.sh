# shellcheck shell=bash disable=SC2034,SC2154,SC2292,SC2317
# Leave one project, enter another. The shell sources only compiled scripts, and only approved content is compiled.

_taoshell_switch() {
  _taoshell_left=${TAOSHELL_PROJECT-} _taoshell_said=${TAOSHELL_GENERATION-}
  _taoshell_remember_all
  # Forget the old state before acting: if a Ctrl-C interrupts this, the shell does not take it for done.
  _taoshell_root='' _taoshell_generation='' _taoshell_kind='' _taoshell_complained='' _taoshell_busy=/
  _taoshell_unchanged() { :; }
  if [ -n "${TAOSHELL_GENERATION-}" ]; then _taoshell_leave; fi
  if [ -n "$_taoshell_found" ]; then
    _taoshell_arrive
  elif [ -n "$_taoshell_left" ] && [ "${TAOSHELL_LOG-}" != quiet ]; then
    _taoshell_show "$_taoshell_left"
    _taoshell_say "left $_taoshell_shown"
  fi
  _taoshell_say_changes
}

# Give each variable the value that it had before the project, even if the user has changed it since, and enter anew.
_taoshell_reload() {
  _taoshell_root='' _taoshell_mode=''
  if [ -n "${TAOSHELL_GENERATION-}$_taoshell_generation" ]; then _taoshell_each _taoshell_undo; fi
  _taoshell_catch_up
}

_taoshell_undo() {
  _taoshell_look_up "TAOSHELL_WAS_$1"
  if [ -n "$_taoshell_is_set" ]; then
    _taoshell_give_back "$1" "$_taoshell_value"
  else
    _taoshell_give_back "$1"
  fi
}

_taoshell_arrive() {
  _taoshell_own=$_taoshell_state/projects$_taoshell_found/+
  if [ ! -d "$_taoshell_own" ]; then
    _taoshell_refuse unapproved
    _taoshell_show "$_taoshell_root"
    _taoshell_say "$_taoshell_shown is not approved; run: taoshell allow"
    return 0
  fi
  if ! _taoshell_load; then
    _taoshell_generation=''
    # A source differs from the compiled one. Only this case needs Python.
    if ! _taoshell_call _sync "$_taoshell_found"; then
      if [ -z "$_taoshell_again" ]; then _taoshell_refuse failed; fi
      return 0
    fi
    if ! _taoshell_load; then # edited once more in the meantime: check again at the next prompt
      _taoshell_generation='' _taoshell_again=1
      return 0
    fi
  fi
  _taoshell_enter
  _taoshell_root=$_taoshell_found _taoshell_kind=entered
}

_taoshell_load() {
  if [ ! -r "$_taoshell_own/current/posix-1.sh" ]; then return 1; fi
  # shellcheck source=/dev/null
  . "$_taoshell_own/current/posix-1.sh"
  _taoshell_unchanged
}

# Load nothing of the project. The shell only gets a mounts file that TAO's launcher refuses, so that no container starts
# here with another project's mapping.
_taoshell_refuse() {
  _taoshell_root=$_taoshell_found _taoshell_generation=''
  # Already said. A cd, any taoshell command, and the end of the process that had the lock make the hook try again.
  _taoshell_unchanged() { [[ -e $_taoshell_busy ]]; }
  if [ "$1" = unapproved ]; then _taoshell_watch_unapproved; fi
  if [ -e "$_taoshell_state/refused.json" ]; then
    _taoshell_generation=refused
    if [ -n "${LAUNCHER_MOUNTS+x}" ]; then
      _taoshell_keep LAUNCHER_MOUNTS "$LAUNCHER_MOUNTS"
    else
      builtin unset TAOSHELL_WAS_LAUNCHER_MOUNTS
    fi
    _taoshell_leave_refused
    builtin export TAOSHELL_ROOT="$_taoshell_root" TAOSHELL_GENERATION=refused TAOSHELL_BLOCKED=1 \
      LAUNCHER_MOUNTS="$_taoshell_state/refused.json"
  fi
  _taoshell_kind=$1
}

_taoshell_watch_unapproved() {
  _taoshell_unchanged() { [[ -e $_taoshell_root/taoshell.toml && ! -L $_taoshell_own/current ]]; }
}

_taoshell_leave_refused() {
  _taoshell_say_mounts() { :; }
  _taoshell_each() {
    _taoshell_show "$_taoshell_state/refused.json"
    "$1" LAUNCHER_MOUNTS "$_taoshell_shown"
  }
  _taoshell_leave() {
    if [ "${LAUNCHER_MOUNTS-}" = "$_taoshell_state/refused.json" ]; then
      if [ -n "${TAOSHELL_WAS_LAUNCHER_MOUNTS+x}" ]; then
        _taoshell_give_back LAUNCHER_MOUNTS "$TAOSHELL_WAS_LAUNCHER_MOUNTS"
      else
        builtin unset LAUNCHER_MOUNTS
      fi
    fi
    builtin unset TAOSHELL_ROOT TAOSHELL_GENERATION TAOSHELL_BLOCKED TAOSHELL_WAS_LAUNCHER_MOUNTS
  }
}

# A shell that was started inside a project has inherited its variables, but not the functions to leave it.
_taoshell_inherit() {
  _taoshell_own=$_taoshell_state/projects$TAOSHELL_ROOT/+
  _taoshell_file=$_taoshell_own/gen/$TAOSHELL_GENERATION/posix-1.sh
  if [ "$TAOSHELL_GENERATION" = refused ]; then
    _taoshell_leave_refused
    _taoshell_watch_unapproved
    _taoshell_root=$TAOSHELL_ROOT _taoshell_generation=refused _taoshell_kind=unapproved
  elif [ -r "$_taoshell_file" ]; then
    # shellcheck source=/dev/null
    . "$_taoshell_file"
    _taoshell_root=$TAOSHELL_ROOT _taoshell_kind=entered
  else
    _taoshell_leave() {
      _taoshell_stuck=${TAOSHELL_PROJECT-}
      builtin unset TAOSHELL_ROOT TAOSHELL_GENERATION TAOSHELL_PROJECT TAOSHELL_BLOCKED LAUNCHER_MOUNTS
      _taoshell_left='' # one line is enough
      _taoshell_say "the compiled files of the inherited project are gone, so its variables stay; start a new shell to get rid of them"
    }
  fi
}
