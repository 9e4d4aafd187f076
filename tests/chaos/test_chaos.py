"""Eight shells, writers and readers at random, with another seed each time: nothing is lost, torn or wrong."""

from __future__ import annotations

import time
from pathlib import Path

from tests.chaos.run import Plan, Run
from tests.chaos.world import World

SECONDS = 24.0


def test_nothing_is_lost_torn_or_wrong(tmp_path: Path) -> None:
    seed = time.time_ns() % 1_000_000
    print(f"seed {seed}")
    run = Run(World(tmp_path / "world", 4), Plan(shells=8, seconds=SECONDS, cycle=8.0, seed=seed))
    figures = run.everything()
    found = "\n".join(map(str, figures.violations))
    assert not found, f"seed {seed}\n{found}\n{run.story()}"
    assert figures.counts["moves"] > 100
    assert figures.counts["kept in backups"] > 0
    assert figures.counts["read: ours"] > 1000
