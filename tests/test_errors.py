"""The line that users see: where, cause and cure, without anything that a terminal would obey."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.errors import INTERRUPTED, REFUSED, USAGE, TaoshellError, Where, counted, irregular, printable
from taoshell.project.problems import Problem


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (TaoshellError("it is broken"), "it is broken"),
        (TaoshellError("it is broken", "mend it"), "it is broken; mend it"),
        (TaoshellError("it is broken", "mend it", at=Where("/p/.env")), "/p/.env: it is broken; mend it"),
        (TaoshellError("it is broken", "mend it", at=Where("/p/.env", 3)), "/p/.env:3: it is broken; mend it"),
        (TaoshellError("it is\nbroken", at=Where("/p\x1b[2J", 1)), "/p\\x1b[2J:1: it is\\nbroken"),
    ],
)
def test_one_line_of_where_cause_and_cure(error: TaoshellError, line: str) -> None:
    assert str(error) == line


def test_a_problem_is_an_error_with_the_same_line() -> None:
    assert str(Problem("is-broken", "it is broken", "mend it", Where("/p", 3))) == "/p:3: it is broken; mend it"


def test_what_is_not_a_regular_file_has_a_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "fifo")
    assert irregular((tmp_path / "file").stat().st_mode) is None
    assert irregular(tmp_path.stat().st_mode) == "a folder"
    assert irregular((tmp_path / "fifo").stat().st_mode) == "not a regular file"


def test_exit_codes_are_as_documented() -> None:
    assert (REFUSED, USAGE, INTERRUPTED) == (1, 2, 130)
    assert TaoshellError("no").exit_code == REFUSED


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain, with  spaces", "plain, with  spaces"),
        ("größer 数据 🚗", "größer 数据 🚗"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x7f\x9b", "\\x7f\\x9b"),
        ("abc\u202egpj.exe", "abc\\u202egpj.exe"),  # right-to-left override
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("line\u2028paragraph\u2029", "line\\u2028paragraph\\u2029"),
        ("private \ue000 and none \U000e0fff", "private \\ue000 and none \\U000e0fff"),
        (b"no utf-8 \xff\xfe".decode(errors="surrogateescape"), "no utf-8 \\xff\\xfe"),
        ("a lone surrogate \ud800", "a lone surrogate \\ud800"),
        (Path("/p\n"), "/p\\n"),
    ],
)
def test_what_a_terminal_would_obey_or_hide_is_escaped(text: str | Path, printed: str) -> None:
    assert printable(text) == printed


@given(st.text(st.characters(), max_size=200))
def test_any_text_prints_as_one_line(text: str) -> None:
    line = printable(text)
    assert line.encode().decode() == line  # no surrogates: it can be written to any stream
    assert not [char for char in line if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}]
    assert printable(line) == line


@pytest.mark.parametrize(("number", "text"), [(0, "0 mounts"), (1, "1 mount"), (2, "2 mounts")])
def test_a_noun_has_a_plural_unless_there_is_one(number: int, text: str) -> None:
    assert counted(number, "mount") == text
