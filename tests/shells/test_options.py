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
    project, other = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(before="set -a")

    def users_own() -> dict[str, str]:  # the option also exports variables of the hook and of the shell
        found = desk.settings(terminal).items()
        return {name: value for name, value in found if not re.search("taoshell|^LINES|^COLUMNS", name, re.IGNORECASE)}

    before = users_own()
    desk.cd(terminal, other.root)
    desk.cd(terminal, project.root)
    terminal.nest()
    desk.is_in(terminal, project)
    assert desk.cd(terminal, other.root) == other.entered  # the outer shell knows it, and this one does not
    assert desk.cd(terminal, desk.home.path) == other.left
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
    ours = "trap -- '_taoshell_exit' EXIT\n" if desk.shell.name == "bash" else ""
    assert terminal.run("trap").output == ours + traps


@only("bash", "zsh")
@pytest.mark.parametrize("when", ["in the start file", "before", "inside"])
def test_the_users_exit_trap_stays(desk: Desk, when: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal(before="trap 'echo bye' EXIT" if when == "in the start file" else "")
    if when == "before":
        terminal.run("trap 'echo bye' EXIT")
    desk.cd(terminal, project.root)
    if when == "inside":
        terminal.run("trap 'echo bye' EXIT")
    assert terminal.run("trap").output == "trap -- 'echo bye' EXIT\n"
    assert "bye" in terminal.exit()


def test_at_its_end_a_shell_gives_the_mounts_file_to_the_next(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    one, two = desk.terminal(first.root), desk.terminal(second.root)
    assert desk.home.mapping() == second.mapping
    two.exit()
    assert desk.home.mapping() == first.mapping
    one.exit()
    assert desk.home.mapping() is None


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


@only("bash")
def test_two_folders_whose_names_differ_in_case_only(desk: Desk) -> None:
    """No wrapper sees a `builtin cd`, so the prompt must: inside by the brief form of its test, outside by the full."""
    project = desk.home.project("a")
    other = desk.home.path / "A"
    other.mkdir()
    terminal = desk.terminal(before="shopt -s nocasematch")
    quote = desk.shell.quote
    assert terminal.run(f"builtin cd {quote(str(project.root))}").output == project.entered
    assert terminal.run(f"builtin cd {quote(str(other))}").output == project.left
    assert terminal.run(f"builtin cd {quote(str(project.root))}").output == project.entered


@only("bash")
def test_two_projects_whose_names_differ_in_case_only(desk: Desk) -> None:
    terminal = desk.terminal(before="shopt -s nocasematch")
    for project in (desk.home.project("a"), desk.home.project("A"), desk.home.project("a")):
        line = f"cd {desk.shell.quote(str(project.root))} && printenv LOCAL_PROJECT_DIR"
        assert terminal.run(line).output == f"{project.entered}{project.root}\n"
        assert terminal.enter().output == ""
        desk.is_in(terminal, project)


@only("bash", "zsh")
def test_noglob_hides_no_other_shell(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    desk.terminal(first.root)
    terminal = desk.terminal(second.root)
    terminal.run("set -f")
    desk.cd(terminal, desk.home.path)
    assert desk.home.mapping() == first.mapping


@only("bash", "zsh")
def test_a_traced_prompt_shows_our_call_and_not_what_it_does(desk: Desk) -> None:
    """Inside, the hook has its brief form; outside, the full one."""
    terminal = desk.terminal()
    terminal.run("set -x")
    for folder in (desk.home.path, desk.home.project("a").root):
        desk.cd(terminal, folder)
        terminal.enter()
        traced = terminal.enter().output
        assert "_taoshell_hook" in traced
        assert "[[" not in traced
