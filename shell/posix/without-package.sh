# shellcheck shell=sh disable=SC3013
# The package was removed without `taoshell uninstall`. If no live shell is in a project, the mounts file becomes the user's
# own again. The installed hook of any shell runs this by `sh`, with the arguments STATE MOUNTS ORIGINAL CUR.

state=$1 mounts=$2 original=$3 cur=$4
host='' boot=''
read -r host </proc/sys/kernel/hostname
read -r boot </proc/sys/kernel/random/boot_id

# Whether both links are ours, and lead to something else than the user's own mapping.
leads_to_a_project() {
  [ -L "$mounts" ] && [ -L "$cur" ] && ! [ "$mounts" -ef "$original" ] &&
    { [ "$mounts" -ef "$cur" ] || { [ ! -e "$mounts" ] && [ ! -e "$cur" ]; }; }
}

# Whether a shell may still be in a project. Without Python nobody can tell a reboot from another machine of this name; the
# reboot is the usual case.
is_in_use() {
  for file in "$state"/sessions/*; do
    [ -s "$file" ] || continue
    name=${file##*/}
    case $name in
      *"@$host@$boot-"*) if [ -e "/proc/${name%%-*}" ]; then return 0; fi ;;
      *"@$host@"*) ;;
      *-*@*@*-*) return 0 ;;
    esac
  done
  return 1
}

# Any `ln` and `mv` will do: nothing else changes this link any more.
give_back() {
  ln -s "${original##*/}" "$cur.$$" 2>/dev/null && mv -f "$cur.$$" "$cur" 2>/dev/null
}

if leads_to_a_project && ! is_in_use; then
  if give_back; then
    printf 'taoshell: %s\n' "taoshell was removed, so ~/.tao_mounts.json has your own mapping again; to be rid of this hook too, delete taoshell's block in your start file" >&2
  else
    printf 'taoshell: %s\n' "taoshell was removed, but $cur cannot be changed to give your own mapping back; make your home writable" >&2
  fi
fi
