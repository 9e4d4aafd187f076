"""Links and copies of taoshell's own files are never the user's own mapping; everything else is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from taoshell.mounts.link import is_astray, is_ours, recover, take_over
from taoshell.mounts.mapping import tombstone
from taoshell.mounts.release import release
from taoshell.mounts.restore import restore
from tests.support.accounts import FOREIGN, OWN, Account, Identity, mapping_of

LINKS = [
    "/old/home/.local/state/taoshell/cur",
    ".local/state/taoshell/cur",
    "/xdg/taoshell/projects/home/me/a+b/c/+/shared.json",
    "/xdg/taoshell/projects/p/+/mounts.json",
    "/old/home/.tao_mounts.current.json",
    "./.tao_mounts.current.json",
    ".tao_mounts.original.json",
]
OTHERS = ["nowhere", "/old/state/taoshell/cur/x", "taoshell/cur.json", "projects/p/shared.json", "dotfiles/tao.json"]


@pytest.fixture
def account(home: Path) -> Account:
    return Account(home)


def used(account: Account) -> str:
    """The user has a mapping, and has been in a project; return its root."""
    account.write_own()
    root = account.project()
    account.go(root)
    account.go("")
    return root


def instead(account: Account, target: str) -> None:
    account.mounts_file.unlink()
    account.mounts_file.symlink_to(target)


@pytest.mark.parametrize("target", LINKS)
def test_a_link_of_ours_is_replaced_and_reported(account: Account, target: str) -> None:
    root = used(account)
    own = Identity.of(account.original)
    instead(account, target)
    (line,) = account.settle()
    assert line == f"~/.tao_mounts.json follows your projects again; it was a symlink to {target}"
    assert is_ours(account.state)
    assert Identity.of(account.original) == own
    assert account.in_force() == OWN
    assert account.backed_up() == []
    account.go(root)
    assert account.holds(root)


@pytest.mark.parametrize("target", LINKS)
def test_a_link_of_ours_never_becomes_the_users_own(account: Account, target: str) -> None:
    """There is no mapping of the user, and the first shell enters a project."""
    account.mounts_file.symlink_to(target)
    root = account.project()
    account.go(root)
    assert account.holds(root)
    account.go("")
    assert not os.path.lexists(account.original)
    assert account.in_force() is None


@pytest.mark.parametrize("target", OTHERS)
def test_any_other_link_is_the_users_own(account: Account, target: str) -> None:
    account.mounts_file.symlink_to(target)
    assert not is_astray(account.state)
    take_over(account.state)
    assert os.readlink(account.original) == target


def test_a_broken_link_beside_the_users_own_is_kept_as_a_backup(account: Account) -> None:
    used(account)
    instead(account, "/unmounted/tao.json")
    (line,) = account.settle()
    assert account.in_force() == OWN
    (backup,) = account.backups.iterdir()
    assert os.readlink(backup) == "/unmounted/tao.json"
    assert str(backup) in line


def test_a_link_that_leads_to_our_link_through_a_repository(account: Account) -> None:
    used(account)
    repository = account.home / "dotfiles"
    repository.mkdir()
    account.mounts_file.rename(repository / "tao.json")
    account.mounts_file.symlink_to("dotfiles/tao.json")
    account.settle()
    assert is_ours(account.state)
    assert account.in_force() == OWN
    assert os.readlink(repository / "tao.json") == ".tao_mounts.current.json"


# -- copies ------------------------------------------------------------------------------------------


def followed(account: Account) -> None:
    """Make files of our links, as `cp -rL` does."""
    for path in (account.mounts_file, account.cur):
        text = path.read_bytes()
        path.unlink()
        path.write_bytes(text)


@pytest.mark.parametrize("inside", [True, False])
def test_copies_of_our_links_are_replaced(account: Account, inside: bool) -> None:
    root = used(account)
    own = Identity.of(account.original)
    if inside:
        account.go(root)
    followed(account)
    account.enter("")
    (line,) = account.settle()
    assert "what was in its place is kept in" in line
    assert account.in_force() == OWN
    assert Identity.of(account.original) == own
    assert is_ours(account.state)
    assert os.readlink(account.cur) == account.original.name
    assert account.backed_up() == [mapping_of(root).encode() if inside else OWN]


def test_a_copy_of_a_projects_mapping_without_a_mapping_of_the_user(account: Account) -> None:
    root = account.project()
    account.go(root)
    followed(account)
    account.enter("")
    account.settle()
    assert account.in_force() is None
    assert not os.path.lexists(account.original)


def test_a_copy_of_a_tombstone_is_never_the_users_own(account: Account) -> None:
    account.mounts_file.write_text(tombstone("/p"))
    account.go(account.project())
    account.go("")
    assert account.in_force() is None


def test_the_users_own_mapping_may_have_the_text_of_a_project(account: Account) -> None:
    """The project adopted it."""
    root = account.project()
    own = account.write_own(mapping_of(root).encode())
    account.go(root)
    account.go("")
    assert Identity.of(account.original) == own
    assert account.in_force() == own.content


def test_what_was_written_into_a_copy_of_our_second_link_is_kept(account: Account) -> None:
    used(account)
    account.cur.unlink()
    account.cur.write_bytes(FOREIGN)
    account.settle()
    assert account.in_force() == OWN
    assert account.backed_up() == [FOREIGN]


# -- commands -------------------------------------------------------------------------------------------


def test_a_release_gives_the_users_own_back_even_if_our_link_led_astray(account: Account) -> None:
    used(account)
    own = Identity.of(account.original)
    instead(account, "/old/home/.local/state/taoshell/cur")
    release(account.state)
    assert Identity.of(account.mounts_file) == own
    assert [path.name for path in account.home.glob(".tao*")] == [".tao_mounts.json"]


def test_a_restored_backup_becomes_the_users_own_even_if_our_link_led_astray(account: Account) -> None:
    used(account)
    instead(account, "/old/home/.local/state/taoshell/cur")
    (account.home / "new.json").write_bytes(FOREIGN)
    restore(account.state, str(account.home / "new.json"))
    assert is_ours(account.state)
    assert account.original.read_bytes() == FOREIGN


def test_an_original_that_leads_to_us_is_none(account: Account) -> None:
    """Such a link was left by a state folder of another version."""
    root = account.project()
    account.original.symlink_to("/old/home/.local/state/taoshell/cur")
    account.write_own()
    account.go(root)
    assert account.original.read_bytes() == OWN
    assert account.backed_up() == []


def test_a_home_that_was_moved_needs_no_repair(account: Account, tmp_path: Path) -> None:
    used(account)
    shutil.copytree(account.home, tmp_path / "new", symlinks=True)
    moved = Account(tmp_path / "new")
    assert is_ours(moved.state)
    assert recover(moved.state) == []
    assert moved.in_force() == OWN
