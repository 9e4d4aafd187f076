"""The hook in a shell's prompt, together with the user's own prompt commands."""

from __future__ import annotations

import pytest

from tests.shells.desk import Desk, only


def test_evaluated_twice_it_does_everything_once(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(before=desk.shell.hook)
    assert desk.cd(terminal, project.root) == project.entered
    assert terminal.run(desk.shell.hook).output == ""
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping
    assert desk.cd(terminal, desk.home.path) == project.left


def test_evaluated_again_it_changes_nothing_in_the_shell(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    before = desk.settings(terminal)
    installed = terminal.run(desk.shell.prompt_hooks).output
    desk.cd(terminal, project.root)
    for _ in range(3):
        terminal.run(desk.shell.hook)
    assert terminal.run(desk.shell.prompt_hooks).output == installed
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


PROMPT_COMMANDS = {
    "string": "PROMPT_COMMAND='echo mine'",
    "trailing semicolon": "PROMPT_COMMAND='echo mine;'",
    "trailing space": "PROMPT_COMMAND='echo mine; '",
    "leading space": "PROMPT_COMMAND=' echo mine'",
    "two lines": "PROMPT_COMMAND=$'echo mine\\n'",
    "array": "PROMPT_COMMAND=('echo mine' true)",
    "array whose first is empty": "PROMPT_COMMAND=('' 'echo mine')",
    "exported": "export PROMPT_COMMAND='echo mine'",
    "appended later": "",
}


@only("bash")
@pytest.mark.parametrize("form", PROMPT_COMMANDS)
def test_the_users_prompt_command_still_runs(desk: Desk, form: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal(before=PROMPT_COMMANDS[form])
    if form == "appended later":
        terminal.run("PROMPT_COMMAND+='; echo mine'")
    assert desk.cd(terminal, project.root) == f"{project.entered}mine\n"
    assert terminal.run("true").output == "mine\n"
    desk.is_in(terminal, project)


@only("bash")
@pytest.mark.parametrize("form", ["PROMPT_COMMAND='echo status $?'", "PROMPT_COMMAND=('echo status $?')"])
def test_the_users_prompt_command_sees_the_status(desk: Desk, form: str) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(first.root, before=form)
    assert terminal.run("sh -c 'exit 7'").output == "status 7\n"
    there = desk.shell.quote(str(second.root))
    assert terminal.run(f"cd {there}; sh -c 'exit 7'").output == f"{second.entered}status 7\n"


@only("bash", "zsh")
def test_the_users_prompt_sees_the_new_project(desk: Desk) -> None:
    if desk.shell.name == "bash":
        mine = "PROMPT_COMMAND='echo in $TAOSHELL_PROJECT'"
    else:
        mine = "my_precmd() { echo in $TAOSHELL_PROJECT }; precmd_functions+=(my_precmd)"
    project = desk.home.project()
    terminal = desk.terminal(before=mine)
    assert desk.cd(terminal, project.root) == f"{project.entered}in a\n"


@only("bash", "zsh")
def test_the_users_prompt_commands_see_what_was_allowed_elsewhere(desk: Desk) -> None:
    project = desk.home.project()
    mine = "PROMPT_COMMAND=mine" if desk.shell.name == "bash" else "precmd_functions=(mine)"
    terminal = desk.terminal(project.root, before=f"mine() {{ echo gpus $NUM_GPUS; }}; {mine}")
    assert terminal.enter().output == "gpus 1\n"
    project.set("NUM_GPUS", "4")
    project.allow()
    assert terminal.enter().output == f"{project.entered}gpus 4\n"


@only("zsh")
def test_the_users_own_zsh_hooks_stay(desk: Desk) -> None:
    mine = "; ".join(
        [
            "precmd() { echo my precmd $? }",
            "chpwd() { echo my chpwd }",
            "also() { echo also $? }",
            "precmd_functions=(also)",
        ]
    )
    project = desk.home.project()
    terminal = desk.terminal(before=mine)
    assert desk.cd(terminal, project.root) == f"my chpwd\n{project.entered}my precmd 0\nalso 0\n"
    assert terminal.run("sh -c 'exit 7'").output == "my precmd 7\nalso 7\n"


@only("zsh")
def test_completion_that_changes_directory_fires_nothing(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    there = desk.shell.quote(str(second.root))
    completion = f"_complete_x() {{ REPLY=$(cd {there}; pwd); reply=(completed) }}; compctl -K _complete_x x"
    terminal = desk.terminal(first.root, before=f"{completion}; x() {{ echo $1 }}")
    result = terminal.run("x comp\t")
    assert result.output == "completed\n"
    desk.is_in(terminal, first)
    assert desk.home.mapping() == first.mapping


def test_a_shell_that_is_not_interactive_is_left_alone(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    program = desk.shell.command()[0]
    result = terminal.run(f"{program} -c 'cd /; echo $LOCAL_PROJECT_DIR'")
    assert result.output == f"{project.root}\n"
