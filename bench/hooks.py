"""Time the hooks in a loop: idle prompts, switches, first visits, and idle prompts in other places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.figures import Figures
from bench.projects import World, search_path
from bench.shells import SESSION_SECONDS, Session, Shell, WrongFigures, argv, environment, step, visits
from bench.shells import measure as run_session
from bench.terminal import WAITS, running
from bench.tools import Empty, Taoshell, Tool, described, session

FIRST = "first"
"""The measure: from a project to another one that this shell has not been in."""

PLACES = {
    "idle": "in the project",
    "idle-below": "in a subfolder",
    "idle-held": "in the project, while another shell holds the mounts file",
    "idle-outside": "outside of any project",
    "idle-array": "in the project, with `PROMPT_COMMAND` an array",
}

_ARRAY_NOTHING = "bench_nothing() { :; }\nPROMPT_COMMAND=(bench_nothing :)\n"
_ARRAY = "PROMPT_COMMAND=(:)\n"


def measure(
    figures: Figures, tools: Sequence[Tool], shells: Sequence[Shell], folder: Path, *, batches: int, turns: int
) -> None:
    """Measure each tool in each shell, in a home of its own in `folder`: every session leaves a dead one behind."""
    for shell in shells:
        worlds = [(tool, world_of(tool, folder / shell.name)) for tool in tools]
        for tool, world in worlds:
            _add(figures, shell, tool, session(tool, shell, world, _trips(tool, world, batches, turns)))
        for _ in range(3 if turns > 1 else 1):
            for tool, world in worlds:
                plan = [step("move", world.a.root), step("go", FIRST, world.b.root)]
                _add(figures, shell, tool, session(tool, shell, world, plan), FIRST)
        for tool, world in worlds:
            if isinstance(tool, Empty | Taoshell):
                _measure_places(figures, shell, tool, world, batches)


def world_of(tool: Tool, folder: Path) -> World:
    world = World.at(folder / tool.name.replace(" ", "-"), search_path())
    tool.set_up(world)
    return world


def _add(
    figures: Figures, shell: Shell, tool: Tool, samples: Iterator[tuple[str, float]], only: str | None = None
) -> None:
    for name, value in samples:
        if only is None or name == only:
            figures.add(name, shell.name, tool.name, [value])


def _trips(tool: Tool, world: World, batches: int, turns: int) -> list[str]:
    """From a to b and back, and then out of a and back."""
    a, b, away = world.a.root, world.b.root, world.home
    switches = [step("go", "switch", b), step("go", "switch", a)] * turns
    leaves = [step("go", "leave", away), step("go", "enter", a)] * turns
    return [*visits(world), *[step("idle", "idle", tool.prompts)] * batches, *switches, *leaves]


def _measure_places(figures: Figures, shell: Shell, tool: Tool, world: World, batches: int) -> None:
    a, below = world.a.root, world.a.root / "specs/below"
    below.mkdir(parents=True, exist_ok=True)

    def idle(place: str) -> list[str]:
        return [step("prompt"), step("prompt"), *[step("idle", place, tool.prompts)] * batches]

    plan = [*visits(world), step("move", below), *idle("idle-below")]
    plan += [step("move", a), step("wait"), *idle("idle-held"), step("wait")]
    plan += [step("prompt"), step("move", world.home), *idle("idle-outside")]
    places = session(tool, shell, world, plan, _another_shell(tool, shell, world))
    _add(figures, shell, tool, ((name, value) for name, value in places if name in PLACES))
    if shell.name == "bash":
        line = _ARRAY_NOTHING if isinstance(tool, Empty) else _ARRAY + tool.line(shell)
        array = Session(line, [*visits(world), *idle("idle-array")], tool.checked)
        _add(figures, shell, tool, run_session(shell, world, array), "idle-array")


def _another_shell(tool: Tool, shell: Shell, world: World) -> Iterator[None]:
    """First another shell enters project b, and so holds the mounts file; then it ends."""
    other = described(tool, shell, world, [step("move", world.b.root), step("wait")])
    with running(argv(shell), environment(shell, world, other, "other")) as terminal:
        terminal.read_until(WAITS, SESSION_SECONDS)
        if other.swapped and f'{world.b.root}"' not in other.swapped.read_text():
            raise WrongFigures(f"the other {shell.name} does not hold the mounts file")
        yield
    yield
