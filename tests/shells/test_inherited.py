"""A shell with a project's variables from another home: what one line says works, when it is followed to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shells.desk import Desk

CURE = "exit, leave the project in the shell that started this one, and start this one again"


def test_the_line_names_the_folder_and_its_cure_works(desk: Desk, tmp_path: Path) -> None:
    project = desk.home.project()
    outer = desk.terminal()
    desk.cd(outer, project.root)
    line = f"env XDG_STATE_HOME={tmp_path} {' '.join(desk.shell.command())}"
    greeting = outer.nest(line)
    assert greeting.count("taoshell: ") == 1 + greeting.count(project.unapproved)
    assert f"are not in {tmp_path}/taoshell, so its variables stay; {CURE}\n" in greeting
    assert outer.value("NUM_GPUS") == "1"
    outer.run("exit")
    desk.cd(outer, desk.home.path)
    assert "taoshell:" not in outer.nest(line)
    assert outer.value("NUM_GPUS") is None
    assert outer.value("LAUNCHER_MOUNTS") is None


@pytest.mark.parametrize("before", [None, "/my/own.json"])
def test_the_mounts_file_of_the_other_home_does_not_stay(desk: Desk, tmp_path: Path, before: str | None) -> None:
    project = desk.home.project()
    outer = desk.terminal(env={"LAUNCHER_MOUNTS": before} if before else {})
    desk.cd(outer, project.root)
    inner = desk.terminal(env={**outer.environment(), "XDG_STATE_HOME": str(tmp_path)})
    found = inner.environment()
    assert found.get("LAUNCHER_MOUNTS") == before
    assert {name for name in found if name.startswith("TAOSHELL_")} <= {"TAOSHELL_HOOK", "TAOSHELL_PROMPT"}


def test_the_users_own_launcher_mounts_stays(desk: Desk, tmp_path: Path) -> None:
    project = desk.home.project()
    outer = desk.terminal()
    desk.cd(outer, project.root)
    changed = {**outer.environment(), "XDG_STATE_HOME": str(tmp_path), "LAUNCHER_MOUNTS": "/my/own.json"}
    assert desk.terminal(env=changed).value("LAUNCHER_MOUNTS") == "/my/own.json"
