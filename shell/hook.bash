# shellcheck shell=bash
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

_taoshell_say() {
  builtin printf 'taoshell: %s\n' "$1" >&2
}

_taoshell_print() {
  builtin printf '%s\n' "$1"
}

# No truncation: on ext4 it makes the rename that follows wait for the disk.
_taoshell_put() {
  { builtin printf '%s\n' "$2" 1<>"$1"; } 2>/dev/null
}

_taoshell_physical() {
  _taoshell_dir=$(builtin pwd -P 2>/dev/null)
}

_taoshell_show() {
  case $1 in
    *[![:print:]]*) builtin printf -v _taoshell_shown %q "$1" ;;
    *) _taoshell_shown=$1 ;;
  esac
}

# GNU ln makes the new link beside the old one and renames it over.
_taoshell_swap() {
  [ -n "$_taoshell_ln" ] && (
    trap '' INT
    exec "$_taoshell_ln" -sfn "$1" "$_taoshell_state/cur" 2>/dev/null
  )
}

# -- the hook ------------------------------------------------------------------------------------

_taoshell_hook() {
  _taoshell_status=$?
  _taoshell_look || :
  case $- in *e*) return 0 ;; esac # a failed PROMPT_COMMAND would end a `set -e` shell
  return "$_taoshell_status"
}

# -- start -----------------------------------------------------------------------------------------

builtin eval __SETTLE__
builtin eval __SWITCH__
builtin eval __CORE__
if [ -n "$_taoshell_aliases" ]; then builtin shopt -s expand_aliases; fi

# For direnv: this shell does it itself.
export TAOSHELL_HOOK=$$

# First, so that the prompts that others draw see the new variables. An array where it is one.
case " ${PROMPT_COMMAND[*]-} " in
  *_taoshell_hook*) ;;
  *)
    if [[ "$(builtin declare -p PROMPT_COMMAND 2>/dev/null)" == 'declare -a'* ]]; then
      PROMPT_COMMAND=(_taoshell_hook "${PROMPT_COMMAND[@]}")
    else
      # shellcheck disable=SC2178,SC2128
      PROMPT_COMMAND="_taoshell_hook${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
    fi
    ;;
esac
