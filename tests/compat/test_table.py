"""docs/reports/compat.md shows what the checks cover, and nothing else."""

from __future__ import annotations

import re

from tests.compat.neighbour import Absent, Setup
from tests.compat.table import PAGE, THEMES, page
from tests.compat.test_neighbours import CASES
from tests.shells.dialects import SHELLS


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "the page is old; run: make compat"


def test_each_tick_has_checks() -> None:
    ticks = {
        (neighbour.name, shell)
        for neighbours in THEMES.values()
        for neighbour in neighbours
        for shell in SHELLS
        if isinstance(neighbour.of(shell), Setup)
    }
    assert {(case.name, case.shell) for case in CASES} == ticks


def test_a_cell_without_checks_says_why() -> None:
    cells = [neighbour.of(shell) for neighbours in THEMES.values() for neighbour in neighbours for shell in SHELLS]
    assert all(cell.word.startswith("✓") for cell in cells if isinstance(cell, Setup))
    assert all(re.fullmatch("[^✓]{8,}", cell.reason) for cell in cells if isinstance(cell, Absent))
