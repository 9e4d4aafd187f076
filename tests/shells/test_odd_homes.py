"""Homes that are full, and states that something removes, under shells that live: what works goes on working, and one
line says what does not, and the cure."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needs import need
from tests.shells.desk import Desk
from tests.shells.dialects import Shell
from tests.shells.projects import Home

OWN = '{"Mounts": [{"source": "/mine", "destination": "/of/my/own"}]}\n'


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Home]:
    """A home on a small disk of its own."""
    mount = need(shutil.which("mount") if os.geteuid() == 0 else None, "root, who alone can mount a small disk,")
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=4m", "small", str(tmp_path)], capture_output=True, check=False
    )
    need("mount" if made.returncode == 0 else None, "a system where root may mount a disk")
    try:
        yield Home(tmp_path / "home")
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def fill(home: Home) -> Path:
    """Until nothing more goes on the disk."""
    filler = home.path / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue
    return filler


def test_a_full_home(small: Home, shell: Shell) -> None:
    small.mounts_file.write_text(OWN)
    first, second = small.project("a"), small.project("b")
    desk = Desk(small, shell)
    try:
        terminal, other = desk.terminal(), desk.terminal()
        desk.cd(other, first.root)
        filler = fill(small)
        entered, said, *more = desk.cd(terminal, second.root).splitlines(keepends=True)
        assert (entered, more) == (second.entered, [])
        assert " cannot be written, so the mounts file does not follow this shell" in said
        assert "; make room there" in said
        desk.is_in(terminal, second)
        assert terminal.enter().output == ""
        assert other.enter().output == ""
        assert small.mapping() == first.mapping
        filler.unlink()
        desk.cd(terminal, second.root / "specs")
        assert small.mapping() == second.mapping
        assert other.enter().output == ""
        assert small.mapping() == second.mapping
        desk.cd(terminal, small.path)
        desk.cd(other, small.path)
        assert small.mounts_file.read_text() == OWN
    finally:
        desk.close()


def test_a_state_that_is_wiped_under_live_shells(desk: Desk) -> None:
    """Without it nobody knows of the projects; the user's own mapping comes back under its name or is named."""
    home = desk.home
    home.mounts_file.write_text(OWN)
    project = home.project()
    terminal, other = desk.terminal(project.root), desk.terminal()
    shutil.rmtree(home.state)
    printed = terminal.enter().output + other.enter().output
    assert project.unapproved in printed
    assert terminal.enter().output == ""
    assert other.enter().output == ""
    assert home.mounts_file.read_text() == OWN
    project.allow()
    terminal.enter()
    desk.is_in(terminal, project)
    assert home.mapping() == project.mapping
    desk.cd(terminal, home.path)
    assert home.mounts_file.read_text() == OWN
