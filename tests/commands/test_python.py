"""A project that brings a Python along: what the user sees before approving it, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import User
from tests.support.needs import need
from tests.support.samples import Sample


@pytest.fixture
def with_venv(sample: Sample) -> Sample:
    """A project with a venv, in which it could be anybody's: `bin/ls` comes with it."""
    sample.toml.write_text(f'{sample.toml.read_text()}[python]\nvenv = ".venv"\n')
    (sample.root / ".venv/bin").mkdir(parents=True)
    (sample.root / ".venv/bin/python").symlink_to(sys.executable)
    (sample.root / ".venv/bin/ls").write_text("#!/bin/sh\necho evil\n")
    return sample


def test_programs_from_the_repository_stand_out(user: User, with_venv: Sample) -> None:
    git = [need(shutil.which("git"), "git"), "-C", str(with_venv.root)]
    folder = with_venv.root / ".venv/bin"
    stands_out = f"! programs in {folder} are found before all others; an approval does not cover what they are\n"
    done = user.must("allow", "--yes", with_venv.root)
    assert stands_out in done.err
    assert "tracked by git" not in done.err
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "--force", ".venv/bin/ls"], check=True)
    user.must("deny", with_venv.root)
    done = user.must("allow", "--yes", with_venv.root)
    assert stands_out in done.err
    assert "! .venv/bin is tracked by git, so whoever can push decides which programs you run here\n" in done.err
    line = "python     venv .venv             ~/p/.venv/bin first in PATH\n"
    assert line in done.out
    assert line in user.must("status", with_venv.root).out


def test_what_programs_get(user: User, with_venv: Sample) -> None:
    user.must("allow", "--yes", with_venv.root)
    facts = json.loads(user.must("status", "--json", with_venv.root).out)
    assert facts["python"] == {
        "conda": "",
        "venv": f"{with_venv.root}/.venv",
        "prefix": f"{with_venv.root}/.venv",
        "is_conda": False,
    }
    assert "VIRTUAL_ENV" not in facts["variables"]
    log = (with_venv.kept / "current/log").read_text()
    assert f"+ VIRTUAL_ENV={with_venv.root}/.venv\n" in log
    assert f"  {with_venv.root}/.venv/bin first in PATH\n" in log


def test_a_folder_that_every_user_can_write_is_refused(user: User, with_venv: Sample) -> None:
    user.must("allow", "--yes", with_venv.root)
    (with_venv.root / ".venv/bin").chmod(0o777)
    done = user.tries("allow", "--yes", with_venv.root)
    assert done.status == 1
    assert f"{with_venv.root}/.venv/bin can be written by every user, so others could change the programs" in done.err
    with_venv.toml.touch()
    with_venv.sync()
    assert "VIRTUAL_ENV" not in with_venv.script
    (with_venv.root / ".venv/bin").chmod(0o755)
    user.must("allow", "--yes", with_venv.root)
    assert "VIRTUAL_ENV" in with_venv.script


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_a_folder_of_another_user_is_refused(user: User, with_venv: Sample, tmp_path: Path) -> None:
    os.chown(with_venv.root / ".venv", 1234, 1234)
    done = user.tries("allow", "--yes", with_venv.root)
    assert done.status == 1
    assert f"{with_venv.root}/.venv belongs to uid 1234, so others could change the programs" in done.err
    theirs = tmp_path / "theirs"
    shutil.copytree(with_venv.root / ".venv", theirs, symlinks=True)
    os.chown(theirs, 1234, 1234)
    shutil.rmtree(with_venv.root / ".venv")
    (with_venv.root / ".venv").symlink_to(theirs)  # as a repository can have it
    assert f"{theirs} belongs to uid 1234" in user.tries("allow", "--yes", with_venv.root).err
