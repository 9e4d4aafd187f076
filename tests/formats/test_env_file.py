"""`export env-file`: which programs get which values, as docs/ci.md says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from taoshell.errors import TaoshellError
from taoshell.formats.env_file import written
from tests.support.clone import CLONE
from tests.support.raw_file_readers import DOCKER, GITHUB, GITLAB, READERS, SYSTEMD

# What every reader gets as it is: all of taoshell's own values, and most of the users'
ALIKE = [
    "/data/kitti",
    "",
    "two words",
    "a=b",
    "a#b",
    "a # b",
    "#a",
    "it's",
    'say "hi"',
    "`id`",
    "$HOME",
    "${HOME}",
    "é",
]
# A class of values, as docs/ci.md names it: an example, and who gets something else
DIFFERENT = {
    "a blank at either end": ("  x  ", {GITLAB, SYSTEMD}),
    "a quote at the start": ("'x'", {SYSTEMD}),
    "a backslash": ("C:\\data", {SYSTEMD}),
}


@pytest.mark.parametrize("reader", READERS)
def test_each_program_reads_the_values(tmp_path: Path, reader: str) -> None:
    # the generator that stands for systemd leaves empty values out; EnvironmentFile= sets them
    alike = [value for value in ALIKE if value or reader != SYSTEMD]
    values = [*alike, *(value for value, misread_by in DIFFERENT.values() if reader not in misread_by)]
    variables = {f"V{at}": value for at, value in enumerate(values)}
    (tmp_path / "x.env").write_text(written(variables))
    assert READERS[reader](tmp_path / "x.env") == variables


@pytest.mark.parametrize("kind", DIFFERENT)
@pytest.mark.parametrize("reader", READERS)
def test_what_a_program_misreads_is_known(tmp_path: Path, reader: str, kind: str) -> None:
    value, misread_by = DIFFERENT[kind]
    (tmp_path / "x.env").write_text(written({"A": value}))
    assert (READERS[reader](tmp_path / "x.env") != {"A": value}) == (reader in misread_by)


def test_an_ending_backslash_takes_the_next_line_from_systemd(tmp_path: Path) -> None:
    (tmp_path / "x.env").write_text(written({"A": "x\\", "B": "1"}))
    assert READERS[SYSTEMD](tmp_path / "x.env") == {"A": "xB=1"}
    assert READERS[DOCKER](tmp_path / "x.env") == READERS[GITHUB](tmp_path / "x.env") == {"A": "x\\", "B": "1"}


@pytest.mark.parametrize("value", ["a\nB=1", "\n", "a\r", "\r\n"])
def test_line_ends_are_refused(value: str) -> None:
    with pytest.raises(TaoshellError, match=r"^A has a line end.*; take it out, .*json$"):
        written({"A": value})


def test_the_page_names_each_difference() -> None:
    text = (CLONE / "docs/ci.md").read_text()
    rows = re.findall(r"^\| (a [^|]*) \| ([^|]*) \|", text, re.MULTILINE)
    named = {kind: {reader for reader in READERS if reader.strip("$") in readers} for kind, readers in rows}
    assert named == {kind: readers for kind, (_, readers) in DIFFERENT.items()}
