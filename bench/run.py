"""`python -m bench.run`: measure taoshell, direnv, mise and an empty hook.

Run it in the environment that taoshell is installed in. It writes results.md and results.svg. Everything else is in
temporary folders, which it removes at the end.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench import chart, commands, growth, report, starts
from bench.figures import Figures
from bench.goals import goals
from bench.projects import World, search_path
from bench.shells import SHELLS, Shell, WrongFigures
from bench.tools import Program, Taoshell, Tool, available, session

HERE = Path(__file__).resolve().parent
LOAD = os.getloadavg()[0]
"""The load of the last minute before the run. Above a few tenths, the machine was too busy for good figures."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much to measure: rounds of everything, and for each session the batches of idle prompts and the trips."""

    rounds: int
    batches: int
    turns: int
    command_rounds: int
    growth_rounds: int
    start_rounds: int


FULL = Size(rounds=9, batches=7, turns=8, command_rounds=25, growth_rounds=5, start_rounds=25)
QUICK = Size(rounds=1, batches=2, turns=1, command_rounds=1, growth_rounds=1, start_rounds=1)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    size = QUICK if options.quick else FULL
    tools, missing = available(options.cache)
    tools = [tool for tool in tools if not options.tool or tool.name in options.tool]
    shells = [shell for shell in SHELLS.values() if not options.shell or shell.name in options.shell]
    for shell in [shell for shell in shells if shell.program is None]:
        missing.append(f"{shell.name} is not installed; apt-get install {shell.name}")
        shells.remove(shell)
    for line in missing:
        print(f"bench: not measured: {line}", file=sys.stderr)
    try:
        figures = run(tools, shells, size, options.measure or MEASURES)
    except (WrongFigures, OSError, subprocess.CalledProcessError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "results.svg").write_text(chart.picture(figures))
    page = report.page(figures, facts(tools, shells, size), "results.svg")
    (options.output / "results.md").write_text(page)
    print(page)
    return 0 if all(goal.reached for goal in goals(figures)) or not options.strict else 1


MEASURES = ("hooks", "commands", "starts", "growth")


def run(tools: Sequence[Tool], shells: Sequence[Shell], size: Size, measures: Sequence[str]) -> Figures:
    """Set up a world for each tool, and measure. Raises WrongFigures if a tool did not do its work."""
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="taobench-") as temporary:
        folder = Path(temporary).resolve()
        worlds = [(tool, _world(tool, folder)) for tool in tools]
        if "hooks" in measures:
            _measure_hooks(figures, worlds, shells, size)
        programs = [(tool, world) for tool, world in worlds if isinstance(tool, Program)]
        if "commands" in measures:
            commands.measure(figures, programs, size.command_rounds)
        if "starts" in measures:
            starts.measure(figures, [tool for tool, _ in programs], shells, folder / "starts", size.start_rounds)
        ours = next((tool for tool in tools if isinstance(tool, Taoshell)), None)
        if "growth" in measures and ours is not None:
            with growth.conditions(ours, folder / "growth") as grown:
                growth.measure_growth(figures, ours, grown, shells, rounds=size.growth_rounds, turns=size.turns)
    return figures


def facts(tools: Sequence[Tool], shells: Sequence[Shell], size: Size) -> list[str]:
    """Describe the machine and the versions, without names of hosts, people or folders."""
    versions = [f"{tool.name} {tool.version()}".strip() for tool in tools]
    versions += [f"{shell.name} {shell.version()}" for shell in shells]
    machine = f"{os.cpu_count()} CPUs, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    load = f"load when it began {LOAD:.1f}"
    return [f"{date.today()}", f"rounds: {size.rounds}", machine, load, ", ".join(versions)]


def _world(tool: Tool, folder: Path) -> World:
    world = World.at(folder / tool.name.replace(" ", "-"), search_path())
    tool.set_up(world)
    return world


def _measure_hooks(figures: Figures, worlds: Sequence[tuple[Tool, World]], shells: Sequence[Shell], size: Size) -> None:
    for _ in range(size.rounds):
        for shell in shells:
            for tool, world in worlds:
                for name, value in session(tool, shell, world, batches=size.batches, turns=size.turns):
                    figures.add(name, shell.name, tool.name, [value])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, to check that the benchmark works")
    parser.add_argument("--shell", action="append", choices=list(SHELLS), help="only this shell (repeatable)")
    parser.add_argument("--tool", action="append", metavar="NAME", help="only this tool (repeatable)")
    parser.add_argument("--measure", action="append", choices=MEASURES, help="only this part (repeatable)")
    parser.add_argument("--output", type=Path, default=HERE, help="folder for results.md and results.svg")
    parser.add_argument("--cache", type=Path, default=HERE.parent / ".cache/bench", help="npm prefix with mise")
    parser.add_argument("--strict", action="store_true", help="exit with status 1 if a goal was not reached")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
