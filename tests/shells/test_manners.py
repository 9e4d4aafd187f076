"""The hook keeps exit statuses, and prints only what it should."""

from __future__ import annotations

import signal

import pytest

from tests.shells.desk import Desk, only

# -- statuses ------------------------------------------------------------------------------------


def test_the_exit_status_is_kept(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    seven = "sh -c 'exit 7'"
    show = f"echo {desk.shell.status}"
    assert terminal.run(seven).status == 7
    assert terminal.run(show).output == "7\n"
    terminal.run(seven)
    terminal.enter()  # no command, so the status is still the last command's
    assert terminal.run(show).output == "7\n"


def test_the_exit_status_is_kept_when_the_project_changes(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(first.root)
    show = f"echo {desk.shell.status}"
    result = terminal.run(f"cd {desk.shell.quote(str(second.root))}; sh -c 'exit 7'")
    assert (result.output, result.status) == (second.entered, 7)
    assert terminal.run(show).output == "7\n"
    assert terminal.run(f"cd {desk.shell.quote(str(first.root))}/nowhere").status != 0


@pytest.mark.parametrize(
    ("shell", "show"),
    [("bash", 'echo "${PIPESTATUS[@]}"'), ("zsh", "echo $pipestatus")],
    indirect=["shell"],
)
def test_the_statuses_of_a_pipe_are_kept(desk: Desk, show: str) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(first.root)
    terminal.run("true | sh -c 'exit 7' | sh -c 'exit 3'")
    assert terminal.run(show).output == "0 7 3\n"
    terminal.run(f"cd {desk.shell.quote(str(second.root))}; true | sh -c 'exit 7' | sh -c 'exit 3'")
    assert terminal.run(show).output == "0 7 3\n"


@only("bash")
def test_what_a_prompt_calls_after_the_hook_gets_the_users_status(desk: Desk) -> None:
    """A prompt that shows the status reads it there. Inside, the hook has its brief form; outside, the full one."""
    terminal = desk.terminal(before="PROMPT_COMMAND='seen=$?'")
    for folder in (desk.home.path, desk.home.project().root):
        desk.cd(terminal, folder)
        terminal.enter()
        assert terminal.run("sh -c 'exit 7'").status == 7
        assert terminal.run("echo $seen").output == "7\n"


@only("bash", "zsh")
def test_the_last_argument_is_kept(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    terminal.run("echo one two")
    assert terminal.run("echo $_").output == "two\n"


# -- noise ---------------------------------------------------------------------------------------


def test_quiet_silences_entering_and_leaving_but_no_error(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(env={"TAOSHELL_LOG": "quiet"})
    before = desk.settings(terminal)
    for project in (first, second):
        assert desk.cd(terminal, project.root) == ""
        desk.is_in(terminal, project)
    second.set("NUM_GPUS", "2")
    assert ".env" in terminal.enter().output
    desk.is_blocked(terminal, second)
    second.allow()
    assert terminal.enter().output == ""
    assert desk.cd(terminal, desk.home.path) == ""
    assert desk.settings(terminal) == before


def test_the_text_for_a_prompt(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    assert terminal.run("taoshell status --prompt").output == ""
    desk.cd(terminal, project.root)
    assert terminal.run("taoshell status --prompt").output == "a\n"
    project.set("NUM_GPUS", "2")
    terminal.enter()
    assert terminal.run("taoshell status --prompt").output == "a!\n"


@only("bash", "zsh")
def test_an_int_trap_stays_and_ctrl_c_is_not_ignored_afterwards(desk: Desk) -> None:
    """While the hook acts, it ignores Ctrl-C."""
    project = desk.home.project()
    terminal = desk.terminal()
    desk.cd(terminal, project.root)
    ignored = terminal.run("grep SigIgn /proc/self/status").output.split()[1]
    assert int(ignored, 16) & 1 << (signal.SIGINT - 1) == 0
    terminal.run("trap 'echo caught' INT")
    desk.cd(terminal, desk.home.path)
    desk.cd(terminal, project.root)
    assert "caught" in terminal.run("trap").output
