"""A run: cycles of a storm, a rest and checks, with writers and readers in the background."""

from __future__ import annotations

import random
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.background import Background
from tests.chaos.dead_sessions import Gravedigger
from tests.chaos.edits_and_kills import Editor, Reaper
from tests.chaos.end_state import EndState
from tests.chaos.figures import Figures
from tests.chaos.log_checks import LogChecks
from tests.chaos.seen import Seen
from tests.chaos.terminal import Terminal
from tests.chaos.terminal_pool import TerminalPool
from tests.chaos.world import World
from tests.support.accounts import Identity
from tests.support.live_processes import end_processes_in

_SERIALS = 1_000_000  # for each writer
_IN_A_MOVED_HOME = 4  # shells
_KEEPER, _NEWCOMER = -1, -2  # terminals with these numbers take no part in the storm


@dataclass(frozen=True)
class Plan:
    """The length of a run, and how much happens in it."""

    shells: int = 8
    seconds: float = 30.0
    seed: int = 1
    cycle: float = 10.0  # seconds: a storm, then a rest
    rounds: int = 6  # rounds of moves without disturbances after each storm
    edits: float = 1.5  # seconds between two
    writers: tuple[str, ...] = ("in_place", "halves", "replace")
    writes: float = 2.0  # seconds between two writes of a writer
    readers: int = 2
    reads: float = 0.001  # seconds between two reads of a reader
    moved: bool = True  # the home is renamed after each cycle, and back


