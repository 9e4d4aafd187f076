"""A variable that the user has made more than plain text keeps its value, and the rest of the project is right.

Each table says how the user makes it, what it is called in the one line about it, and how to show all that it is.
"""

from __future__ import annotations

import pytest

from tests.shells.desk import Desk, only
from tests.shells.dialects import SHELLS
from tests.shells.terminal import Terminal

# NAME stands for the variable. Some have the project's value, so that they might be taken for the project's.
BASH = {
    "an array": "NAME=(1 2 3)",
    "an array without a first element": "declare -a NAME=([3]=x)",
    "an empty array": "declare -a NAME",
    "an exported array": "declare -ax NAME=(1 2)",
    "an associative array": "declare -A NAME=([one]=1 [two]=2)",
    "an integer": "declare -i NAME=7",
    "an integer of the project's value": "declare -ix NAME=1",
    "an integer without a value": "declare -i NAME",
    "upper-case": "declare -u NAME=me",
    "lower-case": "declare -lx NAME=ME",
    "capitalized": "declare -c NAME=me",
    "a reference": "target=(1 2); declare -n NAME=target",
    "read-only": "declare -r NAME=me",
    "read-only, exported": "declare -rx NAME=1",
    "read-only array": "declare -ra NAME=(1 2)",
}
ZSH = {
    "an array": "NAME=(1 2 3)",
    "an empty array": "typeset -ga NAME",
    "an exported array": "typeset -gax NAME=(1 2)",
    "an associative array": "typeset -gA NAME=(one 1 two 2)",
    "an integer": "integer NAME=7",
    "an integer of the project's value": "typeset -ix NAME=1",
    "a floating-point number": "float NAME=1.5",
    "upper-case": "typeset -u NAME=me",
    "lower-case": "typeset -lx NAME=ME",
    "padded, left": "typeset -L5 NAME=me",
    "padded, with zeros": "typeset -Z5 NAME=1",
    "unique": "typeset -U NAME=1",
    "tied to an array": "typeset -T NAME tied=(1 2)",
    "hidden": "typeset -H NAME=me",
    "tagged": "typeset -t NAME=me",
    "read-only": "typeset -r NAME=me",
    "read-only, exported": "typeset -rx NAME=1",
    "read-only array": "typeset -ra NAME=(1 2)",
}
FISH = {
    "a list": "set -g NAME a b",
    "an exported list": "set -gx NAME a b",
    "an empty list": "set -g NAME",
    "a path variable": "set -gx --path NAME a b",
    "a path variable, not exported": "set -g --path NAME a b",
    "universal": "set -U NAME 7",
    "universal, exported": "set -Ux NAME 7",
    "universal and global": "set -Ux NAME 7; set -gx NAME 8",
    "universal list": "set -U NAME a b",
}
SHOW = {
    "bash": "declare -p NAME 2>&1; printenv NAME",
    "zsh": "print -r -- ${(t)NAME}; typeset -p NAME; printenv NAME",
    "fish": "set --show NAME; printenv NAME",
}
NAMES = ["NUM_GPUS", "LAUNCHER_MOUNTS"]
POSIX = [("bash", kind, line) for kind, line in BASH.items()] + [("zsh", kind, line) for kind, line in ZSH.items()]
ALL = [*POSIX, *(("fish", kind, line) for kind, line in FISH.items())]
each_posix = pytest.mark.parametrize(
    ("shell", "kind", "line"), POSIX, indirect=["shell"], ids=[f"{shell}-{kind}" for shell, kind, _ in POSIX]
)
each = pytest.mark.parametrize(
    ("shell", "kind", "line"), ALL, indirect=["shell"], ids=[f"{shell}-{kind}" for shell, kind, _ in ALL]
)


def shown(terminal: Terminal, name: str) -> str:
    """Return all that the shell and a program know of the variable `name`."""
    return terminal.run(SHOW[terminal.shell.name].replace("NAME", name)).output


def said(kind: str, name: str) -> str:
    """Return the line about a variable of this `kind`."""
    what = "read-only" if kind.startswith("read-only") else kind.partition(",")[0].partition(" of the")[0]
    what = {"an empty array": "an array", "an exported array": "an array"}.get(what, what.partition(" without")[0])
    return f"taoshell: {name} is {what} in this shell and keeps its value\n"


@each_posix
def test_it_keeps_its_value_and_one_line_says_so(desk: Desk, kind: str, line: str) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(before=line.replace("NAME", "NUM_GPUS"))
    was, before = shown(terminal, "NUM_GPUS"), desk.settings(terminal)
    for project in (first, second):
        assert desk.cd(terminal, project.root) == said(kind, "NUM_GPUS") + project.entered
        assert terminal.enter().output == ""
        assert shown(terminal, "NUM_GPUS") == was
        desk.is_in(terminal, project, NUM_GPUS=before.get("NUM_GPUS"))
        assert desk.home.mapping() == project.mapping
    assert desk.cd(terminal, desk.home.path) == second.left
    assert terminal.enter().output == ""
    assert shown(terminal, "NUM_GPUS") == was
    assert desk.settings(terminal) == before


