"""Every value and every path reaches the program unchanged."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest
import tomlkit

from tests.shells.desk import Desk
from tests.shells.dialects import SHELLS
from tests.support.slow import slow_unless

VALUES = {
    "EMPTY": "",
    "SPACES": "  two  words ",
    "SINGLE": "it's 'quoted'",
    "DOUBLE": 'say "hello"',
    "BOTH": "'\"'\"",
    "BACKSLASHES": "\\ \\\\ \\n \\' \\\" end\\",
    "DOLLAR": "$HOME ${HOME} $$ $",
    "COMMAND": "$(touch pwned)",
    "BACKTICKS": "`touch pwned`",
    "BANG": "wow! !! !$ !-1",
    "NEWLINE": "one\ntwo\n",
    "TAB": "\ttab\t",
    "CARRIAGE": "a\rb",
    "UNICODE": "数据 é e\u0301 🚀 \u200b",
    "DASH": "-n",
    "DASHES": "--",
    "GLOB": "* ? [a-z] {a,b}",
    "TILDE": "~ ~/x ~root",
    "HASH": "# not a comment",
    "EQUALS": "A=B=C",
    "PERCENT": "%s %d %%",
    "AMPERSAND": "a & b; c | d > e < f",
    "CONTROL": "\x01\x1b[31m\x7f",
    "LONG": "x" * 4_000,
}


def test_the_values_of_the_toml_file(desk: Desk) -> None:
    project = desk.home.project()
    project.append_toml(tomlkit.dumps({"env": VALUES}))
    project.allow()
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    found = terminal.environment()
    assert {name: found.get(name) for name in VALUES} == VALUES
    terminal.nest()
    found = terminal.environment()
    assert {name: found.get(name) for name in VALUES} == VALUES
    assert desk.cd(terminal, desk.home.path) == project.left
    assert desk.settings(terminal) == before
    assert not list(desk.home.path.rglob("pwned"))


def test_the_values_of_the_env_file(desk: Desk) -> None:
    project = desk.home.project()
    for name, value in VALUES.items():
        project.set(name, value)
    project.allow()
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    found = terminal.environment()
    assert {name: found.get(name) for name in VALUES} == VALUES
    assert desk.cd(terminal, desk.home.path) == project.left
    assert desk.settings(terminal) == before
    assert not list(desk.home.path.rglob("pwned"))


def test_values_from_before_come_back_unchanged(desk: Desk) -> None:
    project = desk.home.project()
    project.append_toml(tomlkit.dumps({"env": dict.fromkeys(VALUES, "the project's")}))
    project.allow()
    terminal = desk.terminal(env=VALUES)
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    found = terminal.environment()
    assert {found[name] for name in VALUES} == {"the project's"}
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


FOLDERS = [
    "two  words",
    " leading and trailing ",
    "it's",
    'say "hello"',
    "back\\slash",
    "$HOME",
    "$(touch pwned)",
    "`touch pwned`",
    "wow!",
    "tab\there",
    "数据 é",
    "-n",
    "--yes",
    "* ? [a-z]",
    "~",
    "# hash",
    "a=b%s",
    "semi;colon & more",
    "{a,b}",
    "...",
]


@pytest.mark.parametrize(
    ("shell", "name"),
    slow_unless(
        lambda shell, name: [*FOLDERS].index(name) % len(SHELLS) == [*SHELLS].index(shell),
        itertools.product(SHELLS, FOLDERS),
        id=lambda shell, name: f"{shell}-{name}".encode("unicode_escape").decode(),
    ),
    indirect=["shell"],
)
def test_a_projects_path(desk: Desk, name: str) -> None:
    project = desk.home.project(Path("projects") / name)
    terminal = desk.terminal()
    before = desk.settings(terminal)
    assert desk.cd(terminal, project.root) == project.entered
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping
    terminal.nest()
    desk.is_in(terminal, project)
    terminal.run("exit")
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before
    assert desk.home.mapping() is None
    assert not list(desk.home.path.rglob("pwned"))


def test_a_name_with_escape_sequences_cannot_paint_the_terminal(desk: Desk) -> None:
    folder = desk.home.path / "\x1b[2Jevil"
    folder.mkdir()
    (folder / "taoshell.toml").write_text('network = "detectnet_v2"\n')
    terminal = desk.terminal()
    assert "is not approved" in terminal.run("cd *evil").output
    assert b"[2Jevil" in terminal.raw
    assert b"\x1b[2J" not in terminal.raw


@pytest.mark.parametrize("name", ["new\nline", "+", "co:lon"])
def test_a_path_that_cannot_be_a_project(desk: Desk, name: str) -> None:
    folder = desk.home.path / name / "p"
    folder.mkdir(parents=True)
    done = desk.home.taoshell("init", folder, "--network", "detectnet_v2", "--yes", "--mkdir", check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert os.listdir(folder) == []
    (folder / "taoshell.toml").write_text('network = "detectnet_v2"\n')
    terminal = desk.terminal()
    before = desk.settings(terminal)
    for _ in range(2):
        terminal.run(f"cd {desk.shell.quote(str(folder))}")
        assert terminal.enter().output == ""
        desk.is_refused(terminal, before)
        desk.cd(terminal, desk.home.path)
        assert desk.settings(terminal) == before
