"""Our files are damaged while shells live: the shell says at most one line, with a cure, and after `taoshell allow`, or
by itself, everything is right again.

Each case is a place, and what happens to the files there.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shells.desk import Desk
from tests.shells.dialects import SHELLS
from tests.shells.projects import Project
from tests.shells.terminal import Result, Terminal
from tests.support.needs import need
from tests.support.slow import slow_unless

_NOBODY = 65534


def _in_state(pattern: str) -> Callable[[Project, Terminal], list[Path]]:
    return lambda project, terminal: sorted(project.home.state.glob(pattern.replace("PID", str(terminal.pid))))


def _in_project(pattern: str) -> Callable[[Project, Terminal], list[Path]]:
    return lambda project, terminal: sorted(project.kept.glob(pattern))


PLACES: dict[str, Callable[[Project, Terminal], list[Path]]] = {
    "the session": _in_state("sessions/PID-*"),
    "the placeholder": _in_state("sessions/0-0"),
    "the folder of sessions": _in_state("sessions"),
    "the look": _in_state("looks/PID-*"),
    "the folder of looks": _in_state("looks"),
    "the last arrival": _in_state("arrived"),
    "the stamps": lambda project, terminal: project.stamps(),
    "the lower stamps": lambda project, terminal: [path for path in project.stamps() if path.name.endswith("-")],
    "the stamp of the mapping": lambda project, terminal: project.stamps("mounts"),
    "the folder of stamps": _in_state("stamps"),
    "the mtimes": _in_state("mtimes"),
    "the lock": _in_state("lock"),
    "the link to the generation": _in_project("current"),
    "the generation's scripts": _in_project("gen/*/*-2.*"),
    "the generation": _in_project("gen/*"),
    "the mapping": _in_project("mounts.json"),
    "the shared mapping": _in_project("shared.json"),
    "both mappings": _in_project("[ms]*.json"),
    "the refusal": _in_state("refused.json"),
    "the mounts file": lambda project, terminal: [project.home.mounts_file],
    "the link to what is in force": lambda project, terminal: [project.home.path / ".tao_mounts.current.json"],
}


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _truncate(path: Path) -> None:
    """Make it an empty file, whatever it was."""
    _delete(path)
    path.touch()


def _make_folder(path: Path) -> None:
    _delete(path)
    path.mkdir()


def _make_pipe(path: Path) -> None:
    _delete(path)
    os.mkfifo(path)


def _make_link(path: Path) -> None:
    _delete(path)
    path.symlink_to("nowhere")


def _give_away(path: Path) -> None:
    os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)


def _touch(path: Path) -> None:
    os.utime(path, follow_symlinks=False)


def _age(path: Path) -> None:
    os.utime(path, (1, 1), follow_symlinks=False)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "deleted": _delete,
    "empty": _truncate,
    "a folder": _make_folder,
    "a pipe": _make_pipe,
    "a dangling link": _make_link,
    "another user's": _give_away,
    "touched": _touch,
    "old": _age,
}
_UNTIMED = {
    "the placeholder",
    "the lock",
    "the refusal",
    *(place for place in PLACES if place.startswith("the folder")),
}
_CASES = [
    case
    for case in itertools.product(SHELLS, PLACES, DAMAGES)
    if not (case[1] in _UNTIMED and case[2] in ("touched", "old"))  # nothing depends on their times
    and (case[2] != "a pipe" or case[1] in ("the look", "the last arrival"))  # what shells write without a look at it
]
_QUICK = {("the session", "a folder"), ("the generation's scripts", "empty"), ("the stamps", "deleted")}


def _assert_plain(result: Result, *expected: str) -> None:
    """Check that nothing but the `expected` lines and at most one with a cure was printed."""
    others = [line for line in result.lines if f"{line}\n" not in expected]
    assert len(others) <= 1, result.output
    assert all(re.match("taoshell: .*(; |run: )", line) for line in others), result.output


def _allow(project: Project, paths: list[Path]) -> None:
    """Approve the project. Our file or folder may be in the way of another one: then follow the cure."""
    done = project.home.taoshell("allow", "--yes", project.root, check=False)
    if done.returncode:
        assert re.fullmatch("taoshell: .*; (a folder|something else) has that name: move it away\n", done.stderr)
        for path in filter(os.path.lexists, paths):
            _delete(path)
        project.allow()


@pytest.mark.parametrize(
    ("shell", "place", "damage"),
    slow_unless(
        lambda shell, place, damage: (place, damage) in _QUICK,
        _CASES,
        id=lambda shell, place, damage: f"{shell}-{place}-{damage}",
    ),
    indirect=["shell"],
)
def test_damage_while_shells_live(desk: Desk, place: str, damage: str) -> None:
    if damage == "another user's":
        need("root" if os.geteuid() == 0 else None, "root, who alone can give a file away,")
    home, project, other = desk.home, desk.home.project("a"), desk.home.project("b")
    own = '{"Mounts": [{"source": "/mine", "destination": "/of/my/own"}]}\n'
    home.mounts_file.write_text(own)
    outside, elsewhere = desk.terminal(env={"NUM_GPUS": "7"}), desk.terminal(other.root)
    terminal = desk.terminal(project.root)
    before = desk.settings(outside)
    paths = PLACES[place](project, terminal)
    assert paths
    for path in paths:
        DAMAGES[damage](path)
    lines = (project.entered, project.left, other.entered, other.left)
    results = [each.enter() for each in (terminal, elsewhere, outside) for _ in range(2)]
    results += [terminal.run(f"cd {desk.shell.quote(str(folder))}") for folder in (home.path, project.root)]
    for result in results:
        _assert_plain(result, *lines)
    if damage == "another user's":
        for path in filter(os.path.lexists, paths):
            os.chown(path, os.geteuid(), os.getegid(), follow_symlinks=False)
        terminal.exit()  # a shell that has seen such a file loads nothing any more
        terminal = desk.terminal(project.root)
    _allow(project, paths)
    if home.mounts_file.is_dir():
        assert any(".tao_mounts.json: " in result.output for result in results)
        home.mounts_file.rmdir()
    desk.cd(terminal, home.path)
    desk.cd(terminal, project.root)
    desk.is_in(terminal, project)
    assert terminal.enter().output == ""
    assert home.mapping() == project.mapping
    desk.cd(elsewhere, home.path)
    desk.cd(elsewhere, other.root)
    desk.is_in(elsewhere, other)
    assert home.mapping() == other.mapping
    for each in (terminal, elsewhere):
        desk.cd(each, home.path)
    outside.enter()
    assert home.mounts_file.read_text() == own
    assert desk.settings(outside) == before
