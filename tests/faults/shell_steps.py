"""Steps that a real shell takes without Python: it enters a project, goes to another, leaves, exits."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from taoshell.shells.render import render
from tests.faults.strace import FAULTS, command
from tests.shells.reused_shell import Ended, ReusedShell, environment
from tests.support.accounts import Account
from tests.support.needs import need
from tests.support.samples import Sample

# The processes that change something in a step: the shell itself or programs that it starts.
_PROGRAMS = {"bash": ("bash", "ln"), "zsh": ("zsh",), "fish": ("fish", "ln")}
_PROMPT = {
    "bash": "_taoshell_hook",
    "zsh": "for each in $precmd_functions; do $each; done",
    "fish": "_taoshell_hook",
}
LN = {"bash": "_taoshell_ln=", "zsh": "_taoshell_ln=", "fish": "set -g _taoshell_ln "}
_OPTIONS = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"], "fish": ["--no-config", "-i"]}
_LEGS = {
    "entering a project": ("", "a"),
    "going to another project": ("a", "b"),
    "leaving": ("a", ""),
    "exiting": ("a", None),
}


@dataclass(frozen=True)
class ShellStep:
    """`leg`: the start and the end of the step: "" for the home, None for the end of the shell."""

    shell: str
    leg: str

    @property
    def name(self) -> str:
        return f"{self.shell}, {self.leg}"

    @property
    def faults(self) -> tuple[str, ...]:
        return FAULTS

    @property
    def programs(self) -> tuple[str, ...]:
        return _PROGRAMS[self.shell]

    @property
    def legs(self) -> tuple[str, str | None]:
        return _LEGS[self.leg]


SHELL_STEPS = [ShellStep(shell, leg) for shell in _PROGRAMS for leg in _LEGS]


def prepare(account: Account) -> None:
    """Make two approved projects, take over the mounts file, and move a file that replaced it to the backups."""
    account.write_own()
    roots = []
    for name in ("a", "b"):
        sample = Sample(account.home, name)
        for source in (sample.toml, sample.env):
            os.utime(source, ns=(1, 1))  # old, so that `allow` need not wait for the clock
        sample.allow()
        os.utime(sample.env, ns=(1, 1))
        sample.sync()
        roots.append(str(sample.root))
    account.go(roots[0])
    account.replace()
    account.settle()
    account.go("")
    for session in Path(account.state.sessions).glob("[1-9]*"):
        session.unlink()


class Wrapped:
    """A wrapper in `folder` that runs the real program. `trace` makes it trace the program once, at its next start."""

    def __init__(self, name: str, folder: Path) -> None:
        self._path, self._armed = folder / name, folder / f"{name}.armed"
        self._real = need(shutil.which(name), name)
        self.trace([])

    def trace(self, strace: Sequence[str]) -> None:
        traced = " ".join(map(shlex.quote, [*strace, self._real]))
        once = f'if rm {self._armed} 2>/dev/null; then exec {traced} "$@"; fi'
        self._path.write_text(f'#!/bin/sh\n{once}\nexec {self._real} "$@"\n')
        self._path.chmod(0o755)
        if strace:
            self._armed.touch()


class LiveShell:
    """A shell with the hook, in a folder. Its first prompt is over, so it no longer holds lines back."""

    def __init__(self, step: ShellStep, account: Account, bin_: Path) -> None:
        self._step, self._account = step, account
        self._wrapped = {name: Wrapped(name, bin_) for name in ("sh", "ln")}
        program = need(shutil.which(step.shell), step.shell)
        path = f"{bin_}:{os.environ['PATH']}"
        env = {"HOME": str(account.home), "PATH": path, "LC_ALL": "C", "TAOSHELL_LOG": "quiet"}
        setup = f"{render(step.shell, account.state)}\n{LN[step.shell]}{bin_}/ln"
        self._shell = ReusedShell(step.shell, program, _OPTIONS[step.shell], setup, env)
        self.prompt()
        self.go(step.legs[0])
        self.said()

    def _folder(self, name: str) -> str:
        return f"{self._account.home}/{name}" if name else str(self._account.home)

    def go(self, name: str) -> None:
        self._shell.evaluate(f"cd {self._folder(name)}")
        self.prompt()

    def _take(self) -> None:
        end = self._step.legs[1]
        if end is not None:
            self._shell.evaluate(f"cd {self._folder(end)}")
            return
        self._shell.end()
        raise Ended(self._step.shell)

    def prompt(self) -> None:
        self._shell.evaluate(_PROMPT[self._step.shell])

    def said(self) -> list[str]:
        """Return what was printed on stderr, without complaints about the missing terminal."""
        return [line for line in self._shell.said().splitlines() if not re.search("job control|process group", line)]

    def environment(self) -> dict[str, str]:
        return environment(self._shell.evaluate("command env -0"))

    def close(self) -> None:
        self._shell.close()

    def take(self, program: str, log: Path, options: Sequence[str]) -> None:
        """Take the step while `program` is traced. Raises Ended if the shell itself was killed."""
        if program in self._wrapped:
            self._wrapped[program].trace(command(log, *options))
            self._take()
            return
        with attached(self._shell.pid, log, options):
            self._take()
            self._shell.evaluate(":")  # one more call: a kill after the step's last call happens at this one


@contextlib.contextmanager
def attached(pid: int, log: Path, options: Sequence[str]) -> Iterator[None]:
    """Trace the running process `pid` in this block."""
    status = Path(f"/proc/{pid}/status")
    tracer = subprocess.Popen(command(log, *options, "-p", str(pid)), stderr=subprocess.DEVNULL)
    while "\nTracerPid:\t0\n" in status.read_text():
        assert tracer.poll() is None, "strace cannot attach"
    try:
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
