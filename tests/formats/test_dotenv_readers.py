"""Who reads what in a `.env`: real programs against what taoshell writes and what it claims about them.

docs/dotenv.md shows the result; `WRITE_DOCS=1 python -m pytest tests/formats/test_dotenv_readers.py` renews its tables.
"""

from __future__ import annotations

import functools
import itertools
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from taoshell.errors import TaoshellError
from taoshell.formats.dotenv import DOCKER
from taoshell.text.dotenv import disagreeing_readers, parse, quoted
from tests.support.clone import CLONE
from tests.support.env_file_readers import READERS, Variables

DOCS = CLONE / "docs/dotenv.md"
HOSTILE = "'\"\\$ {}#n\n\r\t`=Aé"

VALUES = [
    "/data/kitti",
    "",
    "two words",
    "-v",
    "a=b:c,d@e%f~g!",
    "it's",
    "it's here",
    'say "hi"',
    'it\'s "here"',
    "`id`",
    "$(id)",
    "$HOME",
    "it's $HOME",
    "${HOME}",
    "a#b",
    "C:\\data",
    "C:\\my data",
    "C:\\new data",
    "\\\\host\\my data",
    "my data\\",
    "a\nb",
    "a\r\nb",
    "a\tb",
    "  spaces  ",
    "Größe 日本",
]

LINES = [
    "A=1",
    "A = 1",
    "export A=1",
    "A=1 # one",
    "A='1' # one",
    "A= # none",
    "A=two words",
    "A=$HOME",
    'A="$HOME"',
    "A=${HOME}",
    'A="${HOME}"',
    'A="\\${HOME}"',
    'A="a\\tb"',
    "A='a\nb'",
    "A: 1",
    "A",
    "A='1",
    "A.B=1\nA=1",
    "A=1\nA=2",
    "A=1\r\nB=2\r",
    "\ufeffA=1",
]


@functools.cache
def read(reader: str, text: str) -> Variables | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, ".env")
        path.write_bytes(text.encode())
        return READERS[reader](path)


@functools.cache
def claims() -> dict[str, tuple[str, ...]]:
    """For every string of up to three hostile characters: who is said to misread it."""
    values = ("".join(chars) for length in range(4) for chars in itertools.product(HOSTILE, repeat=length))
    return {value: disagreeing_readers(value) for value in values}


@pytest.mark.parametrize("reader", READERS)
def test_what_is_said_to_be_read_alike_is(reader: str) -> None:
    values = [value for value, disagreeing in claims().items() if reader not in disagreeing]
    assert len(values) > 1000 or reader == DOCKER
    text = "".join(f"V{at}={quoted(value)}\n" for at, value in enumerate(values))
    assert read(reader, text) == {f"V{at}": value for at, value in enumerate(values)}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("reader", READERS)
def test_what_is_said_to_be_read_otherwise_is(reader: str, value: str) -> None:
    alike = read(reader, f"A={quoted(value)}\n") == {"A": value}
    assert alike == (reader not in disagreeing_readers(value))


@pytest.mark.parametrize("reader", READERS)
def test_bytes_that_are_no_utf8_are_promised_by_none(reader: str) -> None:
    assert reader in disagreeing_readers("caf\udce9")


def test_the_tables_in_the_docs_are_current() -> None:
    old = DOCS.read_text()
    new = _with_table(old, "values", _values_table())
    new = _with_table(new, "lines", _lines_table())
    if os.environ.get("WRITE_DOCS"):
        DOCS.write_text(new)
    assert DOCS.read_text() == new, "renew them with WRITE_DOCS=1"


def _with_table(text: str, name: str, rows: Iterable[Iterable[str]]) -> str:
    table = "".join("| " + " | ".join(row) + " |\n" for row in rows)
    pattern = rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end -->)"
    assert re.search(pattern, text, re.DOTALL)
    return re.sub(pattern, lambda match: match[1] + table + match[2], text, flags=re.DOTALL)


def _values_table() -> Iterable[list[str]]:
    yield ["value", "written as", *READERS]
    yield ["---"] * (len(READERS) + 2)
    for value in VALUES:
        readings = [read(reader, f"A={quoted(value)}\n") for reader in READERS]
        cells = ["✓" if reading == {"A": value} else _cell(reading) for reading in readings]
        yield [_code(value), _code(f"A={quoted(value)}"), *cells]


def _lines_table() -> Iterable[list[str]]:
    yield ["line", "taoshell", *READERS]
    yield ["---"] * (len(READERS) + 2)
    for line in LINES:
        yield [
            _code(line),
            *(_cell(reading) for reading in [_ours(line), *(read(r, line + "\n") for r in READERS)]),
        ]


def _ours(text: str) -> Variables | None:
    try:
        return {item.name: item.value for item in parse(text + "\n", ".env").assignments}
    except TaoshellError:
        return None


def _cell(reading: Variables | None) -> str:
    if reading is None:
        return "**refuses the file**"
    return (
        ", ".join(_code(value) if name == "A" else _code(f"{name}={value}") for name, value in sorted(reading.items()))
        or "nothing"
    )


_SHOWN = str.maketrans({"\n": "␤", "\r": "␍", "\t": "␉", "\ufeff": "[BOM]", "|": "\\|"})


def _code(text: str) -> str:
    """As code in a table of Markdown; blanks at either end would not show otherwise."""
    if not text:
        return "(empty)"
    visible = re.sub(r"^ +| +$", lambda blanks: "␠" * len(blanks[0]), text.translate(_SHOWN))
    return f"`` {visible} ``" if "`" in visible else f"`{visible}`"
