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
_taoshell_python=__PYTHON__
_taoshell_main=__MAIN__
_taoshell_ln=__LN__
_taoshell_secrets=__SECRETS__

# -- what differs between the shells ---------------------------------------------------------

_taoshell_hush='builtin local -; builtin set +x'

_taoshell_print() {
  builtin printf '%s\n' "$1"
}

# Do not truncate: on ext4 the rename that follows would then wait for the disk.
_taoshell_put() {
  { builtin printf '%s\n' "$2" 1<>"$1"; } 2>/dev/null
}

_taoshell_empty() {
  { builtin printf '' >|"$1"; } 2>/dev/null
}

_taoshell_physical() {
  _taoshell_dir=$(builtin pwd -P 2>/dev/null && builtin printf .) && # the `.` protects a newline at the end of the name
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
  builtin printf -v "TAOSHELL_WAS_$1" %s "$2"
  case ${!1@a} in *x*) builtin export "TAOSHELL_WAS_$1" ;; *) builtin export -n "TAOSHELL_WAS_$1" ;; esac
  case ${!1@a} in *r*) _taoshell_export=_taoshell_export_writable ;; esac
}

_taoshell_give_back() {
  case ${!1@a} in *r*) return 0 ;; esac
  if [ $# = 1 ]; then
    builtin unset "$1"
    return 0
  fi
  builtin printf -v "$1" %s "$2"
  _taoshell_name=TAOSHELL_WAS_$1
  case ${!_taoshell_name@a} in *x*) ;; *) builtin export -n "$1" ;; esac
}

# `export …` if the user has made one of the variables read-only
_taoshell_export_writable() {
  for _taoshell_line; do
    if [ "$_taoshell_line" = export ]; then continue; fi
    _taoshell_name=${_taoshell_line%%=*}
    case ${!_taoshell_name@a} in
      *r*) _taoshell_say "$_taoshell_name is read-only in this shell and keeps its value" ;;
      *) builtin export "$_taoshell_line" ;;
    esac
  done
}

_taoshell_run_apart() (
  builtin trap '' INT TSTP TTIN TTOU
  TAOSHELL_STATE=$_taoshell_state TAOSHELL_MOUNTS_FILE=$_taoshell_mounts "$@" </dev/null >&2
)

# GNU ln creates the new symlink under another name and renames it over the old one.
_taoshell_swap() {
  [ -n "$_taoshell_ln" ] && (
    builtin trap '' INT TSTP TTIN TTOU
    LC_ALL=C builtin exec "$_taoshell_ln" -sfn "$1" "$_taoshell_state/cur" 2>/dev/null
  )
}

# -- start -----------------------------------------------------------------------------------------

# A process without our hook, such as an editor, may have inherited a project's variables from direnv. Let direnv undo
# them now: later it would also remove what we have set.
if [[ -n ${TAOSHELL_DIRENV-} && $- == *i* ]]; then
  builtin eval "$(sh -c 'cd / && exec direnv export bash' 2>/dev/null)"
fi

builtin eval __SESSIONS__
builtin eval __SETTLE__
builtin eval __SWITCH__
builtin eval __SAY__
builtin eval __CORE__
if [ -n "$_taoshell_aliases" ]; then builtin shopt -s expand_aliases; fi

# This tells `taoshell export direnv` that this shell has the hook.
if [[ $- == *i* ]]; then builtin export TAOSHELL_HOOK=$$; fi

# Run first, so that other tools' prompts see the new variables. Keep PROMPT_COMMAND an array if it is one. The hook
# returns the user's $? for the next command; `&& :` keeps that from ending a `set -e` shell or from running an ERR trap
# twice.
case " ${PROMPT_COMMAND[*]-} " in
  *_taoshell_hook*) ;;
  *)
    if [[ "${PROMPT_COMMAND[*]@a}" == *a* ]]; then # @a gives its attributes without a process
      PROMPT_COMMAND=('_taoshell_hook && :' "${PROMPT_COMMAND[@]}")
    else
      # If it is exported, a shell without our hook may inherit it, for example by `su`.
      # shellcheck disable=SC2016,SC2178,SC2128
      PROMPT_COMMAND='case ${_taoshell_pid-} in $$) _taoshell_hook && :; esac'"${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
    fi
    ;;
esac