@each
def test_leaving_gives_back_exactly_what_was(desk: Desk, kind: str, line: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal(
        env=config(desk), argv=full(desk), before="; ".join(line.replace("NAME", name) for name in NAMES)
    )
    was, before = [shown(terminal, name) for name in NAMES], desk.settings(terminal)
    for leave in (f"cd {desk.shell.quote(str(desk.home.path))}", "taoshell off"):
        terminal.run("taoshell on")
        desk.cd(terminal, project.root)
        assert terminal.value("LOCAL_DATA_DIR") == f"{project.root}/data"
        assert terminal.enter().output == ""
        terminal.run("taoshell reload")
        assert terminal.enter().output == ""
        terminal.run(leave)
        assert terminal.enter().output == ""
        assert [shown(terminal, name) for name in NAMES] == was
        assert desk.settings(terminal) == before


@each
def test_a_nested_shell_gives_back_what_a_program_got(desk: Desk, kind: str, line: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env=config(desk), argv=full(desk), before=line.replace("NAME", "NUM_GPUS"))
    was = terminal.value("NUM_GPUS")
    desk.cd(terminal, project.root)
    terminal.nest(shell=SHELLS["bash"])
    assert terminal.run(f"cd {SHELLS['bash'].quote(str(desk.home.path))}").output == project.left
    assert terminal.value("NUM_GPUS") == was


def full(desk: Desk) -> list[str]:
    """Return a command with which fish has universal variables."""
    return [word for word in desk.shell.command() if word != "--no-config"]


def config(desk: Desk) -> dict[str, str]:
    """Universal variables are files below this folder."""
    return {"XDG_CONFIG_HOME": str(desk.home.path / "config")}


@each_posix
def test_a_place_for_a_former_value_that_cannot_be_had(desk: Desk, kind: str, line: str) -> None:
    """Without it the variable itself could not be given back."""
    project = desk.home.project()
    terminal = desk.terminal(env={"NUM_GPUS": "1", "KEY": "mine"}, before=line.replace("NAME", "TAOSHELL_WAS_NUM_GPUS"))
    was, before = shown(terminal, "TAOSHELL_WAS_NUM_GPUS"), desk.settings(terminal)
    what = said(kind, "TAOSHELL_WAS_NUM_GPUS").replace("and keeps its value", "so NUM_GPUS keeps its value")
    assert desk.cd(terminal, project.root) == what.replace(" in this shell so", " in this shell, so") + project.entered
    assert terminal.enter().output == ""
    assert terminal.value("NUM_GPUS") == "1"
    assert desk.cd(terminal, desk.home.path) == project.left
    assert terminal.enter().output == ""
    assert shown(terminal, "TAOSHELL_WAS_NUM_GPUS") == was
    assert desk.settings(terminal) == before


@only("bash", "zsh")
@pytest.mark.parametrize("name", ["TAOSHELL_ROOT", "TAOSHELL_GENERATION", "TAOSHELL_PROMPT"])
def test_a_variable_of_our_own_that_is_read_only(desk: Desk, name: str) -> None:
    """No project can be loaded, or only its mark in the prompt is missing; no prompt errs."""
    project = desk.home.project()
    terminal = desk.terminal(before=f"readonly {name}=x")
    output = terminal.greeting + desk.cd(terminal, project.root)
    assert terminal.enter().output == ""
    assert terminal.variable(name) == "x"
    if name != "TAOSHELL_PROMPT":
        assert output.count(f"{name} is read-only in this shell, so no project can be loaded") == 1
        assert output.count("taoshell: ") == (2 if name == "TAOSHELL_GENERATION" else 1)
        assert terminal.value("NUM_GPUS") is None
        assert desk.home.mapping() is None
    assert terminal.run(f"cd {desk.shell.quote(str(desk.home.path))}").status == 0
    assert terminal.enter().output == ""
    assert terminal.value("NUM_GPUS") is None


@only("bash", "zsh")
@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("readonly NUM_GPUS", "read-only"),
        ("typeset -i NUM_GPUS", "an integer"),
        ("typeset -u NUM_GPUS", "upper-case"),
        ("unset NUM_GPUS; NUM_GPUS=(1 2)", "an array"),
        ("readonly TAOSHELL_WAS_NUM_GPUS", ""),
        ("readonly TAOSHELL_WAS_KEY", ""),
        ("readonly TAOSHELL_PROMPT", ""),
    ],
)
def test_a_variable_that_becomes_it_inside_the_project(desk: Desk, line: str, what: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env={"NUM_GPUS": "7"})
    desk.cd(terminal, project.root)
    assert terminal.run(line).output == ""
    was = shown(terminal, "NUM_GPUS")
    about = f"taoshell: NUM_GPUS is {what} now, so it keeps the project's value\n" if what else ""
    assert desk.cd(terminal, desk.home.path) == about + project.left
    assert terminal.enter().output == ""
    if what:
        assert shown(terminal, "NUM_GPUS") == was
    else:
        assert terminal.value("NUM_GPUS") == "7"
    assert terminal.value("LOCAL_DATA_DIR") is None
    assert terminal.value("TAOSHELL_ROOT") is None


