# shellcheck shell=bash disable=SC2034,SC2154,SC2163
# taoshell's hook for bash. `taoshell hook bash` replaces each placeholder by a quoted value.

# The user's aliases must not be expanded in our functions.
_taoshell_aliases=''
if \builtin shopt -q expand_aliases; then
  _taoshell_aliases=1
  \builtin shopt -u expand_aliases
fi

# -- values of this installation -----------------------------------------------------------

_taoshell_state=__STATE__
_taoshell_mounts=__MOUNTS_FILE__
_taoshell_original=__ORIGINAL__
_taoshell_cur=__CURRENT__
_taoshell_python=__PYTHON__
_taoshell_main=__MAIN__
_taoshell_ln=__LN__

# -- what differs between the shells ---------------------------------------------------------

_taoshell_hush='builtin local -; builtin set +x'

_taoshell_say() {
  _taoshell_print_line "$1"
}

_taoshell_flush() {
  : # bash never holds a line back: nothing draws its prompt before the start file has been read
}

# `pwd -P` itself says where the symlinks in $PWD lead now, and not where this shell is. The `.` protects a newline at the
# end of the name.
_taoshell_physical() {
  _taoshell_dir=$({ builtin cd -P /proc/self/cwd || builtin :; } 2>/dev/null && builtin pwd -P 2>/dev/null && builtin printf .) &&
    _taoshell_dir=${_taoshell_dir%?.}
}

# Show ASCII and the letters of any script as they are, and escape the rest: the system also calls characters printable
# that a terminal hides or reorders.
_taoshell_show() {
  _taoshell_shown=$1
  # shellcheck disable=SC2101
  case $1 in *[!"' "'!"#$%&()*+,./:;<=>?@[\]^_`{|}~-'[:alnum:]]*)
    local LC_ALL=C
    builtin printf -v _taoshell_shown %q "$1"
    ;;
  esac
}

# Save $2, the former value of the variable $1. It is exported if $1 is, so that a shell started here can restore it too.
_taoshell_keep() {
  if [[ $_taoshell_export != builtin ]] && ! _taoshell_can_keep "$1"; then return 0; fi
  builtin printf -v "TAOSHELL_WAS_$1" %s "$2"
  case ${!1@a} in *x*) builtin export "TAOSHELL_WAS_$1" ;; *) builtin export -n "TAOSHELL_WAS_$1" ;; esac
}

# Not the first element of an array, and not where there is no place for it.
_taoshell_can_keep() {
  local _taoshell_why
  _taoshell_ask_why "TAOSHELL_WAS_$1"
  if [[ -n $_taoshell_why ]]; then return 1; fi
  _taoshell_ask_why "$1"
  case $_taoshell_why in *array | 'a reference')
    builtin unset -v "TAOSHELL_WAS_$1"
    return 1
    ;;
  esac
}

_taoshell_give_back() {
  local _taoshell_name=TAOSHELL_WAS_$1
  if [[ $_taoshell_export != builtin ]] && ! _taoshell_may_undo "$1"; then return 0; fi
  if [[ $# == 1 ]]; then
    builtin unset -v "$1"
    return 0
  fi
  builtin printf -v "$1" %s "$2"
  case ${!_taoshell_name@a} in *x*) ;; *) builtin export -n "$1" ;; esac
}

# See posix/attributes.sh. `declare -p` also knows a variable that has attributes and no value. It starts a process, but
# only in a shell that has such a variable.
_taoshell_ask_why() {
  local _taoshell_attributes
  _taoshell_why=''
  _taoshell_attributes=$(builtin declare -p "$1" 2>/dev/null) || return 0
  _taoshell_attributes=${_taoshell_attributes#* -} _taoshell_attributes=${_taoshell_attributes%%[ =]*}
  case ${_taoshell_attributes//[-x]/} in
    '') ;;
    *n*) _taoshell_why='a reference' ;;
    *r*) _taoshell_why=read-only ;;
    *A*) _taoshell_why='an associative array' ;;
    *a*) _taoshell_why='an array' ;;
    *i*) _taoshell_why='an integer' ;;
    *u*) _taoshell_why=upper-case ;;
    *l*) _taoshell_why=lower-case ;;
    *c*) _taoshell_why=capitalized ;;
    *) _taoshell_why=special ;;
  esac
}

_taoshell_drop() {
  builtin unset -v "$1" 2>/dev/null
}

_taoshell_run_apart() (
  builtin trap '' INT TSTP TTIN TTOU
  TAOSHELL_STATE=$_taoshell_state TAOSHELL_MOUNTS_FILE=$_taoshell_mounts "$@" </dev/null >&2
)

