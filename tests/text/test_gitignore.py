"""`.env` in `.gitignore`: added unless it is ignored already, as Git itself sees it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from taoshell.text.gitignore import with_ignored
from tests.support.needs import need

COVERED = [".env\n", "/.env", "**/.env\n", "*.env\n", ".env*\n", ".*\n", "*\n", ".e?v\n", ".env  \n", "a\r\n.env\r\n"]
COVERED += ["!.env\n.env\n", ".env\n!data/.gitkeep\n", ".env\n!keep/\n", "\ufeff.env\n"]
OPEN = [
    "",
    "*.log\n",
    "*.log",
    "# .env\n",
    ".env/\n",
    "data/.env\n",
    " .env\n",
    ".env\n!.env\n",
    "*\n!.*\n",
    ".envrc\n",
    "a\r\n",
]
INVOLVED = [".[e]nv\n", "\\.env\n", ".env\n!.[e]nv\n"]


@pytest.mark.parametrize("text", COVERED)
def test_nothing_is_added_to_what_covers_it(text: str) -> None:
    assert with_ignored(text, ".env") == text


@pytest.mark.parametrize("text", OPEN + INVOLVED)
def test_else_one_line_is_added_once(text: str) -> None:
    added = with_ignored(text, ".env")
    assert added.startswith(text)
    assert added.splitlines() == [*text.splitlines(), ".env"]
    assert with_ignored(added, ".env") == added


def test_the_line_ends_are_those_of_the_file() -> None:
    assert with_ignored("a\r\nb", ".env") == "a\r\nb\r\n.env\r\n"


@pytest.mark.parametrize(("text", "ignored"), [*((text, True) for text in COVERED), *((text, False) for text in OPEN)])
def test_git_agrees(text: str, ignored: bool, tmp_path: Path) -> None:
    git = need(shutil.which("git"), "git")
    subprocess.run([git, "init", "--quiet", str(tmp_path)], check=True)
    ignore = tmp_path / ".gitignore"
    for content, expected in ((text, ignored), (with_ignored(text, ".env"), True)):
        ignore.write_bytes(content.encode())
        answer = subprocess.run([git, "-C", str(tmp_path), "check-ignore", "--quiet", ".env"], check=False)
        assert (answer.returncode == 0) == expected
