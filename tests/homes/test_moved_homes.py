"""Homes that were moved, restored, are seen at two paths or kept in a dotfiles repository, in each shell.

Whenever no shell is in a project, the user's own mapping is in force. Nothing is lost or has to be approved again.
"""

from __future__ import annotations

import copy
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shells.desk import Desk
from tests.shells.dialects import SHELLS
from tests.shells.projects import Home, Project
from tests.shells.terminal import Terminal
from tests.support.packages import Package
from tests.support.trees import snapshot

OWN = '{"Mounts": [{"source": "/mine", "destination": "/of/my/own"}]}\n'
AGAIN = "taoshell: ~/.tao_mounts.json follows your projects again; "


class Place:
    """A home that tests move: its hook is installed, and the user has a mapping of their own."""

    def __init__(self, home: Home, shell: str) -> None:
        self.home, self.shell = home, SHELLS[shell]
        self.desk = Desk(home, self.shell)

    def is_used(self) -> None:
        """Install the hook, approve a project, and visit it; the last shell is killed in it."""
        (self.home.path / ".zshrc").touch()
        self.home.mounts_file.write_text(OWN)
        self.home.taoshell("install", self.shell.name, "--yes")
        project = self.home.project()
        terminal = self.window()
        self.desk.cd(terminal, project.root)
        assert self.home.mapping() == project.mapping
        os.kill(terminal.pid, signal.SIGKILL)
        self.desk.close()

    def is_seen_at(self, path: Path) -> None:
        """From now on, the home has this path."""
        self.desk.close()
        home, former = copy.copy(self.home), str(self.home.path)
        home.path, home.state = path, path / ".local/state/taoshell"
        home.backups, home.mounts_file = home.state / "backups", path / ".tao_mounts.json"
        home.env = {name: value.replace(former, str(path)) for name, value in home.env.items()}
        self.home, self.desk = home, Desk(home, self.shell)

    def is_renamed(self, name: str) -> None:
        self.is_seen_at(self.home.path.rename(self.home.path.parent / name))

    def window(self, **env: str) -> Terminal:
        """A new terminal whose shell reads the user's start files."""
        return self.desk.terminal(hook=False, argv=self.shell.reading_rc(login=False), env=env)

    def own_is_in_force(self) -> bool:
        return self.home.mounts_file.read_text() == OWN

    def works(self, terminal: Terminal) -> None:
        """Check that the own mapping is in force, that a visit of the project asks nothing, and that it ends well."""
        assert self.own_is_in_force()
        project = Project(self.home, Path(os.path.realpath(self.home.path / "a")))
        assert self.desk.cd(terminal, project.root) == project.entered
        self.desk.is_in(terminal, project)
        assert self.home.mapping() == project.mapping
        assert terminal.enter().output == ""
        assert self.desk.cd(terminal, self.home.path) == project.left
        assert terminal.enter().output == ""
        assert self.own_is_in_force()


