"""Many terminals at once, in one process: who is at a prompt types the next line, some are killed."""

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
from tests.chaos.seat import Seat
from tests.chaos.truth import Process
from tests.chaos.world import World

PATIENCE = 60.0  # seconds; nothing takes that long, however slow the machine
_FEW = 12  # terminals that are remembered after their end
_MAIMED_PATIENCE = 3.0  # for a terminal in which a shell was killed: it may be in no state to go on


class Crowd:
    """`seats`: the terminals by number; one that ends is followed by a new one while the storm lasts."""

    def __init__(self, world: World, figures: Figures) -> None:
        self.world = world
        self.figures = figures
        self.seats: dict[int, Seat] = {}
        self.history: list[Seat] = []  # those that ended lately
        self._users: dict[int, Moves] = {}
        self._selector = selectors.DefaultSelector()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.storming = False

    # -- terminals -------------------------------------------------------------------------------

    def user(self, number: int) -> Moves:
        """Who sits at terminal `number`, with the chance that the seed gives him."""
        if number not in self._users:
            self._users[number] = Moves(self.world, random.Random(f"{self.figures.seed} {number}"))
        return self._users[number]

    def open(self, number: int, *, kind: str = "", folder: str = "", still: bool = False) -> Seat:
        user = self.user(number)
        seat = Seat(number, kind or user.kind(), folder or user.folder(), self.world, still=still)
        self.seats[number] = seat
        self._selector.register(seat.terminal, selectors.EVENT_READ, seat)
        self.figures.counts["shells started"] += 1
        return seat

    def close(self, seat: Seat) -> None:
        """It has ended, or is ended now."""
        self._selector.unregister(seat.terminal)
        seat.release()
        self.history = [*self.history[-_FEW:], seat]
        del self.seats[seat.number]

    @property
    def movers(self) -> list[Seat]:
        return [seat for seat in self.seats.values() if not seat.still]

    def shells(self) -> list[Process]:
        """Those that live, waiting parents too."""
        return [shell for seat in self.seats.values() for shell in seat.shells if shell.lives]

    # -- the loop ----------------------------------------------------------------------------------

    def at(self, seconds: float, act: Callable[[], None]) -> None:
        """Do `act` so many seconds from now."""
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), act))

    def step(self) -> None:
        """What is due, then what the terminals have to say."""
        while self._due and self._due[0][0] <= time.monotonic():
            heapq.heappop(self._due)[2]()
        wait = min(0.05, max(0.0, self._due[0][0] - time.monotonic())) if self._due else 0.05
        for key, _ in self._selector.select(wait):
            seat: Seat = key.data
            was_busy = seat.busy
            seat.read()
            if was_busy and not (seat.busy or seat.still or seat.ended) and self.storming:
                self._think(seat)
        for seat in list(self.seats.values()):
            if seat.has_died():
                self.close(seat)
                if self.storming and not seat.still:
                    self._think(self.open(seat.number))

    def until(self, come: Callable[[], bool], what: str) -> bool:
        """Go on until that has come; a violation where it does not."""
        deadline = time.monotonic() + PATIENCE
        while not come():
            if time.monotonic() > deadline:
                self.figures.violated("stuck", f"{what} has not come in {PATIENCE:.0f} s")
                return False
            self.step()
        return True

    # -- what is done --------------------------------------------------------------------------------

    def storm(self, seconds: float) -> None:
        """Everybody does what comes to his mind."""
        self.storming = True
        for seat in self.movers:
            self._think(seat)
        self.rest(seconds)
        self.storming = False

    def rest(self, seconds: float) -> None:
        """Let go on what goes on."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.figures.violations:
            self.step()

    def plan_nothing(self) -> None:
        """Nothing more is due."""
        self._due.clear()

    def _think(self, seat: Seat) -> None:
        user = self.user(seat.number)
        self.at(user.pause(), lambda: self._move(seat))

    def _move(self, seat: Seat) -> None:
        if seat.ended or seat.busy or not self.storming:
            return
        chance = self.user(seat.number).chance
        if chance.random() < 0.02:
            self._kill(seat, chance, "kills at a prompt")
            return
        self.type(seat, self.user(seat.number).line(len(seat.shells)))
        if chance.random() < 0.03:
            self.at(chance.uniform(0, 0.006), lambda: self._kill(seat, chance, "kills in a move"))

    def _kill(self, seat: Seat, chance: random.Random, what: str) -> None:
        if not seat.ended and seat.shells:
            self.figures.counts[what] += 1
            seat.kill(chance.choice((seat.shells[0], seat.shell)))

    def type(self, seat: Seat, line: str) -> None:
        self.figures.counts["moves"] += 1
        seat.type(line)

    def everybody(self, line: Callable[[Seat], str]) -> bool:
        """All type at the same time; wait until all are done."""
        for seat in self.movers:
            self.type(seat, line(seat))
        return self.calm()

    def calm(self) -> bool:
        """Wait until everybody is at a prompt."""
        began = time.monotonic()

        def come() -> bool:
            for seat in list(self.seats.values()):
                if seat.busy and seat.maimed and time.monotonic() - began > _MAIMED_PATIENCE:
                    self.close(seat)
            return not any(seat.busy for seat in self.seats.values())

        return self.until(come, "a prompt")

    def empty(self) -> None:
        """All leave: some by `exit`, some are killed."""
        for seat in self.movers:
            if self.user(seat.number).chance.random() < 0.5:
                os.write(seat.terminal, b"exit\r" * len(seat.shells))
            elif seat.shells:
                seat.kill(seat.shells[0])
        deadline = time.monotonic() + _MAIMED_PATIENCE
        while self.movers and time.monotonic() < deadline:
            self.step()
        for seat in list(self.seats.values()):
            self.close(seat)
