# shellcheck shell=bash disable=SC2034,SC2154,SC2292
# Finding the project that the working directory is in.

# _taoshell_found: the nearest folder with a taoshell.toml. A project is known by its physical path, which is worked out
# only if a folder on the way up is a symlink.
_taoshell_find() {
  local _taoshell_dir=$PWD
  if _taoshell_climb; then return 0; fi
  _taoshell_found=''
  if _taoshell_physical; then _taoshell_climb; fi
}

# Climb from _taoshell_dir to /. Fails if a folder on the way is a symlink.
_taoshell_climb() {
  _taoshell_found=''
  case $_taoshell_dir in /*) ;; *) return 0 ;; esac
  while [ -n "$_taoshell_dir" ]; do
    if [[ -L $_taoshell_dir ]]; then return 1; fi
    if [[ -z $_taoshell_found && -e $_taoshell_dir/taoshell.toml ]]; then _taoshell_found=$_taoshell_dir; fi
    _taoshell_dir=${_taoshell_dir%/*}
  done
}
