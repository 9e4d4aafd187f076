"""`python -m bench.run`: measure taoshell, direnv, mise and an empty hook.

Run it in the environment that taoshell is installed in. It prints the page; a full run also writes results.md and
results.svg. Everything else is in temporary folders, which it removes at the end.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench import calls, chart, commands, growth, hooks, prompts, report, starts
from bench.figures import FLOOR, Figures
from bench.goals import OURS, goals
from bench.noise import MOST, Noise
from bench.shells import SHELLS, Shell, WrongFigures
from bench.tools import Before, Program, Taoshell, Tool, available

HERE = Path(__file__).resolve().parent
ROUNDS = 5
REPEATS = 2
"""How many noisy rounds are repeated."""


@dataclass(frozen=True, slots=True)
class Size:
    """What one round measures: batches of idle prompts, trips, real prompts, and repetitions of the rest."""

    batches: int
    turns: int
    cycles: int
    commands: int
    starts: int


FULL = Size(batches=5, turns=6, cycles=50, commands=5, starts=5)
QUICK = Size(batches=2, turns=1, cycles=3, commands=1, starts=1)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    size, rounds = (QUICK, 1) if options.quick else (FULL, options.rounds)
    tools, missing = tools_of(options.cache, options.against)
    tools = [tool for tool in tools if not options.tool or tool.name in options.tool]
    shells = [shell for shell in SHELLS.values() if not options.shell or shell.name in options.shell]
    for shell in [shell for shell in shells if shell.program is None]:
        missing.append(f"{shell.name} is not installed; apt-get install {shell.name}")
        shells.remove(shell)
    if shutil.which("strace") is None:
        missing.append("strace is not installed, so no system calls are counted; apt-get install strace")
    for line in missing:
        print(f"bench: not measured: {line}", file=sys.stderr)
    try:
        figures, noise = run(tools, shells, size, options.measure or MEASURES, rounds)
    except (WrongFigures, OSError, subprocess.CalledProcessError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    page = report.page(figures, facts(tools, shells, noise, rounds), "results.svg")
    folder = options.output or (HERE if _is_full(options) else None)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "results.svg").write_text(chart.picture(figures))
        (folder / "results.md").write_text(page)
    print(page)
    return 0 if all(goal.reached for goal in goals(figures)) or not options.strict else 1


def _is_full(options: argparse.Namespace) -> bool:
    """Whether this run may replace the figures that the repository shows."""
    parts = options.shell or options.tool or options.measure or options.against
    return options.rounds >= ROUNDS and not options.quick and not parts


def tools_of(cache: Path, against: Sequence[Path]) -> tuple[list[Tool], list[str]]:
    """Return the tools, and for each missing one a line with its cure; `against` are other clones of taoshell."""
    tools, missing = available(cache)
    return [*tools, *(Before(clone.resolve()) for clone in against)], missing


MEASURES = ("prompts", "hooks", "calls", "commands", "starts", "growth")


def run(
    tools: Sequence[Tool], shells: Sequence[Shell], size: Size, measures: Sequence[str], rounds: int
) -> tuple[Figures, list[float]]:
    """Measure in rounds; return the figures of the quietest ones, and for every round how many CPUs others used.

    Raises WrongFigures if a tool did not do its work.
    """
    done: list[tuple[float, Figures]] = []
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="taobench-") as temporary, ExitStack() as stack:
        folder = Path(temporary).resolve()
        ours = [tool for tool in tools if isinstance(tool, Taoshell)] if "growth" in measures else []
        grown = [(tool, stack.enter_context(growth.conditions(tool, folder / f"growth-{tool.name}"))) for tool in ours]
        most = rounds + (REPEATS if rounds > 1 else 0)
        while sum(others <= MOST for others, _ in done) < rounds and len(done) < most:
            begun, noise, new = time.monotonic(), Noise(), Figures()
            with tempfile.TemporaryDirectory(dir=folder, prefix="round-") as home:
                measure_round(new, tools, shells, size, measures, Path(home))
            for tool, conditions in grown:
                growth.measure_growth(new, tool, conditions, shells, batches=2, turns=min(4, size.turns))
            done.append((noise.others(), new))
            took = f"{time.monotonic() - begun:.0f} s, others used {done[-1][0]:.2f} CPUs"
            print(f"bench: round {len(done)}: {took}", file=sys.stderr)
        for _, kept in sorted(done, key=lambda round_: round_[0])[:rounds]:
            figures.take(kept)
        if "calls" in measures:
            counted = [tool for tool in tools if tool.name in (FLOOR, OURS)]
            calls.measure(figures, counted, shells, folder / "calls", size.cycles)
    return figures, [others for others, _ in done]


def facts(tools: Sequence[Tool], shells: Sequence[Shell], noise: Sequence[float], rounds: int) -> list[str]:
    """Describe the machine and the versions, without names of hosts, people or folders."""
    versions = [f"{tool.name} {tool.version()}".strip() for tool in tools]
    versions += [f"{shell.name} {shell.version()}" for shell in shells]
    machine = f"{os.cpu_count()} CPUs, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    return [f"{date.today()}", machine, ", ".join(versions), *_noise(noise, rounds)]


def _noise(noise: Sequence[float], rounds: int) -> list[str]:
    kept = sorted(noise)[:rounds]
    low, high = kept[0], kept[-1]
    said = f"rounds: {rounds}; other programs used {low:.2f} to {high:.2f} of a CPU in them"
    said += ": **a noisy run**" if high > MOST else ""
    repeated = len(noise) - rounds
    return [said + (f"; {repeated} more rounds do not count" if repeated else "")]


def measure_round(
    figures: Figures, tools: Sequence[Tool], shells: Sequence[Shell], size: Size, measures: Sequence[str], folder: Path
) -> None:
    programs = [tool for tool in tools if isinstance(tool, Program)]
    if "prompts" in measures:
        prompts.measure(figures, tools, shells, folder / "prompts", size.cycles)
    if "hooks" in measures:
        hooks.measure(figures, tools, shells, folder / "hooks", batches=size.batches, turns=size.turns)
    if "commands" in measures:
        worlds = [(tool, hooks.world_of(tool, folder / "commands")) for tool in programs]
        commands.measure(figures, worlds, size.commands)
    if "starts" in measures:
        starts.measure(figures, programs, shells, folder / "starts", size.starts)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, to check that the benchmark works")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how many rounds count (default: {ROUNDS})")
    parser.add_argument(
        "--against",
        action="append",
        type=Path,
        default=[],
        metavar="CLONE",
        help='also measure the taoshell of another clone, as the tool "before"',
    )
    parser.add_argument("--shell", action="append", choices=list(SHELLS), help="only this shell (repeatable)")
    parser.add_argument("--tool", action="append", metavar="NAME", help="only this tool (repeatable)")
    parser.add_argument("--measure", action="append", choices=MEASURES, help="only this part (repeatable)")
    parser.add_argument("--output", type=Path, help="write results.md and results.svg to this folder")
    parser.add_argument("--cache", type=Path, default=HERE.parent / ".cache/bench", help="npm prefix with mise")
    parser.add_argument("--strict", action="store_true", help="exit with status 1 if a goal was not reached")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
