"""Files that are deleted while a shell runs: a source, a compiled file, the stamps, the whole state folder."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shells.desk import Desk
from tests.shells.dialects import SHELLS
from tests.shells.projects import Project
from tests.support.slow import slow_unless


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def test_a_deleted_source_blocks(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    text = project.env_file.read_text()
    project.env_file.unlink()
    printed = terminal.enter().output
    assert printed.count("\n") == 1
    assert ".env" in printed
    desk.is_blocked(terminal, project)
    project.env_file.write_text(text)
    assert terminal.enter().output == project.entered
    desk.is_in(terminal, project)


def generations(project: Project) -> list[Path]:
    return list((project.kept / "gen").iterdir())


def compiled(project: Project) -> list[Path]:
    return [file for folder in generations(project) for file in folder.iterdir()]


GONE: dict[str, Callable[[Project], list[Path]]] = {
    "the compiled files": compiled,
    "the generation": generations,
    "the generation and what names it": lambda project: [*generations(project), project.kept / "current"],
    "a stamp": lambda project: project.stamps("toml")[:1],
    "the stamp of the mapping": lambda project: project.stamps("mounts"),
    "all stamps": lambda project: project.stamps(),
    "the folder of stamps": lambda project: [project.home.state / "stamps"],
    "the mapping": lambda project: [project.kept / "mounts.json"],
    "the mapping's twin": lambda project: [project.kept / "shared.json"],
    "both files of the mapping": lambda project: [project.kept / "mounts.json", project.kept / "shared.json"],
    "all about the project": lambda project: [project.kept],
}


parametrized_by_what_is_gone = pytest.mark.parametrize(
    ("shell", "what"),
    slow_unless(
        lambda shell, what: shell == "bash" or what == "the compiled files",
        itertools.product(SHELLS, GONE),
        id=lambda shell, what: f"{shell}-{what}",
    ),
    indirect=["shell"],
)


@parametrized_by_what_is_gone
def test_a_shell_in_the_project_can_still_leave(desk: Desk, what: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env={"NUM_GPUS": "7"})
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    for path in GONE[what](project):
        remove(path)
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before
    assert desk.home.mapping() is None
    assert terminal.enter().output == ""


@parametrized_by_what_is_gone
def test_the_project_works_again_at_the_latest_after_allow(desk: Desk, what: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    for path in GONE[what](project):
        remove(path)
    terminal.enter()
    assert terminal.enter().output == ""  # everything has been said
    if not project.kept.joinpath("current").exists():
        project.allow()
        terminal.enter()
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping
    assert terminal.enter().output == ""


@pytest.mark.parametrize(
    "what",
    [
        "the compiled files",
        "the generation",
        "a stamp",
        "the folder of stamps",
        "the mapping",
        "both files of the mapping",
    ],
)
def test_what_can_be_recreated_is_recreated_on_entering(desk: Desk, what: str) -> None:
    project = desk.home.project()
    for path in GONE[what](project):
        remove(path)
    terminal = desk.terminal()
    assert desk.cd(terminal, project.root) == project.entered
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping


def test_the_whole_state_folder_deleted(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env={"NUM_GPUS": "7"})
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    shutil.rmtree(desk.home.state)
    terminal.enter()
    assert terminal.enter().output == ""
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before
    project.allow()
    assert desk.cd(terminal, project.root) == project.entered
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping


def test_an_emptied_mapping_is_written_again(desk: Desk) -> None:
    """A crash may leave empty files with the times of the right ones; the launcher takes them for no mounts."""
    project = desk.home.project()
    for name in ("mounts.json", "shared.json"):
        file = project.kept / name
        time = file.stat().st_mtime_ns
        file.write_text("")
        os.utime(file, ns=(time, time))
    terminal = desk.terminal(project.root)
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping
