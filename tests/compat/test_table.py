"""docs/reports/compat.md says of every row and every shell what the journeys say, and nothing else."""

from __future__ import annotations

import re

from tests.compat.neighbour import Absent, Setup
from tests.compat.table import PAGE, THEMES, page
from tests.compat.test_neighbours import CASES
from tests.shells.dialects import SHELLS


def test_the_page_is_what_the_rows_say() -> None:
    assert PAGE.read_text() == page(), "to write it: make compat"


def test_behind_each_tick_is_a_journey() -> None:
    ticks = {
        (neighbour.name, shell)
        for neighbours in THEMES.values()
        for neighbour in neighbours
        for shell in SHELLS
        if isinstance(neighbour.of(shell), Setup)
    }
    assert {(journey.name, journey.shell) for journey in CASES} == ticks


def test_a_cell_without_a_journey_says_why() -> None:
    cells = [neighbour.of(shell) for neighbours in THEMES.values() for neighbour in neighbours for shell in SHELLS]
    assert all(cell.word.startswith("✓") for cell in cells if isinstance(cell, Setup))
    assert all(re.fullmatch("[^✓]{8,}", cell.reason) for cell in cells if isinstance(cell, Absent))
