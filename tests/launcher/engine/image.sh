#!/usr/bin/env bash
# image.sh - build a small image (busybox and bash) and give it every name that the launcher asks for.
set -euo pipefail
# shellcheck source=lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
readonly BASE=taoshell-lab-base:1 IMAGE=taoshell-lab:1

# Make a root file system in $1, from Debian's static busybox and bash.
root_file_system() {
  local root=$1 packages=$lab/image/packages deb applet
  mkdir -p "$packages" "$root"/{bin,dev,etc,proc,root,sys,tmp,usr,workspace}
  cd "$packages"
  apt download busybox-static bash-static || { apt update && apt download busybox-static bash-static; } ||
    die 1 "apt-get download busybox-static bash-static failed; see $state/apt.log"
  cd "$here"
  for deb in "$packages"/*.deb; do dpkg-deb -x "$deb" "$lab/image/unpacked"; done
  cp "$lab/image/unpacked/bin/busybox" "$root/bin/busybox"
  for applet in $("$root/bin/busybox" --list); do
    [ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"
  done
  rm -f "$root/bin/bash"
  cp "$lab/image/unpacked/bin/bash-static" "$root/bin/bash"
  echo 'root:x:0:0:root:/root:/bin/bash' >"$root/etc/passwd"
  echo 'root:x:0:' >"$root/etc/group"
  chmod 1777 "$root/tmp"
}

# CMD and WORKDIR are those of NVIDIA's published Dockerfile.release. bash as the first process ignores SIGTERM, so without
# STOPSIGNAL each stop would take Docker's full 10 s. `docker import` cannot set it, so the image is built.
build_image() {
  root_file_system "$lab/image/root"
  tar -C "$lab/image/root" -c . |
    engine import --change 'CMD ["/bin/bash"]' --change 'WORKDIR /workspace' --change 'ENV PATH=/bin' - "$BASE"
  printf 'FROM %s\nSTOPSIGNAL SIGKILL\n' "$BASE" | DOCKER_BUILDKIT=0 engine build -t "$IMAGE" -
}

# Print the image names in the launcher's config.json, one per line.
launcher_images() {
  "$launcher/python" - <<'PY'
import json
from importlib.util import find_spec
from pathlib import Path

config = json.loads((Path(find_spec("nvidia_tao_cli").origin).parent / "config" / "config.json").read_text())
for group in config["task_group"].values():
    for image, tags in group["dockers"].items():
        for tag, entry in tags.items():
            print(f"{entry['docker_registry']}/{image}:{tag}")
PY
}

if ! engine image inspect "$IMAGE" >/dev/null 2>&1; then
  build_image
  rm -rf "$lab/image"
fi
launcher_images | while read -r name; do engine tag "$IMAGE" "$name"; done
