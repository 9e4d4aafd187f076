# shellcheck shell=bash disable=SC2034,SC2154,SC2292
# Python, for all that is new, changed or wrong.

# Run a command of the user. Pass on the folders fixed in this hook: a later change of HOME does not move them.
_taoshell_run() {
  _taoshell_is_installed &&
    TAOSHELL_STATE=$_taoshell_state TAOSHELL_MOUNTS_FILE=$_taoshell_mounts \
      TAOSHELL_HOOK=${_taoshell_unheard:-${TAOSHELL_HOOK-}} "$_taoshell_python" -E "$_taoshell_main" "$@"
}

_taoshell_is_installed() {
  if [[ ! -x $_taoshell_python || ! -e $_taoshell_main ]]; then
    _taoshell_say "taoshell is not installed any more; start a new shell, or install it again"
    return 1
  fi
}

# One of the hook's own calls: a Ctrl-C ends Python without a message, and the next prompt tries again. A Ctrl-Z does
# nothing: a stopped call would hold the lock, or become a job.
_taoshell_call() {
  local _taoshell_result=0
  _taoshell_is_installed || return 1
  _taoshell_run_apart "$_taoshell_python" -E "$_taoshell_main" "$@" || _taoshell_result=$?
  _taoshell_note_result "$_taoshell_result"
  return "$_taoshell_result"
}

# What the exit status $1 of one of the hook's own calls means, besides "done" and "failed, and said so". If another
# process has the lock, _taoshell_busy becomes a folder that exists as long as that process.
_taoshell_note_result() {
  local _taoshell_name=''
  case $1 in
    # interrupted, killed or stopped, without a message; 76: the sources changed all the time
    130 | 137 | 143 | 14[6-9] | 150 | 76) _taoshell_again=1 ;;
    75)
      _taoshell_busy=''
      { IFS= builtin read -r _taoshell_name <"$_taoshell_state/lock"; } 2>/dev/null || :
      case $_taoshell_name in [1-9]*-*) _taoshell_busy=/proc/${_taoshell_name%%-*} ;; esac
      ;;
  esac
}
