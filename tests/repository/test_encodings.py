"""taoshell in an 8-bit locale, and with closed streams: what it cannot print becomes an escape, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.clone import CLONE
from tests.support.samples import Sample


def run(home: Path, *words: str | Path, encoding: str = "", **streams: object) -> subprocess.CompletedProcess[bytes]:
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(CLONE), "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "taoshell", *map(str, words)]
    return subprocess.run(command, env=environ, cwd=home, capture_output=True, check=False, **streams)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
@pytest.mark.parametrize("words", [["--help"], ["mounts", "--help"], ["hook", "bash"], ["hook", "fish"], ["status"]])
def test_no_character_is_too_much_for_the_encoding(home: Path, encoding: str, words: list[str]) -> None:
    sample = Sample(home)
    sample.allow()
    done = run(home, *words, *([str(sample.root)] if words == ["status"] else []), encoding=encoding)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert done.stdout


@pytest.mark.parametrize("words", [["allow", "."], ["init", "--yes"], ["set", "KEY"], ["install", "bash"]])
def test_a_closed_standard_input_is_an_empty_one(home: Path, words: list[str]) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-m", "taoshell", *words],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(CLONE)},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


def test_a_relative_home_does_not_hang(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "taoshell", "install", "bash", "-y"],
        env={"HOME": "rel", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(CLONE)},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert "Traceback" not in done.stderr
