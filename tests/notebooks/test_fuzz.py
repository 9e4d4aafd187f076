"""Whatever a file holds, reading it ends with a value or with one line, and in time."""

from __future__ import annotations

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taoshell.errors import TaoshellError
from taoshell.formats import recognise
from taoshell.formats.surroundings import Surroundings
from tests.notebooks.bad_input import COMPOSE, HOSTILE, RUN
from tests.notebooks.forms import FORMS, notebook
from tests.notebooks.test_scripts import SCRIPTS

AROUND = Surroundings("/work/cars", "/home/ann", "ann", 1000, 1000, {"HOME": "/home/ann"})
SECONDS = 5
TEXTS = [
    *(("a.ipynb", form.text()) for form in FORMS.values() if not form.python),
    *(("a.py", cell) for form in FORMS.values() for cell in [form.python, *form.cells] if cell),
    *(("a.sh", text) for text in [RUN, *SCRIPTS.values()]),
    ("compose.yaml", COMPOSE),
    ("a.ipynb", HOSTILE),
]
PIECES = [
    *"\"'`$(){}[]\\\n;&|<>=%!#:, ",
    "${A:-",
    "$(cat)",
    "<<E\n",
    "%env A=",
    "!docker run -v ",
    "os.environ[",
    "**",
    "*a",
]
PIECES += [
    "while True:\n ",
    "def f():\n ",
    "f'{",
    "return ",
    "lambda: ",
    "- &a ",
    "\0",
    "\ud800",
    "é",
    "del ",
    "with open(",
    "@",
]


def read(name: str, text: str) -> None:
    start = time.monotonic()
    try:
        found = recognise.read(text, name, AROUND, {})
    except TaoshellError as error:
        said = str(error)
    else:
        said = found.kind
        found.document()
    assert 0 < len(said) < 12_000
    assert time.monotonic() - start < SECONDS


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, str]:
    """A file of one of our forms in which some pieces are missing, doubled or foreign."""
    name, text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        end = draw(st.integers(at, min(len(text), at + 40)))
        text = text[:at] + draw(st.sampled_from(["", *PIECES, text[at:end] * 2])) + text[end:]
    return name, text


@given(damaged())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_file(file: tuple[str, str]) -> None:
    read(*file)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=100, deadline=None)
def test_any_text_in_each_format(text: str) -> None:
    for name, whole in (
        ("a.py", text),
        ("a.sh", f"docker run {text} ours"),
        ("a.yaml", f"services:\n  a: {text}\n"),
        ("a.ipynb", notebook(text)),
    ):
        read(name, whole)
