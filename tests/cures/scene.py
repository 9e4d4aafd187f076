"""A user at a terminal, who follows cures to the letter."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pexpect

from taoshell.cures import CURES
from tests.homes.conftest import UID
from tests.shells.dialects import SHELLS
from tests.shells.terminal import Terminal
from tests.support.children import command, in_child
from tests.support.clone import CLONE
from tests.support.samples import Sample
from tests.support.waiting import SECONDS

SECRET = "s3cret"
IN_SCRIPTS = "run: taoshell allow"  # the cure of the shells' scripts
_QUESTIONS = [r"\[[Yy]/[Nn]\]: ", r"(^|\n)\w*(KEY|TOKEN)( that [^\n]*)?: ", r"(^|\n)(Network|Your|Number)[^\n]*: "]
_ANSWERS = ["y", SECRET, ""]
_PROMPT = "<prompt>"


@dataclass(frozen=True)
class Case:
    """`line` prints the error (a part of it) with the cure; `again`, which is `line` unless given, no longer does.

    A cure that only shows something shows `looks`; `then` is what its reader does next, with what it showed.
    `shell`: these lines are typed in such a shell with the hook, and with `here` the cure too. `typed`: all lines are
    typed in an interactive bash.
    """

    line: str
    error: str
    again: str = ""
    looks: str = ""
    then: Callable[[str], object] = lambda shown: None
    cwd: Path | None = None
    shell: str = ""
    here: bool = False
    typed: bool = False


class Scene:
    """A throwaway home with a command `taoshell`. A project's folder needs quotes."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {
            "HOME": str(home),
            "PATH": f"{home}/bin:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "NO_COLOR": "1",
            "INPUTRC": str(home / "inputrc"),
            "PS1": _PROMPT,
        }
        (home / "inputrc").write_text("set enable-bracketed-paste off\n")
        self.use()
        self._open: list[Terminal] = []

    def use(self, clone: Path = CLONE, python: str = sys.executable) -> None:
        """Let `taoshell` be this clone, run by this Python."""
        path = ":".join([str(clone), *(folder for folder in sys.path if folder.endswith("-packages"))])
        self.program("taoshell", f'PYTHONPATH={shlex.quote(path)} exec {shlex.quote(python)} -m taoshell "$@"')

    def program(self, name: str, body: str) -> Path:
        path = self.home / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    def project(self, name: str = "it's my p", *, toml: str = "", env: str = "", approved: bool = True) -> Sample:
        sample = Sample(self.home, name)
        sample.toml.write_text(sample.toml.read_text() + toml)
        sample.env.write_text(sample.env.read_text() + env)
        self.own(sample.root)
        if approved:
            sample.allow()
        return sample

    def own(self, folder: Path) -> None:
        """Give `folder` to the user."""

    def types(self, line: str, cwd: Path | None = None) -> str:
        """Run `sh -c LINE` at a terminal, answer its questions, and return what is printed."""
        child = self._spawn("/bin/sh", ["-c", line], cwd)
        printed = ""
        while (asked := child.expect([*_QUESTIONS, pexpect.EOF])) < len(_QUESTIONS):
            printed += child.before + child.after
            child.sendline(_ANSWERS[asked])
        return _plain(printed + child.before)

    def hooked(self, name: str) -> Callable[[str], str]:
        """Start a shell with the hook; return a function that types a line there and returns what is printed."""
        terminal = Terminal(SHELLS[name], self.environ, self.home)
        self._open.append(terminal)
        return lambda line: terminal.run(line).output

    def close(self) -> None:
        for terminal in self._open:
            terminal.close()

    def bash(self, cwd: Path | None = None) -> Callable[[str], str]:
        """Start an interactive bash; return a function that types a line there and returns what is printed."""
        (self.home / ".bashrc").write_text(f"PS1='<''{_PROMPT[1:]}'\n")  # `install` shows this file
        child = self._spawn("/bin/bash", ["-i"], cwd)
        child.expect_exact(_PROMPT)

        def types(line: str) -> str:
            child.sendline(line)
            child.expect_exact("\n")  # the echo
            printed = ""
            while (asked := child.expect([*_QUESTIONS, _PROMPT])) < len(_QUESTIONS):
                printed += child.before + child.after
                child.sendline(_ANSWERS[asked])
            return _plain(printed + child.before)

        return types

    def _spawn(self, program: str, words: list[str], cwd: Path | None) -> pexpect.spawn[str]:
        child = pexpect.spawn(
            program, words, env=self.environ, cwd=str(cwd or self.home), encoding="utf-8", dimensions=(50, 5000)
        )
        child.timeout, child.delaybeforesend = SECONDS, None
        return child


def _plain(printed: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", printed).replace("\r\n", "\n")


class Unprivileged(Scene):
    """A user other than root, without a terminal: each line is one command."""

    def own(self, folder: Path) -> None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, UID, UID)

    def types(self, line: str, cwd: Path | None = None) -> str:
        name, *words = shlex.split(line)
        action = command(*words) if name == "taoshell" else lambda: os.system(line)
        done = in_child(action, self.environ, cwd or self.home, uid=UID)
        return done.out + done.err


def command_in(printed: str, name: str) -> str:
    """Return the command of the cure `name` in what was printed."""
    words, _, command = CURES.get(name, IN_SCRIPTS).partition(": ")
    before = "(?:run|next): " if words == "run" else re.sub(r"\\{\w+\\}", ".+", re.escape(f"{words}: "))
    found = re.findall(rf"{before}({re.escape(command.partition('{')[0])}.*)", printed)
    assert found, f"{printed!r} has no cure {name}"
    return str(found[-1]).replace(", then ", "; ")