class Run:
    """A run. It calls `say` with a line about each cycle."""

    def __init__(self, world: World, plan: Plan, say: Callable[[str], None] = lambda line: None) -> None:
        self.world = world
        self.plan = plan
        self.figures = Figures(plan.seed, plan.shells)
        self.pool = TerminalPool(world, self.figures)
        self.end_state = EndState(self.pool)
        self.seen = Seen(world, self.figures)
        self.log_checks = LogChecks(world, self.figures)
        self._say = say
        self._reading: list[Background] = []

    def everything(self) -> Figures:
        """Run cycles until the time is up, then check the end state."""
        self._start_readers()
        try:
            cycle = 0
            while time.monotonic() - self.figures.began < self.plan.seconds and not self.figures.violations:
                self._cycle(cycle)
                self._say(self._progress())
                cycle += 1
            self._visit_all()
        finally:
            self._end()
        self.log_checks.judge()
        return self.figures

    # -- one cycle ----------------------------------------------------------------------------------

    def _cycle(self, number: int) -> None:
        """Run one cycle.

        In every second cycle a shell stays in a project all the time, so writers never write the user's own mapping.
        In the other cycles no shell is in a project at first, so they do.
        """
        chance = random.Random(f"{self.plan.seed} cycle {number}")
        own = self.end_state.own_identity() if number % 2 == 0 else None
        if own:
            self.pool.open(_KEEPER, folder=str(chance.choice(self.world.sites).root), still=True)
        for terminal in range(self.plan.shells):
            self.pool.open(terminal, folder="" if own else "/")
        self.pool.calm()
        self._storm(number, chance)
        if not self.figures.violations:
            self._new_shell(self.pool, lambda: self.end_state.in_force(exactly=False))
            self.seen.check(self.world, exactly=False)
            self._rounds(self.pool, self.end_state, self.plan.rounds)
        self._empty(self.pool, self.end_state, own)
        self.log_checks.look()
        if not self.figures.violations and self.plan.moved:
            self._move_home()

    def _empty(self, pool: TerminalPool, end_state: EndState, own: Identity | None) -> None:
        pool.empty()
        end_state.wait_for_other_processes()
        self._new_shell(pool, lambda: end_state.own(own))

    def _move_home(self) -> None:
        """Rename the home, let a few shells with the new HOME move in it, and rename it back."""
        self.figures.counts["homes moved"] += 1
        self._stop_readers()
        own = self.end_state.own_identity()
        with self.world.moved() as world:
            pool = TerminalPool(world, self.figures)
            end_state = EndState(pool)
            try:
                for number in range(min(self.plan.shells, _IN_A_MOVED_HOME)):
                    pool.open(number, folder="/")
                if pool.calm():
                    self._rounds(pool, end_state, rounds=2)
                self._empty(pool, end_state, own)
            finally:
                for terminal in list(pool.terminals.values()):
                    pool.close(terminal)
                end_processes_in(world.home.path)
        self._new_shell(self.pool, lambda: self.end_state.own(own))
        self._start_readers()

    def _storm(self, number: int, chance: random.Random) -> None:
        writers = self._start_writers(number)
        editor = Editor(self.pool, chance, self.plan.edits)
        editor.start()
        Reaper(self.pool, chance).start()
        Gravedigger(self.pool, chance).start()
        self._look_out()
        if _KEEPER not in self.pool.terminals:
            self.pool.rest(2 * self.plan.writes)
        left = self.plan.seconds - (time.monotonic() - self.figures.began)
        self.pool.storm(min(self.plan.cycle, max(left, 1.0)))
        self.pool.plan_nothing()
        for writer in writers:
            writer.stop()
        self.log_checks.look()
        if not self.figures.violations and self.pool.calm() and editor.finish():
            self.end_state.wait_for_other_processes()

    def _look_out(self) -> None:
        """Check the logs twice a second; a violation ends the storm."""
        self.log_checks.look()
        self.pool.at(0.5, self._look_out)

    def _new_shell(self, pool: TerminalPool, then: Callable[[], None]) -> None:
        """Run `then` after the first prompt of a new shell outside projects, which repairs what was left behind."""
        terminal = pool.open(_NEWCOMER, folder="/", still=True)
        if pool.calm():
            then()
        pool.close(terminal)

    def _rounds(self, pool: TerminalPool, end_state: EndState, rounds: int) -> None:
        """Let all shells move at the same time, without disturbances. Right after that, everything must be correct."""

        def elsewhere(terminal: Terminal) -> str:
            return pool.user(terminal.number).elsewhere(terminal.shell.folder)

        pool.all_type(lambda terminal: "cd /")
        for _ in range(rounds):
            before = end_state.claims()
            if self.figures.violations or not pool.all_type(elsewhere):
                return
            end_state.in_force(exactly=True)
            end_state.sessions_name_the_folders()
            end_state.newest_is_last(before)
            self.seen.check(pool.world, exactly=True)

    def _visit_all(self) -> None:
        """Visit all projects: taoshell finds a write into a mapping when the mapping is next needed."""
        if self.figures.violations:
            return
        terminal = self.pool.open(_NEWCOMER, folder="/", still=True)
        self.pool.calm()
        for site in self.world.sites:
            self.pool.type(terminal, f"cd {shlex.quote(str(site.root))}")
            self.pool.calm()
            self.world.home.taoshell("_settle", "")  # also finds late writes
        self.pool.close(terminal)

    # -- helpers ---------------------------------------------------------------------------------------

    def _start_readers(self) -> None:
        for _ in range(self.plan.readers):
            log = self.world.logs / f"reader-{len(self.log_checks.readers)}"
            reader = Background("reader", log, self.world.home.mounts_file, self.plan.reads, *self.world.texts())
            self.log_checks.readers.append(reader)
            self._reading.append(reader)

    def _stop_readers(self) -> None:
        for reader in self._reading:
            reader.stop()
        self._reading.clear()

    def _start_writers(self, cycle: int) -> list[Background]:
        started = []
        for number, kind in enumerate(self.plan.writers):
            first = (cycle * len(self.plan.writers) + number) * _SERIALS
            log, between = self.world.logs / f"writer-{first}", self.plan.writes
            started.append(
                Background("writer", log, kind, self.world.home.mounts_file, first, between, self.world.scratch)
            )
        self.log_checks.writers += started
        return started

    def _end(self) -> None:
        for terminal in list(self.pool.terminals.values()):
            self.pool.close(terminal)
        end_processes_in(self.world.home.path)
        self._stop_readers()
        for writer in self.log_checks.writers:
            writer.stop()
        self.figures.seconds = time.monotonic() - self.figures.began

    def story(self) -> str:
        """Return the last events at each terminal."""
        terminals = [*self.pool.history, *self.pool.terminals.values()]
        return "\n".join(f"terminal {terminal.number}:\n  " + "\n  ".join(terminal.events) for terminal in terminals)

    def _progress(self) -> str:
        counts = self.figures.counts
        done = ", ".join(f"{counts[name]} {name}" for name in ("moves", "shells started", "edits"))
        return f"{time.monotonic() - self.figures.began:.0f} s: {done}; {len(self.figures.violations)} violations"
