"""Shells, writers and readers act at random, with a new seed each time: nothing is lost, torn or wrong."""

from __future__ import annotations

import time
from pathlib import Path

from tests.chaos.run import Plan, Run
from tests.chaos.world import World
from tests.support.slow import slow


def run(folder: Path, *, projects: int, shells: int, seconds: float, rounds: int) -> Run:
    """Check that a run has no violations. Print the seed, so that a failure can be repeated."""
    seed = time.time_ns() % 1_000_000
    print(f"seed {seed}")
    plan = Plan(shells=shells, seconds=seconds, seed=seed, cycle=8.0, rounds=rounds)
    run = Run(World(folder / "world", projects), plan)
    found = "\n".join(map(str, run.everything().violations))
    assert not found, f"seed {seed}\n{found}\n{run.story()}"
    return run


def test_a_few_shells_lose_and_tear_nothing(tmp_path: Path) -> None:
    counts = run(tmp_path, projects=2, shells=3, seconds=1.0, rounds=2).figures.counts
    assert counts["moves"] > 10
    assert counts["read: ours"] > 50


@slow
def test_many_shells_lose_and_tear_nothing(tmp_path: Path) -> None:
    counts = run(tmp_path, projects=4, shells=8, seconds=24.0, rounds=6).figures.counts
    assert counts["moves"] > 100
    assert counts["kept in backups"] > 0
    assert counts["read: ours"] > 1000
