#!/bin/sh
# machine.sh ETC CLOSED OPEN… -- CWD COMMAND…: run COMMAND in CWD. It must be started in a mount namespace of its own.
#
# The files of ETC appear in /etc. CLOSED ("" for none) is a folder that only root may enter, such as /root: in the
# namespace everybody may enter it, and it contains only the folders OPEN.
set -eu
etc=$1 closed=$2
shift 2
for file in "$etc"/*; do
  if [ -f "$file" ]; then mount --bind "$file" "/etc/${file##*/}"; fi
done

for open; do
  [ "$open" != -- ] || break
  mkdir -p "$etc/open$open"
  mount --bind "$open" "$etc/open$open"
done
[ -z "$closed" ] || mount -t tmpfs -o mode=755 tmpfs "$closed"
while [ "$1" != -- ]; do
  mkdir -p "$1"
  mount --bind "$etc/open$1" "$1"
  shift
done
cd "$2"
shift 2
exec "$@"
