"""Send one signal to a shell at a terminal, or to a program that it starts, in a step; check what must hold afterwards.

Ctrl-C reaches only the process that has the terminal, and so does Ctrl-Z. While a shell is stopped, another shell comes
and goes.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from taoshell.shells.render import render
from taoshell.state import sessions
from tests.faults.injection import Injection
from tests.faults.next_prompt import environment_at
from tests.faults.python_check import AS_BEFORE, DONE, HALF_WAY, view
from tests.faults.shell_steps import LN, SHELL_STEPS, ShellStep, Wrapped, attached, prepare
from tests.faults.strace import SIGNALS, Point, command, has_ended, points, stops
from tests.shells.dialects import SHELLS
from tests.shells.terminal import Terminal
from tests.support.accounts import OWN, Account, Identity
from tests.support.live_processes import processes_in
from tests.support.trees import names_of
from tests.support.waiting import wait_until

_RAW = re.compile(r"_taoshell|line \d+:|^(?:bash|zsh|fish): ", re.MULTILINE)  # a shell's own errors


@dataclass(frozen=True)
class TerminalStep:
    """The same step as `step`, but at a terminal."""

    step: ShellStep

    @property
    def name(self) -> str:
        return f"{self.step.shell} at a terminal, {self.step.leg}"

    @property
    def faults(self) -> tuple[str, ...]:
        return tuple(SIGNALS)


TERMINAL_STEPS = [TerminalStep(step) for step in SHELL_STEPS]


class TerminalCheck:
    """Takes one step many times, each time in a new shell and a fresh home at the same path."""

    def __init__(self, case: TerminalStep, folder: Path) -> None:
        self._case, self._step = case, case.step
        self._log, self._bin, self._template = folder / "log", folder / "bin", folder / "template"
        self._bin.mkdir()
        self._account = Account(folder / "home")
        self._account.home.mkdir()
        prepare(self._account)
        shutil.move(self._account.home, self._template)
        self._found: list[tuple[str, Point]] = []
        for program in self._step.programs:
            with self._terminal() as terminal:
                self._take(terminal, program, ["-e", "trace=all"], "")
                assert self._is_done(), f"{case.name}, without any fault"
            self._found += [(program, point) for point in points(self._log, self._account.home)]
        self.points = [point for _, point in self._found]

    def outcome(self, number: int, fault: str) -> str:
        """Send the signal at that point; return the outcome at the prompt after it. Raises AssertionError or Missed."""
        at = Injection(self._case.name, self._found, number, fault, self._log, self._account.home)
        return at.outcome(self._terminal, self._taken)

    def _taken(self, terminal: Terminal, program: str, options: list[str], fault: str) -> str:
        before = view(self._account)
        (backup,) = self._account.backups.iterdir()
        kept = [Identity.of(self._account.original), Identity.of(backup)]
        self._take(terminal, program, options, fault)
        outcome = DONE if self._is_done() else AS_BEFORE if view(self._account) == before else HALF_WAY
        assert not _RAW.search(terminal.typed), terminal.typed
        self._assert_kept(kept)
        end = self._step.legs[1]
        if end is None:
            environment_at(self._account, self._account.home)
        else:
            terminal.enter()
            self._assert_at_rest(terminal, end)
        assert self._is_done(), "the next prompt has not repaired it"
        self._assert_kept(kept)
        return outcome

    def _take(self, terminal: Terminal, program: str, options: list[str], fault: str) -> None:
        """Take the step while `program` is traced; return at the next prompt or after the end of the shell."""
        end = self._step.legs[1]
        line = "exit" if end is None else f"cd {self._folder(end)}"
        wrapped = {name: Wrapped(name, self._bin) for name in ("ln",)}
        with contextlib.nullcontext() if program in wrapped else attached(terminal.pid, self._log, options):
            if program in wrapped:
                wrapped[program].trace(command(self._log, "-DD", *options))  # it stays the shell's child
            terminal.begin(line)
            if SIGNALS.get(fault) == "SIGSTOP":
                self._act_in_between()
            if end is None:
                terminal.end()
            else:
                terminal.recover()
            if program in wrapped:
                wait_until(lambda: has_ended(self._log), f"{program} has not ended")

    def _act_in_between(self) -> None:
        """Let another shell enter the other project and end, while this one or its program is stopped.

        bash kills a program that has stopped, at times before strace has seen more than the signal.
        """
        wait_until(lambda: stops(self._log) or has_ended(self._log), "nothing has stopped")
        other = "b" if self._step.legs[1] == "a" else "a"
        environment_at(self._account, self._folder(other))
        for process in processes_in(self._account.home):
            os.kill(process.pid, signal.SIGCONT)

    def _assert_at_rest(self, terminal: Terminal, end: str) -> None:
        """Check that all is as it must be at the end of the step, and that the next prompts have nothing to say."""
        holder = sessions.holder(self._account.state)
        assert (os.path.basename(holder.project) if holder else "") == end, (
            "the session does not say where the shell is"
        )
        root = self._folder(end)
        expected = [root, self._account.state.project(root).mounts] if end else [None, None]
        found = terminal.environment()
        assert [found.get("LOCAL_PROJECT_DIR"), found.get("LAUNCHER_MOUNTS")] == expected, found
        assert " -sfn " not in terminal.run("jobs").output, "a job is left"
        assert terminal.enter().output == ""

    def _is_done(self) -> bool:
        """Whether the mounts file is what the shell wants at the end of the step."""
        mapping = OWN
        if name := self._step.legs[1]:
            mapping = Path(self._account.state.project(self._folder(name)).mounts).read_bytes()
        return self._account.mounts_file.is_symlink() and self._account.in_force() == mapping

    def _assert_kept(self, kept: list[Identity]) -> None:
        """Check that the user's own mapping and the foreign one are unchanged and still have a name."""
        for identity in kept:
            found = names_of(identity.inode, self._account.home)
            assert found, f"{identity.content!r} has no name any more"
            assert Identity.of(found[0]) == identity, f"{found[0]} was changed"

    def _folder(self, name: str) -> str:
        return f"{self._account.home}/{name}" if name else str(self._account.home)

    @contextlib.contextmanager
    def _terminal(self) -> Iterator[Terminal]:
        shutil.rmtree(self._account.home, ignore_errors=True)
        shutil.copytree(self._template, self._account.home, symlinks=True)
        self._log.unlink(missing_ok=True)
        Wrapped("ln", self._bin)
        hook = f"{render(self._step.shell, self._account.state)}\n{LN[self._step.shell]}{self._bin}/ln"
        env = {
            "HOME": str(self._account.home),
            "PATH": os.environ["PATH"],
            "LC_ALL": "C",
            "TERM": "xterm",
            "HISTFILE": "",
        }
        home = self._account.home
        terminal = Terminal(SHELLS[self._step.shell], env | {"TAOSHELL_LOG": "quiet"}, home, hook=False, before=hook)
        try:
            terminal.run(f"cd {self._folder(self._step.legs[0] or '')}")
            yield terminal
        finally:
            terminal.close()
