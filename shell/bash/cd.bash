# shellcheck shell=bash disable=SC2050,SC2016,SC2034,SC2154,SC2163,SC2292
# Right at the cd: after `cd proj && …`, the rest of the line already has proj's variables and mapping. The same goes for
# functions, pasted lines, `bind -x` and subshells. bash does not tell anybody about a change of directory, so this
# wraps cd, pushd and popd.
#
# It wraps them at the first prompt, when the start file has ended (or before that, at the first command `taoshell`): a
# user's own function of that name is wrapped too, and an alias expands to a wrapped one. If a prompt finds a move that no
# wrapper saw, the user may have defined one of them anew, so it is wrapped again. `builtin cd` and `command cd` are left
# alone: the next prompt sees what they did.

_taoshell_cd_seen=''                 # the directory for which the wrappers are known to be in place
_taoshell_wraps=${_taoshell_wraps-0} # how many functions of the user have got a new name, also if the hook is read again

# Call it when the hook acts at a prompt in another directory than _taoshell_cd_seen. It takes the user's aliases away.
_taoshell_catch_cd() {
  case $_taoshell_kind:${TAOSHELL_CD-} in foreign:* | *:off) return 0 ;; esac
  # The user's functions are read again, but the aliases in them have been expanded already.
  if builtin shopt -q expand_aliases; then
    _taoshell_options="builtin shopt -s expand_aliases; $_taoshell_options"
    builtin shopt -u expand_aliases
  fi
  _taoshell_wrap cd
  _taoshell_wrap pushd
  _taoshell_wrap popd
  if builtin declare -F __zoxide_cd >/dev/null; then _taoshell_wrap __zoxide_cd; fi # what zoxide calls `builtin cd` in
  _taoshell_cd_seen=$PWD
}

# Put a wrapper around the command $1, which is a builtin or a function of the user.
_taoshell_wrap() {
  builtin local _taoshell_text='' _taoshell_attributes='' _taoshell_call="builtin $1" _taoshell_elsewhere='builtin cd'
  if builtin declare -F "$1" >/dev/null; then
    _taoshell_text=$(builtin declare -pf "$1")
    case $_taoshell_text in *_taoshell_moved*) return 0 ;; esac
    case ${_taoshell_text##*$'\n'} in 'declare -f'*)
      _taoshell_attributes=${_taoshell_text##*$'\n'} _taoshell_text=${_taoshell_text%$'\n'*}
      _taoshell_attributes=${_taoshell_attributes#declare -f} _taoshell_attributes=${_taoshell_attributes%% *}
      ;;
    esac
    case $_taoshell_attributes in *r*) return 0 ;; esac
    # Each function gets a new name: the user's new function may call the old wrapper, which calls the old function.
    _taoshell_wraps=$((_taoshell_wraps + 1))
    _taoshell_call=_taoshell_user${_taoshell_wraps}_$1
    # It may call itself `builtin $FUNCNAME`.
    _taoshell_text=${_taoshell_text//'$FUNCNAME'/$1} _taoshell_text=${_taoshell_text//'${FUNCNAME}'/$1}
    _taoshell_text=${_taoshell_text//'${FUNCNAME[0]}'/$1}
    if ! builtin eval "_taoshell_user${_taoshell_wraps}_$_taoshell_text" 2>/dev/null; then return 0; fi
    case $_taoshell_attributes in *x*) _taoshell_elsewhere=$_taoshell_call ;; esac
  fi
  # The first line keeps $? for the user's function. The second is for a shell that got the function by `export -f`.
  builtin eval "function $1 {
    builtin local \"_taoshell_before=\$?\" \"_taoshell_from=\${PWD-}\"
    if [ \"\${_taoshell_pid-}\" != \"\$\$\" ]; then
      $_taoshell_elsewhere \"\$@\"
      builtin return
    fi
    _taoshell_status_is \"\$_taoshell_before\" && builtin :
    $_taoshell_call \"\$@\"
    _taoshell_moved \"\$?\"
  }"
  case $_taoshell_attributes in
    *x*) builtin export -f "$1" "$_taoshell_call" ;;
    *) builtin export -nf "$1" ;; # `set -a` would export it
  esac
}

_taoshell_status_is() {
  return "$1"
}

# After a cd with the exit status $1, which came from _taoshell_from. The status does not say whether it moved. nocasematch
# makes `==` and `!=` careless (then `A != a` is false).
_taoshell_moved() {
  case $- in *x*) { builtin local - && builtin set +x; } 2>/dev/null ;; esac
  if [[ -n ${COMP_LINE-} || (A != a && $PWD == "$_taoshell_from" &&
    (-z $_taoshell_reached || . -ef $_taoshell_reached)) ]]; then
    return "$1"
  fi
  _taoshell_cd_seen=$PWD
  case $_taoshell_kind:${TAOSHELL_CD-} in off:* | foreign:* | *:off) return "$1" ;; esac
  # In the same project, the next prompt is early enough.
  _taoshell_find
  if [[ A == a || $_taoshell_found != "$_taoshell_root" ]]; then _taoshell_update found || :; fi
  return "$1"
}
