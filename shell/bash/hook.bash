# shellcheck shell=bash disable=SC2034,SC2154,SC2163
# taoshell's hook for bash. `taoshell hook bash` fills in the words in double underscores, quoted.

# The user's aliases must not get into our functions.
_taoshell_aliases=''
if \builtin shopt -q expand_aliases; then
  _taoshell_aliases=1
  \builtin shopt -u expand_aliases
fi

# -- what this copy was made for -----------------------------------------------------------

_taoshell_state=__STATE__
_taoshell_mounts=__MOUNTS_FILE__
_taoshell_original=__ORIGINAL__
_taoshell_python=__PYTHON__
_taoshell_main=__MAIN__
_taoshell_ln=__LN__

# -- what differs between the shells ---------------------------------------------------------

_taoshell_hush='builtin local -; builtin set +x'

_taoshell_print() {
  builtin printf '%s\n' "$1"
}

# No truncation: on ext4 it makes the rename that follows wait for the disk.
_taoshell_put() {
  { builtin printf '%s\n' "$2" 1<>"$1"; } 2>/dev/null
}

_taoshell_empty() {
  { builtin printf '' >|"$1"; } 2>/dev/null
}

_taoshell_physical() {
  _taoshell_dir=$(builtin pwd -P 2>/dev/null && builtin printf .) && # a name may end in a newline
    _taoshell_dir=${_taoshell_dir%?.}
}

# Letters of any script, and ASCII, as they are. What a terminal hides or turns round is printable to the system, too.
_taoshell_show() {
  _taoshell_shown=$1
  # shellcheck disable=SC2101
  case $1 in *[!"' "'!"#$%&()*+,./:;<=>?@[\]^_`{|}~-'[:alnum:]]*)
    local LC_ALL=C
    builtin printf -v _taoshell_shown %q "$1"
    ;;
  esac
}

# The former value $2 of the variable $1, exported if that was, so that a shell started here can give it back too.
_taoshell_keep() {
  builtin printf -v "TAOSHELL_WAS_$1" %s "$2"
  case ${!1@a} in *x*) builtin export "TAOSHELL_WAS_$1" ;; *) builtin export -n "TAOSHELL_WAS_$1" ;; esac
  case ${!1@a} in *r*) _taoshell_export=_taoshell_export_writable ;; esac
}

_taoshell_give_back() {
  case ${!1@a} in *r*) return 0 ;; esac
  builtin printf -v "$1" %s "$2"
  _taoshell_name=TAOSHELL_WAS_$1
  case ${!_taoshell_name@a} in *x*) ;; *) builtin export -n "$1" ;; esac
}

# `export …` where the user has made one of the names read-only
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

# GNU ln makes the new link beside the old one and renames it over.
_taoshell_swap() {
  [ -n "$_taoshell_ln" ] && (
    builtin trap '' INT
    LC_ALL=C builtin exec "$_taoshell_ln" -sfn "$1" "$_taoshell_state/cur" 2>/dev/null
  )
}

# -- start -----------------------------------------------------------------------------------------

# What direnv has set of a project in a process without our hook (an editor) goes first, by direnv itself: when it goes
# later, it would take away what we have set here.
if [[ -n ${TAOSHELL_DIRENV-} && $- == *i* ]]; then
  builtin eval "$(sh -c 'cd / && exec direnv export bash' 2>/dev/null)"
fi

builtin eval __SESSIONS__
builtin eval __SETTLE__
builtin eval __SWITCH__
builtin eval __SAY__
builtin eval __CORE__
if [ -n "$_taoshell_aliases" ]; then builtin shopt -s expand_aliases; fi

# For direnv: this shell does it itself.
if [[ $- == *i* ]]; then builtin export TAOSHELL_HOOK=$$; fi

# First, so that the prompts that others draw see the new variables. An array where it is one. The user's $? is passed
# on to them; `&& :` keeps it from ending a `set -e` shell or ringing an ERR trap a second time.
case " ${PROMPT_COMMAND[*]-} " in
  *_taoshell_hook*) ;;
  *)
    if [[ "${PROMPT_COMMAND[*]@a}" == *a* ]]; then # its attributes, asked without a process
      PROMPT_COMMAND=('_taoshell_hook && :' "${PROMPT_COMMAND[@]}")
    else
      # One that is exported may come to a shell without our hook, say by `su`.
      # shellcheck disable=SC2016,SC2178,SC2128
      PROMPT_COMMAND='case ${_taoshell_pid-} in $$) _taoshell_hook && :; esac'"${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
    fi
    ;;
esac
