"""Checks of the code by tools: linters, types, the direction of imports, the length of files."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from taoshell.shells import SHELLS as DIALECT_OF
from tests.shells.dialects import SHELLS as DRIVERS
from tests.support.clone import CLONE
from tests.support.needs import need

LONGEST = 250  # lines


def tool(name: str) -> str:
    """Return the program `name`, which is next to the running Python or on PATH."""
    beside = Path(sys.executable).with_name(name)
    return need(str(beside) if beside.exists() else shutil.which(name), name)


def says_nothing_against(*command: str) -> None:
    done = subprocess.run(command, cwd=CLONE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)}\n{done.stdout}", pytrace=False)


def scripts(*patterns: str) -> list[str]:
    """Return paths in the repository. Each pattern must match something, so that no check passes without a file."""
    found = {pattern: sorted(CLONE.glob(pattern)) for pattern in patterns}
    assert all(found.values()), f"nothing matches: {[pattern for pattern, paths in found.items() if not paths]}"
    return [str(path.relative_to(CLONE)) for paths in found.values() for path in paths]


SCRIPTS = ("install", ".ci/*", "tests/**/*.sh", "tests/launcher/engine/shim/docker")
POSIX_AND_BASH = ("shell/posix/*.sh", "shell/bash/*", *SCRIPTS)


def test_shellcheck() -> None:
    says_nothing_against(tool("shellcheck"), "--external-sources", "--source-path=SCRIPTDIR", *scripts(*POSIX_AND_BASH))


def test_shfmt() -> None:
    says_nothing_against(tool("shfmt"), "-d", "-i", "2", "-ci", *scripts(*POSIX_AND_BASH))


@pytest.mark.parametrize("name", DRIVERS)
def test_each_shell_can_parse_its_scripts(name: str) -> None:
    for script in scripts(f"shell/{DIALECT_OF[name]}/*", f"shell/{name}/*"):
        says_nothing_against(tool(name), DRIVERS[name].parse_only, script)


@pytest.mark.parametrize("command", [["check"], ["format", "--check", "--diff"]], ids=" ".join)
def test_ruff(command: list[str]) -> None:
    says_nothing_against(tool("ruff"), *command, ".")


def test_mypy_strict() -> None:
    says_nothing_against(tool("mypy"))


def test_imports_respect_the_layers() -> None:
    says_nothing_against(tool("lint-imports"))


def test_no_file_is_long() -> None:
    files = scripts("taoshell/**/*.py", "shell/*/*")
    lengths = {file: len((CLONE / file).read_text().splitlines()) for file in files}
    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}
