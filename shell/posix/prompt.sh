# shellcheck shell=bash disable=SC2034,SC2050,SC2119,SC2120,SC2154,SC2292,SC2317
# At each prompt: which project is this shell in, and is everything still exactly as it was approved?
# An idle prompt runs tests only. `[[` compares files fastest; but if the user has set nocasematch, its `==` is careless
# (then `A != a` is false), and everything takes the long way.

# _taoshell_hook: what a prompt calls. There are two forms of it, as a call takes zsh 10 µs and bash 3 to 7. This one
# fits every state; a generation has a brief one for a shell whose own mapping is in force.
#
# A held mounts file is as old as the twin of the mapping that this shell last saw: no two mappings have the same mtime, so
# that shows both another mapping in force and what another program wrote into it. It must also still be a symlink: a file
# that replaced it may have that mtime if the file system has coarse ones.
_taoshell_test_fully() {
  _taoshell_hook() {
    case $- in
      *x*) { _taoshell_status=$? && builtin eval "$_taoshell_hush"; } 2>/dev/null ;;
      *) _taoshell_status=$? ;;
    esac
    if ! [[ A != a && "$PWD:${TAOSHELL_GENERATION-}" == "$_taoshell_at" && ! -e $_taoshell_watch &&
      ! $_taoshell_arrived -nt $_taoshell_looked && -e $_taoshell_alive && (-z $_taoshell_reached || . -ef $_taoshell_reached) &&
      (($_taoshell_mode == held && -L $_taoshell_mounts && -e $_taoshell_mounts && -e $_taoshell_twin &&
      ! $_taoshell_mounts -nt $_taoshell_twin && ! $_taoshell_mounts -ot $_taoshell_twin) ||
      ($_taoshell_mode == own && -L $_taoshell_mounts && ($_taoshell_mounts -ef $_taoshell_original ||
      (! -e $_taoshell_mounts && ! -e $_taoshell_original))) ||
      ($_taoshell_mode == apart && (! -L $_taoshell_mounts || ! -L $_taoshell_cur)) || $_taoshell_mode == [wf]*) ]] ||
      ! "_taoshell_unchanged_$_taoshell_generation"; then
      _taoshell_update || :
    fi
    return "${_taoshell_returns-$_taoshell_status}"
  }
}

# A subshell moved: `(cd proj && …)`, `$(cd proj; …)`, `cd proj | …`, `cd proj && … &`. Switch its variables, and nothing
# else: the session belongs to the shell, and nobody asked for a line. A project that only Python could load is refused.
_taoshell_in_subshell() {
  case $_taoshell_kind:${TAOSHELL_CD-}:${compstate+completing} in
    off:* | foreign:* | *:off:* | *:completing) return 0 ;; # zsh has compstate only while it completes
  esac
  _taoshell_at='' _taoshell_again=''
  _taoshell_take_options
  _taoshell_find
  if [[ $_taoshell_found != "$_taoshell_root" ]]; then
    _taoshell_call() { return 1; }
    _taoshell_switch 2>/dev/null
  fi
  _taoshell_give_options
}

