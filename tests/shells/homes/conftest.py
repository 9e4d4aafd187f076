"""A user who is not root, in their own home. (Root would not get permission errors.)"""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shells.conftest import Stock, stocked
from tests.shells.dialects import Shell
from tests.shells.homes.user import User
from tests.shells.starts.machine import Machine


@pytest.fixture(scope="session")
def stock_of_user() -> Iterator[Stock]:
    """A stock in a folder that every user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="homes-"))
    folder.chmod(0o755)
    (folder / "disk").mkdir()
    yield stocked(folder / "disk", "O'Neil's $x", copy=folder / "copy")
    shutil.rmtree(folder)


@pytest.fixture
def user(stock_of_user: Stock, shell: Shell, tmp_path: Path) -> Iterator[User]:
    """A user with two approved projects that have not been used yet."""
    home = copy.copy(stock_of_user.home)
    home.env = dict(home.env)
    machine = Machine(tmp_path / "etc", {"root": (0, Path("/root"))}, shell.command()[0])
    user = User(home, shell, machine, stock_of_user.copy)
    yield user
    user.close()
