"""Each neighbour in each shell that has it, with our hook before and after it in the rc file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.compat.common_checks import CommonChecks
from tests.compat.neighbour import AFTER, BEFORE, Setup
from tests.compat.table import THEMES
from tests.shells.desk import Desk
from tests.shells.dialects import SHELLS
from tests.support.slow import slow_unless


class Case(NamedTuple):
    shell: str
    name: str
    setup: Setup
    order: str


CASES = [
    Case(shell, neighbour.name, setup, order)
    for neighbours in THEMES.values()
    for neighbour in neighbours
    for shell in SHELLS
    if isinstance(setup := neighbour.of(shell), Setup)
    for order in (setup.orders if setup.text else (AFTER,))
]


_QUICK = {
    ("bash", "`PROMPT_COMMAND`, a string", AFTER),
    ("bash", "direnv, its hook before ours", BEFORE),
    ("zsh", "`precmd` (in bash by bash-preexec's conventions)", BEFORE),
    ("fish", "a trap on EXIT", BEFORE),
}


@pytest.mark.parametrize(
    ("shell", "name", "setup", "order"),
    slow_unless(
        lambda shell, name, setup, order: (shell, name, order) in _QUICK,
        [tuple(case) for case in CASES],
        id=lambda shell, name, setup, order: f"{shell}-{order}-{name}",
    ),
    indirect=["shell"],
)
def test_taoshell_works_with(desk: Desk, name: str, setup: Setup, order: str, tmp_path: Path) -> None:
    CommonChecks(desk, setup, order, tmp_path).make()
