"""How taoshell's times grow with the number of approved projects, of live sessions, and with the depth of the path."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.figures import Figures
from bench.projects import World, search_path
from bench.shells import Shell
from bench.tools import Taoshell, session
from taoshell.state import processes, sessions

PROJECTS = (100, 1000)
SESSIONS = 100
DEPTHS = (2, 8, 32)

BASE = "2 approved projects, no other session"
MANY_SESSIONS = f"{SESSIONS} other live sessions"


def many_projects(count: int) -> str:
    return f"{count} approved projects"


def at_depth(depth: int) -> str:
    return f"projects {depth} folders deep"


@contextmanager
def conditions(tool: Taoshell, folder: Path) -> Iterator[dict[str, World]]:
    """Create a world for each condition, with its home in `folder`. Sessions and deep folders end with the context."""
    worlds: dict[str, World] = {}

    def world(condition: str, roots: tuple[Path, Path] | None = None) -> World:
        worlds[condition] = made = World.at(folder / f"home-{len(worlds)}", search_path(), roots)
        tool.set_up(made)
        return made

    world(BASE)
    for count in PROJECTS:
        _approve_copies(world(many_projects(count)), count)
    with ExitStack() as stack:
        for depth in DEPTHS:
            world(at_depth(depth), (_root_at(depth, stack), _root_at(depth, stack)))
        _register(world(MANY_SESSIONS), [_sleeper(stack) for _ in range(SESSIONS)])
        yield worlds


def measure_growth(
    figures: Figures, tool: Taoshell, worlds: dict[str, World], shells: Sequence[Shell], *, rounds: int, turns: int
) -> None:
    """Measure each condition `rounds` times, in turns. The measures are "growth of switch" and so on."""
    for _ in range(rounds):
        for shell in shells:
            for condition, world in worlds.items():
                for name, value in session(tool, shell, world, batches=3, turns=turns):
                    figures.add(f"growth of {name}", shell.name, condition, [value])


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


def _sleeper(stack: ExitStack) -> int:
    """Start a process that stands in for another shell and lives until the context ends; return its pid."""
    process = stack.enter_context(subprocess.Popen(["sleep", "900"]))
    stack.callback(process.terminate)
    return process.pid


def _register(world: World, pids: Sequence[int]) -> None:
    """Write a session for each process, in one of the projects, with an mtime before that of the measured shell."""
    folder = _state(world) / "sessions"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / sessions.PLACEHOLDER).touch()
    for number, pid in enumerate(pids):
        session = folder / processes.name_of(pid)
        session.write_text(f"{(world.a, world.b)[number % 2].root}\n")
        then = session.stat().st_mtime - 3600 + number
        os.utime(session, (then, then))
