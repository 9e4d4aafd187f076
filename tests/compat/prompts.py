"""Other code that runs at each prompt, before each command and at each change of directory."""

from __future__ import annotations

from pathlib import Path

from tests.compat.neighbour import Absent, Check, Neighbour, Setup
from tests.shells.desk import Desk
from tests.shells.terminal import Terminal

FIXTURES = Path(__file__).parent / "fixtures"
_OF_BASH = Absent("bash alone has it")
_STATUS = (("sh -c 'exit 3'", ""), ("echo $seen", "3\n"))
_LINE = (('echo "$ran"', 'echo "$ran"\n'),)


def source(name: str) -> str:
    return f". '{FIXTURES / name}'"


def _prompt_command(how: str, assignment: str, check: Check | None = None) -> Neighbour:
    return Neighbour(
        f"`PROMPT_COMMAND`, {how}", Setup(assignment, shows=_STATUS, check=check), zsh=_OF_BASH, fish=_OF_BASH
    )


def _in_a_shell_without_the_hook(desk: Desk, terminal: Terminal) -> None:
    """Start a shell that inherits PROMPT_COMMAND: it must not call a function of our hook, which is missing there."""
    terminal.run("export PROMPT_COMMAND")
    assert terminal.run("""bash -c 'eval "$PROMPT_COMMAND"; echo "$seen"'""").output == "0\n"


def _vscode(shell: str, line: str, printed: str) -> Setup:
    return Setup(source(f"vscode.{shell}"), shows=((line, f"{printed}\n"),), has_processes=True)


_PREEXEC = source("bash-preexec.bash")
_AND_MORE = "${PROMPT_COMMAND:+$PROMPT_COMMAND;}"

PROMPTS = (
    _prompt_command("a string", f'PROMPT_COMMAND="{_AND_MORE}seen=\\$?"'),
    _prompt_command("an array", "PROMPT_COMMAND+=('seen=$?')"),
    _prompt_command("with a `;` at its end", f'PROMPT_COMMAND="{_AND_MORE}seen=\\$?; "'),
    _prompt_command("with a comment at its end", f'PROMPT_COMMAND="{_AND_MORE}seen=\\$? # mine"'),
    _prompt_command("of several lines", f'PROMPT_COMMAND="{_AND_MORE}\n\n  seen=\\$?\n: two\n"'),
    _prompt_command("exported", f'export PROMPT_COMMAND="{_AND_MORE}seen=\\$?"', _in_a_shell_without_the_hook),
    Neighbour(
        "`precmd` (in bash by bash-preexec's conventions)",
        bash=Setup(f"_mine() {{ seen=$?; }}\nprecmd_functions+=(_mine)\n{_PREEXEC}", shows=_STATUS, has_processes=True),
        zsh=Setup("precmd() { seen=$? }", shows=_STATUS),
        fish=Setup(
            "function _mine --on-event fish_postexec; set -g seen $status; end",
            shows=(("sh -c 'exit 3'", ""), ("builtin echo $seen", "3\n")),
        ),
    ),
    Neighbour(
        "`preexec` (in bash by bash-preexec's conventions)",
        bash=Setup(f"_mine() {{ ran=$1; }}\npreexec_functions+=(_mine)\n{_PREEXEC}", shows=_LINE, has_processes=True),
        zsh=Setup("_mine() { ran=$1 }\npreexec_functions+=(_mine)", shows=_LINE),
        fish=Setup('function _mine --on-event fish_preexec; set -g ran "$argv"; end', shows=_LINE),
    ),
    Neighbour(
        "`chpwd`",
        bash=Absent("bash has no such hook"),
        zsh=Setup("chpwd() { went=yes }", shows=(("went=no; cd .; echo $went", "yes\n"),)),
        fish=Setup(
            "set -g went $PWD; function _mine --on-variable PWD; set -g went $PWD; end",
            shows=(("test $went = $PWD; and echo yes", "yes\n"),),
        ),
    ),
    Neighbour(
        "VS Code's shell integration",
        bash=_vscode("bash", "echo ${PROMPT_COMMAND[0]##*;}", "_vsc_prompt"),
        zsh=_vscode("zsh", "echo ${precmd_functions[(r)_vsc*]}", "_vsc_precmd"),
        fish=_vscode("fish", "functions -q _vsc_fish_prompt; and echo yes", "yes"),
    ),
)
