"""Each neighbour in each shell that can have it, once for each place of its lines in the rc file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.compat.journey import Journey
from tests.compat.neighbour import AFTER, Setup
from tests.compat.table import THEMES
from tests.shells.desk import Desk
from tests.shells.dialects import SHELLS


class Case(NamedTuple):
    shell: str
    name: str
    setup: Setup
    order: str


JOURNEYS = [
    Case(shell, neighbour.name, setup, order)
    for neighbours in THEMES.values()
    for neighbour in neighbours
    for shell in SHELLS
    if isinstance(setup := neighbour.of(shell), Setup)
    for order in (setup.orders if setup.text else (AFTER,))
]


@pytest.mark.parametrize(
    ("shell", "setup", "order"),
    [
        pytest.param(case.shell, case.setup, case.order, id=f"{case.shell}-{case.order}-{case.name}")
        for case in JOURNEYS
    ],
    indirect=["shell"],
)
def test_in_the_company_of(desk: Desk, setup: Setup, order: str, tmp_path: Path) -> None:
    Journey(desk, setup, order, tmp_path).make()
