# shellcheck shell=bash disable=SC2034,SC2154,SC2292
# What this shell may believe: files of this user only, and of the inherited environment only what has the form of ours.

# -- another user's files ------------------------------------------------------------------------

# The state folder may become another user's at any time: `sudo` keeps HOME, or somebody makes it in a shared folder
# before this user does. `-O` follows symlinks, so it asks about what would be sourced.
_taoshell_is_own() {
  [[ ! -e $1 || -O $1 ]]
}

# Load nothing more in this shell, as $1 belongs to another user. What was loaded before is the user's: leave by that.
_taoshell_turn_foreign() {
  local _taoshell_left=''
  case $_taoshell_kind in entered | unapproved | failed)
    if [[ -n ${TAOSHELL_GENERATION-} ]]; then _taoshell_leave "$TAOSHELL_GENERATION"; fi
    ;;
  esac
  _taoshell_root='' _taoshell_generation='' _taoshell_found='' _taoshell_claimed='' _taoshell_kind=foreign
  _taoshell_foreign=$1
  case $- in *i*) _taoshell_say_foreign ;; esac
}

# -- the inherited environment -------------------------------------------------------------------

# A shell that was started inside a project has inherited its variables, but not the functions to leave it.
_taoshell_inherit() {
  local _taoshell_file
  if ! _taoshell_can_be_inherited; then return 0; fi
  _taoshell_file=$_taoshell_state/projects$TAOSHELL_ROOT/+/gen/$TAOSHELL_GENERATION/posix-2.sh
  if [[ $TAOSHELL_GENERATION == refused ]]; then
    _taoshell_know_refused
    _taoshell_kind=unapproved
  elif [[ ! -r $_taoshell_file ]]; then
    return 0
  elif [[ ! -O $_taoshell_file ]]; then
    _taoshell_turn_foreign "$_taoshell_file"
    return 0
  else
    _taoshell_read "$_taoshell_file" "$TAOSHELL_ROOT"
    _taoshell_kind=entered
  fi
  _taoshell_root=$TAOSHELL_ROOT _taoshell_generation=$TAOSHELL_GENERATION
  # A start file may have put another Python first, as conda's does: enter anew at the first prompt.
  if builtin type _taoshell_prepend >/dev/null 2>&1; then _taoshell_generation=''; fi
}

# Whether TAOSHELL_GENERATION and TAOSHELL_ROOT have the form of ours. They become parts of a path: `..` would lead out of
# the state folder.
_taoshell_can_be_inherited() {
  case ${TAOSHELL_GENERATION-} in
    refused) ;;
    *[!0123456789abcdef]*) return 1 ;;
    ????????????????) ;;
    *) return 1 ;;
  esac
  case ${TAOSHELL_ROOT-}/ in
    *//* | */./* | */../* | */+/* | *$'\n'*) return 1 ;;
    /?*) ;;
    *) return 1 ;;
  esac
}

# Leave a generation of which there is nothing to leave it by: another home's hook has set its variables (`su`, another
# XDG_STATE_HOME), it was removed, or the variables are not ours at all. The caller's _taoshell_left becomes ''.
_taoshell_leave_unknown() {
  _taoshell_export=_taoshell_carefully
  _taoshell_stuck=${TAOSHELL_PROJECT-}
  # our own mounts file, in whichever state folder; another one is the user's
  case ${LAUNCHER_MOUNTS-} in /*"/projects${TAOSHELL_ROOT-}/+/mounts.json" | /*/refused.json)
    if [[ -n ${TAOSHELL_WAS_LAUNCHER_MOUNTS+x} ]]; then
      _taoshell_give_back LAUNCHER_MOUNTS "$TAOSHELL_WAS_LAUNCHER_MOUNTS"
    else
      "$_taoshell_export" unset LAUNCHER_MOUNTS
    fi
    ;;
  esac
  "$_taoshell_export" unset TAOSHELL_ROOT TAOSHELL_GENERATION TAOSHELL_PROJECT TAOSHELL_BLOCKED \
    TAOSHELL_WAS_LAUNCHER_MOUNTS
  _taoshell_left='' # one line is enough
  local _taoshell_shown
  _taoshell_show "$_taoshell_state"
  _taoshell_say "the compiled files of the inherited project are not in $_taoshell_shown, so its variables stay; exit, leave the project in the shell that started this one, and start this one again"
}

# Nothing that is inherited may steer the terminal.
_taoshell_clean_inherited() {
  local _taoshell_shown
  case ${TAOSHELL_PROJECT-}${TAOSHELL_PROMPT-} in *[[:cntrl:]]*)
    _taoshell_without_controls "${TAOSHELL_PROJECT-}"
    builtin export TAOSHELL_PROJECT="$_taoshell_shown"
    _taoshell_without_controls "${TAOSHELL_PROMPT-}"
    builtin export TAOSHELL_PROMPT="$_taoshell_shown"
    ;;
  esac
}

# The caller's _taoshell_shown becomes $1, with each control character replaced. (A project's name has none: Python has
# escaped it.)
_taoshell_without_controls() {
  _taoshell_shown=$1
  case $1 in *[[:cntrl:]]*) _taoshell_shown=${1//[[:cntrl:]]/?} ;; esac
}
