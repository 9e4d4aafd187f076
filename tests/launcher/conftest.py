"""A user whose home has a path that needs quoting, and shells of this user."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.shells.dialects import SHELLS
from tests.shells.projects import Home
from tests.shells.terminal import Terminal


@pytest.fixture
def user(home: Path) -> Home:
    return Home(home / "O'Neil's $x")


@pytest.fixture
def open_shell(user: Home) -> Iterator[Callable[[str], Terminal]]:
    """Open a shell of this name, in the user's home."""
    opened: list[Terminal] = []

    def open_one(name: str) -> Terminal:
        opened.append(Terminal(SHELLS[name], user.env, user.path))
        return opened[-1]

    yield open_one
    for terminal in opened:
        terminal.close()


def cd(terminal: Terminal, folder: Path) -> None:
    """Type `cd`, like a user."""
    assert terminal.run(f"cd {terminal.shell.quote(str(folder))}").status == 0
