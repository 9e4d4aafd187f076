"""Checks when all shells are idle: the mounts file must be the one that the newest live session wants."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from tests.chaos.observed import Claim, claims, command_line, newest
from tests.chaos.terminal_pool import TerminalPool
from tests.chaos.world import KINDS, Site
from tests.support.accounts import Identity
from tests.support.live_processes import Process, processes_in

_GRACE = 3.0  # seconds
_TICK_NS = 10_000_000  # the coarsest timestamps of a file system


class EndState:
    """The checks. They add each violation to the figures."""

    def __init__(self, pool: TerminalPool) -> None:
        self._pool = pool
        self._world = pool.world
        self._figures = pool.figures

    def wait_for_other_processes(self) -> bool:
        """Wait until only the shells at the terminals are left of this home's processes.

        Kill a shell whose terminal was closed while it was starting: fish would wait for ever.
        """
        began = time.monotonic()

        def done() -> bool:
            known, others = self._pool.shells(), []
            for process in processes_in(self._world.home.path):
                if process not in known and process.lives:
                    others.append(process)
            for process in others:
                if time.monotonic() - began > _GRACE and {*KINDS} & {*command_line(process.pid)}:
                    self._figures.counts["shells without a terminal"] += 1
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process.pid, signal.SIGKILL)
            return not others

        return self._pool.until(done, "the end of all other processes")

    def in_force(self, *, exactly: bool) -> None:
        """Check that readers get what the newest live session wants; with `exactly`, its project's current mapping."""
        self._figures.counts["checks of the end state"] += 1
        said = claims(self._world.home.state, self._pool.shells())
        holder = newest(said)
        found = self._found()
        if holder is None:
            good = self._is_own(found)
        else:
            site = self._site(holder)
            good = found == site.text() if exactly else found in self._texts(site)
        if not good:
            self._figures.violated("wrong", self._story(holder, found, said))

    def sessions_name_the_folders(self) -> None:
        """Check that after an undisturbed move each session names the project of its shell's working directory."""
        said = {claim.process: claim for claim in claims(self._world.home.state, self._pool.shells())}
        for terminal in self._pool.movers:
            folder = terminal.shell.folder
            site = self._world.site_of(folder) if folder else None
            claim = said.get(terminal.shell)
            root = claim.root if claim else ""
            if root != (str(site.root) if site else ""):
                self._figures.violated("wrong", f"shell {terminal.shell.pid} is in {folder}, its session says {root!r}")

    def newest_is_last(self, before: dict[Process, Claim]) -> None:
        """Check that a shell that changed its session in a round did so between its line and its prompt."""
        for claim in claims(self._world.home.state, self._pool.shells()):
            terminal = next(s for s in self._pool.terminals.values() if claim.process in s.shells)
            if claim.process != terminal.shell or not claim.root or before.get(claim.process) == claim:
                continue
            if not terminal.typed_ns - _TICK_NS <= claim.mtime_ns <= terminal.prompted_ns + _TICK_NS:
                self._figures.violated("wrong", f"the session of shell {claim.process.pid} is of another time")

    def claims(self) -> dict[Process, Claim]:
        return {claim.process: claim for claim in claims(self._world.home.state, self._pool.shells())}

    def own(self, before: Identity | None) -> None:
        """No shell is in a project: check that the user's own mapping is in force, as the same file as `before`."""
        self._figures.counts["checks of the user's own"] += 1
        if not self._is_own(found := self._found()):
            leads_to = self._world.home.mounts_file.resolve()
            self._figures.violated("wrong", f"no shell is in a project, but {leads_to} is in force: {found!r}")
            return
        if before and (now := self.own_identity()) != before:
            self._figures.violated("lost", f"the user's own mapping was {before}, and is {now}")

    def own_identity(self) -> Identity:
        return Identity.of(self._world.home.mounts_file.resolve())

    def _found(self) -> bytes:
        """Return what a reader of the mounts file gets."""
        try:
            return self._world.home.mounts_file.read_bytes()
        except FileNotFoundError:
            self._figures.violated("missing", "there is no mounts file")
            return b""

    def _is_own(self, data: bytes) -> bool:
        """Whether `data` is not a project's mapping and is stored where the user's own belongs."""
        mounts, original = self._world.home.mounts_file, self._world.account.original
        at_its_place = not mounts.is_symlink() or (original.exists() and mounts.samefile(original))
        return at_its_place and not any(data in self._texts(site) for site in self._world.sites)

    def _texts(self, site: Site) -> list[bytes]:
        return [*site.texts, site.tombstone]

    def _site(self, claim: Claim) -> Site:
        return next(site for site in self._world.sites if str(site.root) == claim.root)

    def _story(self, holder: Claim | None, found: bytes, said: list[Claim]) -> str:
        sessions = "\n".join(f"    {claim}" for claim in sorted(said, key=lambda claim: claim.mtime_ns))
        cur = os.readlink(self._world.account.cur)
        return f"the newest is {holder}, and in force is {cur}: {found!r}\n  sessions:\n{sessions}"
