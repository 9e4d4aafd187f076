#!/usr/bin/env bash
# run.sh MOUNTS|- COMMAND [ARGUMENT...]
#   Run COMMAND in a container as a user would: LAUNCHER_MOUNTS=MOUNTS tao model detectnet_v2 run COMMAND...
#   With "-", LAUNCHER_MOUNTS is unset, so the launcher reads ~/.tao_mounts.json.
# stdout and stderr are those of COMMAND. If the launcher stops before it runs COMMAND, its output goes to stderr.
# The exit status is COMMAND's; 125 if the launcher refused or the setup is missing; 124 after a timeout.
#   (The launcher's own status means nothing: it is 0 even if COMMAND failed.)
# LAB_HOME     HOME for the launcher
# LAB_INSPECT  the file to write the container's mounts to, in Docker's JSON
# LAB_TIMEOUT  seconds; the default is 60
set -u
# shellcheck source=lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
[ $# -ge 2 ] || die 125 "usage: run.sh MOUNTS|- COMMAND [ARGUMENT...]"
mounts=$1
shift
home=${LAB_HOME:-$lab/home}
[ -x "$launcher/tao" ] || die 125 "no launcher; run $here/setup.sh first"
[ "$(readlink "$link" 2>/dev/null)" = "$socket" ] || die 125 "$link is not our engine's; run $here/setup.sh first"
engine version >/dev/null 2>&1 || die 125 "our engine does not answer; run $here/setup.sh first"

notes=$(mktemp -d) || die 125 "mktemp failed"
trap 'rm -rf "$notes"' EXIT

# The launcher puts the words unquoted into bash -c '...': quote them for that bash, then for the shell that runs it.
words=$(printf '%q ' "$@")
words=${words//\'/\'\\\'\'}

environment=(PATH="$here/shim:$PATH" HOME="$home" TERM=dumb LANG=C.UTF-8)
environment+=(LAB_NOTES="$notes" LAB_DOCKER="$(command -v docker)")
[ "$mounts" = - ] || environment+=(LAUNCHER_MOUNTS="$mounts")
env -i "${environment[@]}" "$launcher/python" "$here/at_terminal.py" "${LAB_TIMEOUT:-60}" \
  "$launcher/tao" model detectnet_v2 run "$words" >"$notes/log" 2>&1
launched=$?

[ -z "${LAB_INSPECT-}" ] || [ ! -s "$notes/mounts" ] || cp "$notes/mounts" "$LAB_INSPECT"
[ ! -e "$notes/stdout" ] || sed 's/\r$//' "$notes/stdout"
[ ! -e "$notes/stderr" ] || cat "$notes/stderr" >&2
if [ $launched = 124 ]; then
  [ ! -e "$notes/container" ] || engine rm -f "$(cat "$notes/container")" >/dev/null 2>&1
  cat "$notes/log" >&2
  die 124 "out of time after ${LAB_TIMEOUT:-60} s"
fi
if [ ! -e "$notes/status" ]; then
  cat "$notes/log" >&2
  die 125 "the launcher stopped with exit status $launched before it ran the command; its words are above"
fi
exit "$(cat "$notes/status")"
