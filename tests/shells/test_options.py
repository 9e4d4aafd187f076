"""The hook works under the user's options, traps, aliases and functions, and does not change them."""

from __future__ import annotations

import re

import pytest

from tests.shells.desk import Desk, only
from tests.shells.terminal import Terminal


def goes_round(desk: Desk, terminal: Terminal) -> None:
    """Enter a project, switch to another, leave: check that each prints one line and everything is right."""
    first, second = desk.home.project("a"), desk.home.project("b")
    before = desk.settings(terminal)
    for project in (first, second):
        assert desk.cd(terminal, project.root) == project.entered
        assert terminal.enter().output == ""
        desk.is_in(terminal, project)
        assert desk.home.mapping() == project.mapping
    assert desk.cd(terminal, desk.home.path) == second.left
    assert terminal.enter().output == ""
    assert desk.settings(terminal) == before


# -- options -------------------------------------------------------------------------------------

OPTIONS = {
    "bash": [
        "set -u",
        "set -e",
        "set -f",
        "set -C",
        "set -o posix",
        "set -E -T",
        "IFS=/",
        "IFS=",
        "shopt -s nullglob failglob dotglob nocasematch nocaseglob extglob",
        "shopt -u expand_aliases sourcepath",
        "CDPATH=/",
        "export GREP_OPTIONS=-v POSIXLY_CORRECT=1 LC_ALL=C",
    ],
    "zsh": [
        "set -u",
        "set -e",
        "set -f",
        "set -C",
        "IFS=/",
        "IFS=",
        "setopt ksh_arrays sh_word_split glob_subst null_glob extended_glob csh_null_glob",
        "setopt warn_create_global warn_nested_var nomatch no_equals magic_equal_subst",
        "setopt auto_cd auto_pushd cdable_vars chase_links",
        "emulate ksh",
        "emulate sh",
        "unsetopt function_argzero multios",
        "CDPATH=/",
    ],
}
SHOW_OPTIONS = {"bash": 'set +o; shopt -p; printf "%q\\n" "$IFS"', "zsh": 'setopt; print -r -- "${(q)IFS}"'}


@pytest.mark.parametrize(
    ("shell", "option"), [(name, line) for name, lines in OPTIONS.items() for line in lines], indirect=["shell"]
)
def test_it_works_under_the_users_options_and_keeps_them(desk: Desk, option: str) -> None:
    terminal = desk.terminal()
    assert terminal.run(option).status == 0
    show = SHOW_OPTIONS[desk.shell.name]
    options = terminal.run(show).output
    goes_round(desk, terminal)
    assert terminal.run(show).output == options


@only("bash", "zsh")
def test_it_works_if_everything_assigned_is_exported(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(before="set -a")

    def users_own() -> dict[str, str]:  # the option also exports variables of the hook and of the shell
        found = desk.settings(terminal).items()
        return {name: value for name, value in found if not re.search("taoshell|^LINES|^COLUMNS", name, re.IGNORECASE)}

    before = users_own()
    desk.cd(terminal, project.root)
    terminal.nest()
    desk.is_in(terminal, project)
    assert desk.cd(terminal, desk.home.path) == project.left
    assert users_own() == before
    terminal.run("exit")
    desk.is_in(terminal, project)
    desk.cd(terminal, desk.home.path)
    assert users_own() == before


@only("bash", "zsh")
def test_set_e_with_a_failing_hook_does_not_end_the_shell(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    terminal.run("set -e")
    assert desk.cd(terminal, project.root) == project.entered
    assert terminal.run("false || true").status == 0
    project.set("NUM_GPUS", "2")
    terminal.enter()
    desk.is_blocked(terminal, project)
    assert desk.cd(terminal, desk.home.path) == project.left


# -- traps, aliases, functions -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shell", "trap"),
    [(s, t) for s in ("bash", "zsh") for t in ("trap 'echo int' INT", "trap 'echo usr' USR1", "trap 'echo err' ERR")]
    + [("bash", "set -o functrace; trap ': seen' DEBUG"), ("bash", "trap ': returned' RETURN")],
    indirect=["shell"],
)
def test_the_users_traps_stay(desk: Desk, trap: str) -> None:
    terminal = desk.terminal()
    terminal.run(trap)
    traps = terminal.run("trap").output
    assert traps
    goes_round(desk, terminal)
    assert terminal.run("trap").output == traps


@only("bash", "zsh")
def test_the_users_error_trap_sees_one_failure_once(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    terminal.run("trap 'echo err' ERR")
    assert terminal.run("false").output == "err\n"
    assert terminal.run("true").output == ""


NAMES = ["test", "ln", "printf", "command", "echo", "pwd", "print", "python", "python3"]
ALIASES = [*NAMES, "read", "return", "export", "set"]  # words that the hook uses and that cannot be function names


@only("bash", "zsh")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["alias", "function"])
def test_names_that_the_user_has_taken(desk: Desk, kind: str, when: str) -> None:
    if kind == "alias":
        taken = "alias cd='builtin cd'"
        taken += "".join(f"; alias {name}='echo taken {name}; builtin false'" for name in ALIASES)
    else:
        taken = 'cd() { builtin cd "$@"; }'
        taken += "".join(f"; {name}() {{ builtin echo taken {name}; return 1; }}" for name in NAMES)
    terminal = desk.terminal(before=taken if when == "before" else "")
    if when == "after":
        terminal.run(taken)
    goes_round(desk, terminal)
