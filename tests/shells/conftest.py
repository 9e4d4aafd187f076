"""Fixtures: each test runs in every shell of the registry, in a home whose path needs quoting."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shells.desk import Desk
from tests.shells.dialects import SHELLS, Shell
from tests.shells.projects import Home


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> Shell:
    """Each shell of the registry; `only(…)` limits a test to some of them."""
    return SHELLS[request.param]


@dataclass(frozen=True)
class Stock:
    """A home with the projects `a` and `b`, and a copy of it.

    Compiled files contain paths, so each test gets the content of the copy at the path of the home.
    """

    home: Home
    copy: Path


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """The stock of a worker. It is made only once, because `init` takes longer than most tests."""
    return stocked(tmp_path_factory.mktemp("stock"), "O'Neil's $x")


def stocked(folder: Path, name: str, copy: Path | None = None) -> Stock:
    """Make the home `name` in `folder`, and its copy at `copy` (by default also in `folder`)."""
    home, copy = Home(folder / name), copy or folder / "copy"
    for project in ("a", "b"):
        home.project(project)
    shutil.copytree(home.path, copy, symlinks=True)
    return Stock(home, copy)


@pytest.fixture
def desk(stock: Stock, shell: Shell) -> Iterator[Desk]:
    """A user with a home that has not been used since `init`."""
    stock.home.restock(stock.copy)
    desk = Desk(stock.home, shell)
    yield desk
    desk.close()
