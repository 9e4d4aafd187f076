"""`python -m tests.chaos`, which `make chaos` runs. The exit status is 1 if a violation was found."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.mutants import MUTANTS
from tests.chaos.report import page, table
from tests.chaos.run import Plan, Run
from tests.chaos.world import World
from tests.support.clone import CLONE

_LONG = 600.0  # seconds; only a run of that length writes the page
_PAGE = CLONE / "docs/reports/chaos.md"


def main() -> int:
    options = argparse.ArgumentParser(
        prog="python -m tests.chaos", description="Shells, writers and readers at random."
    )
    options.add_argument("--shells", type=int, default=30)
    options.add_argument("--seconds", type=float, default=_LONG)
    options.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="repeat the moves of another run")
    options.add_argument("--mutant", choices=MUTANTS, help="test a copy of taoshell with this mistake in it")
    given = options.parse_args()
    print(f"seed {given.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    code = MUTANTS[given.mutant].make(folder / "clone") if given.mutant else CLONE
    world = World(folder / "world", 6, code)
    plan = Plan(shells=given.shells, seconds=given.seconds, seed=given.seed, cycle=20.0, rounds=10)
    run = Run(world, plan, lambda line: print(line, flush=True))
    figures = run.everything()
    print(table(figures))
    for violation in figures.violations:
        print(f"\n{violation}")
    if figures.violations:
        print(f"\n{run.story()}\n\nAll files of the run are kept in {folder}", file=sys.stderr)
        return 1
    world.remove()
    if given.seconds >= _LONG and not given.mutant:
        _PAGE.write_text(page(figures, f"make chaos SHELLS={given.shells} SECONDS={given.seconds:.0f}"))
        print(f"written: {os.path.relpath(_PAGE)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
