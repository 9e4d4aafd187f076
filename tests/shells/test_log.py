"""The hook's lines: how many, in which style, and none before the first prompt."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from taoshell.actions import approve, compile
from taoshell.state.paths import State
from tests.shells.desk import Desk, only, quick_in
from tests.shells.processes import started_by
from tests.shells.projects import Project
from tests.shells.terminal import Terminal
from tests.support.needs import need


def said(*lines: str) -> str:
    return "".join(f"{line}\n" if line.startswith("  ") else f"taoshell: {line}\n" for line in lines)


# -- quiet, line, full -------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", "line", "LOUD", "full "])
def test_any_other_value_prints_one_line(desk: Desk, value: str) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(env={"TAOSHELL_LOG": value})
    assert desk.cd(terminal, first.root) == first.entered
    assert desk.cd(terminal, second.root) == second.entered
    assert desk.cd(terminal, desk.home.path) == second.left


def details(project: Project, **changed: str) -> list[str]:
    """Return the lines of `full` on entering."""
    values = {"LAUNCHER_MOUNTS": str(project.kept / "mounts.json"), **project.variables, **changed, "KEY": "••••"}
    variables = [f"  + {name}={shown}" for name, shown in values.items()]
    return [*variables, *(f"    {mount['source']} => {mount['destination']}" for mount in project.mapping["Mounts"])]


def in_order(output: str) -> list[str]:
    """Return the first line and then the others, sorted: shells print the variables in different orders."""
    first, *others = output.splitlines()
    return [first, *sorted(others)]


def all_of(first: str, *others: str) -> list[str]:
    return [first.removesuffix("\n"), *sorted(said(*others).splitlines())]


@quick_in("zsh")
def test_full_also_says_what_is_set_and_what_goes(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(env={"TAOSHELL_LOG": "full", "NUM_GPUS": "7", "KEY": "of-my-own"})
    assert in_order(desk.cd(terminal, first.root)) == all_of(first.entered, *details(first))
    assert in_order(desk.cd(terminal, second.root)) == all_of(second.entered, *details(second))
    gone = [f"  - {name}" for name in ("LAUNCHER_MOUNTS", *second.variables)]
    assert in_order(desk.cd(terminal, desk.home.path)) == all_of(second.left, *gone)
    assert terminal.enter().output == ""


@quick_in("fish")
def test_full_when_a_project_changes_is_blocked_and_allowed(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env={"TAOSHELL_LOG": "full"})
    desk.cd(terminal, project.root)
    project.set("NUM_GPUS", "4")
    project.set("ODD", "a\x1b[31m'b")
    project.allow()
    entered = project.entered.replace("9 variables", "10 variables")
    escaped = details(project, NUM_GPUS="4", ODD="a\\x1b[31m'b")
    assert in_order(terminal.enter().output) == all_of(entered, *escaped)
    os.utime(project.env_file)
    assert terminal.enter().output == ""
    project.set("NUM_GPUS", "5")
    blocked, mounts = terminal.enter().output.splitlines()
    assert ".env changed" in blocked
    assert mounts == f"  + LAUNCHER_MOUNTS={project.kept / 'mounts.json'}"


@quick_in("bash")
def test_full_in_a_project_that_was_never_approved(desk: Desk) -> None:
    project = desk.home.project()
    copy = project.copy("copy")
    terminal = desk.terminal(env={"TAOSHELL_LOG": "full"})
    assert desk.cd(terminal, copy.root) == copy.unapproved
    assert in_order(desk.cd(terminal, project.root)) == all_of(project.entered, *details(project))
    assert desk.cd(terminal, copy.root) == copy.unapproved
    assert desk.cd(terminal, desk.home.path) == ""


@quick_in("zsh")
def test_full_in_a_nested_shell(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env={"TAOSHELL_LOG": "full"})
    desk.cd(terminal, project.root)
    assert "taoshell:" not in terminal.nest()
    gone = [f"  - {name}" for name in ("LAUNCHER_MOUNTS", *project.variables)]
    assert in_order(desk.cd(terminal, desk.home.path)) == all_of(project.left, *gone)


@only("zsh")
def test_full_starts_no_process(desk: Desk, tmp_path: Path) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env={"TAOSHELL_LOG": "full"})
    desk.cd(terminal, project.root)
    desk.cd(terminal, desk.home.path)
    with started_by(terminal.pid, tmp_path) as started:
        assert "KEY" in desk.cd(terminal, project.root)
    assert started == []


# -- the first prompt ---------------------------------------------------------------------------------

# Only zsh has instant prompts, which are on the screen before the start file has been read. So only zsh holds lines.
holds = only("zsh")
speaks_at_once = only("bash", "fish")


def typed_hook(desk: Desk, cwd: Path) -> Terminal:
    """Return a shell that has just evaluated the hook, so that the next prompt is its first."""
    terminal = desk.terminal(cwd, hook=False)
    assert terminal.run(desk.shell.hook).output == ""
    return terminal


@speaks_at_once
def test_the_line_comes_before_the_first_prompt(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root, hook=False)
    assert terminal.run(desk.shell.hook).output == project.entered
    assert terminal.enter().output == ""
    desk.is_in(terminal, project)


@speaks_at_once
def test_so_does_what_python_says(desk: Desk) -> None:
    desk.home.mounts_file.mkdir()
    project = desk.home.project()
    terminal = desk.terminal(project.root, hook=False)
    entered, problem, *more = terminal.run(desk.shell.hook).output.splitlines(keepends=True)
    assert (entered, more) == (project.entered, [])
    assert problem.startswith(f"taoshell: {desk.home.mounts_file}: the mounts file is a folder")


@holds
def test_the_first_prompt_is_quiet_and_the_second_says_it_once(desk: Desk) -> None:
    project = desk.home.project()
    terminal = typed_hook(desk, project.root)
    assert terminal.enter().output == project.entered
    assert terminal.enter().output == ""
    desk.is_in(terminal, project)


@holds
def test_it_is_said_before_the_output_of_the_first_command(desk: Desk) -> None:
    project = desk.home.project()
    terminal = typed_hook(desk, project.root)
    assert terminal.run("echo out").output == project.entered + "out\n"
    assert terminal.run("echo out").output == "out\n"


@holds
def test_the_first_command_is_a_change_of_directory(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    assert desk.cd(typed_hook(desk, first.root), second.root) == first.entered + second.entered


@holds
def test_the_first_command_is_ours(desk: Desk) -> None:
    project = desk.home.project()
    terminal = typed_hook(desk, project.root)
    assert terminal.run("taoshell off").output == project.entered + project.left
    assert terminal.enter().output == ""


@holds
def test_an_error_is_held_and_not_lost(desk: Desk) -> None:
    copy = desk.home.project().copy("copy")
    terminal = typed_hook(desk, copy.root)
    assert terminal.enter().output == copy.unapproved
    assert terminal.enter().output == ""


@holds
def test_what_is_held_is_said_even_if_the_first_command_is_exit(desk: Desk) -> None:
    copy = desk.home.project().copy("copy")
    terminal = typed_hook(desk, copy.root)
    assert copy.unapproved in terminal.exit()


@holds
def test_what_is_held_is_said_even_if_the_first_key_is_ctrl_d(desk: Desk) -> None:
    copy = desk.home.project().copy("copy")
    terminal = typed_hook(desk, copy.root)
    terminal.send_eof()
    assert copy.unapproved in terminal.end()


@holds
def test_what_python_says_is_held_too_and_said_once(desk: Desk) -> None:
    desk.home.mounts_file.mkdir()
    project = desk.home.project()
    terminal = typed_hook(desk, project.root)
    entered, problem, *more = terminal.enter().output.splitlines(keepends=True)
    assert (entered, more) == (project.entered, [])
    assert problem.startswith(f"taoshell: {desk.home.mounts_file}: the mounts file is a folder")
    assert terminal.enter().output == ""


@holds
def test_an_error_about_the_state_folder_is_held_too(desk: Desk) -> None:
    need("root" if os.geteuid() == 0 else None, "root, who alone can give a folder away,")
    os.chown(desk.home.state, 65534, 65534)
    terminal = typed_hook(desk, desk.home.project().root)
    line = said(f"{desk.home.state} belongs to another user; nothing is loaded in this shell")
    assert terminal.enter().output == line
    assert terminal.enter().output == ""


@quick_in("bash")
def test_a_start_up_file_that_changes_directory_after_the_hook(desk: Desk) -> None:
    project = desk.home.project()
    there = desk.shell.quote(str(project.root))
    terminal = desk.terminal(before=f"{desk.shell.hook}\ncd {there}", hook=False)
    assert ("taoshell:" in terminal.opening) == (desk.shell.name != "zsh")
    assert terminal.greeting.count(project.entered) == 1
    assert terminal.enter().output == ""


@quick_in("zsh")
def test_the_status_that_the_second_prompt_shows_is_the_users(desk: Desk) -> None:
    terminal = desk.terminal(desk.home.project().root, hook=False)
    terminal.run(desk.shell.hook)
    assert terminal.run("sh -c 'exit 7'").status == 7
    show = f"echo {desk.shell.status}"
    assert terminal.run(show).output == "7\n"


# -- colours -------------------------------------------------------------------------------------------

STYLED = b"\x1b[2mtaoshell:\x1b[0m "


def raw(desk: Desk, terminal: Terminal, line: str) -> bytes:
    terminal.run(line)
    return terminal.raw


@pytest.mark.parametrize(
    ("environ", "styled"), [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_at_a_terminal_the_name_is_dim_unless_the_user_wants_no_colour(
    desk: Desk, environ: dict[str, str], styled: bool
) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env=environ)
    name = STYLED if styled else b"taoshell: "
    assert name + b"a (detectnet_v2)" in raw(desk, terminal, f"cd {desk.shell.quote(str(project.root))}")
    status = raw(desk, terminal, "taoshell status")
    assert ("\x1b[32m✓\x1b[0m loaded".encode() in status) == styled
    project.set("NUM_GPUS", "2")
    assert name + b".env changed" in raw(desk, terminal, "true")
    assert name + b"left a" in raw(desk, terminal, "taoshell off")


@quick_in("fish")
def test_if_stderr_is_not_a_terminal_nothing_is_styled(desk: Desk, tmp_path: Path) -> None:
    terminal = desk.terminal(desk.home.project().root)
    for command in ("taoshell off", "taoshell deny"):
        terminal.run(f"{command} 2>>{desk.shell.quote(str(tmp_path / 'file'))}")
    text = (tmp_path / "file").read_bytes()
    assert text.startswith(b"taoshell: left a\ntaoshell: ")
    assert b"\x1b" not in text
    said = terminal.run("taoshell status").output
    assert "! taoshell is off in this shell\n" in said
    assert said.endswith("  next: taoshell on\n")


@pytest.mark.parametrize("value", ["line", "full"])
def test_a_generation_of_another_version_with_the_same_content_says_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root, env={"TAOSHELL_LOG": value})
    before = terminal.value("TAOSHELL_GENERATION")
    os.utime(project.env_file)
    monkeypatch.setattr(compile, "__version__", "99")
    approve.sync(State(str(desk.home.state), str(desk.home.mounts_file)), str(project.root))
    assert terminal.enter().output == ""
    after = terminal.value("TAOSHELL_GENERATION")
    assert before is not None
    assert after is not None
    assert after != before
    assert after[:8] == before[:8]
    desk.is_in(terminal, project)
    project.set("NUM_GPUS", "5")
    project.allow()
    assert terminal.enter().output.startswith(project.entered)
