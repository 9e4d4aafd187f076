"""The scenarios run in every shell of the registry, with a home whose path needs quoting."""

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
    """Each shell of the registry; `only(…)` narrows it."""
    return SHELLS[request.param]


@dataclass(frozen=True)
class Stock:
    """A home with the projects `a` and `b`, and a copy of it.

    What is compiled holds paths, so each scenario gets the copy's content in the home's own place.
    """

    home: Home
    copy: Path


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """Made once in each worker, as `init` takes longer than most scenarios."""
    return stocked(tmp_path_factory.mktemp("stock"), "O'Neil's $x")


def stocked(folder: Path, name: str, copy: Path | None = None) -> Stock:
    """The home is `name` in `folder`, and so is the copy, where that is to be nowhere else."""
    home, copy = Home(folder / name), copy or folder / "copy"
    for project in ("a", "b"):
        home.project(project)
    shutil.copytree(home.path, copy, symlinks=True)
    return Stock(home, copy)


@pytest.fixture
def desk(stock: Stock, shell: Shell) -> Iterator[Desk]:
    """A user at work in a home that nobody has used since `init`."""
    stock.home.restock(stock.copy)
    desk = Desk(stock.home, shell)
    yield desk
    desk.close()
