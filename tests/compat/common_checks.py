"""The common checks: enter a project, switch to another and leave, in a shell that has a neighbour."""

from __future__ import annotations

import re
from pathlib import Path

from tests.compat.neighbour import BEFORE, HERE, Setup
from tests.shells.desk import Desk
from tests.shells.processes import started_by
from tests.shells.terminal import Terminal
from tests.support.accounts import LONG_AGO_NS, Account


class CommonChecks:
    """One shell with a neighbour and our hook."""

    def __init__(self, desk: Desk, setup: Setup, order: str, scratch: Path) -> None:
        self._desk = desk
        self._setup = setup
        self._scratch = scratch
        self._first, self._second = desk.home.project("a"), desk.home.project("b")
        self._text = setup.text if isinstance(setup.text, str) else setup.text(desk)
        if order == BEFORE:
            self._terminal = self._open(self._text)
        else:
            self._terminal = self._open(f"{desk.shell.hook}\n{self._text}", hook=False)

    def make(self) -> None:
        assert "taoshell" not in self._terminal.greeting
        self._neighbour_works("")
        before = self._settings()
        self._enter()
        self._idle_prompts_cost_nothing()
        self._switch()
        self._leave()
        assert self._settings() == before
        if self._setup.check:
            self._setup.check(self._desk, self._terminal)
            assert self._settings() == before
        self._beside_another_shell()
        self._terminal.exit()
        files = {name: self._desk.home.path / name for name in self._setup.leaves}
        left = {name: file.read_text() for name, file in files.items() if file.exists()}
        assert left == self._setup.leaves

    def _enter(self) -> None:
        assert self._go(self._first.root) == self._first.entered
        assert self._terminal.enter().output == ""
        self._desk.is_in(self._terminal, self._first)
        assert self._desk.home.mapping() == self._first.mapping
        self._neighbour_works("a")

    def _switch(self) -> None:
        """Check that a command that fails after a change of directory keeps its status, also in the prompt."""
        line, status = self._setup.fails
        result = self._terminal.run(f"{self._line(self._second.root)}; {line}")
        assert (self._ours(result.output), result.status) == (self._second.entered, status)
        idle = self._terminal.enter()
        assert idle.output == ""
        assert idle.status == (status if self._setup.idle_status is None else self._setup.idle_status)
        self._desk.is_in(self._terminal, self._second)
        assert self._desk.home.mapping() == self._second.mapping
        self._neighbour_works("b")

    def _leave(self) -> None:
        assert self._go(self._desk.home.path) == self._second.left
        assert self._terminal.enter().output == ""
        assert self._desk.home.mapping() is None
        self._neighbour_works("")

    def _beside_another_shell(self) -> None:
        """Another shell (this process) is in a project. Ours enters another, leaves and gives the mounts file back."""
        Account(self._desk.home.path).enter(str(self._second.root), at_ns=LONG_AGO_NS)
        self._enter()
        assert self._go(self._desk.home.path) == self._first.left
        assert self._desk.home.mapping() == self._second.mapping
        self._neighbour_works("")

    def _idle_prompts_cost_nothing(self) -> None:
        ours = self._processes_of_idle_prompts(self._terminal)
        if not self._setup.has_processes:
            assert ours == []
            return
        alone = self._open(self._text, hook=False)
        alone.run(self._line(self._first.root))
        assert ours == self._processes_of_idle_prompts(alone)
        alone.close()

    def _processes_of_idle_prompts(self, terminal: Terminal) -> list[str]:
        terminal.enter()
        with started_by(terminal.pid, self._scratch) as started:
            terminal.enter()
            terminal.enter()
        return sorted(started)

    def _neighbour_works(self, where: str) -> None:
        for line, printed in self._setup.shows:
            assert (line, self._terminal.run(line).output) == (line, printed.replace(HERE, where))

    def _go(self, folder: Path) -> str:
        """Go to `folder`; return what our hook prints."""
        return self._ours(self._terminal.run(self._line(folder)).output)

    def _ours(self, printed: str) -> str:
        theirs = re.match(self._setup.prints, printed)
        assert theirs
        return printed[theirs.end() :]

    def _line(self, folder: Path) -> str:
        return self._setup.go.format(self._desk.shell.quote(str(folder)))

    def _settings(self) -> dict[str, str]:
        found = self._desk.settings(self._terminal).items()
        return {name: value for name, value in found if not re.fullmatch(self._setup.notes, name)}

    def _open(self, before: str, *, hook: bool = True) -> Terminal:
        return self._desk.terminal(env=self._setup.env, before=before, hook=hook)
