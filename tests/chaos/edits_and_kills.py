"""Disturbances: edits and approvals by another process, and kills of Python in the middle of its work."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess

from tests.chaos.observed import command_line
from tests.chaos.terminal_pool import TerminalPool
from tests.chaos.world import VARIANTS, Site
from tests.support.live_processes import processes_in


class Editor:
    """Edits projects and approves them again in another process. Some of these processes are killed."""

    def __init__(self, pool: TerminalPool, chance: random.Random, between: float) -> None:
        self._pool = pool
        self._counts = pool.figures.counts
        self._chance = chance
        self._between = between
        self._running: dict[Site, subprocess.Popen[bytes]] = {}
        self._unsure: set[Site] = set()  # edited but not approved since, or the approval was killed

    def start(self) -> None:
        self._pool.at(self._chance.expovariate(1 / self._between), self._edit)

    def _edit(self) -> None:
        site = self._chance.choice(self._pool.world.sites)
        if site not in self._running:
            self._unsure.add(site)
            self._counts["edits"] += 1
            if self._chance.random() < 0.7:
                site.edit(self._chance.randrange(VARIANTS))
            else:
                site.edit_env(self._chance.randrange(1, 9))
            self._pool.at(self._chance.uniform(0, self._between), lambda: self._approve(site))
        self._look()
        self.start()

    def _approve(self, site: Site) -> None:
        if site in self._running:
            return
        home = self._pool.world.home
        self._running[site] = subprocess.Popen(
            ["taoshell", "allow", "--yes", str(site.root)],
            executable=f"{home.path}/.bin/taoshell",
            env=home.env,
            cwd=home.path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        if self._chance.random() < 0.1:
            self._pool.at(self._chance.uniform(0.05, 0.3), lambda: self._kill(site))

    def _kill(self, site: Site) -> None:
        if site in self._running and self._running[site].poll() is None:
            self._counts["kills of Python"] += 1
            self._running[site].kill()

    def _look(self) -> None:
        for site, process in list(self._running.items()):
            if process.poll() is not None:
                del self._running[site]
                said = process.communicate()[1].decode(errors="replace").strip()
                if process.returncode == 0:
                    self._counts["re-approvals"] += 1
                    self._unsure.discard(site)
                elif "changed meanwhile" in said:  # it was edited while `allow` ran
                    self._approve(site)
                elif process.returncode > 0:
                    self._pool.figures.violated("wrong", f"allow {site.root} ended with {process.returncode}: {said}")

    def finish(self) -> bool:
        """Approve every project as it is now."""

        def done() -> bool:
            self._look()
            return not self._running

        if not self._pool.until(done, "an approval"):
            return False
        for site in self._unsure:
            self._pool.world.home.taoshell("allow", "--yes", site.root)
        self._unsure.clear()
        return True


class Reaper:
    """Kills Python processes that shells have called."""

    def __init__(self, pool: TerminalPool, chance: random.Random) -> None:
        self._pool = pool
        self._chance = chance

    def start(self) -> None:
        self._pool.at(self._chance.uniform(0.05, 0.3), self._reap)

    def _reap(self) -> None:
        for process in processes_in(self._pool.world.home.path):
            if {"_settle", "_sync"} & set(command_line(process.pid)) and self._chance.random() < 0.1 and process.lives:
                with contextlib.suppress(ProcessLookupError):  # it has just ended
                    os.kill(process.pid, signal.SIGKILL)
                    self._pool.figures.counts["kills of Python"] += 1
        self.start()