# GNU ln creates the new symlink under another name and renames it over the old one. If a Ctrl-Z hits it in between, end
# it: as a stopped job it would, when it goes on, replace what is in force by then. The next prompt does it again, and Python
# removes what is left. (The same goes for a Ctrl-C if the user has an INT trap.)
_taoshell_swap() {
  if [[ -z $_taoshell_ln ]]; then return 1; fi
  {
    LC_ALL=C "$_taoshell_ln" -sfn "$1" "$_taoshell_cur" && return
    case $? in 14[6-9] | 150) builtin kill -KILL %% && builtin disown %% ;; esac
    return 1
  } 2>/dev/null
}

# When this shell is first in a project: unless the user has an EXIT trap, bash calls _taoshell_exit at its end. A file
# tells whether there is one, as `$(trap -p EXIT)` would start a process.
_taoshell_catch_exit() {
  _taoshell_has_trap=1
  { builtin trap -p EXIT >|"$_taoshell_looked"; } 2>/dev/null || return 0
  if [[ ! -s $_taoshell_looked ]]; then builtin trap _taoshell_exit EXIT; fi
  _taoshell_empty "$_taoshell_looked"
}

# The mounts file goes to whoever is the newest then.
_taoshell_exit() {
  if [[ $BASHPID == "$_taoshell_pid" && -n $_taoshell_claimed ]]; then
    _taoshell_kind=''
    _taoshell_take_options
    _taoshell_settle
  fi
}

# PROMPT_COMMAND may have been replaced. Another tool may keep what was in it in a variable of its own, and call it; but if
# the hook has never run, no tool does.
_taoshell_note_unheard() {
  case $- in *i*) ;; *) return 0 ;; esac
  case ${PROMPT_COMMAND[*]-} in *_taoshell_hook*) return 0 ;; esac
  if [[ -n $_taoshell_status ]]; then
    case $(builtin declare -p) in *_taoshell_hook*) return 0 ;; esac
  fi
  _taoshell_unheard=PROMPT_COMMAND
}

# -- start -----------------------------------------------------------------------------------------

# A process without our hook, such as an editor, may have inherited a project's variables from direnv. Let direnv undo
# them now: later it would also remove what we have set.
if [[ -n ${TAOSHELL_DIRENV-} && $- == *i* ]]; then
  builtin eval "$(sh -c 'cd / && exec direnv export bash' 2>/dev/null)"
fi

builtin eval __SHARED__
builtin eval __CD__
if [[ -n $_taoshell_aliases ]]; then builtin shopt -s expand_aliases; fi
builtin unset _taoshell_aliases

if [[ $- == *i* ]]; then
  # This tells `taoshell export direnv` that this shell has the hook.
  if _taoshell_drop TAOSHELL_HOOK; then builtin export TAOSHELL_HOOK=$$; fi
fi

# Run first, so that other tools' prompts see the new variables. Keep PROMPT_COMMAND an array if it is one. The hook
# returns the user's $? for the next command; `&& :` keeps that from ending a `set -e` shell or from running an ERR trap
# twice.
case " ${PROMPT_COMMAND[*]-} " in
  *_taoshell_hook*) ;;
  *)
    # A string may be exported, also later. Then a shell without our hook inherits it, for example by `su`.
    # shellcheck disable=SC2016
    _taoshell_in_prompt='case ${_taoshell_pid-} in $$) _taoshell_hook && :; esac'
    if [[ "${PROMPT_COMMAND[*]@a}" == *a* ]]; then _taoshell_in_prompt='_taoshell_hook && :'; fi
    if builtin declare -F blehook >/dev/null; then
      # ble.sh calls its own hooks first. Once it is attached, it does not see what a start file puts into PROMPT_COMMAND;
      # but without being attached it calls nothing.
      blehook PRECMD+-=_taoshell_hook 2>/dev/null || blehook PRECMD+=_taoshell_hook
      # shellcheck disable=SC2016
      _taoshell_in_prompt='case ${_taoshell_pid-}:${BLE_ATTACHED-} in $$:) _taoshell_hook && :; esac'
    fi
    if [[ "${PROMPT_COMMAND[*]@a}" == *a* ]]; then
      PROMPT_COMMAND=("$_taoshell_in_prompt" "${PROMPT_COMMAND[@]}")
    else
      # shellcheck disable=SC2178,SC2128
      PROMPT_COMMAND=$_taoshell_in_prompt"${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
    fi
    builtin unset _taoshell_in_prompt # its value names the hook: see _taoshell_note_unheard
    ;;
esac
