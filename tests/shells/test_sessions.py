"""Several shells, some of which die: each has its own project, the newest has the mounts file."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

from taoshell.state import processes
from tests.shells.desk import Desk, only


def test_two_shells_in_two_projects_each_have_their_own_mapping(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    first, second = desk.terminal(project.root), desk.terminal(other.root)
    for terminal, here in ((first, project), (second, other), (first, project)):
        terminal.enter()
        desk.is_in(terminal, here)
        mounts = terminal.value("LAUNCHER_MOUNTS")
        assert mounts is not None
        assert json.loads(Path(mounts).read_text()) == here.mapping


def test_the_newest_has_the_mounts_file_and_idle_prompts_do_not_take_it(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    first, second = desk.terminal(), desk.terminal()
    desk.cd(first, project.root)
    desk.cd(second, other.root)
    assert desk.home.mapping() == other.mapping
    assert first.enter().output == ""
    assert second.enter().output == ""
    assert desk.home.mapping() == other.mapping
    desk.cd(first, desk.home.path)
    assert desk.home.mapping() == other.mapping
    desk.cd(first, project.root)
    assert desk.home.mapping() == project.mapping
    desk.cd(first, desk.home.path)
    assert desk.home.mapping() == other.mapping
    desk.cd(second, desk.home.path)
    assert desk.home.mapping() is None


def test_a_killed_shell_is_repaired_by_the_next_prompt_of_another_project(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    first, second = desk.terminal(project.root), desk.terminal(other.root)
    assert desk.home.mapping() == other.mapping
    second.kill()
    assert first.enter().output == ""
    assert desk.home.mapping() == project.mapping
    desk.is_in(first, project)


def test_a_killed_shell_is_repaired_by_the_next_prompt_of_a_shell_in_no_project(desk: Desk) -> None:
    project = desk.home.project()
    outside = desk.terminal()
    desk.terminal(project.root).kill()
    assert desk.home.mapping() == project.mapping
    assert outside.enter().output == ""
    assert desk.home.mapping() is None


def test_a_killed_shell_is_repaired_by_the_start_of_another(desk: Desk) -> None:
    project = desk.home.project()
    desk.terminal(project.root).kill()
    desk.terminal()
    assert desk.home.mapping() is None


@only("zsh", "fish")
def test_a_shell_that_ends_gives_the_mounts_file_back(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    first, second = desk.terminal(project.root), desk.terminal(other.root)
    second.exit()
    assert desk.home.mapping() == project.mapping
    first.exit()
    assert desk.home.mapping() is None


def test_a_process_that_has_the_number_of_a_dead_shell_is_not_that_shell(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(project.root)
    # this process, but with a start time at boot
    session = desk.home.state / "sessions" / f"{os.getpid()}-1{processes.here()}"
    session.write_text(f"{other.root}\n")
    desk.cd(terminal, desk.home.path)
    assert desk.home.mapping() is None
    desk.cd(terminal, project.root)
    os.utime(session)
    desk.terminal()
    assert desk.home.mapping() == project.mapping


def test_many_sessions_of_dead_shells_are_removed(desk: Desk) -> None:
    """A shell only skips them, which takes time at each check, so Python removes them."""
    project, other = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(project.root)
    dead = [desk.home.state / "sessions" / f"{os.getpid()}-{start}{processes.here()}" for start in range(1, 11)]
    for session in dead:
        session.write_text(f"{other.root}\n")
    desk.cd(terminal, desk.home.path)
    assert [session for session in dead if session.exists()] == []
    assert desk.home.mapping() is None


def test_exec_in_another_folder_leaves_the_project(desk: Desk) -> None:
    """`exec` on the same line as `cd`: no prompt between the two, and the same process and session."""
    project = desk.home.project()
    other, terminal = desk.terminal(), desk.terminal(project.root)
    terminal.nest(f"cd {desk.shell.quote(str(desk.home.path))}; exec {shlex.join(desk.shell.command())}")
    terminal.enter()
    desk.cd(other, "/")
    assert desk.home.mapping() is None
    desk.cd(terminal, project.root)
    assert desk.home.mapping() == project.mapping


def test_many_shells_come_and_go(desk: Desk) -> None:
    projects = [desk.home.project("a"), desk.home.project("b")]
    terminals = [desk.terminal() for _ in range(4)]
    for number, terminal in enumerate(terminals):
        desk.cd(terminal, projects[number % 2].root)
        assert desk.home.mapping() == projects[number % 2].mapping
    alive = list(terminals)
    for killed, holder in ((3, 2), (0, 2), (2, 1)):
        alive.remove(terminals[killed])
        terminals[killed].kill()
        for terminal in alive:
            assert terminal.enter().output == ""
        assert desk.home.mapping() == projects[holder % 2].mapping
    desk.cd(terminals[1], desk.home.path)
    assert desk.home.mapping() is None
