"""The line for `.env` in `.gitignore` is added unless it is there, and Git then ignores the file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.text.gitignore import with_ignored
from tests.support.needs import need

PRESENT = [".env\n", "/.env", ".env  \n", "a\r\n.env\r\n", ".env  \r\n", "!.env\n.env\n", ".env\n!data/.gitkeep\n"]
PRESENT += [".env\n!keep/\n", ".env\n# !.env\n"]
MISSING = ["", "*.log\n", "*.log", "# .env\n", ".env/\n", "data/.env\n", " .env\n", "*\n!.*\n", ".envrc\n", "a\r\n"]
MISSING += [".env\n!.env\n", "/.env\n!/.env  \r\n", ".env\n!.env", ".env\r \n", "\t.env\n", "a\r"]
NOT_INTERPRETED = ["**/.env\n", "*.env\n", ".env*\n", ".*\n", "*\n", ".e?v\n", ".[e]nv\n", "\\.env\n", "\ufeff.env\n"]


@pytest.mark.parametrize("text", PRESENT)
def test_nothing_is_added_if_the_line_is_there(text: str) -> None:
    assert with_ignored(text, ".env") == text


@pytest.mark.parametrize("text", MISSING + NOT_INTERPRETED)
def test_otherwise_one_line_is_added_once(text: str) -> None:
    added = with_ignored(text, ".env")
    assert added.startswith(text)
    assert added.splitlines() == [*text.splitlines(), ".env"]
    assert with_ignored(added, ".env") == added


@given(st.text(st.sampled_from("!/.env* \r\n#\\"), max_size=30))
def test_every_byte_is_kept_and_a_second_run_adds_nothing(text: str) -> None:
    added = with_ignored(text, ".env")
    assert added.removeprefix(text) in ("", ".env\n", ".env\r\n", "\n.env\n", "\r\n.env\r\n")
    assert with_ignored(added, ".env") == added


def test_the_line_ends_are_those_of_the_file() -> None:
    assert with_ignored("a\r\nb", ".env") == "a\r\nb\r\n.env\r\n"


@pytest.mark.parametrize(
    ("text", "ignored"),
    [*((text, True) for text in PRESENT + NOT_INTERPRETED), *((text, False) for text in MISSING)],
)
def test_git_agrees(text: str, ignored: bool, tmp_path: Path) -> None:
    git = need(shutil.which("git"), "git")
    subprocess.run([git, "init", "--quiet", str(tmp_path)], check=True)
    ignore = tmp_path / ".gitignore"
    for content, expected in ((text, ignored), (with_ignored(text, ".env"), True)):
        ignore.write_bytes(content.encode())
        answer = subprocess.run([git, "-C", str(tmp_path), "check-ignore", "--quiet", ".env"], check=False)
        assert (answer.returncode == 0) == expected


@pytest.mark.parametrize("negation", ["!*.env", "!.e*", "!*", "!**/.env", "!.[e]nv", "!/.env", "!/.*"])
def test_the_line_is_added_below_a_pattern_that_may_say_the_opposite(negation: str) -> None:
    text = f".env\n{negation}\n"
    assert with_ignored(text, ".env") == f"{text}.env\n"
    assert with_ignored(f"{text}.env\n", ".env") == f"{text}.env\n"
