"""An idle prompt asks the system for a few file tests and for nothing else: no process, no file opened or written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.calls import CHANGES, PROCESSES, TESTS, counted
from tests.shells.desk import Desk
from tests.shells.terminal import Terminal
from tests.support.needs import need

PROMPTS = 3


def inside(desk: Desk) -> Path:
    return desk.home.project().root


def outside(desk: Desk) -> Path:
    return desk.home.path


def while_another_shell_holds_the_file(desk: Desk) -> Path:
    return desk.home.project().root


MOST: dict[Callable[[Desk], Path], dict[str, int]] = {
    inside: {"bash": 18, "zsh": 19, "fish": 18},
    outside: {"bash": 10, "zsh": 11, "fish": 12},
    while_another_shell_holds_the_file: {"bash": 22, "zsh": 25, "fish": 25},
}
"""File tests of one prompt. Each costs a microsecond, in fish more than two: fewer are welcome, more are not.

Inside, the generation's own form of the test has the mounts file and each source between two stamps (four calls each),
the file of LAUNCHER_MOUNTS, the steps to the places, and the last look (two). Outside, and while another shell holds
the mounts file, one form fits every state: what does not matter there is tested too, as '' or /.
"""


@pytest.mark.parametrize("place", MOST, ids=lambda place: place.__name__)
def test_an_idle_prompt_only_tests_a_few_files(desk: Desk, place: Callable[[Desk], Path]) -> None:
    terminal = desk.terminal(place(desk))
    if place is while_another_shell_holds_the_file:
        desk.terminal(desk.home.project("b").root)
    calls = calls_of(terminal, terminal.enter)
    assert {kind: calls[kind] for kind in (PROCESSES, CHANGES)} == {PROCESSES: 0, CHANGES: 0}
    assert 0 < calls[TESTS] <= PROMPTS * MOST[place][desk.shell.name]


def test_the_shell_itself_makes_no_file_tests(desk: Desk) -> None:
    terminal = desk.terminal(hook=False)
    assert calls_of(terminal, terminal.enter) == {}


@pytest.mark.parametrize(
    ("line", "kind", "count"),
    [
        ("[ -e /nowhere ]", TESTS, 1),
        (": >>written", CHANGES, 1),
        ("/bin/true", PROCESSES, 2),  # a fork (or vfork) and an exec
    ],
)
def test_the_count_sees_each_kind(desk: Desk, line: str, kind: str, count: int) -> None:
    terminal = desk.terminal(hook=False)
    assert calls_of(terminal, lambda: terminal.run(line))[kind] >= PROMPTS * count


def calls_of(terminal: Terminal, act: Callable[[], object]) -> dict[str, int]:
    """Act until the shell is idle, and count the calls of PROMPTS further times."""
    for _ in range(3):
        act()
    with counted(terminal.pid, need(shutil.which("strace"), "strace")) as counts:
        for _ in range(PROMPTS):
            act()
    return counts
