"""TAOSHELL_PROMPT is right at each prompt, whatever happened before."""

from __future__ import annotations

import os
import shutil

from tests.shells.desk import Desk, quick_in
from tests.shells.terminal import Terminal
from tests.support.needs import need


def shows(terminal: Terminal, wanted: str | None) -> None:
    """Check that the exported variable, the shell's own answer and Python's answer agree."""
    assert terminal.value("TAOSHELL_PROMPT") == wanted
    printed = "" if wanted is None else f"{wanted}\n"
    assert terminal.run("taoshell status --prompt").output == printed
    assert terminal.run("command taoshell status --prompt").output == printed


# -- where the shell is ----------------------------------------------------------------------------


@quick_in("bash")
def test_inside_outside_and_from_project_to_project(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal()
    shows(terminal, None)
    desk.cd(terminal, first.root)
    shows(terminal, "a")
    desk.cd(terminal, second.root / "specs")
    shows(terminal, "b")
    desk.cd(terminal, desk.home.path)
    shows(terminal, None)


@quick_in("zsh")
def test_the_name_in_the_toml_is_shown(desk: Desk) -> None:
    project = desk.home.project()
    project.toml.write_text(f'name = "50% `$(x) night"\n{project.toml.read_text()}')
    project.allow()
    shows(desk.terminal(project.root), "50% `$(x) night")


@quick_in("fish")
def test_off_and_on(desk: Desk) -> None:
    terminal = desk.terminal(desk.home.project().root)
    terminal.run("taoshell off")
    shows(terminal, None)
    terminal.run("taoshell on")
    shows(terminal, "a")


@quick_in("bash")
def test_nested_shells_each_have_their_own(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(first.root)
    terminal.nest()
    shows(terminal, "a")
    desk.cd(terminal, second.root)
    shows(terminal, "b")
    terminal.run("exit")
    shows(terminal, "a")
    terminal.nest(f"exec {' '.join(desk.shell.command())}")
    shows(terminal, "a")
    desk.cd(terminal, desk.home.path)
    shows(terminal, None)


@quick_in("bash")
def test_a_command_that_is_run_inside_has_it(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(first.root)
    there = desk.shell.quote(str(second.root))
    assert terminal.run(f"taoshell exec {there} -- printenv TAOSHELL_PROMPT").output == "b\n"


# -- ! nothing is loaded ----------------------------------------------------------------------------


@quick_in("bash")
def test_blocked_by_an_edit_and_allowed_in_another_terminal(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    project.set("NUM_GPUS", "2")
    terminal.enter()
    shows(terminal, "a!")
    project.allow()
    terminal.enter()
    shows(terminal, "a")
    desk.home.taoshell("deny", project.root)
    terminal.enter()
    shows(terminal, "a!")
    desk.cd(terminal, desk.home.path)
    shows(terminal, None)


@quick_in("zsh")
def test_never_approved(desk: Desk) -> None:
    copy = desk.home.project().copy("o'copy\t$x")
    terminal = desk.terminal()
    desk.cd(terminal, copy.root)
    prompt = terminal.value("TAOSHELL_PROMPT") or ""
    assert prompt.isprintable()  # the tab is escaped, differently in each shell
    assert "copy" in prompt
    assert prompt.endswith("!")
    copy.allow()
    terminal.enter()
    assert not (terminal.value("TAOSHELL_PROMPT") or "!").endswith("!")


@quick_in("fish")
def test_if_python_cannot_run(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    os.utime(project.env_file)
    project.kept.joinpath("current").unlink()
    project.kept.joinpath("current").symlink_to("gen/none")
    shutil.rmtree(desk.home.state / "stamps")
    desk.home.state.joinpath("stamps").write_text("")
    terminal.enter()
    shows(terminal, "a!")


# -- ~ the mounts file is another's -----------------------------------------------------------------


@quick_in("bash")
def test_another_shell_takes_the_mounts_file_and_gives_it_back(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    one = desk.terminal(first.root)
    two = desk.terminal(second.root)
    one.enter()
    shows(one, "a~")
    shows(two, "b")
    desk.cd(two, desk.home.path)
    one.enter()
    shows(one, "a")
    desk.cd(two, second.root)
    one.enter()
    shows(one, "a~")
    two.kill()
    one.enter()
    shows(one, "a")


@quick_in("bash")
def test_another_shell_in_the_same_project_takes_nothing_away(desk: Desk) -> None:
    project = desk.home.project()
    one, two = desk.terminal(project.root), desk.terminal(project.root)
    for terminal in (one, two, one):
        terminal.enter()
        shows(terminal, "a")


@quick_in("zsh")
def test_released(desk: Desk) -> None:
    terminal = desk.terminal(desk.home.project().root)
    terminal.run("taoshell mounts release")
    shows(terminal, "a~")
    terminal.run("taoshell mounts take")
    shows(terminal, "a")


@quick_in("fish")
def test_a_mounts_file_that_cannot_be_taken_over(desk: Desk) -> None:
    desk.home.mounts_file.mkdir()
    shows(desk.terminal(desk.home.project().root), "a~")


# -- * values that are in force no more --------------------------------------------------------------


@quick_in("bash")
def test_values_of_an_inherited_project_whose_compiled_files_are_gone(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    outer = desk.terminal(first.root)
    environ = outer.environment()
    outer.exit()
    shutil.rmtree(first.kept / "gen")
    terminal = desk.terminal(env=environ)
    assert terminal.value("NUM_GPUS") == "1"
    shows(terminal, "a*")
    desk.cd(terminal, second.root)
    shows(terminal, "b")
    desk.cd(terminal, desk.home.path)
    assert terminal.value("NUM_GPUS") == "1"
    shows(terminal, "a*")
    terminal.nest()
    shows(terminal, "a*")


@quick_in("zsh")
def test_a_state_folder_of_another_user(desk: Desk) -> None:
    need("root" if os.geteuid() == 0 else None, "root, who alone can give a folder away,")
    project = desk.home.project()
    environ = desk.terminal(project.root).environment()
    os.chown(desk.home.state, 65534, 65534)
    terminal = desk.terminal(project.root, env=environ)
    shows(terminal, "a*")
    desk.cd(terminal, desk.home.path)
    shows(terminal, "a*")


@quick_in("bash")
def test_a_shell_without_the_hook_keeps_what_it_got_and_python_knows(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(project.root)
    terminal = desk.terminal(project.root, env=terminal.environment(), hook=False)

    def python_says(wanted: str) -> None:
        assert terminal.run("taoshell status --prompt").output == wanted

    python_says("a\n")
    desk.terminal(other.root)
    python_says("a~\n")
    desk.cd(terminal, desk.home.path)
    python_says("a*\n")
    desk.cd(terminal, project.root / "specs")
    project.set("NUM_GPUS", "2")
    python_says("a*\n")
    project.allow()
    python_says("a*\n")
    project.set("NUM_GPUS", "1")
    python_says("a~\n")  # the same as this shell has, and approved
