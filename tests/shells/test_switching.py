"""`cd` into a project, to another, deeper and out, also if the folder was moved or removed in the meantime."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.shells.desk import Desk, only
from tests.shells.projects import Project
from tests.shells.terminal import Terminal


def test_entering_sets_variables_and_mapping_and_prints_one_line(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    assert desk.cd(terminal, project.root) == project.entered
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping


def test_a_shell_that_starts_in_a_project_is_in_it(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    assert project.entered in terminal.greeting
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping


def test_leaving_restores_everything_and_prints_one_line(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    assert desk.cd(terminal, desk.home.path) == project.left
    assert desk.settings(terminal) == before
    assert desk.home.mapping() is None


def test_from_project_to_project(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, first.root)
    for here in (second, first, second):
        assert desk.cd(terminal, here.root) == here.entered
        desk.is_in(terminal, here)
        assert desk.home.mapping() == here.mapping
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


def test_the_rest_of_the_line_has_the_new_project(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    result = terminal.run(f"cd {desk.shell.quote(str(project.root))} && printenv LOCAL_DATA_DIR")
    assert result.output == f"{project.entered}{project.root}/data\n"


def test_an_idle_prompt_prints_nothing(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    assert terminal.enter().output == ""
    assert terminal.run("true").output == ""
    desk.cd(terminal, desk.home.path)
    assert terminal.enter().output == ""


def test_the_hook_prints_to_stderr(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(apart=True)
    to_terminal = desk.cd(terminal, project.root) + terminal.enter().output + desk.cd(terminal, desk.home.path)
    seen = {"stderr": to_terminal, "stdout": ""}
    if desk.shell.aside == "stderr":
        seen = {"stdout": to_terminal}
    seen[desk.shell.aside] = terminal.aside.read_text()
    assert seen == {"stdout": "", "stderr": project.entered + project.left}


def test_deeper_in_a_project_is_still_the_project(desk: Desk) -> None:
    project = desk.home.project()
    (project.root / "data/kitti").mkdir(parents=True)
    terminal = desk.terminal(project.root)
    assert desk.cd(terminal, "data/kitti") == ""
    desk.is_in(terminal, project)
    assert desk.cd(terminal, "..") == ""


def test_the_inner_of_two_nested_projects_replaces_the_outer(desk: Desk) -> None:
    outer, inner = desk.home.project("outer"), desk.home.project("outer/deep/inner")
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, outer.root)
    assert desk.cd(terminal, inner.root) == inner.entered
    desk.is_in(terminal, inner)
    assert desk.cd(terminal, "..") == outer.entered
    desk.is_in(terminal, outer)
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


def test_a_project_through_a_symlink_is_the_same_project(desk: Desk) -> None:
    project = desk.home.project("disk/a")
    (project.root / "data").mkdir()
    (desk.home.path / "to-root").symlink_to(project.root)
    (desk.home.path / "to-data").symlink_to(project.root / "data")
    (desk.home.path / "to-parent").symlink_to(project.root.parent)
    terminal = desk.terminal()
    for way in ("to-root", "to-data", "to-parent/a"):
        assert desk.cd(terminal, desk.home.path / way) == project.entered
        desk.is_in(terminal, project)
        assert desk.cd(terminal, desk.home.path) == project.left
    desk.cd(terminal, "to-root")
    assert desk.cd(terminal, project.root) == ""


def test_each_cd_to_a_symlink_finds_where_it_leads_now(desk: Desk) -> None:
    a, b, elsewhere = desk.home.project("a"), desk.home.project("b"), desk.home.path / "elsewhere"
    elsewhere.mkdir()
    current = desk.home.path / "current"
    current.symlink_to(a.root)
    terminal = desk.terminal()
    assert desk.cd(terminal, current) == a.entered
    lead(current, b.root)
    assert terminal.enter().output == ""
    desk.is_in(terminal, a)  # no cd: the shell still is there
    assert desk.cd(terminal, current) == b.entered
    desk.is_in(terminal, b)
    assert desk.home.mapping() == b.mapping
    lead(current, elsewhere)
    assert terminal.run("builtin cd " + desk.shell.quote(str(current))).output == b.left
    lead(current, a.root)
    assert desk.cd(terminal, current) == a.entered


def test_a_symlink_that_leads_elsewhere_is_seen_by_the_rest_of_the_line(desk: Desk) -> None:
    terminal, _, b = led_elsewhere(desk)
    line = terminal.run("cd ../current && /usr/bin/env printenv LOCAL_PROJECT_DIR")
    assert line.output.splitlines()[-1] == str(b.root)


def test_a_symlink_that_leads_elsewhere_without_a_cd_changes_nothing(desk: Desk) -> None:
    """What the shell must do meanwhile, such as reading an edited source, is about the folder that it is in."""
    terminal, a, _ = led_elsewhere(desk)
    os.utime(a.env_file)
    assert terminal.enter().output == ""
    desk.is_in(terminal, a)
    assert desk.home.mapping() == a.mapping


def led_elsewhere(desk: Desk) -> tuple[Terminal, Project, Project]:
    """Return a shell in the folder `current`, which led to the first project then, and leads to the second one now."""
    a, b, current = desk.home.project("a"), desk.home.project("b"), desk.home.path / "current"
    current.symlink_to(a.root)
    terminal = desk.terminal()
    desk.cd(terminal, current)
    lead(current, b.root)
    return terminal, a, b


def lead(link: Path, target: Path) -> None:
    link.unlink()
    link.symlink_to(target)


def test_a_symlink_out_of_a_project_leaves_it(desk: Desk) -> None:
    project = desk.home.project()
    elsewhere = desk.home.path / "elsewhere"
    elsewhere.mkdir()
    (project.root / "out").symlink_to(elsewhere)
    terminal = desk.terminal(project.root)
    assert desk.cd(terminal, project.root / "out") == project.left


def test_a_deleted_working_directory(desk: Desk) -> None:
    project = desk.home.project()
    (project.root / "scratch").mkdir()
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root / "scratch")
    (project.root / "scratch").rmdir()
    assert terminal.enter().output == ""
    desk.is_in(terminal, project)
    assert desk.cd(terminal, desk.home.path) == project.left
    assert desk.settings(terminal) == before


def test_a_deleted_project_is_left(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    shutil.rmtree(project.root)
    assert terminal.enter().output == project.left
    assert terminal.enter().output == ""
    assert desk.settings(terminal) == before
    assert desk.home.mapping() is None
    assert desk.cd(terminal, desk.home.path) == ""


def test_a_folder_that_is_no_project_any_more_is_left(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    project.toml.unlink()
    assert terminal.enter().output == project.left
    assert desk.settings(terminal) == before


def test_a_folder_that_becomes_a_project_is_entered(desk: Desk) -> None:
    folder = desk.home.path / "fresh"
    folder.mkdir()
    terminal = desk.terminal(folder)
    project = desk.home.project("fresh")
    assert terminal.enter().output == project.entered
    desk.is_in(terminal, project)


def test_a_moved_project_is_left_and_asks_to_be_approved_again(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    moved = project.root.rename(desk.home.path / "moved")
    assert terminal.enter().output == project.left
    assert desk.cd(terminal, moved) == f"taoshell: {moved} is not approved; run: taoshell allow\n"
    desk.is_refused(terminal, before)
    desk.home.taoshell("allow", "--yes", moved)
    assert terminal.enter().output == project.entered.replace("a (", "moved (")
    assert terminal.value("LOCAL_SPECS_DIR") == f"{moved}/specs"


@only("fish")
def test_a_cd_in_a_command_substitution_waits_for_the_prompt(desk: Desk) -> None:
    """It moves the shell itself; until the prompt, its output belongs to the substitution."""
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(first.root)
    there = desk.shell.quote(str(second.root))
    assert terminal.run(f"set seen (cd {there}; printenv LOCAL_PROJECT_DIR) 2>/dev/null").output == second.entered
    assert terminal.run("echo $seen").output == f"{first.root}\n"
    desk.is_in(terminal, second)


@only("bash", "zsh")  # in fish it is the shell itself
def test_a_subshell_that_changes_directory_is_not_this_shell(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(first.root)
    there = desk.shell.quote(str(second.root))
    assert terminal.run(f"echo $(cd {there}; pwd)").output == f"{second.root}\n"
    assert terminal.run(f"(cd {there}; pwd)").output == f"{second.root}\n"
    desk.is_in(terminal, first)
    assert desk.home.mapping() == first.mapping
