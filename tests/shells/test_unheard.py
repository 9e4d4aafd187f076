"""A hook that no prompt calls: `taoshell status` and `taoshell install` say so, with a cure that works."""

from __future__ import annotations

import pytest

from tests.shells.desk import Desk, only
from tests.shells.terminal import Terminal

REPLACED = {"bash": "PROMPT_COMMAND='history -a'", "zsh": "precmd_functions=()"}
VARIABLE = {"bash": "PROMPT_COMMAND", "zsh": "precmd_functions"}


def unheard(desk: Desk) -> tuple[str, str]:
    """Return the cause, and the line with the cure."""
    name = desk.shell.name
    cause = f"the hook is loaded in this shell, but no prompt calls it, as {VARIABLE[name]} was replaced"
    return cause, f'to have it called again: eval "$(taoshell hook {name})"\n'


def says_so(desk: Desk, terminal: Terminal) -> bool:
    """Whether `taoshell status` says the cause, and last what to do."""
    cause, cure = unheard(desk)
    said = terminal.run("taoshell status").output
    return f"✗ {cause}\n" in said and said.endswith(f"  next: {cure}")


@only("bash", "zsh")
@pytest.mark.parametrize("when", ["in the start file", "later"])
def test_it_is_said_and_the_cure_works(desk: Desk, when: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal(before=f"{desk.shell.hook}\n{REPLACED[desk.shell.name]}", hook=when == "later")
    terminal.run(REPLACED[desk.shell.name])
    assert says_so(desk, terminal)
    assert terminal.run(f"taoshell install --dry-run {desk.shell.name}").status == 0
    assert '"loaded": false' in terminal.run("taoshell status --json").output
    terminal.run(desk.shell.hook)
    assert "no prompt" not in terminal.run("taoshell status").output
    assert desk.cd(terminal, project.root) == project.entered
    desk.is_in(terminal, project)


@only("bash")
def test_a_variable_that_names_the_hook_does_not_call_it(desk: Desk) -> None:
    replaced = "kept=$PROMPT_COMMAND; PROMPT_COMMAND='history -a'"
    terminal = desk.terminal(before=f"{desk.shell.hook}\n{replaced}", hook=False)
    assert says_so(desk, terminal)


@only("bash", "zsh")
def test_install_says_it_too(desk: Desk) -> None:
    terminal = desk.terminal()
    terminal.run(REPLACED[desk.shell.name])
    said = terminal.run(f"taoshell install --yes {desk.shell.name}").output
    assert said.endswith(f"taoshell: {'; '.join(unheard(desk))}")


@only("bash", "zsh", "fish")
def test_a_hook_that_is_called_is_not_reported(desk: Desk) -> None:
    terminal = desk.terminal(desk.home.project().root)
    assert "✓ loaded" in (output := terminal.run("taoshell status").output)
    assert "no prompt" not in output


KEPT = {
    "by a function, in a variable": 'kept=$PROMPT_COMMAND; other() { eval "$kept"; }; PROMPT_COMMAND=other',
    "by a function, in an array": 'kept=("$PROMPT_COMMAND"); other() { eval "${kept[0]}"; }; PROMPT_COMMAND=other',
    "in front": 'PROMPT_COMMAND="history -a; $PROMPT_COMMAND"',
    "behind": 'PROMPT_COMMAND+="; history -a"',
}


@only("bash")
@pytest.mark.parametrize("way", KEPT)
def test_a_tool_that_calls_what_was_in_prompt_command(desk: Desk, way: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal(before=f"{desk.shell.hook}\n{KEPT[way]}", hook=False)
    assert desk.cd(terminal, project.root) == project.entered
    assert "no prompt" not in terminal.run("taoshell status").output


# What ble.sh does if the start file goes on after it has been attached: it has hidden PROMPT_COMMAND, and drops what is
# put there later. It calls the hooks that were given to its command `blehook`.
BLE = """
_ble_hook_h_PRECMD=(': first')
blehook() {
  case $1 in
    PRECMD+-=*) _ble_hook_h_PRECMD=("${1#*=}" "${_ble_hook_h_PRECMD[@]}") ;;
    *) return 1 ;;
  esac
}
prompt() {
  local status=$? hook
  for hook in "${_ble_hook_h_PRECMD[@]}"; do (exit "$status"); eval "$hook"; done
}
"""


@only("bash")
def test_the_hooks_of_ble_while_it_is_attached(desk: Desk) -> None:
    project = desk.home.project()
    start_file = f"{BLE}\nBLE_ATTACHED=1\n{desk.shell.hook}\nPROMPT_COMMAND=prompt"
    terminal = desk.terminal(before=start_file, hook=False)
    assert terminal.run("echo ${_ble_hook_h_PRECMD[0]}").output == "_taoshell_hook\n"
    assert desk.cd(terminal, project.root) == project.entered
    desk.is_in(terminal, project)
    assert terminal.run("(exit 7)").status == 7
    assert "no prompt" not in terminal.run("taoshell status").output


@only("bash")
@pytest.mark.parametrize("form", ["", "PROMPT_COMMAND=true", "PROMPT_COMMAND=(true)"])
def test_ble_that_is_not_attached(desk: Desk, form: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal(before=f"{BLE}\n{form}")
    assert desk.cd(terminal, project.root) == project.entered
    terminal.run("BLE_ATTACHED=1")  # it calls its hooks then, and PROMPT_COMMAND too: one of the two is enough
    assert desk.cd(terminal, desk.home.path) == project.left  # at the cd
    terminal.run(f"builtin cd {desk.shell.quote(str(project.root))}")
    assert terminal.value("LOCAL_PROJECT_DIR") is None
