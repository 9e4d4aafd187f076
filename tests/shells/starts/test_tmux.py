"""tmux: every pane starts with the server's environment, which is that of the project where tmux was started."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.shells.desk import Desk, quick_in
from tests.shells.starts.tmux import Pane, Tmux
from tests.shells.terminal import Terminal
from tests.support.slow import slow

Start = Callable[[Terminal], Tmux]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start tmux in a terminal."""
    servers: list[Tmux] = []

    def started(terminal: Terminal) -> Tmux:
        servers.append(Tmux(terminal))
        return servers[-1]

    yield started
    for server in servers:
        server.close()


def go(desk: Desk, pane: Pane, folder: Path) -> None:
    pane.run(f"cd {desk.shell.quote(str(folder))}")


def of_projects(desk: Desk, pane: Pane) -> dict[str, str]:
    """Return a pane's variables that a project could have set, and TAOSHELL_…."""
    names = {*desk.home.project("a").variables, "LAUNCHER_MOUNTS"}
    found = pane.environment()
    return {k: v for k, v in found.items() if k in names or (k.startswith("TAOSHELL_") and k != "TAOSHELL_HOOK")}


@quick_in("bash")
def test_a_new_window_in_the_project_a_split_pane_and_leaving(desk: Desk, start: Start) -> None:
    project = desk.home.project()
    tmux = start(desk.terminal(project.root, env={"NUM_GPUS": "7"}))
    window = tmux.window(project.root)
    split = window.split()
    for pane in (tmux.pane, window, split):
        desk.is_in(pane, project)
        assert pane.said == []
    go(desk, split, desk.home.path)
    assert of_projects(desk, split) == {"NUM_GPUS": "7"}
    assert split.said == [project.left]
    desk.is_in(window, project)
    assert desk.home.mapping() == project.mapping


@slow
def test_new_windows_outside_and_in_another_project(desk: Desk, start: Start) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    tmux = start(desk.terminal(first.root, env={"NUM_GPUS": "7"}))
    outside = tmux.window(desk.home.path)
    assert of_projects(desk, outside) == {"NUM_GPUS": "7"}
    assert outside.said == [first.left]
    other = tmux.window(second.root)
    desk.is_in(other, second)
    assert other.said == [second.entered]
    go(desk, other, desk.home.path)
    assert of_projects(desk, other) == {"NUM_GPUS": "7"}


@slow
def test_panes_in_different_projects_each_have_their_own_mapping(desk: Desk, start: Start) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal()
    tmux = start(terminal)
    one, two = tmux.pane, tmux.pane.split()
    go(desk, one, first.root)
    go(desk, two, second.root)
    third = two.split()
    for pane, project in ((one, first), (two, second), (third, second), (one, first)):
        desk.is_in(pane, project)
        assert desk.home.mapping() == second.mapping  # the newest pane's; looking at the others does not change that
    go(desk, one, desk.home.path)
    go(desk, one, first.root)
    assert desk.home.mapping() == first.mapping
    tmux.end("kill-pane", "-t", one.name)
    two.run("true")
    assert desk.home.mapping() == second.mapping
    tmux.end("kill-server")
    terminal.enter()
    assert desk.home.mapping() is None
    assert terminal.value("LAUNCHER_MOUNTS") is None


@slow
def test_a_server_that_outlives_the_approval_it_was_started_under(desk: Desk, start: Start) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(first.root, env={"NUM_GPUS": "7"})
    tmux = start(terminal)
    terminal.exit()
    first.set("NUM_GPUS", "4")
    first.allow()
    later = tmux.window(first.root)
    desk.is_in(later, first, NUM_GPUS="4")
    go(desk, later, second.root)
    desk.is_in(later, second)
    go(desk, later, desk.home.path)
    assert of_projects(desk, later) == {"NUM_GPUS": "7"}
