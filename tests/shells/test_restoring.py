"""Leaving restores the values from before, unless the user has changed them since."""

from __future__ import annotations

import os

import pytest

from tests.shells.desk import Desk, only
from tests.support.slow import slow_unless

BEFORE = {"set": "was here", "empty": "", "awkward": 'it\'s "$HOME"\n\tand `x` \\'}


@pytest.mark.parametrize("name", ["NUM_GPUS", "LOCAL_PROJECT_DIR", "LAUNCHER_MOUNTS"])
@pytest.mark.parametrize("before", slow_unless(lambda before: before == "awkward", BEFORE))
def test_values_from_before_come_back(desk: Desk, name: str, before: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env={name: BEFORE[before]})
    settings = desk.settings(terminal)
    assert settings[name] == BEFORE[before]
    desk.cd(terminal, project.root)
    desk.is_in(terminal, project)
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == settings


def test_values_from_before_come_back_after_several_projects(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(env={"NUM_GPUS": "7", "KEY": ""})
    settings = desk.settings(terminal)
    for folder in (first.root, second.root, first.root, desk.home.path):
        desk.cd(terminal, folder)
    assert desk.settings(terminal) == settings


def test_a_variable_that_was_not_exported_is_not_exported_afterwards(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    terminal.run(desk.shell.assign("NUM_GPUS", "7"))
    desk.cd(terminal, project.root)
    desk.is_in(terminal, project)
    desk.cd(terminal, desk.home.path)
    assert terminal.variable("NUM_GPUS") == "7"
    assert terminal.value("NUM_GPUS") is None


@pytest.mark.parametrize("now", ["8", ""])
def test_a_value_that_the_user_has_changed_meanwhile_stays(desk: Desk, now: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env={"NUM_GPUS": "7"})
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    assert terminal.run(desk.shell.export("NUM_GPUS", now)).output == ""
    assert terminal.enter().output == ""
    assert terminal.value("NUM_GPUS") == now
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == {**before, "NUM_GPUS": now}


def test_a_variable_that_the_user_has_unset_meanwhile_stays_unset(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env={"NUM_GPUS": "7"})
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    terminal.run(desk.shell.unset("NUM_GPUS"))
    desk.cd(terminal, desk.home.path)
    del before["NUM_GPUS"]
    assert desk.settings(terminal) == before


def test_the_users_own_launcher_mounts_stays(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    desk.cd(terminal, project.root)
    terminal.run(desk.shell.export("LAUNCHER_MOUNTS", "/my/own.json"))
    desk.cd(terminal, desk.home.path)
    assert terminal.value("LAUNCHER_MOUNTS") == "/my/own.json"


def test_the_users_own_launcher_mounts_stays_in_a_refused_project(desk: Desk) -> None:
    copy = desk.home.project().copy("copy")
    terminal = desk.terminal()
    desk.cd(terminal, copy.root)
    terminal.run(desk.shell.export("LAUNCHER_MOUNTS", "/my/own.json"))
    desk.cd(terminal, desk.home.path)
    assert terminal.value("LAUNCHER_MOUNTS") == "/my/own.json"


def test_values_from_before_come_back_after_an_edit(desk: Desk) -> None:
    """While Python checks the edit, LAUNCHER_MOUNTS has the tombstone."""
    project = desk.home.project()
    terminal = desk.terminal(env={"LAUNCHER_MOUNTS": "/my/own.json"})
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    os.utime(project.env_file)
    assert terminal.enter().output == ""
    desk.is_in(terminal, project)
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


def test_a_change_made_in_one_project_outlives_the_next(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal()
    desk.cd(terminal, first.root)
    terminal.run(desk.shell.export("NUM_GPUS", "8"))
    desk.cd(terminal, second.root)
    assert terminal.value("NUM_GPUS") == "1"
    desk.cd(terminal, desk.home.path)
    assert terminal.value("NUM_GPUS") == "8"


def test_values_allowed_in_another_terminal_come_at_the_next_prompt(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    project.set("NUM_GPUS", "4")
    project.allow()
    assert terminal.enter().output == project.entered
    desk.is_in(terminal, project, NUM_GPUS="4")
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


def test_leaving_right_after_new_values_were_allowed_in_another_terminal(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env={"NUM_GPUS": "7"})
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    project.set("NUM_GPUS", "4")
    project.set("EXTRA", "new")
    project.allow()
    assert desk.cd(terminal, desk.home.path) == project.left
    assert desk.settings(terminal) == before


def test_a_variable_that_the_project_no_longer_sets_is_removed(desk: Desk) -> None:
    project = desk.home.project()
    project.append_toml("[env]\nEXTRA = 'x'\nBOTH = 'x'")
    project.allow()
    terminal = desk.terminal(env={"BOTH": "mine"})
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    assert (terminal.value("EXTRA"), terminal.value("BOTH")) == ("x", "x")
    project.toml.write_text(project.toml.read_text().partition("[env]")[0])
    project.allow()
    terminal.enter()
    assert (terminal.value("EXTRA"), terminal.value("BOTH")) == (None, "mine")
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


@only("bash", "zsh")
def test_a_readonly_variable_of_the_user_does_no_harm(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(before="export NUM_GPUS=7; readonly NUM_GPUS")
    before = desk.settings(terminal)
    for folder in (first.root, second.root, desk.home.path):
        desk.cd(terminal, folder)
        assert terminal.enter().output == ""
    assert terminal.variable("NUM_GPUS") == "7"
    assert desk.settings(terminal) == before


def test_off_restores_everything_and_on_enters_again(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, first.root)
    result = terminal.run("taoshell off")
    assert (result.output, result.status) == (first.left, 0)
    assert desk.settings(terminal) == before
    assert desk.home.mapping() is None
    assert desk.cd(terminal, second.root) == ""
    assert terminal.enter().output == ""
    assert desk.settings(terminal) == before
    result = terminal.run("taoshell on")
    assert (result.output, result.status) == (second.entered, 0)
    desk.is_in(terminal, second)
    assert desk.home.mapping() == second.mapping
