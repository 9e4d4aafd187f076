"""A real tmux server with windows and panes: type into a pane, read its screen."""

from __future__ import annotations

import itertools
import os
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.shells.dialects import Shell
from tests.shells.terminal import Terminal
from tests.support.needs import need
from tests.support.waiting import SECONDS, has_ended, wait_until

_SAID = "taoshell: "


class Tmux:
    """A server with one window, started in `terminal`."""

    def __init__(self, terminal: Terminal) -> None:
        self.shell: Shell = terminal.shell
        self._program = need(shutil.which("tmux"), "tmux")
        self.folder = Path(tempfile.mkdtemp(prefix="tmux-"))  # short, because a socket's path must be
        self._marks = itertools.count()
        configuration = self.folder / "tmux.conf"
        configuration.write_text(f"set -g default-shell {self.shell.command()[0]}\n")
        self.command = [self._program, "-S", f"{self.folder}/socket"]
        start = [*self.command, "-f", str(configuration), "new-session", "-d", "-x", "900", "-y", "100"]
        assert terminal.run(shlex.join(start)).status == 0
        self.pane = Pane(self, self("list-panes", "-F", "#{pane_id}"))

    def __call__(self, *words: str) -> str:
        """Run a tmux command; return what it prints."""
        done = subprocess.run(
            [*self.command, *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.rstrip("\n")

    def window(self, cwd: Path) -> Pane:
        """Open a window at `cwd`."""
        return Pane(self, self("new-window", "-P", "-F", "#{pane_id}", "-c", str(cwd)))

    def end(self, *words: str) -> None:
        """Run `kill-pane` or `kill-server`, and wait until the shells in the panes have ended."""
        before = self._shells()
        self(*words)
        after = self._shells() if words[0] != "kill-server" else set()
        for pid in before - after:
            wait_until(partial(has_ended, pid))

    def _shells(self) -> set[int]:
        return {int(pid) for pid in self("list-panes", "-s", "-F", "#{pane_pid}").split()}

    def mark(self) -> str:
        """A word that has not been used before."""
        return f"mark-{next(self._marks)}"

    def close(self) -> None:
        """End the server with all its shells, if it still runs."""
        if subprocess.run([*self.command, "has-session"], capture_output=True, check=False).returncode == 0:
            self.end("kill-server")
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Pane:
    """A pane, and the shell in it."""

    tmux: Tmux
    name: str

    def run(self, line: str) -> None:
        """Type `line`, and wait until the screen shows the next prompt."""
        mark = self.tmux.mark()
        for typed in (line, f"echo {mark}"):
            self.tmux("send-keys", "-t", self.name, "-l", "--", typed)
            self.tmux("send-keys", "-t", self.name, "Enter")
        wait_until(lambda: mark in self._screen())

    def split(self) -> Pane:
        """Split this pane; the new one starts in the same folder."""
        self.run("")  # the folder is known only when the shell has started
        words = ("split-window", "-P", "-F", "#{pane_id}", "-t", self.name, "-c", "#{pane_current_path}")
        return Pane(self.tmux, self.tmux(*words))

    @property
    def said(self) -> list[str]:
        """Return the hook's lines on this pane's screen, without typed text before them."""
        return [f"{line[line.index(_SAID) :]}\n" for line in self._screen() if _SAID in line]

    def _screen(self) -> list[str]:
        return [line.rstrip() for line in self.tmux("capture-pane", "-p", "-J", "-t", self.name).splitlines()]

    def environment(self) -> dict[str, str]:
        """Return the environment of a program started from this shell."""
        path = self.tmux.folder / self.tmux.mark()
        self.run(f"{shutil.which('env')} -0 >{path}")
        pairs = (entry.partition(b"=") for entry in path.read_bytes().split(b"\0") if entry)
        return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}
