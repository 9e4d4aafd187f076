"""Many terminals, driven by one process: each shell at a prompt gets its next line, and some shells are killed."""

from __future__ import annotations

import heapq
import itertools
import os
import random
import selectors
import time
from collections.abc import Callable

from tests.chaos.figures import Figures
from tests.chaos.moves import Moves
from tests.chaos.terminal import Terminal
from tests.chaos.world import World
from tests.support.live_processes import Process

PATIENCE = 60.0  # seconds; nothing takes that long, even on a slow machine
_FEW = 12  # closed terminals whose events are kept for the report
_MAIMED_PATIENCE = 3.0  # for a terminal in which a shell was killed, as it may never show a prompt again


class TerminalPool:
    """`terminals` has the terminals by number. During a storm, each terminal that ends is replaced by a new one."""

    def __init__(self, world: World, figures: Figures) -> None:
        self.world = world
        self.figures = figures
        self.terminals: dict[int, Terminal] = {}
        self.history: list[Terminal] = []  # the terminals that ended last
        self._users: dict[int, Moves] = {}
        self._selector = selectors.DefaultSelector()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.storming = False

    # -- terminals -------------------------------------------------------------------------------

    def user(self, number: int) -> Moves:
        """Return the user at terminal `number`. The seed determines their random choices."""
        if number not in self._users:
            self._users[number] = Moves(self.world, random.Random(f"{self.figures.seed} {number}"))
        return self._users[number]

    def open(self, number: int, *, kind: str = "", folder: str = "", still: bool = False) -> Terminal:
        user = self.user(number)
        terminal = Terminal(number, kind or user.kind(), folder or user.folder(), self.world, still=still)
        self.terminals[number] = terminal
        self._selector.register(terminal.fd, selectors.EVENT_READ, terminal)
        self.figures.counts["shells started"] += 1
        return terminal

    def close(self, terminal: Terminal) -> None:
        """Close the terminal, and end its shells if they are still running."""
        self._selector.unregister(terminal.fd)
        terminal.release()
        self.history = [*self.history[-_FEW:], terminal]
        del self.terminals[terminal.number]

    @property
    def movers(self) -> list[Terminal]:
        return [terminal for terminal in self.terminals.values() if not terminal.still]

    def shells(self) -> list[Process]:
        """Return the live shells, including those that wait for a nested shell."""
        return [shell for terminal in self.terminals.values() for shell in terminal.shells if shell.lives]

    # -- the loop ----------------------------------------------------------------------------------

    def at(self, seconds: float, act: Callable[[], None]) -> None:
        """Run `act` in `seconds` seconds."""
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), act))

    def step(self) -> None:
        """Run the actions that are due, then read the terminals."""
        while self._due and self._due[0][0] <= time.monotonic():
            heapq.heappop(self._due)[2]()
        wait = min(0.05, max(0.0, self._due[0][0] - time.monotonic())) if self._due else 0.05
        for key, _ in self._selector.select(wait):
            terminal: Terminal = key.data
            was_busy = terminal.busy
            terminal.read()
            if was_busy and not (terminal.busy or terminal.still or terminal.ended) and self.storming:
                self._think(terminal)
        for terminal in list(self.terminals.values()):
            if terminal.has_died():
                self.close(terminal)
                if self.storming and not terminal.still:
                    self._think(self.open(terminal.number))

    def until(self, done: Callable[[], bool], what: str) -> bool:
        """Step until `done()`. It is a violation if that takes too long."""
        deadline = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > deadline:
                self.figures.violated("stuck", f"waited {PATIENCE:.0f} s for {what}")
                return False
            self.step()
        return True

    # -- what is done --------------------------------------------------------------------------------

    def storm(self, seconds: float) -> None:
        """Let every user type random lines."""
        self.storming = True
        for terminal in self.movers:
            self._think(terminal)
        self.rest(seconds)
        self.storming = False

    def rest(self, seconds: float) -> None:
        """Step for `seconds` seconds, without starting anything."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.figures.violations:
            self.step()

    def plan_nothing(self) -> None:
        """Forget all planned actions."""
        self._due.clear()

    def _think(self, terminal: Terminal) -> None:
        user = self.user(terminal.number)
        self.at(user.pause(), lambda: self._move(terminal))

    def _move(self, terminal: Terminal) -> None:
        if terminal.ended or terminal.busy or not self.storming:
            return
        chance = self.user(terminal.number).chance
        if chance.random() < 0.02:
            self._kill(terminal, chance, "kills at a prompt")
            return
        self.type(terminal, self.user(terminal.number).line(len(terminal.shells), terminal.kind))
        if chance.random() < 0.03:
            self.at(chance.uniform(0, 0.006), lambda: self._kill(terminal, chance, "kills in a move"))

    def _kill(self, terminal: Terminal, chance: random.Random, what: str) -> None:
        if not terminal.ended and terminal.shells:
            self.figures.counts[what] += 1
            terminal.kill(chance.choice((terminal.shells[0], terminal.shell)))

    def type(self, terminal: Terminal, line: str) -> None:
        self.figures.counts["moves"] += 1
        terminal.type(line)

    def all_type(self, line: Callable[[Terminal], str]) -> bool:
        """Let all users type at the same time; wait for all prompts."""
        for terminal in self.movers:
            self.type(terminal, line(terminal))
        return self.calm()

    def calm(self) -> bool:
        """Wait until every shell is at a prompt."""
        began = time.monotonic()

        def done() -> bool:
            for terminal in list(self.terminals.values()):
                if terminal.busy and terminal.maimed and time.monotonic() - began > _MAIMED_PATIENCE:
                    self.close(terminal)
            return not any(terminal.busy for terminal in self.terminals.values())

        return self.until(done, "a prompt")

    def empty(self) -> None:
        """End all shells: some by `exit`, some by a kill."""
        for terminal in self.movers:
            if self.user(terminal.number).chance.random() < 0.5:
                os.write(terminal.fd, b"exit\r" * len(terminal.shells))
            elif terminal.shells:
                terminal.kill(terminal.shells[0])
        deadline = time.monotonic() + _MAIMED_PATIENCE
        while self.movers and time.monotonic() < deadline:
            self.step()
        for terminal in list(self.terminals.values()):
            self.close(terminal)
