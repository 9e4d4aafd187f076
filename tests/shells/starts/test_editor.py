"""An editor that was started by `code .` in a project: its terminals inherit that project, wherever they open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.shells.desk import Desk, quick_in
from tests.shells.starts.editor import Editor
from tests.shells.terminal import Terminal
from tests.support.slow import slow

_EDITORS = {"TERM", "TERM_PROGRAM", "VSCODE_INJECTION", "ZDOTDIR", "USER_ZDOTDIR", "PATH"}


class Workplace:
    """A user has typed `code .` in the project `a`. Outside projects NUM_GPUS is 7."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self.project = desk.home.project("a")
        self.shell = desk.terminal(env={"NUM_GPUS": "7"})
        self.before = self.settings(self.shell)
        desk.cd(self.shell, self.project.root)
        code = desk.home.path / ".bin/code"
        code.write_text('#!/bin/sh\nenv -0 >"$HOME/editor"\n')
        code.chmod(0o755)
        self.shell.run("code .")
        entries = (desk.home.path / "editor").read_text().split("\0")
        self.editor = Editor(desk.shell, dict(entry.split("=", 1) for entry in entries if entry), folder / "editor")

    def terminal(self, cwd: Path) -> Terminal:
        """Open a terminal in the editor's panel."""
        argv, env = self.editor.start()
        return self.desk.terminal(cwd, env=env, hook=False, argv=argv)

    def settings(self, terminal: Terminal) -> dict[str, str]:
        found = self.desk.settings(terminal)
        return {name: value for name, value in found.items() if name not in _EDITORS}


@pytest.fixture
def work(desk: Desk, tmp_path: Path) -> Workplace:
    return Workplace(desk, tmp_path)


@slow
def test_a_terminal_in_the_folder_of_the_editor(work: Workplace) -> None:
    terminal = work.terminal(work.project.root)
    assert "taoshell:" not in terminal.greeting
    work.desk.is_in(terminal, work.project)
    assert work.desk.cd(terminal, work.desk.home.path) == work.project.left
    assert work.settings(terminal) == work.before
    assert work.desk.cd(terminal, work.project.root) == work.project.entered


@slow
def test_a_terminal_in_a_folder_of_the_project(work: Workplace) -> None:
    terminal = work.terminal(work.project.root / "specs")
    assert "taoshell:" not in terminal.greeting
    work.desk.is_in(terminal, work.project)


@quick_in("bash")
def test_a_terminal_in_another_project(work: Workplace) -> None:
    """The workspace has several folders."""
    other = work.desk.home.project("b")
    terminal = work.terminal(other.root)
    assert terminal.greeting.count("taoshell: ") == 1
    assert other.entered in terminal.greeting
    work.desk.is_in(terminal, other)
    work.desk.is_in(work.shell, work.project)
    assert work.desk.home.mapping() == other.mapping
    assert work.desk.cd(terminal, work.desk.home.path) == other.left
    assert work.settings(terminal) == work.before


@slow
def test_a_terminal_outside(work: Workplace) -> None:
    terminal = work.terminal(work.desk.home.path)
    assert work.project.left in terminal.greeting
    assert work.settings(terminal) == work.before


@slow
def test_a_task_of_the_editor_keeps_the_editors_environment(work: Workplace) -> None:
    """Tasks and debuggers run commands in the editor's environment, without a prompt."""
    show = work.desk.shell.quote('cat "$LAUNCHER_MOUNTS"')
    program = work.desk.shell.command()[0]
    terminal = work.desk.terminal(env=dict(work.editor.environment), hook=False)
    for where in (work.project.root, work.desk.home.path):
        line = work.desk.shell.quote(f"cd {work.desk.shell.quote(str(where))}; sh -c {show}")
        assert json.loads(terminal.run(f"{program} -c {line}").output) == work.project.mapping


@slow
def test_the_status_of_a_command_is_the_users_in_the_editors_prompt(work: Workplace) -> None:
    terminal = work.terminal(work.project.root)
    assert terminal.run("sh -c 'exit 7'").status == 7
    other = work.desk.shell.quote(str(work.desk.home.project("b").root))
    assert terminal.run(f"cd {other}; sh -c 'exit 7'").status == 7
