"""A project is loaded only if the user has approved it, at this path and in this home, and has not denied it since."""

from __future__ import annotations

import os

from tests.shells.desk import Desk
from tests.shells.projects import Home, Project
from tests.support.needs import need


def test_an_unapproved_project_is_reported_once_and_not_loaded(desk: Desk) -> None:
    folder = desk.home.path / "theirs"
    (folder / "data").mkdir(parents=True)
    (folder / "taoshell.toml").write_text('layout = "classic"\nnetwork = "detectnet_v2"\n')
    terminal = desk.terminal()
    before = desk.settings(terminal)
    line = Project(desk.home, folder).unapproved
    assert desk.cd(terminal, folder) == line
    assert terminal.enter().output == ""
    assert desk.cd(terminal, folder / "data") == ""
    desk.is_refused(terminal, before)
    assert desk.home.mapping() is None
    assert desk.cd(terminal, desk.home.path) == ""
    assert desk.settings(terminal) == before
    assert desk.cd(terminal, folder) == line


def test_going_from_a_project_to_an_unapproved_one_leaves_nothing_of_the_first(desk: Desk) -> None:
    project = desk.home.project("a")
    folder = desk.home.path / "a-evil"  # its path begins like the approved one's
    folder.mkdir()
    (folder / "taoshell.toml").write_text(project.toml.read_text())
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    assert desk.cd(terminal, folder) == Project(desk.home, folder).unapproved
    desk.is_refused(terminal, before)
    assert desk.home.mapping() is None


def test_deny_here(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    assert terminal.run("taoshell deny").status == 0
    desk.is_blocked(terminal, project)
    assert terminal.enter().output == ""


def test_deny_in_another_terminal(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    desk.home.taoshell("deny", project.root)
    assert terminal.enter().output == f"taoshell: {project.root} is denied; to load it again: taoshell allow\n"
    desk.is_blocked(terminal, project)
    project.allow()
    assert terminal.enter().output == project.entered
    desk.is_in(terminal, project)


def test_a_copied_project_is_not_approved_until_it_is_allowed(desk: Desk) -> None:
    project = desk.home.project("a")
    copy = project.copy("copy")
    terminal = desk.terminal()
    before = desk.settings(terminal)
    assert desk.cd(terminal, copy.root) == copy.unapproved
    desk.is_refused(terminal, before)
    copy.allow()
    assert terminal.enter().output == copy.entered
    desk.is_in(terminal, copy)
    assert desk.cd(terminal, project.root) == project.entered
    desk.is_in(terminal, project)


def test_an_approval_in_another_home_does_not_count(desk: Desk) -> None:
    project = desk.home.project()
    other = Home(desk.home.path.parent / f"other-{type(desk.shell).__name__}")
    terminal = desk.terminal(env={**other.env})
    assert desk.cd(terminal, project.root) == project.unapproved


def test_a_state_folder_of_another_user_is_never_trusted(desk: Desk) -> None:
    need("root" if os.geteuid() == 0 else None, "root, who alone can give a folder away,")
    project = desk.home.project()
    os.chown(desk.home.state, 65534, 65534)
    terminal = desk.terminal(project.root)
    line = f"taoshell: {desk.home.state} belongs to another user; nothing is loaded in this shell\n"
    assert line in terminal.greeting
    for command in ("taoshell on", "taoshell off", "taoshell on"):
        result = terminal.run(command)
        assert (result.output, result.status) == (line, 1)
    assert terminal.enter().output == ""
    assert "NUM_GPUS" not in terminal.environment()
