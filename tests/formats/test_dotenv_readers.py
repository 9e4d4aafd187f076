"""How programs read a `.env`: the real programs check the form that taoshell chooses, and our models of them.

docs/dotenv.md shows the result; `WRITE_DOCS=1 python -m pytest tests/formats/test_dotenv_readers.py` rewrites it.
"""

from __future__ import annotations

import functools
import itertools
import os
import random
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from taoshell.errors import TaoshellError
from taoshell.formats.dotenv import assignment, quoted, written
from taoshell.text.dotenv import parse
from tests.formats.reader_models import MODELS, forms, misreaders
from tests.support.clone import CLONE
from tests.support.env_file_readers import DOCKER, PYTHON_DOTENV, READERS, SHELLS, Variables

DOCS = CLONE / "docs/dotenv.md"
HOSTILE = "'\"\\$ {}#n\n\r\t`=Aé"

VALUES = [
    "/data/kitti",
    "",
    "two words",
    "-v",
    "a:b,c@d+e",
    "a=b",
    "~/kitti",
    "a;b&c|d",
    "{a,b}*?[c]!",
    "it's",
    "it's here",
    'say "hi"',
    'it\'s "here"',
    "`id`",
    "$(id)",
    "$HOME",
    "it's $HOME",
    'it\'s "$HOME"',
    "it's `id`",
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
    "A=1; B=2",
    "A=~/kitti",
    "A='it\\'s'",
    "A=$HOME",
    'A="$HOME"',
    "A=${HOME}",
    'A="${HOME}"',
    'A="\\${HOME}"',
    'A="\\$HOME"',
    'A="\\`id\\`"',
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
    """For every string of up to three hostile characters: the readers that misread its form, as the models say."""
    values = ("".join(chars) for length in range(4) for chars in itertools.product(HOSTILE, repeat=length))
    return {value: misreaders(quoted(value), value) for value in values}


@pytest.mark.parametrize("reader", READERS)
def test_programs_read_what_their_models_read(reader: str) -> None:
    values = [value for value, misread_by in claims().items() if reader not in misread_by]
    assert len(values) > 1000 or reader == DOCKER
    variables = {f"V{at}": value for at, value in enumerate(values)}
    assert read(reader, written(variables)) == variables


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("reader", READERS)
def test_programs_misread_what_their_models_misread(reader: str, value: str) -> None:
    """In every form: a model that is wrong about a form that was not chosen would hide a better one."""
    for form in forms(value):
        assert (read(reader, f"A={form}\n") == {"A": value}) == (reader not in misreaders(form, value)), form


@pytest.mark.parametrize("reader", READERS)
def test_no_reader_promises_to_keep_bytes_that_are_not_utf8(reader: str) -> None:
    assert reader in misreaders(quoted("caf\udce9"), "caf\udce9")


@given(st.text(st.characters(exclude_characters="\0")) | st.text(HOSTILE, min_size=4, max_size=9))
def test_python_dotenv_reads_the_chosen_form_exactly(value: str) -> None:
    if "${" not in value and not is_escaped_for_shells(value):
        assert MODELS[PYTHON_DOTENV](quoted(value)) == value


SHELL_SYNTAX = "~=:{},*?[]!^%;<>&|()#-+@/ \t\n\r$`\"'\\aé\u00a0\u3000"


def test_a_shell_that_sources_the_file_gets_the_values_and_runs_nothing() -> None:
    """Line ends excepted: no form on one line gives them to every shell. Each arrives as the two characters of its
    escape."""
    chance = random.Random(7)
    values = ["".join(chance.choices(SHELL_SYNTAX, k=chance.randrange(1, 7))) for _ in range(4000)]
    values += [chr(code) + "x" for code in range(1, 0x800)]
    values += [f"a{char}ls{char}" for char in SHELL_SYNTAX]
    values += [
        "=ls",
        "a:=ls",
        "a:~root",
        "~root",
        "~+",
        "!!",
        "%1",
        "-n",
        "<(ls)",
        "it's <(ls)",
        "it's $((1+1))",
        "\r$(ls)",
    ]
    variables = {f"V{at}": value for at, value in enumerate(values)}
    expected = {name: value.replace("\n", "\\n").replace("\r", "\\r") for name, value in variables.items()}
    assert read(SHELLS, written(variables)) == expected


def is_escaped_for_shells(value: str) -> bool:
    """The one class of values for which another form may have fewer misreaders; docs/dotenv.md names it."""
    return bool(re.search("[$`]", value)) and quoted(value).startswith('"')


def misreaders_too_many(value: str) -> int:
    """How many readers fewer misread the best form than the chosen one."""
    return len(misreaders(quoted(value), value)) - min(len(misreaders(form, value)) for form in forms(value))


def test_no_other_form_of_a_short_value_has_fewer_misreaders() -> None:
    for value in [*claims(), *VALUES]:
        assert not misreaders_too_many(value) or is_escaped_for_shells(value), value


@given(st.text(st.characters(exclude_characters="\0")) | st.text(HOSTILE, min_size=4, max_size=9))
@example("\\'$A")
@example("\"'${A}")
def test_no_other_form_of_any_value_has_fewer_misreaders(value: str) -> None:
    assert misreaders_too_many(value) <= (6 if is_escaped_for_shells(value) else 0)


@pytest.mark.parametrize(("value", "too_many"), [("it's $HOME", 1), ('it\'s "`id`"', 2), ("$\n`", 6)])
def test_what_shells_would_run_may_have_misreaders_too_many(value: str, too_many: int) -> None:
    """The exception above is no wider than it needs to be, and docs/dotenv.md is right about it."""
    assert misreaders_too_many(value) == too_many


def test_the_tables_in_the_docs_are_current() -> None:
    old = DOCS.read_text()
    new = _with_table(old, "values", _values_table())
    new = _with_table(new, "lines", _lines_table())
    if os.environ.get("WRITE_DOCS"):
        DOCS.write_text(new)
    assert DOCS.read_text() == new, "rewrite them with WRITE_DOCS=1"


def _with_table(text: str, name: str, rows: Iterable[Iterable[str]]) -> str:
    table = "".join("| " + " | ".join(row) + " |\n" for row in rows)
    pattern = rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end -->)"
    assert re.search(pattern, text, re.DOTALL)
    return re.sub(pattern, lambda match: match[1] + table + match[2], text, flags=re.DOTALL)


def _values_table() -> Iterable[list[str]]:
    yield ["value", "written as", *READERS]
    yield ["---"] * (len(READERS) + 2)
    for value in VALUES:
        readings = [read(reader, assignment("A", value) + "\n") for reader in READERS]
        cells = ["✓" if reading == {"A": value} else _cell(reading) for reading in readings]
        yield [_code(value), _code(assignment("A", value)), *cells]


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
        return {name: given.text for name, given in parse(text + "\n", ".env").assignments.items()}
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
    """Return `text` as code for a Markdown table, with blanks at either end made visible."""
    if not text:
        return "(empty)"
    visible = re.sub(r"^ +| +$", lambda blanks: "␠" * len(blanks[0]), text.translate(_SHOWN))
    return f"`` {visible} ``" if "`" in visible else f"`{visible}`"
