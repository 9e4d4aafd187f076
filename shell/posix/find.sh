# shellcheck shell=bash disable=SC2034,SC2154,SC2292
# Finding the project that the working directory is in.

# _taoshell_found: the nearest folder with a taoshell.toml, on the way up. A project is known by its physical path, which is
# worked out only if a folder on the way is a symlink. Such a path may lead elsewhere after the next `cd` to it:
# _taoshell_reached.
_taoshell_find() {
  local _taoshell_dir=$PWD _taoshell_is_physical=''
  _taoshell_found='' _taoshell_reached=''
  while [[ $_taoshell_dir == /* ]]; do
    _taoshell_found=''
    while [[ -n $_taoshell_dir && ! -L $_taoshell_dir ]]; do
      if [[ -z $_taoshell_found && -e $_taoshell_dir/taoshell.toml ]]; then _taoshell_found=$_taoshell_dir; fi
      _taoshell_dir=${_taoshell_dir%/*}
    done
    if [[ -n $_taoshell_dir ]]; then
      _taoshell_found=''
      if [[ -n $_taoshell_is_physical ]] || ! _taoshell_physical; then return 0; fi
      _taoshell_is_physical=1 _taoshell_reached=$_taoshell_dir
    fi
  done
}
