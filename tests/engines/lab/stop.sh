#!/usr/bin/env bash
# stop.sh - end the containers of podman, and stop the private Docker engine.
set -u
# shellcheck source=lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
[ ! -x "$lab/bin/podman" ] || timeout 60 "$lab/bin/podman" rm --all --force --time 0 >/dev/null
! cmp -s "$here/gpus-for-podman.yaml" /etc/cdi/nvidia.yaml || rm -f /etc/cdi/nvidia.yaml
exec "$launcher_engine/stop.sh"
