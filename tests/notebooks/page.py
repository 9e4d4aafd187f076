"""Write docs/reports/notebooks.md: what taoshell reads from each form of a set-up, and what it says about bad input.

    python -m tests.notebooks.page

A test compares the page with these rows; another one compares each form with what IPython really does.
"""

from __future__ import annotations

from taoshell.errors import TaoshellError, counted
from taoshell.formats import recognise
from taoshell.formats.surroundings import Surroundings
from tests.notebooks.bad_input import BAD
from tests.notebooks.forms import FORMS
from tests.support.clone import CLONE

PAGE = CLONE / "docs" / "reports" / "notebooks.md"
AROUND = Surroundings("/home/ann/cars", "/home/ann", "ann", 1000, 1000, {"HOME": "/home/ann", "USER": "ann"})
_HEAD = """\
# Notebooks: what `taoshell init --from` reads

<!-- Written by `python -m tests.notebooks.page`, from the rows in tests/notebooks; a test compares the two. -->

taoshell reads a file and never runs it. For each form below, a test also runs the cells in IPython, in a sandbox, and
the static reading must give exactly the same environment and the same mounts file. "asks for" are the variables that
the file leaves to its reader.

## Forms

| form | mounts | variables | asks for |
| --- | --: | --: | --- |
"""
_BAD = """
## Input from which not everything can be read

What taoshell does not know, it names with its place, and it guesses nothing. "read" means that the rest is read.

| input | | what taoshell says |
| --- | --- | --- |
"""


def written() -> str:
    """Return the text of the page."""
    rows = []
    for name, form in FORMS.items():
        found = recognise.read(form.text(), form.name, AROUND, {})
        asked = ", ".join(f"`{question.name}`" for question in found.questions)
        rows.append((name, len(found.mapping.mounts), len(found.variables), asked))
    bad = [(name, *_outcome(name)) for name in BAD]
    return _HEAD + "".join(map(_row, rows)) + _BAD + "".join(map(_row, bad))


def _outcome(name: str) -> tuple[str, str]:
    """Return whether a bad file is refused, and what taoshell says."""
    row = BAD[name]
    try:
        found = recognise.read(row.text, row.name, AROUND, {})
    except TaoshellError:
        return "refused", f"`{row.said}`"
    return "read", f"`{row.said}`" if row.said else f"{counted(len(found.mapping.mounts), 'mount')}"


def _row(cells: tuple[object, ...]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


if __name__ == "__main__":
    PAGE.write_text(written())
