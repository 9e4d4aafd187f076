"""Time whole commands: what a shell runs at its start, `status`, `allow`, the hook's `_sync`, and a bare Python."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Figures
from bench.projects import World
from bench.tools import Program, Taoshell

INTERPRETER = "python -c pass"
"""The lower bound for a Python program, in the environment that taoshell is installed in."""

SYNC = "_sync"
"""The hook's own call: the next prompt waits for it after an edit."""

_EDITED = ", .env edited"
_BARE = (sys.executable, "-c", "pass")


def measure(figures: Figures, worlds: Sequence[tuple[Program, World]], rounds: int) -> None:
    """Time each command `rounds` times; the commands take turns."""
    commands: list[tuple[str, str, Sequence[str], World]] = []
    for tool, world in worlds:
        start = tool.start("bash")
        commands.append(("start", f"{tool.name} {' '.join(start[len(tool.command()) :])}", start, world))
        if isinstance(tool, Taoshell):
            for measure_ in ("start", "command") if tool.name == Taoshell.name else ():
                commands.append((measure_, INTERPRETER, _BARE, world))
            program, yes = tool.command(), ("allow", "--yes")
            commands.append(("command", f"{tool.name} status", (*program, "status"), world))
            commands.append(("command", f"{tool.name} allow", (*program, *yes), world))
            commands.append(("command", f"{tool.name} allow{_EDITED}", (*program, *yes), world))
            sync = (*program, SYNC, str(world.a.root))
            commands.append(("command", f"{tool.name} {SYNC}{_EDITED}", sync, world))
    edits = itertools.count()
    for _ in range(rounds):
        for measure_, name, argv, world in commands:
            if name.endswith(_EDITED):
                _edit(world.a.root / ".env", next(edits))
            figures.add(measure_, "", name, [_microseconds(argv, world)])
            if SYNC in argv:  # it has blocked the project
                _microseconds([*argv[: argv.index(SYNC)], "allow", "--yes"], world)


def _edit(dotenv: Path, number: int) -> None:
    """Change the content that must be approved: replace the comment at the end of the user's lines."""
    lines = dotenv.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("# bench ")]
    dotenv.write_text("".join([*kept, f"# bench {number}\n"]))


def _microseconds(argv: Sequence[str], world: World) -> float:
    """Run `argv` in project a and return its duration. Raises CalledProcessError if it fails."""
    quiet = subprocess.DEVNULL
    start = time.perf_counter_ns()
    subprocess.run(argv, cwd=world.a.root, env=world.environment, stdin=quiet, stdout=quiet, stderr=quiet, check=True)
    return (time.perf_counter_ns() - start) / 1000
