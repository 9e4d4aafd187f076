# shellcheck shell=bash disable=SC2034,SC2050,SC2154,SC2292,SC2288
# The folder of a project's Python in PATH. The script of a generation that has one begins with this, so that no other shell
# reads it. A backslash avoids the user's aliases. The usual cases come first, as _taoshell_cut is slow; `[[` may find too
# much if the user has set nocasematch (then `A != a` is false), expansions do not.

# Put the folder $1 first in PATH. If the user has it in PATH already, TAOSHELL_WAS_PATH says so: a `typeset -U path` of zsh
# keeps only one of the two. $2: own, if it must be the user's own: it may have been removed and made anew by somebody else.
_taoshell_prepend() {
  \builtin local _taoshell_rest _taoshell_shown
  if [[ ! -d $1 || (-n ${2-} && ! -O $1) ]]; then
    _taoshell_show "$1"
    _taoshell_say "$_taoshell_shown is gone or not yours any more, so PATH stays as it is; run: taoshell allow"
    \return 0
  fi
  _taoshell_may_set_path || \return 0
  if [[ :${PATH-}: == *:"$1":* ]] && _taoshell_cut "$1" "$PATH"; then
    \builtin export TAOSHELL_WAS_PATH="$PATH"
  else
    \builtin unset TAOSHELL_WAS_PATH
  fi
  \builtin export PATH="$1${PATH:+:$PATH}"
}

# Take the folder $1, which we have put there, out of PATH; the rest stays as the user has changed it. The other arguments
# are the variables that name the environment.
_taoshell_take_out() {
  if [[ A != a && ${PATH-} == "$1":* && :${PATH#*:}:${_OLD_VIRTUAL_PATH-}: != *:"$1":* && -z ${TAOSHELL_WAS_PATH+x} &&
    (-z ${TAOSHELL_WAS_CONDA_PREFIX-} || ${CONDA_PREFIX-}/bin == "$1") ]] && _taoshell_may_set_path; then
    \builtin export PATH="${PATH#*:}"
    \return 0
  fi
  \builtin local _taoshell_rest _taoshell_once _taoshell_name _taoshell_was _taoshell_folder _taoshell_own _taoshell_by_hand
  _taoshell_folder=$1 _taoshell_own=${TAOSHELL_WAS_PATH+x} _taoshell_by_hand=''
  \builtin shift
  # A script `activate` has saved PATH since: `deactivate` must not bring our folder back.
  if _taoshell_cut "$_taoshell_folder" "${_OLD_VIRTUAL_PATH-}"; then
    _taoshell_once=$_taoshell_rest
    if \[ -z "$_taoshell_own" ] || _taoshell_cut "$_taoshell_folder" "$_taoshell_once"; then _OLD_VIRTUAL_PATH=$_taoshell_once; fi
    if \[ "${VIRTUAL_ENV-}/bin" = "$_taoshell_folder" ]; then _taoshell_own=x _taoshell_by_hand=x; fi
  fi
  _taoshell_once=''
  if _taoshell_cut "$_taoshell_folder" "${PATH-}" && _taoshell_may_set_path; then
    _taoshell_once=$_taoshell_rest
    if _taoshell_cut "$_taoshell_folder" "$_taoshell_once"; then
      \builtin export PATH="$_taoshell_once"
      if \[ -z "$_taoshell_own" ]; then _taoshell_by_hand=x; fi # twice, and it was not there before
    elif \[ -z "$_taoshell_own" ]; then
      \builtin export PATH="$_taoshell_once"
    elif _taoshell_cut "$_taoshell_folder" "${TAOSHELL_WAS_PATH-}" && \[ "$_taoshell_rest" = "$_taoshell_once" ]; then
      \builtin export PATH="$TAOSHELL_WAS_PATH"
    fi
  fi
  for _taoshell_name; do
    # The user has activated this same environment by hand: it stays.
    if \[ -n "$_taoshell_by_hand" ]; then \builtin eval "\\builtin export TAOSHELL_WAS_$_taoshell_name=\"\${$_taoshell_name-}\""; fi
  done
  # `conda activate` has saved our prefix since: `conda deactivate` must not bring it back. It has also replaced our folder,
  # which stood before that of the former prefix: that one is now too many.
  if \[ "${CONDA_PREFIX-}/bin" != "$_taoshell_folder" ] && \[ -n "${TAOSHELL_WAS_CONDA_PREFIX-}" ]; then
    for _taoshell_name in CONDA_PREFIX_9 CONDA_PREFIX_8 CONDA_PREFIX_7 CONDA_PREFIX_6 CONDA_PREFIX_5 CONDA_PREFIX_4 \
      CONDA_PREFIX_3 CONDA_PREFIX_2 CONDA_PREFIX_1; do
      \builtin eval "_taoshell_was=\${$_taoshell_name-}"
      if \[ "$_taoshell_was/bin" = "$_taoshell_folder" ]; then
        \builtin export "$_taoshell_name=$TAOSHELL_WAS_CONDA_PREFIX"
        if \[ -z "$_taoshell_once" ] && _taoshell_cut "$TAOSHELL_WAS_CONDA_PREFIX/bin" "${PATH-}"; then
          \builtin export PATH="$_taoshell_rest"
        fi
        \break
      fi
    done
  fi
  \builtin unset TAOSHELL_WAS_PATH
}

# The caller's _taoshell_rest becomes the list $2 without the first folder $1 in it. Fails if it is not there.
_taoshell_cut() {
  \builtin local _taoshell_before
  _taoshell_rest=:$2:
  _taoshell_before=${_taoshell_rest%%:"$1":*}
  \[ "$_taoshell_before" != "$_taoshell_rest" ] || \return 1
  _taoshell_rest=$_taoshell_before:${_taoshell_rest#*:"$1":}
  _taoshell_rest=${_taoshell_rest#:} _taoshell_rest=${_taoshell_rest%:}
}

# A restricted shell has a PATH that is read-only.
_taoshell_may_set_path() {
  \builtin local _taoshell_of_path
  if \[ -n "${ZSH_VERSION-}" ]; then
    # shellcheck disable=SC2016
    \builtin eval '_taoshell_of_path=${(t)PATH}'
    case $_taoshell_of_path in *-readonly*) ;; *) \return 0 ;; esac
  else
    case ${PATH@a} in *r*) ;; *) \return 0 ;; esac
  fi
  _taoshell_say 'PATH is read-only in this shell and keeps its value'
  \return 1
}
