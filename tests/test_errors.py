"""The line that users see: where, cause and cure, without anything that a terminal would obey."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.errors import INTERRUPTED, REFUSED, USAGE, TaoshellError, Where, counted, irregular, printable
from taoshell.project.problems import Problem

MARK = "[" + "".join(char for char in map(chr, range(0x110000)) if unicodedata.category(char)[0] == "M") + "]"


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
        ("tiê\u0301ng Vie\u0323\u0302t", "tiê\u0301ng Vie\u0323\u0302t"),
        ("한국어, \u1112\u1161\u11ab", "한국어, \u1112\u1161\u11ab"),
        ("مُحَمَّد", "مُحَمَّد"),
        ("ที่ นี้", "ที่ นี้"),
        ("☀\ufe0f ❤\ufe0f 1\ufe0f\u20e3 👍🏽 🇩🇪", "☀\ufe0f ❤\ufe0f 1\ufe0f\u20e3 👍🏽 🇩🇪"),
        ("a\ufe0f1\ufe0f", "a\\ufe0f1\\ufe0f"),
        ("\u115f\u1160\u3164\uffa0\u2800", "\\u115f\\u1160\\u3164\\uffa0\\u2800"),
        ("a\u034fb\u17b4\u180b", "a\\u034fb\\u17b4\\u180b"),
        ("no-break\u00a0and\u3000wide", "no-break\\xa0and\\u3000wide"),
        ("Z\u0300\u0301\u0302\u0303", "Z\u0300\u0301\\u0302\\u0303"),
        ("\u0301a /\u0338 \u0301", "\\u0301a /\\u0338 \\u0301"),
    ],
)
def test_what_a_terminal_would_obey_or_hide_is_escaped(text: str | Path, printed: str) -> None:
    assert printable(text) == printed


@given(st.text(st.characters() | st.sampled_from("a \u0301\u0302\ufe0f\u20e31☀\u2800\u3164"), max_size=200))
def test_any_text_prints_as_one_line(text: str) -> None:
    line = printable(text)
    assert line.encode().decode() == line  # no surrogates: it can be written to any stream
    assert not [char for char in line if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}]
    assert not re.search("[^\\S ]", line)
    assert not re.match(MARK, line)
    assert not re.search(f"{MARK}{{3}}", line)
    assert printable(line) == line


def test_every_character_without_ink_is_escaped() -> None:
    """Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt), as far as fonts show nothing for it."""
    ranges = [(0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)]
    ranges += [(0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F)]
    ranges += [(0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A)]
    ranges += [(0xE0000, 0xE0FFF)]
    ignorable = [chr(code) for first, last in ranges for code in range(first, last + 1)]
    assert [f"U+{ord(char):04X}" for char in ignorable if char in printable(f"a{char}b")] == []


def test_a_long_cause_loses_its_middle() -> None:
    said = str(TaoshellError("it begins " + "x" * 12_000 + " and ends", "mend it", at=Where("/p/.env", 3)))
    assert said.startswith("/p/.env:3: it begins xxx")
    assert said.endswith("xxx and ends; mend it")
    assert len(said) < 600


def test_an_escape_does_not_make_a_cause_long_again() -> None:
    assert len(str(TaoshellError("\u202e" * 12_000))) < 600


def test_a_cure_is_whole_or_left_out() -> None:
    command = f"run: mkdir -p /{'d' * 4000} /{'e' * 4000}"
    assert str(TaoshellError("no", command)) == f"no; {command}"
    assert str(TaoshellError("no", f"write {'x' * 1_000_000}")) == "no"


@pytest.mark.parametrize(("number", "text"), [(0, "0 mounts"), (1, "1 mount"), (2, "2 mounts")])
def test_a_noun_has_a_plural_unless_there_is_one(number: int, text: str) -> None:
    assert counted(number, "mount") == text
