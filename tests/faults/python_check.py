"""Inject one fault into one step of taoshell's Python, and check what must hold afterwards."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pwd
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults import approval_steps
from tests.faults.mounts_file_steps import Prepared, Step
from tests.faults.next_prompt import environment_at
from tests.faults.strace import ERRORS, FAULTS, Missed, Point, hits, points, stops, traced_child
from tests.support.accounts import Account, Identity
from tests.support.children import Done, in_child
from tests.support.children import command as taoshell
from tests.support.trees import names_of

DONE, AS_BEFORE, HALF_WAY = "done", "as before", "half way"
CTRL_C, STOPPED = "Ctrl-C", "stopped for a while"
ATTEMPTS = 5
OUTCOMES = (DONE, AS_BEFORE, HALF_WAY)
WITHOUT_RENAMEAT2 = ("-e", "inject=renameat2:error=EINVAL")
WITHOUT_LINKS = ("-e", "inject=?link,linkat:error=EOPNOTSUPP")
_WITHOUT = {
    (): "",
    WITHOUT_RENAMEAT2: ", without renameat2",
    WITHOUT_LINKS: ", without hard links",
    WITHOUT_RENAMEAT2 + WITHOUT_LINKS: ", without renameat2 and hard links",
}


@dataclass(frozen=True)
class Case:
    """A step on a system with or without renameat2 and hard links."""

    step: Step
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.step.__name__.replace("_", " ") + _WITHOUT[self.options]

    @property
    def faults(self) -> tuple[str, ...]:
        """A stopped process is tried where it matters what a shell may get meanwhile."""
        return (*FAULTS, CTRL_C, STOPPED) if self.step in approval_steps.STEPS else (*FAULTS, CTRL_C)


class PythonCheck:
    """Runs one step many times, each time in a fresh home at the same path."""

    def __init__(self, case: Case, folder: Path) -> None:
        self._case = case
        self._folder = folder
        self._log = folder / "log"
        pwd.getpwuid(os.getuid())  # the C library reads its configuration once: let it do so here and not in a child
        prepared = self._prepare()
        environment_at(prepared.account, prepared.where)
        self._without = view(prepared.account)  # the state after a prompt without the step
        prepared = self._prepare()
        done = self._run(prepared, ["-e", "trace=all"])
        assert (done.status, prepared.done()) == (0, True), f"{case.name}, without any fault: {done.err}"
        self.points = points(self._log, prepared.account.home)

    def outcome(self, number: int, fault: str) -> str:
        """Inject `fault` at that point; return the outcome before the next prompt. Raises AssertionError or Missed."""
        point = self.points[number]
        when = f"{self._case.name}: {point.name}({point.text}), {fault}"
        prepared, before, done = self._inject(point, number, fault, when)
        _assert_kept(prepared, when)
        assert "Traceback" not in done.err, f"{when}: {done.err}"
        if fault in ERRORS:
            _assert_told(done, when)
        outcome = DONE if prepared.done() else AS_BEFORE if view(prepared.account) == before else HALF_WAY
        assert outcome == DONE or done.status != 0, f"{when}: said to be done: {done.err}"
        assert outcome == DONE or fault != STOPPED, f"{when}: not done: {done.err}"
        self._repair(prepared, when)
        return outcome

    def _inject(self, point: Point, number: int, fault: str, when: str) -> tuple[Prepared, dict[str, object], Done]:
        """Take the step with the fault. Runs do not always make the same calls: if the fault misses its call, retry."""
        for _attempt in range(ATTEMPTS):
            prepared = self._prepare()
            before = view(prepared.account)
            with self._meanwhile(prepared, when) if fault == STOPPED else contextlib.nullcontext():
                done = self._run(prepared, point.options(fault))
            if is_hit(*hits(self._log, prepared.account.home, fault, point.process), point, number, fault):
                return prepared, before, done
        raise Missed(when)

    @contextlib.contextmanager
    def _meanwhile(self, prepared: Prepared, when: str) -> Iterator[None]:
        """In a process of its own, whenever the step is stopped, look as a new shell, and let the step go on."""
        self._log.unlink(missing_ok=True)
        wrong = self._folder / "wrong"

        def look() -> None:
            resumed = 0
            while True:
                for pid in stops(self._log)[resumed:]:
                    environ = environment_at(prepared.account, prepared.where, is_impatient=True)
                    if prepared.may_see and not prepared.may_see(environ):
                        wrong.write_text(f"{when}: meanwhile a shell has {environ}")
                    os.kill(pid, signal.SIGCONT)
                    resumed += 1
                time.sleep(0.005)

        watcher = multiprocessing.get_context("fork").Process(target=look)
        watcher.start()
        yield
        watcher.kill()
        watcher.join()
        assert not wrong.exists(), wrong.read_text()

    def _repair(self, prepared: Prepared, when: str) -> None:
        environ = environment_at(prepared.account, prepared.where)
        if prepared.is_safe:
            assert prepared.is_safe(environ), f"{when}: the next shell has what is not approved, or half: {environ}"
        _assert_kept(prepared, f"{when}, after the next prompt")
        if prepared.done():
            return
        assert not prepared.retried, f"{when}: the next prompt has not repaired it"
        if not prepared.is_safe:
            differences = _differences(view(prepared.account), self._without)
            assert not differences, f"{when}: neither done nor as without it: {differences}"
        again = self._run(prepared)
        _assert_kept(prepared, f"{when}, and again")
        assert (again.status, prepared.done()) == (0, True), f"{when}, and again: {again.err}"

    def _prepare(self) -> Prepared:
        home = self._folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        return self._case.step(Account(home))

    def _run(self, prepared: Prepared, options: Sequence[str] | None = None) -> Done:
        state = prepared.account.state
        environ = {"HOME": str(prepared.account.home), "PATH": os.environ["PATH"]}
        environ.update(TAOSHELL_STATE=state.root, TAOSHELL_MOUNTS_FILE=state.mounts_file)
        action = taoshell(*prepared.words)
        if options is None:
            return in_child(action, environ, "/")
        return traced_child(action, environ, Path("/"), self._log, [*self._case.options, *options])


def view(account: Account) -> dict[str, object]:
    """Return everything that determines what shells and readers of the mounts file get."""
    views: dict[str, object] = {
        "in force": account.in_force(),
        "ours": account.mounts_file.is_symlink(),
        "own": account.original.read_bytes() if account.original.exists() else None,
        "released": os.path.exists(account.state.released),
        "approved": sorted(path.name for path in Path(account.state.allowed).glob("*") if not path.suffix),
    }
    for path in Path(account.state.root, "projects").rglob("+/*"):
        if path.is_symlink():
            views[str(path)] = os.readlink(path)
        elif path.name in ("mounts.json", "shared.json"):
            views[str(path)] = path.read_bytes()
    return views


def _differences(one: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    return {name: (one.get(name), other.get(name)) for name in one | other if one.get(name) != other.get(name)}


def is_hit(made: list[tuple[int, str, int]], injected: int, point: Point, number: int, fault: str) -> bool:
    """Whether the fault hit this call and no other one. A signal that is blocked then arrives some calls later."""
    this = (point.process, point.name, point.nth)
    if fault == "killed before":
        return len(made) == number
    if fault == "killed after":
        return len(made) == number + 1 and made[-1] == this
    return made[number : number + 1] == [this] and injected == 1


def _assert_kept(prepared: Prepared, when: str) -> None:
    for identity in prepared.kept:
        found = names_of(identity.inode, prepared.account.home)
        assert found, f"{when}: {identity.content!r} has no name any more"
        assert Identity.of(found[0]) == identity, f"{when}: {found[0]} was changed"


def _assert_told(done: Done, when: str) -> None:
    """Check that a failure printed one line with cause and cure, and no traceback."""
    assert done.status in (0, 1), f"{when}: exit status {done.status}: {done.err}"
    lines = done.err.splitlines()
    assert all(line.startswith("taoshell: ") for line in lines), f"{when}: {done.err}"
    if done.status == 1:
        assert len(lines) == 1, f"{when}: {done.err}"
        assert "; " in lines[0], f"{when}: no cure: {lines[0]}"
