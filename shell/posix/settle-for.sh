# shellcheck shell=sh disable=SC2034,SC2154,SC3013
# Settle for a shell that cannot run settle.sh itself, such as fish. One `sh -c` runs sessions.sh, settle.sh and this, with
# the arguments STATE MOUNTS ORIGINAL PYTHON MAIN LN PID CLAIMED CLAIM COMPLAINED BUSY.
#
# The session of PID says CLAIMED and must say CLAIM. Prints what that shell needs until the next change, a line each: the
# claim that was written, the mode, the mapping wanted, its twin, a folder that exists as long as the holder lives, and
# whether the user has been told what is wrong. Messages go to file descriptor 3.

trap '' TSTP TTIN TTOU # a Ctrl-Z would make a job out of a part of the hook

_taoshell_state=$1 _taoshell_mounts=$2 _taoshell_original=$3
_taoshell_python=$4 _taoshell_main=$5 _taoshell_ln=$6
_taoshell_pid=$7 _taoshell_again=''

_taoshell_say() {
  printf 'taoshell: %s\n' "$1" >&3
}

# settle.sh writes `builtin` because of the user's functions. Here there are none, and `sh` may lack `builtin`.
builtin() {
  "$@"
}

_taoshell_put() {
  { printf '%s\n' "$2" 1<>"$1"; } 2>/dev/null
}

_taoshell_empty() {
  { printf '' >"$1"; } 2>/dev/null
}

_taoshell_swap() {
  [ -n "$_taoshell_ln" ] && "$_taoshell_ln" -sfn "$1" "$_taoshell_state/cur" 2>/dev/null
}

# See core.sh.
_taoshell_call() {
  (
    trap '' INT
    TAOSHELL_STATE=$_taoshell_state TAOSHELL_MOUNTS_FILE=$_taoshell_mounts \
      exec "$_taoshell_python" -E "$_taoshell_main" "$@" >&3 2>&3
  )
  _taoshell_result=$?
  _taoshell_note_result "$_taoshell_result"
  return "$_taoshell_result"
}

_taoshell_begin_sessions
_taoshell_claimed=${8:-$_taoshell_claimed} _taoshell_root=$9 _taoshell_kind='' _taoshell_twin='' _taoshell_complained=${10} _taoshell_busy=${11}
if [ -n "$_taoshell_root" ]; then _taoshell_kind=entered; fi
_taoshell_register
_taoshell_settle
_taoshell_note_busy
if [ -n "$_taoshell_again" ]; then _taoshell_mode=''; fi
printf '%s\n' "$_taoshell_claimed" "$_taoshell_mode" "$_taoshell_want" "$_taoshell_twin" "$_taoshell_holder_alive" \
  "$_taoshell_complained"
