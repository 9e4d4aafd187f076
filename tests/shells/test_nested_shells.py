"""Nested shells, and shells with an inherited environment: each has its own session and leaves a project properly."""

from __future__ import annotations

from pathlib import Path

from tests.shells.desk import Desk
from tests.shells.dialects import SHELLS
from tests.shells.projects import Home
from tests.shells.terminal import Terminal


def claims(home: Home) -> dict[int, str]:
    """Return the project of each session, by pid."""
    files = home.state.glob("sessions/*-*")
    found = {int(file.name.partition("-")[0]): file.read_text().partition("\n")[0] for file in files}
    return {pid: root for pid, root in found.items() if root}


def pid_of(terminal: Terminal, shell: str) -> int:
    return int(terminal.run(f"echo {SHELLS[shell].own_pid}").output)


# -- a shell in a shell --------------------------------------------------------------------------


def test_a_nested_shell_is_a_session_of_its_own(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    assert "taoshell:" not in terminal.nest()
    desk.is_in(terminal, project)
    inner = pid_of(terminal, desk.shell.name)
    assert inner != terminal.pid
    assert claims(desk.home) == {terminal.pid: str(project.root), inner: str(project.root)}
    assert desk.cd(terminal, desk.home.path) == project.left
    assert desk.settings(terminal) == before
    assert claims(desk.home) == {terminal.pid: str(project.root)}
    assert desk.home.mapping() == project.mapping  # the outer shell is still in the project
    terminal.run("exit")
    desk.is_in(terminal, project)
    assert desk.cd(terminal, desk.home.path) == project.left
    assert desk.settings(terminal) == before


def test_a_nested_shell_in_another_project(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(env={"NUM_GPUS": "7"})
    before = desk.settings(terminal)
    desk.cd(terminal, first.root)
    terminal.nest()
    assert desk.cd(terminal, second.root) == second.entered
    assert desk.home.mapping() == second.mapping
    terminal.run("exit")
    terminal.enter()
    desk.is_in(terminal, first)
    assert desk.home.mapping() == first.mapping
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


def test_a_shell_replaced_by_exec(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    terminal.nest(f"exec {' '.join(desk.shell.command())}")
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping
    assert desk.cd(terminal, desk.home.path) == project.left
    assert desk.settings(terminal) == before
    assert desk.home.mapping() is None


def test_a_shell_replaced_by_exec_takes_nothing_from_a_newer_one(desk: Desk) -> None:
    """It is the same process with the same session, which says the same project."""
    project, other = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(project.root)
    desk.terminal(other.root)
    terminal.nest(f"exec {' '.join(desk.shell.command())}")
    desk.is_in(terminal, project)
    assert desk.home.mapping() == other.mapping


def test_a_nested_shell_without_the_hook_keeps_its_environment(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    shown = terminal.run("sh -c 'cd /; echo $LOCAL_PROJECT_DIR; test -r \"$LAUNCHER_MOUNTS\" && echo mapped'")
    assert shown.output == f"{project.root}\nmapped\n"


# -- an environment that was inherited: tmux, the terminals of an editor ---------------------------


def inherited(desk: Desk, terminal: Terminal, cwd: Path) -> Terminal:
    """Open a terminal by a program that `terminal` started, as tmux and VS Code do."""
    return desk.terminal(cwd, env=terminal.environment())


def test_an_inherited_environment_in_the_same_project(desk: Desk) -> None:
    project = desk.home.project()
    first = desk.terminal()
    before = desk.settings(first)
    desk.cd(first, project.root)
    second = inherited(desk, first, project.root)
    assert "taoshell:" not in second.greeting
    desk.is_in(second, project)
    assert claims(desk.home) == {first.pid: str(project.root), second.pid: str(project.root)}
    assert desk.cd(second, desk.home.path) == project.left
    assert desk.settings(second) == before
    desk.is_in(first, project)


def test_an_inherited_environment_outside_is_left_at_the_first_prompt(desk: Desk) -> None:
    project = desk.home.project()
    first = desk.terminal(env={"NUM_GPUS": "7"})
    before = desk.settings(first)
    desk.cd(first, project.root)
    second = inherited(desk, first, desk.home.path)
    assert second.greeting.count(project.left) == 1
    assert desk.settings(second) == before


def test_an_inherited_environment_in_another_project(desk: Desk) -> None:
    first_project, second_project = desk.home.project("a"), desk.home.project("b")
    first = desk.terminal(env={"NUM_GPUS": "7"})
    before = desk.settings(first)
    desk.cd(first, first_project.root)
    second = inherited(desk, first, second_project.root)
    desk.is_in(second, second_project)
    desk.cd(second, desk.home.path)
    assert desk.settings(second) == before


def test_an_inherited_environment_from_before_a_new_approval(desk: Desk) -> None:
    project = desk.home.project()
    first = desk.terminal(env={"NUM_GPUS": "7"})
    before = desk.settings(first)
    desk.cd(first, project.root)
    environment = first.environment()
    project.set("NUM_GPUS", "4")
    project.set("EXTRA", "new")
    project.allow()
    second = desk.terminal(project.root, env=environment)
    desk.is_in(second, project, NUM_GPUS="4", EXTRA="new")
    desk.cd(second, desk.home.path)
    assert desk.settings(second) == before
