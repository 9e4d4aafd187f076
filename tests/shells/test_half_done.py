"""The next prompt that has something to do completes what a killed release, a killed Python or a dead shell has left
half done."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import sys
import time
from pathlib import Path

from tests.shells.desk import Desk
from tests.shells.terminal import Terminal

OWN = '{"Mounts": [{"source": "/mine", "destination": "/of/my/own"}]}\n'


def test_a_release_that_was_killed_is_finished_by_the_next_shell(desk: Desk) -> None:
    home = desk.home
    home.mounts_file.write_text(OWN)
    project = home.project()
    terminal = desk.terminal(project.root)
    (home.state / "released").touch()
    desk.cd(terminal, home.path)
    assert not home.mounts_file.is_symlink()
    assert home.mounts_file.read_text() == OWN
    desk.cd(terminal, project.root)
    assert home.mounts_file.read_text() == OWN


def test_a_release_that_was_killed_after_removing_our_link_is_finished_too(desk: Desk) -> None:
    """Without renameat2, a release takes two steps."""
    home = desk.home
    home.mounts_file.write_text(OWN)
    project = home.project()
    terminal = desk.terminal(project.root)
    (home.state / "released").touch()
    home.mounts_file.unlink()
    desk.cd(terminal, home.path)
    assert not home.mounts_file.is_symlink()
    assert home.mounts_file.read_text() == OWN


def test_a_first_approval_that_was_killed_is_finished_by_the_next_shell(desk: Desk) -> None:
    project = desk.home.project()
    for name in ("gen", "retired"):
        shutil.rmtree(project.kept / name)
    for name in ("current", "mounts.json", "shared.json"):
        (project.kept / name).unlink()
    (project.home.state / f"projects/~/{project.root.relative_to(project.home.path)}/+/inputs.json").unlink()
    terminal = desk.terminal()
    assert desk.cd(terminal, project.root) == project.entered
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping


def test_a_killed_approval_that_approved_nothing_names_the_cure(desk: Desk) -> None:
    project = desk.home.project()
    shutil.rmtree(project.kept)
    shutil.rmtree(desk.home.state / "allowed")
    project.kept.mkdir()
    terminal = desk.terminal()
    assert desk.cd(terminal, project.root) == project.unapproved
    desk.is_blocked(terminal, project)
    assert terminal.enter().output == ""
    project.allow()
    assert terminal.enter().output == project.entered


def test_any_shell_completes_a_mapping_that_was_being_replaced(desk: Desk) -> None:
    """Without hard links, the foreign file is moved away before the new mapping comes: readers may find no file."""
    project = desk.home.project()
    desk.terminal(project.root)
    other = desk.terminal()
    (project.kept / "shared.json").unlink()
    other.enter()
    assert desk.home.mapping() == project.mapping


def test_a_zombie_shell_holds_nothing(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    first, dead = desk.terminal(project.root), desk.terminal(other.root)
    os.kill(dead.pid, signal.SIGKILL)
    until_zombie(dead.pid)
    assert desk.home.mapping() == other.mapping
    desk.cd(first, project.root / "specs")
    assert desk.home.mapping() == project.mapping
    desk.cd(first, desk.home.path)
    assert desk.home.mapping() is None


def until_zombie(pid: int) -> None:
    stat = Path(f"/proc/{pid}/stat")
    while stat.read_text().rpartition(") ")[2][0] != "Z":
        time.sleep(0.01)


def test_our_link_into_a_removed_state_folder_is_repaired(desk: Desk) -> None:
    """A notebook could not write through a dangling symlink."""
    home = desk.home
    home.mounts_file.symlink_to(".tao_mounts.current.json")
    assert not home.mounts_file.exists()
    terminal = desk.terminal()
    terminal.enter()
    home.mounts_file.write_text(OWN)
    assert json.loads((home.path / ".tao_mounts.original.json").read_text()) == json.loads(OWN)
    assert terminal.enter().output == ""


def test_a_python_that_was_killed_is_called_again_by_the_next_prompt(desk: Desk) -> None:
    """A killed Python has printed nothing, so the user would not know that something failed."""
    project, terminal = desk.home.project(), desk.terminal()
    python = Python(desk, terminal, "kill -9 $$")
    desk.cd(terminal, project.root)
    assert desk.home.mapping() is None
    python.does(python.settles)
    terminal.enter()
    assert desk.home.mapping() == project.mapping
    assert terminal.enter().output == ""


def test_a_project_that_a_killed_python_could_not_check_is_left(desk: Desk) -> None:
    """Nobody can start a container in it, but outside it the user's own mapping applies again."""
    project, terminal = desk.home.project(), desk.terminal(env={"LAUNCHER_MOUNTS": "/own.json"})
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    desk.cd(terminal, desk.home.path)
    Python(desk, terminal, "kill -9 $$")
    os.utime(project.env_file)
    desk.cd(terminal, project.root)
    assert terminal.value("LAUNCHER_MOUNTS") == f"{desk.home.state}/refused.json"
    desk.cd(terminal, desk.home.path)
    assert "refused.json" not in environment_at_once(terminal)
    assert desk.settings(terminal) == before


def test_after_a_killed_python_the_first_error_is_still_reported(desk: Desk) -> None:
    """Only a project's first error is reported; a kill does not count as one."""
    project, terminal = desk.home.project(), desk.terminal()
    python = Python(desk, terminal, "kill -9 $$")
    (desk.home.mounts_file / "x").mkdir(parents=True)
    assert desk.cd(terminal, project.root) == project.entered
    python.does(python.settles)
    assert "the mounts file is a folder" in terminal.enter().output
    assert terminal.enter().output == ""


def test_the_next_prompt_finds_a_write_that_came_while_python_ran(desk: Desk) -> None:
    project, terminal = desk.home.project(), desk.terminal()
    desk.cd(terminal, project.root)
    python = Python(desk, terminal, f"{Python.settles}; echo again >{shlex.quote(str(desk.home.mounts_file))}")
    desk.home.mounts_file.write_text(OWN)
    terminal.enter()
    python.does(python.settles)
    terminal.enter()
    assert desk.home.mapping() == project.mapping
    assert sorted(desk.home.backed_up()) == sorted([OWN, "again\n"])
    assert terminal.enter().output == ""


def test_a_source_that_is_edited_while_python_runs_is_not_entered(desk: Desk) -> None:
    """Python has compiled the content from before the edit; the next prompt checks the new content."""
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    env_file = shlex.quote(str(project.env_file))
    Python(desk, terminal, f"{Python.settles}; echo NUM_GPUS=2 >>{env_file}")
    os.utime(project.env_file)
    assert terminal.enter().output == ""
    assert "NUM_GPUS" not in environment_at_once(terminal)


def environment_at_once(terminal: Terminal) -> str:
    """Return the environment of a program started at this prompt. (`environment()` would show it a prompt later.)"""
    return terminal.run("env").output


class Python:
    """Return the program that the hook in `terminal` runs as Python."""

    settles = f'{shlex.quote(sys.executable)} "$@"'

    def __init__(self, desk: Desk, terminal: Terminal, script: str) -> None:
        self._path = desk.home.path / "python"
        self.does(script)
        terminal.run(desk.shell.assign("_taoshell_python", str(self._path)))

    def does(self, script: str) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(f"#!/bin/sh\n{script}\n")
        new.chmod(0o755)
        new.rename(self._path)
