# shellcheck shell=bash
# lab.sh - shared by the other scripts, which source it: the paths of the private Docker engine, and functions to use it.
#
#   setup.sh   install what is missing, start the engine, build the image
#   run.sh     run one command in a container, through NVIDIA's launcher
#   check.sh   try each trap in a mounts file on a real container
#   stop.sh    stop the engine
#
# TAO_LAB is the engine's folder. Only root can run the engine, so the default is a folder that only root can write.
# The launcher always looks for Docker at $link, whatever DOCKER_HOST says (DockerHandler, 6.26.3: DEFAULT_DOCKER_PATH).
# $launcher is the folder with the launcher's `python` and `tao`.
# shellcheck disable=SC2034  # the variables are for the scripts that source this

lab=${TAO_LAB:-/var/lib/taoshell-lab}
state=$lab/state
socket=$state/dockerd.sock
link=/var/run/docker.sock
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
clone=$(cd "$here/../../.." && pwd -P)
launcher=$(dirname "${TAOSHELL_LAUNCHER_PYTHON:-$clone/.cache/launcher-venv/bin/python}")
PATH=$PATH:/usr/sbin:/sbin # Debian installs dockerd there

say() { printf '[%3ss] %s\n' "$SECONDS" "$*"; }

# The first argument is the exit status, the others are the message.
die() {
  local status=$1
  shift
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit "$status"
}

# Run docker for our engine, and for no other.
engine() { env -u DOCKER_CONTEXT HOME="$lab/home" DOCKER_HOST="unix://$socket" timeout 60 docker "$@"; }

# Run apt-get without questions; its output goes to the log that the messages of `die` name.
apt() {
  DEBIAN_FRONTEND=noninteractive timeout 400 apt-get -q -o Acquire::Retries=2 -o APT::Sandbox::User=root \
    -o APT::Update::Error-Mode=any -o DPkg::Lock::Timeout=60 "$@" >>"$state/apt.log" 2>&1
}

# Print the command line of process $1, with spaces between the words; nothing if it has ended.
command_line() { { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null; }

# Print the pid of our engine; fail if it is not running (another process may have the recorded pid by now).
engine_pid() {
  local pid
  pid=$(cat "$state/dockerd.pid" 2>/dev/null) && [ -n "$pid" ] &&
    command_line "$pid" | grep -qF -- "--data-root $state/data" && printf '%s\n' "$pid"
}
