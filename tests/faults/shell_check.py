"""Inject one fault into a step of a real shell, and check what must hold afterwards."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from taoshell.state import sessions
from tests.faults.injection import Injection
from tests.faults.next_prompt import environment_at
from tests.faults.python_check import AS_BEFORE, DONE, HALF_WAY, view
from tests.faults.shell_steps import LiveShell, ShellStep, prepare
from tests.faults.strace import KILLS, Point, points
from tests.shells.reused_shell import Ended
from tests.support.accounts import OWN, Account, Identity
from tests.support.trees import names_of

_FISH = re.compile("warning: An error occurred while redirecting file|(?:open|write): ")


class ShellCheck:
    """Runs one step many times, each time in a new shell and a fresh home at the same path."""

    def __init__(self, case: ShellStep, folder: Path) -> None:
        self._case = case
        self._log, self._bin, self._template = folder / "log", folder / "bin", folder / "template"
        self._bin.mkdir()
        self._account = Account(folder / "home")
        self._account.home.mkdir()
        prepare(self._account)
        shutil.move(self._account.home, self._template)
        self._found: list[tuple[str, Point]] = []
        for program in case.programs:
            with self._shell() as shell:
                with contextlib.nullcontext() if case.legs[1] is not None else pytest.raises(Ended):
                    shell.take(program, self._log, ["-e", "trace=all"])
                assert (self._is_done(), shell.said()) == (True, []), f"{case.name}, without any fault"
            self._found += [(program, point) for point in points(self._log, self._account.home)]
        self.points = [point for _, point in self._found]

    def outcome(self, number: int, fault: str) -> str:
        """Inject `fault` at that point; return the outcome before the next prompt. Raises AssertionError or Missed."""
        at = Injection(self._case.name, self._found, number, fault, self._log, self._account.home)
        return at.outcome(self._shell, self._taken)

    def _taken(self, shell: LiveShell, program: str, options: list[str], fault: str) -> str:
        """Take the step with the fault, check the state, and check it again after the next prompt."""
        before = view(self._account)
        (backup,) = self._account.backups.iterdir()
        kept = [Identity.of(self._account.original), Identity.of(backup)]
        end, ended = self._case.legs[1], False
        try:
            shell.take(program, self._log, options)
        except Ended:
            ended = True
        outcome = DONE if self._is_done() else AS_BEFORE if view(self._account) == before else HALF_WAY
        self._assert_kept(kept)
        if ended:
            assert fault in KILLS or end is None, "the shell has ended"
            _assert_plain(_without_fish(shell.said()))
            environment_at(self._account, self._account.home)
            assert self._account.in_force() == OWN, "another shell's next prompt has not repaired it"
        else:
            assert end is not None, "the shell has not ended"
            said = _without_fish(shell.said())
            _assert_plain(said)
            assert said or outcome == DONE or fault in KILLS, f"{outcome}, and nothing was said"
            self._assert_set(shell)
            shell.prompt()
            if said and not self._is_done():  # the cure that the message names
                shell.go("elsewhere")
                shell.go(end)
            assert self._is_done(), f"the next prompt has not repaired it: {said}"
            assert self._holder() == end, "the session does not say where the shell is"
            self._assert_set(shell)
        self._assert_kept(kept)
        return outcome

    def _is_done(self) -> bool:
        """Whether the mounts file is what the shell wants at the end of the step."""
        root = self._case.legs[1]
        mapping = OWN
        if root:
            mapping = Path(self._account.state.project(f"{self._account.home}/{root}").mounts).read_bytes()
        return self._account.mounts_file.is_symlink() and self._account.in_force() == mapping

    def _holder(self) -> str:
        """Return the name of the project that holds the mounts file according to the sessions."""
        holder = sessions.holder(self._account.state)
        return os.path.basename(holder.project) if holder else ""

    def _assert_set(self, shell: LiveShell) -> None:
        """Check that the project's variables are set, whatever happened to the mounts file."""
        name = self._case.legs[1]
        found = shell.environment()
        root = f"{self._account.home}/{name}"
        expected = [root, self._account.state.project(root).mounts] if name else [None, None]
        assert [found.get("LOCAL_PROJECT_DIR"), found.get("LAUNCHER_MOUNTS")] == expected, found

    def _assert_kept(self, kept: list[Identity]) -> None:
        """Check that the user's own mapping and the foreign one are unchanged and still have a name."""
        for identity in kept:
            found = names_of(identity.inode, self._account.home)
            assert found, f"{identity.content!r} has no name any more"
            assert Identity.of(found[0]) == identity, f"{found[0]} was changed"

    @contextlib.contextmanager
    def _shell(self) -> Iterator[LiveShell]:
        shutil.rmtree(self._account.home, ignore_errors=True)
        shutil.copytree(self._template, self._account.home, symlinks=True)
        os.mkdir(self._account.home / "elsewhere")
        self._log.unlink(missing_ok=True)
        shell = LiveShell(self._case, self._account, self._bin)
        try:
            yield shell
        finally:
            shell.close()


def _without_fish(said: list[str]) -> list[str]:
    """Return the lines without those in which fish itself complains of a full disk: no redirection stops it."""
    return [line for line in said if not _FISH.match(line)]


def _assert_plain(said: list[str]) -> None:
    """Check that a shell has said at most one line, with a cure."""
    assert len(said) <= 1, said
    assert all(line.startswith("taoshell: ") and "; " in line for line in said), said