# Something may have changed. $1: not empty if _taoshell_found is known. Here and in what this calls, a call costs as much
# as several tests, and `[` three times what `[[` does.
_taoshell_update() {
  if [[ ${ZSH_SUBSHELL-0} != 0 || ${BASHPID-$$} != "$$" ]]; then
    _taoshell_in_subshell
    return 0
  fi
  if [[ -n ${ZSH_VERSION-} ]]; then builtin trap '' INT; fi # see zsh/hook.zsh
  if [[ -n ${BASH_VERSION-} || A == a || $- == *f* || -n $_taoshell_options ]]; then _taoshell_take_options; fi
  if [[ -n ${BASH_VERSION-} && $_taoshell_cd_seen != "$PWD" ]]; then _taoshell_catch_cd; fi
  if [[ $_taoshell_kind == off || $_taoshell_kind == foreign ]]; then
    _taoshell_flush
  elif [[ -e $_taoshell_state && ! -O $_taoshell_state ]]; then
    _taoshell_turn_foreign "$_taoshell_state"
  else
    # Forget first, and note last: after an interrupt in between, the next prompt looks again.
    _taoshell_at='' _taoshell_again='' _taoshell_busy=/
    if [[ -z ${1-} ]]; then _taoshell_find; fi
    # What failed is tried again, or left: in both cases by a switch.
    if [[ $_taoshell_found != "$_taoshell_root" || $_taoshell_kind == failed || -n $_taoshell_shadowed ]] ||
      ! _taoshell_is_fresh; then
      _taoshell_shadowed=''
      _taoshell_switch
    fi
    if [[ $_taoshell_kind != foreign ]]; then
      _taoshell_settle
      if [[ -n ${BASH_VERSION-} && -n $_taoshell_claimed && -z $_taoshell_has_trap ]]; then _taoshell_catch_exit; fi
      case $_taoshell_mode:$_taoshell_kind:$_taoshell_holder:${TAOSHELL_PROMPT-} in
        "held:entered:$_taoshell_session:${TAOSHELL_PROJECT-}") ;; # the usual case: it is right
        *) _taoshell_note_prompt ;;
      esac
      _taoshell_watch=''
      if [[ ! -e $PWD/taoshell.toml ]]; then _taoshell_watch=$PWD/taoshell.toml; fi
      if [[ $_taoshell_mode:$_taoshell_kind:$_taoshell_holder == "held:entered:$_taoshell_session" &&
        -z $_taoshell_reached ]]; then
        "_taoshell_test_briefly_$_taoshell_generation"
      else
        _taoshell_test_fully
      fi
      if [[ -n ${_taoshell_held-} ]]; then _taoshell_flush; fi
      if [[ -z $_taoshell_again${_taoshell_held-} ]]; then _taoshell_at=$PWD:$_taoshell_generation; fi
    fi
  fi
  if [[ -n $_taoshell_options ]]; then _taoshell_give_options; fi
}

# The user may have set options that change what our scripts do: nocasematch, noglob, and where they are read, aliases.
# Take them away, and note how to give them back: a Ctrl-C must not lose them. (zsh gives our functions options of their own.)
#
# bash also ignores Ctrl-C. If one comes between a fork and the moment at which the new process takes the terminal, bash is
# at its prompt before that, without a terminal: it reads the end of its input, and exits. An INT trap of the user stays, and
# does no harm: bash calls it later. If there is one, `trap -p` cannot print it to a full device; that needs no process. (In
# posix mode it also prints that there is none, so there bash does not ignore Ctrl-C.)
_taoshell_take_options() {
  if [[ -n $_taoshell_options ]]; then _taoshell_give_options; fi
  if [[ ${BASHPID-} == "$_taoshell_pid" && -c /dev/full ]] &&
    { ! builtin printf . && builtin trap -p INT; } 2>/dev/null >/dev/full; then
    _taoshell_options='builtin trap - INT;'
    builtin trap '' INT
  fi
  if [[ A == a ]]; then
    _taoshell_options="$_taoshell_options builtin shopt -s nocasematch;"
    builtin shopt -u nocasematch
  fi
  case $- in *f*)
    _taoshell_options="$_taoshell_options builtin set -f"
    builtin set +f
    ;;
  esac
}

_taoshell_give_options() {
  builtin eval "$_taoshell_options"
  _taoshell_options=''
}

# Whether this shell's environment is still what it should be.
_taoshell_is_fresh() {
  [[ ${TAOSHELL_GENERATION-} == "$_taoshell_generation" ]] && "_taoshell_unchanged_$_taoshell_generation"
}

_taoshell_unchanged_() { # in no project, or in one that is refused without the file for that
  [[ -z $_taoshell_kind ]] || _taoshell_unchanged_refused
}
