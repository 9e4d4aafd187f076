"""A real tmux server: its windows and panes, typed into, and what they show."""

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
from tests.shells.starts.waiting import has_ended, wait_until
from tests.shells.terminal import SECONDS, Terminal
from tests.support.needs import need

_SAID = "taoshell: "


class Tmux:
    """A server that was started in `terminal`, as a user does it, with one window."""

    def __init__(self, terminal: Terminal) -> None:
        self.shell: Shell = terminal.shell
        self._program = need(shutil.which("tmux"), "tmux")
        self.folder = Path(tempfile.mkdtemp(prefix="tmux-"))  # a short path: a socket's must be
        self._marks = itertools.count()
        configuration = self.folder / "tmux.conf"
        configuration.write_text(f"set -g default-shell {self.shell.command()[0]}\n")
        self.command = [self._program, "-S", f"{self.folder}/socket"]
        start = [*self.command, "-f", str(configuration), "new-session", "-d", "-x", "900", "-y", "100"]
        assert terminal.run(shlex.join(start)).status == 0
        self.pane = Pane(self, self("list-panes", "-F", "#{pane_id}"))

    def __call__(self, *words: str) -> str:
        """A tmux command; returns what it prints."""
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
        """A new window at `cwd`."""
        return Pane(self, self("new-window", "-P", "-F", "#{pane_id}", "-c", str(cwd)))

    def end(self, *words: str) -> None:
        """A command that ends panes (`kill-pane`, `kill-server`); returns when the shells in them have ended."""
        before = self._shells()
        self(*words)
        after = self._shells() if words[0] != "kill-server" else set()
        for pid in before - after:
            wait_until(partial(has_ended, pid))

    def _shells(self) -> set[int]:
        return {int(pid) for pid in self("list-panes", "-s", "-F", "#{pane_pid}").split()}

    def mark(self) -> str:
        """A word that is used once."""
        return f"mark-{next(self._marks)}"

    def close(self) -> None:
        """End the server, where a test has not done it, and with it every shell in it."""
        if subprocess.run([*self.command, "has-session"], capture_output=True, check=False).returncode == 0:
            self.end("kill-server")
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Pane:
    """A pane, and the shell in it."""

    tmux: Tmux
    name: str

    def run(self, line: str) -> None:
        """Type `line`, and wait until the screen shows what the shell printed at the prompt after it."""
        mark = self.tmux.mark()
        for typed in (line, f"echo {mark}"):
            self.tmux("send-keys", "-t", self.name, "-l", "--", typed)
            self.tmux("send-keys", "-t", self.name, "Enter")
        wait_until(lambda: mark in self._screen())

    def split(self) -> Pane:
        """A second pane beside this one, where this one is now."""
        self.run("")  # until the shell has started, it is nowhere
        words = ("split-window", "-P", "-F", "#{pane_id}", "-t", self.name, "-c", "#{pane_current_path}")
        return Pane(self.tmux, self.tmux(*words))

    @property
    def said(self) -> list[str]:
        """The hook's lines on this pane's screen; what was typed meanwhile may stand before them."""
        return [f"{line[line.index(_SAID) :]}\n" for line in self._screen() if _SAID in line]

    def _screen(self) -> list[str]:
        return [line.rstrip() for line in self.tmux("capture-pane", "-p", "-J", "-t", self.name).splitlines()]

    def environment(self) -> dict[str, str]:
        """What a program started from this shell gets."""
        path = self.tmux.folder / self.tmux.mark()
        self.run(f"{shutil.which('env')} -0 >{path}")
        pairs = (entry.partition(b"=") for entry in path.read_bytes().split(b"\0") if entry)
        return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}
