"""Sessions that nobody holds: of processes that have ended, and of this machine before it was started again."""

from __future__ import annotations

import os
import random
import uuid

from taoshell.state.processes import here
from tests.chaos.terminal_pool import TerminalPool
from tests.support.accounts import ended_pid

_LONG_AGO = 1_000_000_000  # seconds: before any machine of today was started


class Gravedigger:
    """Leaves sessions behind, as a kill or a power failure does; no shell may take one for the newest."""

    def __init__(self, pool: TerminalPool, chance: random.Random) -> None:
        self._pool = pool
        self._chance = chance

    def start(self) -> None:
        self._pool.at(self._chance.uniform(0.1, 1.0), self._leave)

    def _leave(self) -> None:
        host = here().split("@")[1]
        folder = self._pool.world.home.state / "sessions"
        pid = ended_pid()
        is_rebooted = self._chance.random() < 0.3
        start = self._chance.randrange(1, 1000)
        where = f"@{host}@{uuid.uuid4()}-{start}" if is_rebooted else here()
        if folder.is_dir():
            new = self._pool.world.folder / "new-session"
            new.write_text(f"{self._chance.choice(self._pool.world.sites).root}\n")
            if is_rebooted:
                os.utime(new, (_LONG_AGO, _LONG_AGO))
            new.rename(folder / f"{pid}-{start}{where}")
            self._pool.figures.counts["dead sessions"] += 1
        self.start()
