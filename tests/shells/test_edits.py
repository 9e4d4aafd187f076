"""Any change of a source is seen at the next prompt, and blocks the project until the user approves it."""

from __future__ import annotations

import itertools
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shells.desk import Desk, quick_in
from tests.shells.projects import Project


def says_blocked(printed: str, source: str) -> None:
    """Check for one line that names what changed and what to do."""
    assert printed.startswith("taoshell: ")
    assert printed.count("\n") == 1
    assert source in printed
    assert "taoshell allow" in printed


@pytest.mark.parametrize("source", ["taoshell.toml", ".env"])
def test_an_edit_blocks_and_editing_back_loads_again(desk: Desk, source: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    file = project.root / source
    approved = file.read_text()
    file.write_text(f"{approved}# edited\n")
    says_blocked(terminal.enter().output, source)
    desk.is_blocked(terminal, project)
    assert desk.home.mapping() == project.tombstone
    assert terminal.enter().output == ""
    file.write_text(approved)
    assert terminal.enter().output == project.entered
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


def test_allow_in_the_blocked_shell_loads(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    project.set("NUM_GPUS", "4")
    says_blocked(terminal.enter().output, ".env")
    result = terminal.run("taoshell allow --yes")
    assert result.status == 0
    assert result.output.endswith(project.entered)
    desk.is_in(terminal, project, NUM_GPUS="4")


def test_entering_a_blocked_project_says_why_each_time(desk: Desk) -> None:
    project = desk.home.project()
    project.set("NUM_GPUS", "4")
    terminal = desk.terminal()
    for _ in range(2):
        says_blocked(desk.cd(terminal, project.root), ".env")
        desk.is_blocked(terminal, project)
        assert terminal.enter().output == ""
        desk.cd(terminal, desk.home.path)
        assert terminal.value("LAUNCHER_MOUNTS") is None


def test_a_project_that_does_not_compile_says_where(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    project.append_toml("[env")
    project.home.taoshell("allow", "--yes", project.root, check=False)
    printed = terminal.enter().output
    assert "taoshell.toml changed since you approved" in printed
    assert printed.endswith("; to see what is wrong: taoshell diff\n")
    desk.is_blocked(terminal, project)


def test_an_edit_within_the_same_second_is_seen(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    then = project.env_file.stat()
    text = project.env_file.read_text()
    project.env_file.write_text(text.replace("NUM_GPUS=1", "NUM_GPUS=2"))
    os.utime(project.env_file, ns=(then.st_atime_ns, then.st_mtime_ns + 1))
    assert project.env_file.stat().st_size == then.st_size
    says_blocked(terminal.enter().output, ".env")
    desk.is_blocked(terminal, project)


def test_a_source_with_an_older_mtime_is_seen(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    then = project.env_file.stat()
    project.set("NUM_GPUS", "2")
    os.utime(project.env_file, ns=(then.st_atime_ns, then.st_mtime_ns - 1))
    says_blocked(terminal.enter().output, ".env")


def test_a_touched_source_changes_nothing(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    os.utime(project.toml)
    os.utime(project.env_file)
    assert terminal.enter().output == ""
    assert terminal.enter().output == ""
    desk.is_in(terminal, project)


@quick_in("zsh")
def test_after_many_writes_of_a_source_the_last_one_counts(desk: Desk) -> None:
    project = desk.home.project()
    texts = [project.env_file.read_text(), project.env_file.read_text().replace("NUM_GPUS=1", "NUM_GPUS=2")]
    project.env_file.write_text(texts[1])
    project.allow()
    terminal = desk.terminal(project.root)
    stop = threading.Event()

    def write() -> None:
        for text in itertools.cycle(texts):
            replace(project.env_file, text)
            if stop.wait(0.01):
                return

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(3):
        terminal.enter()
    stop.set()
    writer.join()
    for value, text in (("1", texts[0]), ("2", texts[1])):
        terminal.enter()
        replace(project.env_file, text)
        terminal.enter()
        desk.is_in(terminal, project, NUM_GPUS=value)


def replace(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text)
    new.rename(path)


def git(project: Project, *arguments: str) -> None:
    identity = ["-c", "user.name=tester", "-c", "user.email=tester@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=project.root, check=True, capture_output=True)


@quick_in("zsh")
def test_git_checkout_between_two_approved_contents(desk: Desk) -> None:
    project = desk.home.project()
    for branch, value in (("one", "1"), ("two", "2")):
        if branch == "one":
            git(project, "init", "-b", branch)
            project.append_toml(f"[env]\nEXPERIMENT = '{value}'")
        else:
            git(project, "checkout", "-b", branch)
            project.toml.write_text(project.toml.read_text().replace("'1'", "'2'"))
        git(project, "add", "taoshell.toml", ".gitignore")
        git(project, "commit", "-m", branch)
        project.allow()
    terminal = desk.terminal(project.root)
    assert terminal.value("EXPERIMENT") == "2"
    for branch, value in (("one", "1"), ("two", "2"), ("one", "1")):
        git(project, "checkout", branch)
        assert terminal.enter().output == project.entered.replace("9 variables", "10 variables")
        desk.is_in(terminal, project, EXPERIMENT=value)
        assert terminal.enter().output == ""


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_an_env_that_was_no_file_and_becomes_one_blocks(desk: Desk, make: Callable[[Path], None]) -> None:
    """As long as it is none, the user has a private one; what is in the project is watched all the same."""
    project = desk.home.project()
    env = project.root / ".env"
    lines = env.read_text()
    env.unlink()
    make(env)
    project.allow()
    terminal = desk.terminal(project.root)
    desk.is_in(terminal, project, KEY=None, NUM_GPUS=None)
    assert terminal.enter().output == ""
    (env.rmdir if env.is_dir() else env.unlink)()
    env.write_text(f"# another\n{lines}")
    says_blocked(terminal.enter().output, ".env")
    desk.is_blocked(terminal, project)
    assert terminal.run("taoshell allow --yes").status == 0
    desk.is_in(terminal, project)
