"""Ways to change the directory."""

from __future__ import annotations

from tests.compat.neighbour import Absent, Neighbour, Setup
from tests.shells.desk import Desk
from tests.shells.terminal import Terminal


def _by_name(desk: Desk, terminal: Terminal) -> None:
    """`cd a` from another folder, through CDPATH."""
    desk.cd(terminal, "/")
    project = desk.home.project("a")
    assert terminal.run("cd a >/dev/null").output == project.entered
    desk.is_in(terminal, project)
    assert desk.cd(terminal, desk.home.path) == project.left


def _and_back(desk: Desk, terminal: Terminal) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    for project in (first, second):
        desk.cd(terminal, project.root)
    for project in (first, second, first):
        assert terminal.run("cd - >/dev/null").output == project.entered
        desk.is_in(terminal, project)
    assert desk.cd(terminal, desk.home.path) == first.left


def _through_a_link(desk: Desk, terminal: Terminal) -> None:
    project = desk.home.project("a")
    link = desk.home.path / "link"
    link.symlink_to(project.root)
    for line in (f"cd -P {link.name}", f"cd {link.name}"):
        assert terminal.run(line).output == project.entered
        desk.is_in(terminal, project)
        assert desk.cd(terminal, desk.home.path) == project.left


def _popped(desk: Desk, terminal: Terminal) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    desk.cd(terminal, first.root)
    assert terminal.run(f"pushd {desk.shell.quote(str(second.root))} >/dev/null").output == second.entered
    assert terminal.run("popd >/dev/null").output == first.entered
    desk.is_in(terminal, first)
    assert desk.cd(terminal, desk.home.path) == first.left


CHANGING_DIRECTORY = (
    Neighbour(
        "`CDPATH`",
        bash=Setup("CDPATH=$HOME", check=_by_name),
        zsh=Setup("CDPATH=$HOME", check=_by_name),
        fish=Setup("set -g CDPATH . $HOME", check=_by_name),
    ),
    Neighbour(
        "autocd",
        bash=Setup("shopt -s autocd", go="{}/", prints="cd -- '.*'\n"),
        zsh=Setup("setopt auto_cd", go="{}/"),
        fish=Setup(go="{}/"),
    ),
    Neighbour(
        "`pushd`, `popd`",
        bash=Setup(go="pushd {} >/dev/null", check=_popped),
        zsh=Setup(go="pushd {} >/dev/null", check=_popped),
        fish=Setup(go="pushd {} >/dev/null", check=_popped),
    ),
    Neighbour("`cd -`", bash=Setup(check=_and_back), zsh=Setup(check=_and_back), fish=Setup(check=_and_back)),
    Neighbour(
        "`cd -P`",
        bash=Setup(go="cd -P {}", check=_through_a_link),
        zsh=Setup(go="cd -P {}", check=_through_a_link),
        fish=Absent("its `cd` has no `-P`"),
    ),
)
