# shellcheck shell=bash
# lab.sh - what the scripts beside it share: where the private Docker engine lives and how it is spoken to. Sourced.
#
#   setup.sh   install what is missing, start the engine, build the image
#   run.sh     run one command in a container, through NVIDIA's launcher
#   check.sh   what each trap in a mounts file does to a real container
#   stop.sh    stop the engine
#
# TAO_LAB is the engine's folder. Only root can run the engine, so its default is a place that only root can write.
# $link is where the launcher looks for Docker whatever DOCKER_HOST says (DockerHandler, 6.26.3: DEFAULT_DOCKER_PATH).
# $launcher is the folder with the launcher's `python` and `tao`.
# shellcheck disable=SC2034  # the names are for the scripts that source this

lab=${TAO_LAB:-/var/lib/taoshell-lab}
state=$lab/state
socket=$state/dockerd.sock
link=/var/run/docker.sock
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
clone=$(cd "$here/../../.." && pwd -P)
launcher=$(dirname "${TAOSHELL_LAUNCHER_PYTHON:-$clone/.cache/launcher-venv/bin/python}")
PATH=$PATH:/usr/sbin:/sbin # where Debian keeps dockerd

say() { printf '[%3ss] %s\n' "$SECONDS" "$*"; }

# The first argument is the exit status, the others are the words.
die() {
  local status=$1
  shift
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit "$status"
}

# docker, speaking to our engine and to no other.
engine() { env -u DOCKER_CONTEXT HOME="$lab/home" DOCKER_HOST="unix://$socket" timeout 60 docker "$@"; }

# apt-get without questions; its words go to the log that dies name.
apt() {
  DEBIAN_FRONTEND=noninteractive timeout 400 apt-get -q -o Acquire::Retries=2 -o APT::Sandbox::User=root \
    -o APT::Update::Error-Mode=any -o DPkg::Lock::Timeout=60 "$@" >>"$state/apt.log" 2>&1
}

# The command line of process $1, spaces between the words; empty when it is gone.
command_line() { { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null; }

# The pid of our engine; fails when it does not run (a recorded pid may by now be anybody's).
engine_pid() {
  local pid
  pid=$(cat "$state/dockerd.pid" 2>/dev/null) && [ -n "$pid" ] &&
    command_line "$pid" | grep -qF -- "--data-root $state/data" && printf '%s\n' "$pid"
}
