"""docs/architecture.md describes every folder, and the layers that import-linter checks."""

from __future__ import annotations

import re

import pytest

from tests.support.clone import CLONE

PAGE = (CLONE / "docs" / "architecture.md").read_text()


def folders(parent: str) -> set[str]:
    """Return the folders in `parent` that contain files; a moved folder may leave a __pycache__ behind."""
    return {file.parent.name for file in (CLONE / parent).glob("[!_.]*/*") if file.is_file()}


@pytest.mark.parametrize("parent", ["taoshell", "shell", "tests"])
def test_every_folder_is_described(parent: str) -> None:
    (table,) = re.findall(rf"^\| `{parent}/` \|.*?\n\n", PAGE, re.MULTILINE | re.DOTALL)
    first_column = re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)[2:]
    described = set(re.findall(r"`(\w+)/`", "".join(first_column)))
    if parent == "tests":  # the table omits the folders that mirror a folder of the package
        described |= folders("taoshell")
    assert described == folders(parent)


def test_the_layers_are_those_of_import_linter() -> None:
    (drawn,) = re.findall(r"^```\n(__main__ .*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    checked = re.search(r"^layers = \[\n(.*?)^\]", (CLONE / "pyproject.toml").read_text(), re.MULTILINE | re.DOTALL)
    assert checked
    layers = [line.strip(' ",').replace("taoshell.", "") for line in checked[1].splitlines()]
    assert [re.split(r" {2,}", line)[0] for line in drawn.splitlines()] == layers