@pytest.fixture(params=SHELLS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    place = Place(Home(tmp_path / "O'Neil's $x ü"), request.param)
    yield place
    place.desk.close()


# -- moved and restored --------------------------------------------------------------------------------------


def test_a_renamed_home(place: Place) -> None:
    place.is_used()
    place.is_renamed('new "home" $HOME')
    terminal = place.window()
    assert "taoshell:" not in terminal.greeting
    place.works(terminal)
    assert place.home.backed_up() == []


def test_a_package_in_the_home_moves_with_it(place: Place) -> None:
    """The program's first line has the old path, so only the hook finds the package."""
    place.is_renamed("o'ld home")
    (place.home.path / ".zshrc").touch()
    place.home.mounts_file.write_text(OWN)
    Package(place.home.path / "my venv").run(place.home.env, "install", place.shell.name, "--yes")
    place.home.project()
    place.is_renamed("new")
    terminal = place.window()
    place.desk.cd(terminal, place.home.path / "a")  # the first visit, which takes the mounts file over
    place.desk.cd(terminal, place.home.path)
    place.works(terminal)


def test_a_change_after_the_move_is_not_approved(place: Place) -> None:
    place.is_used()
    place.is_renamed("new")
    with open(place.home.path / "a/taoshell.toml", "a") as file:
        file.write("# changed\n")
    terminal = place.window()
    said = place.desk.cd(terminal, place.home.path / "a")
    assert "taoshell.toml changed since you approved" in said
    assert "run: taoshell allow" in said


def test_a_home_whose_old_path_is_another_home_now(place: Place) -> None:
    """A copy of it. Neither sees the other's links."""
    place.is_used()
    old, new = place.home.path, place.home.path.parent / "copy"
    shutil.copytree(old, new, symlinks=True)
    before = snapshot(old)
    place.is_seen_at(new)
    place.works(place.window())
    assert snapshot(old) == before


@pytest.mark.parametrize("inside", [True, False], ids=["in a project", "outside"])
def test_a_home_restored_from_a_backup_that_followed_symlinks(place: Place, inside: bool) -> None:
    place.is_used()
    if not inside:
        place.window()
        assert place.own_is_in_force()
    place.desk.close()
    new = place.home.path.parent / "restored"
    subprocess.run(["cp", "-rLp", place.home.path, new], check=True)
    assert not (new / ".tao_mounts.json").is_symlink()
    place.is_seen_at(new)
    terminal = place.window()
    assert terminal.greeting.count("taoshell:") == 1
    assert AGAIN in terminal.greeting
    place.works(terminal)
    assert "taoshell:" not in place.window().greeting
    assert (new / ".tao_mounts.original.json").read_text() == OWN


def test_a_home_restored_from_a_backup_without_symlinks(place: Place) -> None:
    place.is_used()
    for path in list(place.home.path.rglob("*")):
        if path.is_symlink():
            path.unlink()
    terminal = place.window()
    assert "taoshell:" not in terminal.greeting
    place.works(terminal)


def test_the_folders_of_the_old_home_are_forgotten(place: Place) -> None:
    place.is_used()
    old = place.home.path / "a"
    place.is_renamed("new")
    assert place.home.taoshell("prune").stderr == f"taoshell: forgot {old}\n"
    place.works(place.window())
    shutil.rmtree(place.home.path / "a")
    place.desk.close()
    assert f"forgot {place.home.path}/a\n" in place.home.taoshell("prune").stderr
    assert list((place.home.state / "allowed").iterdir()) == []
    assert list((place.home.state / "projects").rglob("inputs.json")) == []


def test_a_project_that_is_gone_after_the_move_is_forgotten(place: Place) -> None:
    place.is_used()
    place.is_renamed("new")
    shutil.rmtree(place.home.path / "a")
    assert f"forgot {place.home.path}/a\n" in place.home.taoshell("prune").stderr
    assert list((place.home.state / "allowed").iterdir()) == []
    assert list((place.home.state / "projects").rglob("inputs.json")) == []


# -- two paths at a time ---------------------------------------------------------------------------------------


def test_a_home_at_two_paths_is_not_recompiled_in_turns(place: Place) -> None:
    """As in a development container, which has only the other path."""
    place.is_used()
    here, there = place.home.path, place.home.path.parent / "nfs"
    for path in (there, here):
        place.home.path.rename(path)
        place.is_seen_at(path)
        place.works(place.window())
        place.desk.close()
    compiled = {name: entry for name, entry in snapshot(place.home.state / "projects").items() if "/stamps" in name}
    env = (here / "a/.env").stat()
    for path in (there, here):
        place.home.path.rename(path)
        place.is_seen_at(path)
        place.works(place.window())
        place.desk.close()
    after = {name: entry for name, entry in snapshot(place.home.state / "projects").items() if "/stamps" in name}
    assert after == compiled
    assert (here / "a/.env").stat().st_ino == env.st_ino


def test_a_home_behind_a_symlink(place: Place) -> None:
    place.is_used()
    other = place.home.path.parent / "link"
    other.symlink_to(place.home.path)
    place.is_seen_at(other)
    place.works(place.window())


def test_a_state_folder_that_is_a_symlink_to_another_disk(place: Place, tmp_path: Path) -> None:
    (tmp_path / "disk/of/me").mkdir(parents=True)
    (place.home.path / ".local/state").symlink_to(tmp_path / "disk/of/me")
    place.is_used()
    place.works(place.window())


# -- two state folders -----------------------------------------------------------------------------------------


def test_two_state_folders(place: Place, tmp_path: Path) -> None:
    place.home.mounts_file.write_text(OWN)
    first, second = place.home.project("a"), place.home.project("b")
    other = {"XDG_STATE_HOME": str(tmp_path / "xdg")}
    place.home.env.update(other)
    place.home.taoshell("allow", "--yes", second.root)
    del place.home.env["XDG_STATE_HOME"]
    a, b = place.desk.terminal(), place.desk.terminal(env=other)
    place.desk.cd(a, first.root)
    place.desk.cd(b, second.root)
    place.desk.cd(b, place.home.path)
    place.desk.cd(a, place.home.path)
    for _time in range(2):
        for terminal in (a, b):
            assert terminal.enter().output == ""
            assert place.own_is_in_force()
    place.desk.cd(b, second.root)
    assert place.home.mapping()["Mounts"] == second.mapping["Mounts"]
    place.desk.cd(b, place.home.path)
    assert place.own_is_in_force()
    assert place.home.backed_up() == []


# -- dotfiles --------------------------------------------------------------------------------------------------


def test_a_mounts_file_in_a_dotfiles_repository(place: Place) -> None:
    dotfiles = place.home.path / "dotfiles"
    dotfiles.mkdir()
    place.is_used()
    place.home.taoshell("mounts", "release")
    place.home.mounts_file.rename(dotfiles / "tao.json")
    place.home.mounts_file.symlink_to("dotfiles/tao.json")
    place.home.taoshell("mounts", "take")
    place.desk.cd(place.window(), place.home.path / "a")
    place.desk.close()
    place.is_renamed("new")
    place.works(place.window())
    place.home.taoshell("mounts", "release")
    assert os.readlink(place.home.mounts_file) == "dotfiles/tao.json"


def test_our_links_checked_out_in_another_home(place: Place) -> None:
    """They were committed in a home in which a project held the mounts file."""
    (place.home.path / ".zshrc").touch()
    place.home.taoshell("install", place.shell.name, "--yes")
    (place.home.path / ".tao_mounts.current.json").symlink_to(".local/state/taoshell/projects/gone/+/shared.json")
    place.home.mounts_file.symlink_to(".tao_mounts.current.json")
    (place.home.path / ".tao_mounts.original.json").write_text(OWN)
    place.home.project()
    place.works(place.window())


def test_our_first_link_checked_out_alone(place: Place) -> None:
    (place.home.path / ".zshrc").touch()
    place.home.taoshell("install", place.shell.name, "--yes")
    place.home.mounts_file.symlink_to(".tao_mounts.current.json")
    place.home.project()
    terminal = place.window()
    place.home.mounts_file.write_text(OWN)  # a program writes through the links
    place.works(terminal)


def test_our_link_adopted_into_a_dotfiles_repository(place: Place) -> None:
    place.is_used()
    dotfiles = place.home.path / "dotfiles/tao"
    dotfiles.mkdir(parents=True)
    place.home.mounts_file.rename(dotfiles / ".tao_mounts.json")
    place.home.mounts_file.symlink_to("dotfiles/tao/.tao_mounts.json")
    terminal = place.window()
    assert f"{AGAIN}it was a symlink to dotfiles/tao/.tao_mounts.json" in terminal.greeting
    place.works(terminal)
    assert (dotfiles / ".tao_mounts.json").is_symlink()


@pytest.mark.parametrize("target", ["{home}/.local/state/taoshell/cur", "/gone/.local/state/taoshell/cur", "lost"])
def test_a_link_of_an_older_version_or_a_broken_one(place: Place, target: str) -> None:
    place.is_used()
    (place.home.path / ".tao_mounts.current.json").unlink()
    place.home.mounts_file.unlink()
    place.home.mounts_file.symlink_to(target.format(home=place.home.path))
    if target != "lost":
        (place.home.state / "cur").symlink_to(f"projects{place.home.path}/a/+/shared.json")
    terminal = place.window()
    assert terminal.greeting.count("taoshell:") == 1
    assert AGAIN in terminal.greeting
    place.works(terminal)


# -- the package is gone -----------------------------------------------------------------------------------------


def test_a_package_removed_without_uninstall_gives_the_mounts_file_back(place: Place, tmp_path: Path) -> None:
    (place.home.path / ".zshrc").touch()
    place.home.mounts_file.write_text(OWN)
    package = Package(tmp_path / "pack age's")
    package.run(place.home.env, "install", place.shell.name, "--yes")
    project = place.home.project()
    first = place.window()
    place.desk.cd(first, project.root)
    package.remove()
    assert "taoshell:" not in place.window().greeting  # a live shell is in a project
    assert place.home.mapping() == project.mapping
    os.kill(first.pid, signal.SIGKILL)
    place.desk.close()
    said = place.window().greeting
    assert said.count("taoshell:") == 1
    assert "taoshell was removed, so ~/.tao_mounts.json has your own mapping again" in said
    assert place.own_is_in_force()
    assert "taoshell:" not in place.window().greeting
