# shellcheck shell=bash disable=SC2034,SC2154,SC2292
# The `taoshell` command, as far as only the shell itself can answer, and the start of the hook.

taoshell() {
  case $#:${1-}:${2-} in
    1:off: | 1:on:)
      _taoshell_flush
      _taoshell_turn "$1"
      ;;
    1:reload:)
      _taoshell_flush
      _taoshell_at=''
      local _taoshell_unheard=''
      _taoshell_run reload || return
      case $_taoshell_kind in off | foreign) ;; *) _taoshell_reload ;; esac
      ;;
    2:status:--prompt)
      local _taoshell_shown
      _taoshell_without_controls "${TAOSHELL_PROMPT-}"
      if [[ -n $_taoshell_shown ]]; then builtin printf '%s\n' "$_taoshell_shown"; fi
      ;;
    *)
      _taoshell_flush
      _taoshell_at='' # whatever the command does, the next prompt checks again
      local _taoshell_unheard=''
      # Pasted lines run without a prompt in between, and the next one may be `cd`.
      case ${BASH_VERSION:+$-} in *i*) _taoshell_catch_cd ;; esac
      case $_taoshell_kind:${1-} in
        off:status) _taoshell_unheard=off ;;
        *:install | *:status) _taoshell_note_unheard ;;
      esac
      _taoshell_run "$@" || {
        local _taoshell_result=$?
        # the prompt tries again, and need not repeat why it fails
        case $_taoshell_result:${1-}:${2-} in 1:mounts:release | 1:mounts:take) _taoshell_complained=1 ;; esac
        return "$_taoshell_result"
      }
      ;;
  esac
}

_taoshell_turn() {
  case $_taoshell_kind:$1 in
    foreign:*)
      _taoshell_say_foreign
      return 1
      ;;
    *:off)
      if [[ -n ${ZSH_VERSION-} ]]; then builtin trap '' INT; fi # see zsh/hook.zsh
      _taoshell_found='' _taoshell_at=''
      _taoshell_take_options
      if [[ ${ZSH_SUBSHELL-0} != 0 || ${BASHPID-$$} != "$$" ]]; then # see _taoshell_in_subshell
        _taoshell_switch 2>/dev/null
      else
        _taoshell_switch
        _taoshell_settle
        _taoshell_note_prompt
      fi
      _taoshell_give_options
      _taoshell_kind=off
      ;;
    off:on)
      _taoshell_kind='' _taoshell_at=''
      case $- in *i*) _taoshell_update || : ;; esac
      ;;
  esac
}

# Give each variable the value that it had before the project, even if the user has changed it since, and enter anew.
_taoshell_reload() {
  local _taoshell_export=builtin
  if [[ -n ${ZSH_VERSION-} ]]; then builtin trap '' INT; fi
  _taoshell_root='' _taoshell_mode=''
  _taoshell_take_options
  if _taoshell_is_loaded "$_taoshell_generation"; then
    "_taoshell_leave_$_taoshell_generation" all
  fi
  _taoshell_update
}

# Once in each shell, however often the hook is evaluated.
_taoshell_begin() {
  _taoshell_pid=$$
  _taoshell_begin_session
  _taoshell_clean_inherited
  if ! _taoshell_is_own "$_taoshell_state"; then
    _taoshell_turn_foreign "$_taoshell_state"
  elif [[ -n ${TAOSHELL_GENERATION-} ]]; then
    _taoshell_inherit
  fi
  _taoshell_inherit_prompt
  # A shell that is not interactive keeps the variables it inherited. zsh calls our functions there at each `cd` too.
  case $-:$_taoshell_kind in *i*:* | *:foreign) ;; *) _taoshell_kind=off ;; esac
}

if [[ ${_taoshell_pid-} != "$$" ]]; then _taoshell_begin; fi
_taoshell_at=''
_taoshell_test_fully
