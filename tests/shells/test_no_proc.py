"""Where there is no /proc, nobody can tell whether a shell is alive: one line says so, and nothing breaks.

The hook's text names /proc; here it names a folder that does not exist.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.shells.desk import Desk
from tests.shells.projects import Project
from tests.shells.terminal import Terminal
from tests.support.needs import need

LINE = (
    "taoshell: this system has no /proc, so the mounts file does not follow this shell (LAUNCHER_MOUNTS does);"
    " mount /proc, then start a new shell\n"
)


def without_proc(desk: Desk) -> Terminal:
    """Open a terminal whose hook finds no /proc."""
    text = desk.home.taoshell("hook", desk.shell.name).stdout
    file = desk.home.path / "hook"
    file.write_text(text.replace("/proc/", "/no-proc/"))
    return desk.terminal(hook=False, before=f". {desk.shell.quote(str(file))}")


def written(desk: Desk) -> list[str]:
    return [path.name for path in (desk.home.state / "sessions").glob("*-*@*")]


def test_one_line_says_that_the_mounts_file_does_not_follow(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = without_proc(desk)
    assert "taoshell:" not in terminal.greeting
    before = desk.settings(terminal)
    assert sorted(desk.cd(terminal, first.root).splitlines()) == sorted((first.entered + LINE).splitlines())
    assert terminal.enter().output == ""
    desk.is_in(terminal, first)
    assert terminal.value("TAOSHELL_PROMPT") == f"{first.name}~"
    assert desk.cd(terminal, second.root) == second.entered
    desk.is_in(terminal, second)
    assert desk.cd(terminal, desk.home.path) == second.left
    assert desk.settings(terminal) == before
    assert terminal.run("taoshell off").output == ""
    assert (written(desk), desk.home.mapping()) == ([], None)


def test_the_mounts_file_stays_with_the_shell_that_can_be_judged(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    seeing = desk.terminal(first.root)
    terminal = without_proc(desk)
    desk.cd(terminal, second.root)
    assert desk.home.mapping() == first.mapping
    terminal.exit()
    assert seeing.enter().output == ""
    assert desk.home.mapping() == first.mapping


@pytest.fixture
def bare(desk: Desk) -> Project:
    need("root" if os.geteuid() == 0 else None, "root, who alone can hide /proc,")
    need(shutil.which("unshare"), "unshare")
    return desk.home.project()


def test_exec_says_it_too(desk: Desk, bare: Project) -> None:
    folder = Path(bare.root)
    inner = 'mount -t tmpfs none /proc && exec taoshell exec "$1" -- sh -c "echo \\$LOCAL_DATA_DIR"'
    terminal = desk.terminal(hook=False)
    result = terminal.run(f"unshare -m sh -c {desk.shell.quote(inner)} sh {desk.shell.quote(str(folder))}")
    assert result.status == 0
    assert f"{folder}/data\n" in result.output
    assert result.output.count("this system has no /proc, so the mounts file does not follow this command") == 1
    assert "Traceback" not in result.output
    assert written(desk) == []
