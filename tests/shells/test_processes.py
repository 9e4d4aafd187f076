"""An idle prompt starts no process, a switch at most one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shells.desk import Desk
from tests.shells.processes import started_by
from tests.shells.terminal import Terminal


def outside(desk: Desk) -> Path:
    return desk.home.path


def after_a_project(desk: Desk) -> Path:
    desk.cd(desk.terminal(), desk.home.project().root)
    return desk.home.path


def inside(desk: Desk) -> Path:
    return desk.home.project().root


def deep_inside(desk: Desk) -> Path:
    folder = desk.home.project().root / "data/kitti/training"
    folder.mkdir(parents=True)
    return folder


def through_a_link(desk: Desk) -> Path:
    link = desk.home.path / "link"
    link.symlink_to(desk.home.project().root)
    return link


def unapproved(desk: Desk) -> Path:
    return desk.home.project("a").copy("copy").root


def blocked(desk: Desk) -> Path:
    project = desk.home.project()
    project.set("NUM_GPUS", "2")
    return project.root


def while_another_shell_holds_the_file(desk: Desk) -> Path:
    desk.terminal(desk.home.project("b").root)
    return desk.home.path


def released(desk: Desk) -> Path:
    desk.home.taoshell("mounts", "release")
    return desk.home.project().root


PLACES: list[Callable[[Desk], Path]] = [
    outside,
    after_a_project,
    inside,
    deep_inside,
    through_a_link,
    unapproved,
    blocked,
    while_another_shell_holds_the_file,
    released,
]


def idle(terminal: Terminal) -> None:
    terminal.enter()  # the last prompt at which the hook may have something to do
    terminal.enter()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_an_idle_prompt_starts_no_process(desk: Desk, tmp_path: Path, place: Callable[[Desk], Path]) -> None:
    terminal = desk.terminal(place(desk))
    idle(terminal)
    with started_by(terminal.pid, tmp_path) as started:
        for _ in range(3):
            terminal.enter()
    assert started == []


def test_a_switch_starts_no_more_than_it_must(desk: Desk, tmp_path: Path) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(first.root)
    idle(terminal)
    with started_by(terminal.pid, tmp_path) as started:
        printed = desk.cd(terminal, second.root)
    assert printed == second.entered
    assert started == desk.shell.switch_starts


def test_leaving_and_entering_start_no_more_than_they_must(desk: Desk, tmp_path: Path) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    idle(terminal)
    with started_by(terminal.pid, tmp_path) as started:
        desk.cd(terminal, desk.home.path)
        desk.cd(terminal, project.root)
    assert started == 2 * desk.shell.switch_starts


def test_moving_within_a_project_starts_no_process(desk: Desk, tmp_path: Path) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    idle(terminal)
    with started_by(terminal.pid, tmp_path) as started:
        desk.cd(terminal, "specs")
        desk.cd(terminal, "..")
    assert started == []


def test_the_prompts_text_starts_no_process(desk: Desk, tmp_path: Path) -> None:
    terminal = desk.terminal(desk.home.project().root)
    idle(terminal)
    with started_by(terminal.pid, tmp_path) as started:
        assert terminal.run("taoshell status --prompt").output == "a\n"
    assert started == []


def test_the_count_sees_a_process(desk: Desk, tmp_path: Path) -> None:
    terminal = desk.terminal(hook=False)
    with started_by(terminal.pid, tmp_path) as started:
        terminal.run("/bin/true; sh -c '/bin/true; :'")
    assert started == ["true", "sh", "true"]
