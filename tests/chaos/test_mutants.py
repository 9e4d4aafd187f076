"""The chaos test finds the mistakes that it exists for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.mutants import MUTANTS
from tests.chaos.run import Run
from tests.chaos.world import World
from tests.support.slow import slow_unless


@pytest.mark.parametrize("name", slow_unless(lambda name: name == "ln without a rename", MUTANTS))
def test_a_mutant_is_found(name: str, tmp_path: Path) -> None:
    mutant = MUTANTS[name]
    code = mutant.make(tmp_path / "clone")
    world = World(tmp_path / "world", 2, code)
    figures = Run(world, mutant.plan).everything()
    assert figures.violations, "the mutant was not found"
    assert {violation.kind for violation in figures.violations} <= {*mutant.found}, [*map(str, figures.violations)]
