"""How taoshell's times grow with the number of approved projects, of live sessions, and with the depth of the path."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figures
from bench.projects import World, search_path
from bench.shells import Shell, step, visits
from bench.tools import Taoshell, session
from taoshell.state import processes, sessions

PROJECTS = (100, 1000)
SESSIONS = 100
DEPTHS = (2, 8, 32)

DEAD = 8

BASE = "2 approved projects, no other session"
MANY_SESSIONS = f"{SESSIONS} live sessions and {DEAD} dead ones"


def many_projects(count: int) -> str:
    return f"{count} approved projects"


def at_depth(depth: int) -> str:
    return f"projects {depth} folders deep"


@dataclass(frozen=True, slots=True)
class Condition:
    """A world, and the names of the sessions of others in it."""

    world: World
    live: Sequence[str] = ()
    dead: Sequence[str] = ()

    def forget(self) -> None:
        """Remove the sessions of the shells that were measured here: they are dead now."""
        folder = _sessions(self.world)
        for path in folder.glob("*") if folder.is_dir() else ():
            if path.name not in (sessions.PLACEHOLDER, *self.live):
                path.unlink()

    def die(self) -> Iterator[None]:
        """Before each move the dead sessions are as their shells left them: whoever finds one may tidy it up."""
        while True:
            _write(self.world, self.dead, before=60)
            yield


@contextmanager
def conditions(tool: Taoshell, folder: Path) -> Iterator[dict[str, Condition]]:
    """Create the conditions, with their homes in `folder`. Sessions and deep folders end with the context."""
    made: dict[str, Condition] = {}

    def world(roots: tuple[Path, Path] | None = None) -> World:
        new = World.at(folder / f"home-{len(made)}", search_path(), roots)
        tool.set_up(new)
        return new

    made[BASE] = Condition(world())
    for count in PROJECTS:
        made[many_projects(count)] = Condition(world())
        _approve_copies(made[many_projects(count)].world, count)
    with ExitStack() as stack:
        for depth in DEPTHS:
            made[at_depth(depth)] = Condition(world((_root_at(depth, stack), _root_at(depth, stack))))
        with ExitStack() as short:
            dead = [_session(short) for _ in range(DEAD)]
        made[MANY_SESSIONS] = crowd = Condition(world(), [_session(stack) for _ in range(SESSIONS)], dead)
        _write(crowd.world, crowd.live, before=3600)
        yield made


def measure_growth(
    figures: Figures,
    tool: Taoshell,
    grown: dict[str, Condition],
    shells: Sequence[Shell],
    *,
    batches: int,
    turns: int,
) -> None:
    """Measure each condition in each shell. The measures are "growth of switch" and so on."""
    for shell in shells:
        for name, condition in grown.items():
            subject = name if tool.name == Taoshell.name else f"{name}, {tool.name}"
            condition.forget()
            world = condition.world
            plan = [*visits(world), *[step("idle", "idle", tool.prompts)] * batches]
            a, b, away = world.a.root, world.b.root, world.home
            for measure, folder in (("switch", b), ("switch", a), ("leave", away), ("enter", a)) * turns:
                plan += [step("wait"), step("go", measure, folder)]
            for measure, value in session(tool, shell, world, plan, condition.die()):
                figures.add(f"growth of {measure}", shell.name, subject, [value])


def _state(world: World) -> Path:
    return world.home / ".local/state/taoshell"


def _root_at(depth: int, stack: ExitStack) -> Path:
    """Create a folder whose path has `depth` components, or more if the temporary folder itself is deeper."""
    top = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="taobench-")))
    return top.joinpath(*["d"] * (depth - (len(top.parts) - 1)))


def _approve_copies(world: World, count: int) -> None:
    """Copy an approved project in the state folder, as if `count` projects were approved."""
    entries = _state(world) / "projects"
    entry = entries / world.a.root.relative_to("/") / "+"
    approval = next((_state(world) / "allowed").iterdir())
    for number in range(count - 2):
        root = world.home / "more" / f"project-{number}"
        shutil.copytree(entry, entries / root.relative_to("/") / "+", symlinks=True)
        shutil.copy2(approval, approval.with_name(f"{number:064x}"))


def _session(stack: ExitStack) -> str:
    """Start a process that stands in for another shell, and ends with the context; return its session's name."""
    process = stack.enter_context(subprocess.Popen(["sleep", "3600"]))
    stack.callback(process.terminate)
    return processes.name_of(process.pid)


def _sessions(world: World) -> Path:
    return _state(world) / "sessions"


def _write(world: World, names: Sequence[str], *, before: float) -> None:
    """Write sessions in the projects, a second after another, the first `before` seconds ago."""
    if not names:
        return
    folder, now = _sessions(world), time.time()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / sessions.PLACEHOLDER).touch()
    for number, name in enumerate(names):
        session = folder / name
        session.write_text(f"{(world.a, world.b)[number % 2].root}\n")
        then = now - before + number
        os.utime(session, (then, then))
