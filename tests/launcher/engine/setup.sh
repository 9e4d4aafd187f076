#!/usr/bin/env bash
# setup.sh - start a private Docker engine for NVIDIA's TAO launcher. Needs root and Debian 12, but no GPU or registry.
#
# If there is no engine, it installs Debian's docker.io (it asks first, except with CI=true). Everything else is below
# $TAO_LAB, except /var/run/docker.sock, which becomes a symlink to our socket. A second run skips finished steps.
# Exit status 3: this machine cannot run it, or the user said no. 1: something failed; the message names the log.
set -euo pipefail
# shellcheck source=lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
readonly UNAVAILABLE=3

# -- requirements ---------------------------------------------------------------------------------------------------

[ "$(id -u)" = 0 ] || die $UNAVAILABLE "the Docker engine needs root"
command -v apt-get >/dev/null || die $UNAVAILABLE "only for Debian: there is no apt-get"
[ ${#lab} -le 50 ] || die $UNAVAILABLE "$lab is too long for the path of a socket: at most 50 characters; set TAO_LAB"
[[ $lab != *[!A-Za-z0-9/_.-]* ]] || die $UNAVAILABLE "$lab has a character that Docker's options split at; set TAO_LAB"
if [ -e "$link" ] || [ -L "$link" ]; then
  [ "$(readlink "$link")" = "$socket" ] || die $UNAVAILABLE "$link is another Docker engine's, which stays untouched"
fi
[ -x "$launcher/tao" ] || die $UNAVAILABLE "NVIDIA's launcher is not in $launcher; make .cache/launcher-venv/.installed"
mkdir -p "$state" "$lab/home/.docker" "$lab/hooks"

# -- Docker ----------------------------------------------------------------------------------------------------------

if ! command -v dockerd >/dev/null || ! command -v containerd >/dev/null || ! command -v runc >/dev/null; then
  if [ "${CI-}" != true ]; then
    [ -t 0 ] || die $UNAVAILABLE "docker.io must be installed; make test-launcher asks for it at a terminal"
    read -r -p "Install Debian's docker.io with apt-get, as root? [y/N] " answer
    [[ $answer == [yY]* ]] || die $UNAVAILABLE "docker.io is not installed"
  fi
  say "installing docker.io" # its service does not start if policy-rc.d forbids it, as in containers
  { apt update && apt install -y --no-install-recommends docker.io; } || die 1 "apt-get failed; see $state/apt.log"
  [ ! -e "$link" ] || [ -L "$link" ] || die $UNAVAILABLE "docker.io has started an engine of its own;" \
    "systemctl disable --now docker.socket docker"
fi
# The launcher requires a login to nvcr.io; an empty entry is enough (docker_logged_in, 6.26.3).
echo '{"auths": {"nvcr.io": {}}}' >"$lab/home/.docker/config.json"

# -- the engine ------------------------------------------------------------------------------------------------------

# The launcher always asks for all GPUs. dockerd has the "nvidia" driver if it finds this program on its PATH, and runs
# it before each container. A program that does nothing makes the request succeed without a GPU.
printf '#!/bin/sh\nexit 0\n' >"$lab/hooks/nvidia-container-runtime-hook"
# Without CAP_SYS_RESOURCE, NVIDIA's sample options ("memlock": -1, "privileged") must be lowered to what is allowed.
cat >"$lab/hooks/fitting-runc" <<SH
#!/usr/bin/env bash
exec $(printf '%q ' "$launcher/python" -IS "$here/fit.py" "$(command -v runc)" "$state/lowered.log") "\$@"
SH
chmod +x "$lab/hooks/"*
runtime=()
may_raise_limits() { (((0x$(awk '/^CapEff/ {print $2}' /proc/self/status) >> 24) & 1)); } # 24 is CAP_SYS_RESOURCE
may_raise_limits || runtime=(--add-runtime "fitting=$lab/hooks/fitting-runc" --default-runtime fitting)

if ! engine_pid >/dev/null; then
  say "starting the engine"
  "$here/stop.sh" || die 1 "an earlier engine could not be cleared away"
  PATH=$PATH:$lab/hooks HOME=$lab/home setsid dockerd --host "unix://$socket" --data-root "$state/data" \
    --exec-root "$state/exec" --pidfile "$state/dockerd.pid" --bridge=none --iptables=false --ip6tables=false \
    --ip-masq=false --userland-proxy=false "${runtime[@]}" </dev/null >"$state/dockerd.log" 2>&1 &
  for _ in {1..120}; do
    ! engine version >/dev/null 2>&1 || break
    kill -0 $! 2>/dev/null || die 1 "dockerd ended at once; see $state/dockerd.log"
    sleep 0.25
  done
  engine version >/dev/null 2>&1 || die 1 "dockerd does not answer; see $state/dockerd.log"
fi
ln -sfn "$socket" "$link"

# -- the image, and a check ------------------------------------------------------------------------------------------

"$here/image.sh" >"$state/image.log" 2>&1 || die 1 "the image could not be made; see $state/image.log"
mkdir -p "$lab/proof"
echo works >"$lab/proof/marker"
printf '{"Mounts": [{"source": "%s/proof", "destination": "/workspace/proof"}]}\n' "$lab" >"$lab/proof.json"
answer=$("$here/run.sh" "$lab/proof.json" cat /workspace/proof/marker) || die 1 "the first container failed"
[ "$answer" = works ] || die 1 "the first container did not see its mount: $answer"
say "ready: Docker $(engine version -f '{{.Server.Version}}'), pid $(engine_pid); stop it with $here/stop.sh"
