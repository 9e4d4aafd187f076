#!/usr/bin/env bash
# run.sh MOUNTS|- COMMAND [ARGUMENT...]
#   Run COMMAND in a container as a user would: LAUNCHER_MOUNTS=MOUNTS tao model detectnet_v2 run COMMAND...
#   With "-", LAUNCHER_MOUNTS is unset, so that ~/.tao_mounts.json counts.
# stdout: COMMAND's own. stderr: COMMAND's own, and the launcher's words when it did not get that far.
# exit:   COMMAND's own; 125 the launcher refused, or set-up is missing; 124 out of time.
#         (The launcher's own status says nothing: it is 0 even when COMMAND failed.)
# LAB_HOME     HOME for the launcher
# LAB_INSPECT  a file that gets the container's mounts, as Docker's JSON
# LAB_TIMEOUT  seconds; 60
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

# The launcher puts the words into bash -c '...' unquoted: quote them for the shell in it, then for the outer one.
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
