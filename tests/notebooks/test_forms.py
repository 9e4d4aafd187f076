"""The static reading of each form says exactly what IPython does when it really runs the cells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notebooks import compare, page
from tests.notebooks.forms import FORMS

Sandbox = tuple[Path, dict[str, str]]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with compare.sandbox() as found:
        yield found


@pytest.mark.parametrize("name", FORMS)
def test_the_static_reading_is_what_ipython_does(name: str, sandbox: Sandbox, tmp_path: Path) -> None:
    form = FORMS[name]
    path = tmp_path / form.name
    path.write_text(form.text())
    found = compare.compared(path, *sandbox)
    assert (found.verdict, found.why) == ("same", "")
    assert found.unknown == []
    assert found.failed == ([2] if name == "a failing cell between two others" else [])


def test_the_page_has_these_rows() -> None:
    assert page.PAGE.read_text() == page.written(), "run: python -m tests.notebooks.page"
