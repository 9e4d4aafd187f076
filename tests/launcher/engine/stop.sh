#!/usr/bin/env bash
# stop.sh [--purge] - stop the engine that setup.sh started and all its processes, and remove the symlink to its socket.
# It also cleans up after a killed engine. --purge also deletes the engine's images and containers.
set -u
# shellcheck source=lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"

ended() {
  case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in '' | [ZX]*) return 0 ;; *) return 1 ;; esac
}

if pid=$(engine_pid); then
  mapfile -t running < <(engine ps -q 2>/dev/null)
  [ ${#running[@]} = 0 ] || engine kill "${running[@]}" >/dev/null
  kill "$pid"
  for _ in {1..80}; do
    ! ended "$pid" || break
    sleep 0.25
  done
  ended "$pid" || die 1 "dockerd $pid still runs after 20 s"
fi

# -- what a killed engine leaves: processes of containers, containerd and its shims, mounts --------------------------

for file in "$state"/exec/containerd/daemon/io.containerd.runtime.v2.task/moby/*/init.pid; do
  [ -f "$file" ] || continue
  pid=$(cat "$file")
  container=$(basename "$(dirname "$file")")
  ! grep -qsF "$container" "/proc/$pid/cgroup" || kill -9 "$pid"
done
for process in /proc/[0-9]*; do
  case $(command_line "${process#/proc/}") in
    *containerd*" $state/exec/containerd/"*) kill -9 "${process#/proc/}" 2>/dev/null ;;
  esac
done
awk -v ours="$state/" 'index($5, ours) == 1 {print $5}' /proc/self/mountinfo | sort -r | while read -r mount; do
  umount "$mount" || umount -l "$mount"
done

[ "$(readlink "$link" 2>/dev/null)" != "$socket" ] || rm -f "$link"
rm -rf "$state/exec" "$state/dockerd.pid" "$socket"
[ "${1-}" != --purge ] || rm -rf "$state/data"
