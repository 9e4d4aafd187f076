"""The state folder is removed while shells run: no project is known, and the user's own mapping is in force."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shells.desk import Desk
from tests.shells.homes.mounts_files import absent, ordinary, relative_link
from tests.shells.homes.test_homes import says_nothing_and_starts_nothing
from tests.shells.homes.user import User
from tests.shells.projects import Project
from tests.shells.terminal import Terminal


def is_in_none(desk: Desk, terminal: Terminal, project: Project) -> None:
    """Check that the shell has nothing of the project, and that the launcher's mounts file exists."""
    found = desk.settings(terminal)
    assert set(project.variables).isdisjoint(found)
    assert Path(found.get("LAUNCHER_MOUNTS", "/")).exists()


def removed(user: User) -> None:
    shutil.rmtree(user.home.state)


def replaced_by_a_file(user: User) -> None:
    removed(user)
    user.home.state.write_text("x\n")
    user.give(user.home.state)


@pytest.mark.parametrize("wipe", [removed, replaced_by_a_file], ids=lambda wipe: wipe.__name__)
def test_shells_in_projects_leave_them(user: User, tmp_path: Path, wipe: Callable[[User], None]) -> None:
    first, second, home = user.home.project("a"), user.home.project("b"), user.home.path
    ordinary(user)
    before, own = user.belongings(), user.in_force()
    inside, other, outside = user.sits_down(), user.sits_down(), user.sits_down()
    for terminal, project in ((outside, first), (other, second), (inside, first)):
        user.cd(terminal, project.root)
    user.cd(outside, home)
    wipe(user)

    assert inside.enter().output == first.unapproved
    assert other.enter().output == second.unapproved
    assert outside.enter().output == ""
    assert user.in_force() == own
    for terminal, project in ((inside, first), (other, second), (outside, first)):
        says_nothing_and_starts_nothing(terminal, tmp_path)
        is_in_none(user, terminal, project)

    assert inside.run("taoshell allow --yes").status == 0
    assert "taoshell" not in other.enter().output + outside.enter().output
    user.is_in(inside, first)
    assert user.home.mapping() == first.mapping
    for terminal in (inside, other, outside):
        says_nothing_and_starts_nothing(terminal, tmp_path)

    assert user.cd(inside, home) == first.left
    assert user.in_force() == own
    assert user.cd(other, home) == ""
    assert inside.run("taoshell mounts release").status == 0
    assert user.belongings() == before


@pytest.mark.parametrize("make", [ordinary, relative_link, absent], ids=lambda make: make.__name__)
def test_under_a_shell_outside(user: User, tmp_path: Path, make: Callable[[User], None]) -> None:
    first, home = user.home.project("a"), user.home.path
    make(user)
    before, own = user.belongings(), user.in_force()
    terminal = user.sits_down()
    user.cd(terminal, first.root)
    user.cd(terminal, home)
    shutil.rmtree(user.home.state)
    assert terminal.enter().output == ""
    assert user.in_force() == own
    says_nothing_and_starts_nothing(terminal, tmp_path)
    assert user.cd(terminal, first.root) == first.unapproved
    assert terminal.run("taoshell allow --yes").status == 0
    assert user.home.mapping() == first.mapping
    user.is_in(terminal, first)
    assert user.cd(terminal, home) == first.left
    assert user.in_force() == own
    assert terminal.run("taoshell mounts release").status == 0
    assert user.belongings() == before
