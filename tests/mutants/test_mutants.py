"""The list of mutants fits the scripts and the tests of this version, and the page is what a complete run wrote."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from taoshell.shells import SHELLS as DIALECT_OF
from tests.mutants import __main__ as program
from tests.mutants.mutants import GROUPS, MUTANTS
from tests.mutants.page import NO_VERDICT, SURVIVES, page
from tests.mutants.trial import named
from tests.shells.dialects import SHELLS
from tests.support.clone import CLONE
from tests.support.needs import need

COUNT = sum(map(len, GROUPS.values()))


def test_no_two_have_the_same_name() -> None:
    assert len(MUTANTS) == COUNT


@pytest.mark.parametrize("name", MUTANTS)
def test_one_line_is_broken(name: str) -> None:
    mutant = MUTANTS[name]
    before, after = (CLONE / mutant.file).read_text().splitlines(), mutant.text().splitlines()
    gone = len(before) - len(after)
    first = next(number for number, line in enumerate(after) if line != before[number])
    assert 0 <= gone <= 1
    assert after[first + 1 - gone :] == before[first + 1 :]
    if mutant.file.endswith(".py"):
        compile(mutant.text(), mutant.file, "exec")


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_can_parse_the_broken_scripts(shell: str, tmp_path: Path) -> None:
    program = need(shutil.which(shell), shell)
    folders = (f"shell/{DIALECT_OF[shell]}/", f"shell/{shell}/")
    read = {name: mutant for name, mutant in MUTANTS.items() if mutant.file.startswith(folders)}
    assert read
    for name, mutant in read.items():
        (tmp_path / "script").write_text(mutant.text())
        command = [program, SHELLS[shell].parse_only, str(tmp_path / "script")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), name


def test_the_tests_exist() -> None:
    tests = sorted({test for mutant in MUTANTS.values() for test in mutant.tests})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=CLONE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = done.stdout.splitlines()
    assert [test for test in tests if not named(test, found)] == []


def test_root_runs_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(program, "unbroken", None)
    assert program.main() == 2
    assert "runuser -u USER -- make mutants" in capsys.readouterr().err


def test_a_name_that_no_mutant_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert program._chosen(["0"]) is None
    said = capsys.readouterr().err
    assert all(name in said for name in MUTANTS)
    assert program._chosen(["1"]) == dict(list(MUTANTS.items())[:1])
    assert list(program._chosen(["nobody looks again after a swap"]) or ()) == [
        "bash and zsh: nobody looks again after a swap",
        "fish: nobody looks again after a swap",
    ]


def test_the_page_is_unedited_and_contains_all_mutants() -> None:
    """Check that the page's own rows give the same page again, and that each mutant is killed by a test of its own."""
    written = program.PAGE.read_text()
    rows = re.findall(r"^\| (.*) \| `([^|]*)` \| (.*) \|$", written, re.MULTILINE)
    assert len(rows) == COUNT
    left = iter(rows)
    groups = {group: [next(left) for _ in mutants] for group, mutants in GROUPS.items()}
    for group, mutants in GROUPS.items():
        assert [row[:2] for row in groups[group]] == [(mutant.name, mutant.file) for mutant in mutants]
        for mutant, (_, _, end) in zip(mutants, groups[group], strict=True):
            assert end not in (SURVIVES, NO_VERDICT), mutant.name
            killer = end.strip("`").replace("\\|", "|")
            assert any(named(test.removeprefix("tests/shells/"), [killer]) for test in mutant.tests), (
                f"{mutant.name}: {killer}"
            )
    assert page(groups) == written