@only("bash", "zsh")
def test_a_generation_that_cannot_be_unset_ends_it(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal()
    desk.cd(terminal, project.root)
    terminal.run("readonly TAOSHELL_GENERATION")
    assert "TAOSHELL_GENERATION is read-only in this shell" in desk.cd(terminal, desk.home.path)
    assert terminal.enter().output == ""
    assert desk.cd(terminal, project.root) == ""
    assert terminal.value("NUM_GPUS") is None
    assert desk.home.mapping() is None


@only("bash", "zsh")
def test_in_a_project_that_is_not_approved(desk: Desk) -> None:
    folder = desk.home.path / "theirs"
    folder.mkdir()
    (folder / "taoshell.toml").write_text('network = "dino"\n')
    terminal = desk.terminal(before="LAUNCHER_MOUNTS=(mine too)")
    was = shown(terminal, "LAUNCHER_MOUNTS")
    assert "taoshell: LAUNCHER_MOUNTS is an array in this shell and keeps its value\n" in desk.cd(terminal, folder)
    assert terminal.enter().output == ""
    assert shown(terminal, "LAUNCHER_MOUNTS") == was
    desk.cd(terminal, desk.home.path)
    assert terminal.enter().output == ""
    assert shown(terminal, "LAUNCHER_MOUNTS") == was


@only("zsh")
def test_a_variable_that_is_local_to_the_function_that_changes_the_directory(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(before=f"enter() {{ local KEY=mine; cd {project.root.name}; echo $KEY $NUM_GPUS }}")
    output = terminal.run("enter").output
    assert "KEY is local to a function in this shell and keeps its value\n" in output
    assert output.endswith("mine 1\n")
    assert terminal.enter().output == ""
    desk.is_in(terminal, project)
    desk.cd(terminal, desk.home.path)
    assert terminal.value("KEY") is None


@only("zsh")
def test_a_name_from_the_env_file_that_the_shell_uses_for_an_array(desk: Desk) -> None:
    """Debian's /etc/zsh/zshrc makes `key` an associative array."""
    project = desk.home.project()
    project.set("key", "text")
    project.allow()
    terminal = desk.terminal(before="typeset -gA key=(Home x)")
    was = shown(terminal, "key")
    assert "key is an associative array in this shell and keeps its value\n" in desk.cd(terminal, project.root)
    assert terminal.enter().output == ""
    assert terminal.value("NUM_GPUS") == "1"
    desk.cd(terminal, desk.home.path)
    assert shown(terminal, "key") == was


@only("fish")
@pytest.mark.parametrize("block", ["begin; set -lx KEY mine; %s; end", "KEY=mine %s"])
@pytest.mark.parametrize("outside", [None, "global"])
def test_a_variable_that_is_exported_in_a_block_only(desk: Desk, block: str, outside: str | None) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env={"KEY": outside} if outside else {})
    before = desk.settings(terminal)
    for folder in (project.root, desk.home.path):
        terminal.run(block % f"cd {desk.shell.quote(str(folder))}")
        assert terminal.value("KEY") == ("tlt_encode" if folder == project.root else outside)
    assert desk.settings(terminal) == before


@only("bash", "zsh", "fish")
def test_a_full_log_names_only_what_has_changed(desk: Desk) -> None:
    project = desk.home.project()
    line = "set -g NUM_GPUS a b" if desk.shell.name == "fish" else "NUM_GPUS=(a b)"
    terminal = desk.terminal(env={"TAOSHELL_LOG": "full"}, before=line)
    assert ("NUM_GPUS=" in desk.cd(terminal, project.root)) == (desk.shell.name == "fish")


@only("bash", "zsh")
def test_one_that_is_plain_again_is_the_projects_again(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal()
    terminal.run("typeset -i NUM_GPUS=7")
    desk.cd(terminal, project.root)
    desk.cd(terminal, desk.home.path)
    terminal.run("unset NUM_GPUS")
    assert desk.cd(terminal, project.root) == project.entered
    desk.is_in(terminal, project)
    desk.cd(terminal, desk.home.path)
    assert terminal.variable("NUM_GPUS") is None


@only("bash", "zsh")
def test_one_of_our_own_that_is_read_only_where_nothing_is_approved(desk: Desk) -> None:
    root = desk.home.path / "new"
    root.mkdir()
    (root / "taoshell.toml").touch()
    terminal = desk.terminal()
    terminal.run("readonly TAOSHELL_BLOCKED=x")
    assert desk.cd(terminal, root) == (
        "taoshell: TAOSHELL_BLOCKED is read-only in this shell, so no project can be loaded; "
        "start a new shell in which it is not\n"
    )
