"""The steps to a project's places: which of them an approval covers."""

from __future__ import annotations

import pytest

from taoshell.project.links import leads_in_a_circle, others_can_change, passes_a_process, steps_to
from tests.support.definitions import ROOT, Disk, machine


def steps(host: str, disk: Disk) -> dict[str, str | None]:
    return {step.path: step.target for step in steps_to([host], ROOT, machine(disk=disk))}


def test_inside_the_project_each_step_counts() -> None:
    disk = Disk({f"{ROOT}/a/link": "../b", "/srv/own": "/srv/x"})
    assert steps(f"{ROOT}/a/link/c", disk) == {
        f"{ROOT}/a": None,
        f"{ROOT}/a/link": "../b",
        f"{ROOT}/b": None,
        f"{ROOT}/b/c": None,
    }
    assert steps("/srv/own/c", disk) == {}


def test_from_a_strangers_folder_on_each_step_counts() -> None:
    """The stranger can replace even the user's own folder in it by a symlink."""
    disk = Disk(owners={"/srv/theirs": 1001})
    assert steps("/srv/theirs/mine/kitti", disk) == {
        "/srv/theirs": None,
        "/srv/theirs/mine": None,
        "/srv/theirs/mine/kitti": None,
    }


def test_a_symlink_out_of_a_strangers_folder_ends_that() -> None:
    disk = Disk({"/srv/theirs/out": "/data/kitti"}, owners={"/srv/theirs": 1001})
    assert steps("/srv/theirs/out/train", disk) == {"/srv/theirs": None, "/srv/theirs/out": "/data/kitti"}


def test_a_strangers_symlink_counts_and_roots_does_not() -> None:
    links = {"/srv/kitti": "/data/kitti"}
    assert steps("/srv/kitti", Disk(links, owners={"/srv/kitti": 1001})) == {"/srv/kitti": "/data/kitti"}
    assert steps("/srv/kitti", Disk(links, owners={"/srv/kitti": 0})) == {}


@pytest.mark.parametrize(
    ("links", "circle"),
    [
        ({"self": "self"}, True),
        ({"self": "other", "other": "self"}, True),
        ({"self": "other/x", "other": "other"}, True),
        ({"self": "missing"}, False),
        ({}, False),
    ],
)
def test_symlinks_in_a_circle(links: dict[str, str], circle: bool) -> None:
    disk = Disk({f"{ROOT}/{name}": target for name, target in links.items()})
    assert leads_in_a_circle(f"{ROOT}/self", machine(disk=disk)) is circle


def test_in_a_repository_each_step_counts() -> None:
    """The project may be one of its folders: `git pull` can make a symlink of what is beside it."""
    disk = Disk({"/home/ann/clone/shared": "/srv/x"}, repositories=frozenset({"/home/ann/clone"}))
    assert steps("/home/ann/clone/data/kitti", disk) == {
        "/home/ann/clone/data": None,
        "/home/ann/clone/data/kitti": None,
    }
    assert steps("/home/ann/clone/shared/y", disk) == {"/home/ann/clone/shared": "/srv/x"}
    assert steps("/home/ann/other", disk) == {}


@pytest.mark.parametrize(
    ("path", "passes"),
    [
        ("/proc/self/cwd", True),
        ("/proc/1/root/home", True),
        ("/srv/link/x", True),
        ("/dev/fd/3", True),
        ("/dev/shm", False),
        ("/process", False),
        ("/srv/x", False),
    ],
)
def test_a_path_that_each_process_resolves_for_itself(path: str, passes: bool) -> None:
    assert passes_a_process(path, machine(disk=Disk({"/srv/link": "/proc/self/cwd"}))) is passes


# -- what another user can change -----------------------------------------------------------------------

THEIRS = {"/srv/theirs": 1001, "/srv/link": 1001, "/": 65534, "/srv/nobody": 65534}
MODES = {"/tmp": 0o41777, "/srv/open": 0o40777, "/srv/group": 0o40775}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/ann/v/bin", None),
        ("/srv/theirs/v/bin", ("/srv/theirs", "belongs to uid 1001")),
        ("/srv/link/bin", ("/srv/link", "belongs to uid 1001")),  # the symlink is theirs, its end is not
        ("/home/ann/to-theirs/bin", ("/srv/theirs", "belongs to uid 1001")),
        ("/tmp/v/bin", ("/tmp", "can be written by every user")),  # as soon as it is removed
        ("/srv/open/bin", ("/srv/open", "can be written by every user")),
        ("/home/ann/to-tmp", ("/tmp", "can be written by every user")),
        ("/srv/group/bin", None),  # Debian's umask gives each user a group of one
        ("/srv/nobody/bin", None),  # as / does: a container without other users
    ],
)
def test_who_can_change_a_folder(path: str, expected: tuple[str, str] | None) -> None:
    links = {"/srv/link": "/opt", "/home/ann/to-theirs": "/srv/theirs/v", "/home/ann/to-tmp": "/tmp/bin"}
    assert others_can_change(path, machine(disk=Disk(links, owners=THEIRS, modes=MODES))) == expected


def test_a_folder_around_the_whole_home_does_not_count() -> None:
    modes = {"/tmp": 0o41777, "/tmp/ann/shared": 0o41777}
    ann = machine("/tmp/ann", disk=Disk({}, modes=modes))
    assert others_can_change("/tmp/ann/v/bin", ann) is None
    assert others_can_change("/tmp/ann/shared/v/bin", ann) == ("/tmp/ann/shared", "can be written by every user")
    assert others_can_change("/tmp/v/bin", ann) is None  # whoever replaces this could replace the home
