"""A stand-in for docker and podman: it notes how it is called, and answers what a test has put into its folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

# calls: each call, its words separated by |. says: what it complains of. images: those that are there, a line each.
# containers: what `inspect` prints. status: of `run`.
_PROGRAM = """\
#!/bin/sh
folder=$HOME/engine
words=$(printf '%s|' "$@")
echo "${0##*/}|$words" >>"$folder/calls"
if [ -e "$folder/says" ]; then cat "$folder/says" >&2; exit 1; fi
case $1-$2 in
  image-inspect) grep -qxF -- "$5" "$folder/images" || { echo "Error: No such image: $5" >&2; exit 1; } ;;
  image-ls) cat "$folder/images" ;;
  ps-*) cat "$folder/ids" 2>/dev/null || true ;;
  container-inspect)
    if [ -e "$folder/containers" ]; then cat "$folder/containers"; else echo "no such container" >&2; exit 1; fi ;;
  pull-*)
    echo "progress"
    if [ -e "$folder/broken-pull" ]; then exit 1; fi
    echo "$2" >>"$folder/images" ;;
  login-*) mkdir -p "$HOME/.docker"; echo '{"auths": {"nvcr.io": {}}}' >"$HOME/.docker/config.json" ;;
  run-*)
    env >"$folder/environment"
    exit "$(cat "$folder/status" 2>/dev/null || echo 0)" ;;
  logs-*) echo "epoch 1" ;;
  rm-* | stop-*) rm -f "$folder/ids" "$folder/containers" ;;
esac
"""
# A "container": the script of `try`, with this machine's path in the place of each
# of the container's. DROP names mounts that it leaves out.
_RUN = """\
import os, subprocess, sys
words, mounts = sys.argv[1:], {}
for word in words:
    fields = dict(part.partition("=")[::2] for part in word.split(","))
    if fields.get("type") == "bind" and fields["target"] not in os.environ.get("DROP", "").split():
        mounts[fields["target"]] = fields["source"]
if "-c" not in words:
    sys.exit()
at = words.index("-c")
def here(path):
    above = [inside for inside in mounts if (path + "/").startswith(inside + "/")]
    best = max(above, key=len, default=None)
    return mounts[best] + path[len(best):] if best else "/nowhere" + path
script, name, places = words[at + 1], words[at + 3], words[at + 4:]
os.execvp("sh", ["sh", "-c", script, "sh", name, *map(here, places)])
"""
IMAGE = "nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt"


class StandIn:
    """The programs in `home`/bin, and their folder."""

    def __init__(self, home: Path, *names: str) -> None:
        self.folder = home / "engine"
        self.bin = home / "bin"
        for folder in (self.folder, self.bin):
            folder.mkdir(exist_ok=True)
        for name in names:
            (self.bin / name).write_text(_PROGRAM)
            (self.bin / name).chmod(0o755)
        self.has(IMAGE)

    def acts(self, name: str) -> None:
        """Let the program `name` run the script of `taoshell try`, here."""
        program = self.bin / name
        (self.folder / "run.py").write_text(_RUN)
        run = f'if [ "$1" = run ]; then exec {sys.executable} "$folder/run.py" "$@"; fi\n'
        program.write_text(program.read_text().replace("case $1", f"{run}case $1", 1))

    def has(self, *images: str) -> None:
        (self.folder / "images").write_text("".join(f"{image}\n" for image in images))

    def says(self, text: str) -> None:
        """From now on, refuse every call with this complaint."""
        (self.folder / "says").write_text(text)

    def runs(self, name: str, uid: int, *, state: str = "running", status: int = 0, **labels: str) -> None:
        """Have one container, started by taoshell for the user `uid` unless `labels` are given."""
        ours = {"project": "/home/ann/cars", "name": "cars", "user": str(uid), "id": "0a", "engine": "docker"}
        found = {f"taoshell.{key}": value for key, value in {**ours, **labels}.items() if value}
        item = {
            "Name": f"/{name}",
            "State": {"Status": state, "ExitCode": status, "StartedAt": "2026-01-01T00:00:00Z"},
            "Config": {"Image": IMAGE, "Labels": found},
        }
        (self.folder / "ids").write_text("0a\n")
        (self.folder / "containers").write_text(json.dumps([item]))

    def calls(self) -> list[list[str]]:
        """The words of each call so far, the program first."""
        try:
            return [line.split("|")[:-1] for line in (self.folder / "calls").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def ran(self) -> list[str]:
        """The words of the only `run`."""
        (call,) = (call for call in self.calls() if call[1:2] == ["run"])
        return call
