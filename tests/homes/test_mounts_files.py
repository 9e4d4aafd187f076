"""Every kind of ~/.tao_mounts.json before the first project: it comes back exactly as it was, or is left alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from taoshell.mounts.release import release
from tests.homes.conftest import Other
from tests.support.accounts import FOREIGN, OWN, Account
from tests.support.trees import Entry, snapshot


@pytest.fixture
def account(other: Other) -> Account:
    account = Account(other.home)
    other.does(lambda: account.project("p"))
    return account


def ordinary(path: Path) -> None:
    path.write_bytes(OWN)


def read_only(path: Path) -> None:
    path.write_bytes(OWN)
    path.chmod(0o400)


def no_permissions(path: Path) -> None:
    path.write_bytes(OWN)
    path.chmod(0o000)


def link(path: Path) -> None:
    dotfiles = path.parent / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "tao.json").write_bytes(OWN)
    path.symlink_to("dotfiles/tao.json")


def dead_link(path: Path) -> None:
    path.symlink_to("nowhere")


def not_json(path: Path) -> None:
    path.write_bytes(b"{ not: JSON,\xff")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def absent(path: Path) -> None:
    pass


ALL = [ordinary, read_only, no_permissions, link, dead_link, not_json, empty, absent]


def entry(path: Path) -> tuple[int, Entry] | None:
    """Return the inode and everything else about the file `path`; None if there is none."""
    return (path.lstat().st_ino, snapshot(path)[str(path)]) if os.path.lexists(path) else None


def round_trip(other: Other, account: Account) -> None:
    """Enter a project and leave it, twice, and release the mounts file in the end."""
    root = str(other.home / "p")
    for _time in range(2):
        other.does(lambda: account.go(root))
        assert account.holds(root)
        other.does(lambda: account.go(""))
        assert os.readlink(account.mounts_file) == account.cur.name
    other.does(lambda: release(account.state))


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_it_comes_back_exactly_as_it_was(other: Other, account: Account, make: Callable[[Path], None]) -> None:
    other.does(lambda: make(account.mounts_file))
    before = entry(account.mounts_file)
    round_trip(other, account)
    assert entry(account.mounts_file) == before
    assert not os.path.lexists(account.original)
    assert account.backed_up() == []


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_file_of_root_comes_back_too(other: Other, account: Account, mode: int) -> None:
    account.mounts_file.write_bytes(OWN)
    account.mounts_file.chmod(mode)
    before = entry(account.mounts_file)
    round_trip(other, account)
    assert entry(account.mounts_file) == before
    assert account.mounts_file.stat().st_uid == 0


def refused(other: Other, account: Account) -> str:
    """Settle twice: both times it must fail with the same line and change nothing. Return the line."""
    other.does(lambda: account.enter(str(other.home / "p")))
    other.types("_settle", "")  # creates its files in the state folder
    before = snapshot(other.home)
    before.pop(account.state.cur, None)  # our link to the user's own mapping, possibly broken
    lines = set()
    for _time in range(2):
        done = other.types("_settle", "")
        assert (done.status, done.out) == (1, "")
        assert done.err.count("\n") == 1
        assert "; " in done.err
        after = snapshot(other.home)
        after.pop(account.state.cur, None)
        assert after == before
        lines.add(done.err)
    (line,) = lines
    return line


@pytest.mark.parametrize(
    "kind", ["a folder", "a folder with something in it", "a link to a folder", "a link to itself", "a FIFO"]
)
def test_what_is_not_a_file_is_left_alone_and_reported(other: Other, account: Account, kind: str) -> None:
    def make() -> None:
        if kind == "a FIFO":
            os.mkfifo(account.mounts_file)
        elif kind == "a link to a folder":
            (other.home / "x").mkdir()
            account.mounts_file.symlink_to("x")
        elif kind == "a link to itself":  # as the user's own mapping it would lead to whatever is in force
            account.mounts_file.symlink_to(account.mounts_file.name)
        else:
            account.mounts_file.mkdir()
            if kind != "a folder":
                (account.mounts_file / "x").write_text("")

    other.does(make)
    assert f"taoshell: {account.mounts_file}: the mounts file is " in refused(other, account)


def test_a_file_of_root_in_a_home_with_the_sticky_bit_cannot_be_moved(other: Other, account: Account) -> None:
    account.mounts_file.write_bytes(OWN)
    os.chown(other.home, 0, 0)
    other.home.chmod(stat.S_ISVTX | 0o777)
    line = refused(other, account)
    assert f"taoshell: {account.mounts_file}" in line
    assert account.mounts_file.read_bytes() == OWN


def test_a_home_that_becomes_read_only_while_a_project_holds_the_mounts_file(other: Other, account: Account) -> None:
    """Our link is in the home, so nothing changes there until the home can be written again."""
    root = str(other.home / "p")
    other.does(lambda: account.write_own())
    other.does(lambda: account.go(root))
    other.home.chmod(0o500)
    other.does(lambda: account.enter(""))
    for _time in range(2):
        done = other.types("_settle", "")
        assert done.status == 1
        assert done.err.startswith(f"taoshell: {account.mounts_file}: Permission denied; make it, and the folder it is")
    assert account.holds(root)
    other.home.chmod(0o700)
    other.settles(account)
    assert account.in_force() == OWN
    other.does(lambda: account.go(root))
    assert account.holds(root)


def test_a_foreign_file_of_root_goes_to_the_backups(other: Other, account: Account) -> None:
    root = str(other.home / "p")
    other.does(lambda: account.go(root))
    account.replace(FOREIGN)
    foreign = entry(account.mounts_file)
    other.settles(account)
    assert account.holds(root)
    (backup,) = account.backups.iterdir()
    assert entry(backup) == foreign
