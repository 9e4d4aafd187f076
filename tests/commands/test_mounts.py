"""`taoshell mounts`: who holds ~/.tao_mounts.json, release, take and restore."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import User
from tests.support.accounts import FOREIGN, LATER, OWN, PARENT, SELF, Account, Identity
from tests.support.samples import Sample
from tests.support.trees import snapshot


@pytest.fixture
def account(user: User) -> Account:
    return Account(user.home)


def test_in_an_empty_home(user: User, account: Account) -> None:
    found = json.loads(user.must("mounts", "--json").out)
    assert found == {
        "version": 1,
        "mounts_file": str(account.mounts_file),
        "resolves_to": None,
        "ours": False,
        "released": False,
        "holder": None,
        "sessions": [],
        "original": None,
        "backups": [],
    }
    done = user.must("mounts")
    assert done.err == ""
    first = "~/.tao_mounts.json   ! missing; the next shell that enters a project takes it over\n"
    assert done.out == f"{first}your own  none\n"
    assert not account.backups.exists()


def test_while_a_project_holds_it(user: User, account: Account) -> None:
    account.write_own()
    root = account.project("p")
    account.go(root)
    account.write_in_place()
    account.settle()
    found = json.loads(user.must("mounts", "--json").out)
    assert found["ours"] is True
    assert found["resolves_to"] == account.state.project(root).shared
    assert found["holder"] == {"project": root, "pid": SELF, "host": None}
    assert found["sessions"] == [{"project": root, "pid": SELF, "host": None}]
    assert found["original"] == str(account.original)
    (path,) = account.backups.iterdir()
    (backup,) = found["backups"]
    written = time.strftime("%Y-%m-%dT%H:%M", time.localtime(path.stat().st_mtime))
    assert backup.pop("written").startswith(written)
    size = len(FOREIGN)
    assert backup == {"name": path.name, "path": str(path), "size": size, "own": False, "content": "1 mount"}
    out = user.must("mounts").out
    assert f"~/.tao_mounts.json   ✓ has the mapping of ~/p, by shell {SELF}\n" in out
    assert "your own  ~/.tao_mounts.original.json: 1 mount\n" in out
    row = next(line for line in out.splitlines() if path.name in line)
    assert row.split() == [path.name, *written.split("T"), str(size), "1", "mount"]


def test_released_and_taken_again(user: User, account: Account) -> None:
    own = account.write_own()
    root = account.project("p")
    account.go(root)
    done = user.must("mounts", "release")
    assert (done.out, done.err) == (
        "",
        f"taoshell: {account.mounts_file} is your own; projects leave it alone now, and LAUNCHER_MOUNTS still works\n",
    )
    assert Identity.of(account.mounts_file) == own
    assert json.loads(user.must("mounts", "--json").out)["released"] is True
    assert user.must("_settle", "").err == ""
    assert Identity.of(account.mounts_file) == own
    done = user.must("mounts", "take")
    moved, now = done.err.splitlines()
    assert moved.startswith("taoshell: ~/.tao_mounts.json now follows your projects")
    assert now == f"taoshell: {account.mounts_file}: has the mapping of {root}, by shell {SELF}"
    assert account.holds(root)
    assert Identity.of(account.original) == own


@pytest.mark.parametrize("times", [1, 2])
def test_release_before_any_project(user: User, account: Account, times: int) -> None:
    own = account.write_own()
    for _time in range(times):
        user.must("mounts", "release")
    assert Identity.of(account.mounts_file) == own
    user.must("mounts", "take")
    assert Identity.of(account.mounts_file) == own


def test_release_and_take_say_what_was_so_already(user: User, account: Account) -> None:
    file = account.mounts_file
    missing = f"taoshell: {file} is missing, as you have no mapping of your own"
    until = "missing; the next shell that enters a project takes it over"
    works = "and LAUNCHER_MOUNTS still works"
    assert user.must("mounts", "take").err == f"taoshell: {file}: it was not released; {until}\n"
    assert user.must("mounts", "release").err == f"{missing}; projects leave it alone now, {works}\n"
    assert user.must("mounts", "release").err == f"{missing}; it was released before, {works}\n"
    assert user.must("mounts", "take").err == f"taoshell: {file}: {until}\n"
    account.write_own()
    assert user.must("mounts", "release").err.startswith(f"taoshell: {file} is your own; ")


def test_release_reports_a_foreign_file(user: User, account: Account) -> None:
    own = account.write_own()
    account.go(account.project("p"))
    account.replace(FOREIGN)
    done = user.must("mounts", "release")
    assert str(account.backups) in done.err
    assert account.backed_up() == [FOREIGN]
    assert Identity.of(account.mounts_file) == own


# -- who holds the file -------------------------------------------------------------------------------------


def test_each_state_of_the_file_has_its_line(user: User, account: Account) -> None:
    def says(text: str) -> bool:
        return text in user.must("mounts").out

    assert says("missing; the next shell that enters a project takes it over")
    account.write_own()
    assert says("your own; the next shell that enters a project takes it over")
    account.go(account.project("p"))
    assert says(f"✓ has the mapping of ~/p, by shell {SELF}")
    account.enter("")
    assert says("! has the mapping of a project that no shell is in any more; the next prompt gives it back")
    account.settle()
    assert says("✓ your own, because no shell is in a project")
    user.must("mounts", "release")
    assert says("your own, because you released it; to give it to projects again: taoshell mounts take")


def test_shells_are_listed_newest_first(user: User, account: Account) -> None:
    account.go(account.project("p"))
    account.enter("", PARENT)
    lines = user.must("mounts").out.splitlines()
    start = next(number for number, line in enumerate(lines) if line == "shells")
    assert [line.split() for line in lines[start + 1 : start + 3]] == [
        ["shell", str(PARENT), "-"],
        ["shell", str(SELF), "~/p"],
    ]
    assert json.loads(user.must("mounts", "--json").out)["sessions"] == [
        {"project": None, "pid": PARENT, "host": None},
        {"project": f"{user.home}/p", "pid": SELF, "host": None},
    ]


def test_foreign_bytes_do_not_reach_the_terminal(user: User, account: Account) -> None:
    account.go(account.project("p"))
    evil = user.home / "x\x1b[31m\udcff\u202e"
    account.mounts_file.unlink()
    account.mounts_file.symlink_to(evil.name)
    account.settle()
    out = user.must("mounts").out
    assert f"a link to {user.home}/x\\x1b[31m\\xff\\u202e, which does not exist" in out
    (backup,) = json.loads(user.must("mounts", "--json").out)["backups"]
    assert backup["content"] == f"a link to {evil}, which does not exist"


# -- restore -------------------------------------------------------------------------------------------------


def overwritten(account: Account) -> Path:
    """Let a project hold the file, and a notebook write into it. Returns the backup."""
    account.go(account.project("p"))
    account.write_in_place()
    account.settle()
    (backup,) = account.backups.iterdir()
    return backup


def own_backup(account: Account) -> Path:
    (path,) = account.backups.glob("*.own.json")
    return path


@pytest.mark.parametrize("by", ["name", "path", "relative path"])
def test_a_backup_becomes_the_users_own_mapping(user: User, account: Account, by: str) -> None:
    own = account.write_own()
    backup = overwritten(account)
    root = str(user.home / "p")
    name = {"name": backup.name, "path": str(backup), "relative path": str(backup.relative_to(user.home))}[by]
    done = user.must("mounts", "restore", name)
    kept = own_backup(account)
    assert (done.out, done.err) == (
        "",
        f"taoshell: {backup.name} (1 mount) is now your own mapping, used when no shell is in a project; "
        f"your previous mapping is kept in {kept}; to get it back: taoshell mounts restore {kept.name}\n",
    )
    assert account.holds(root)
    account.go("")
    assert account.in_force() == FOREIGN
    assert Identity.of(kept) == own
    assert backup.read_bytes() == FOREIGN
    assert not os.path.samefile(backup, account.original), "the program that wrote it may still have it open"
    user.must("mounts", "restore", kept.name)
    assert account.in_force() == OWN
    assert Identity.of(kept) == own


def test_a_second_restore_changes_nothing(user: User, account: Account) -> None:
    account.write_own()
    backup = overwritten(account)
    user.must("mounts", "restore", backup.name)
    before = snapshot(user.home)
    done = user.must("mounts", "restore", backup.name)
    assert done.err == f"taoshell: {backup.name} (1 mount) is already your own mapping\n"
    assert snapshot(user.home) == before


def test_restore_without_a_mapping_before(user: User, account: Account) -> None:
    backup = overwritten(account)
    done = user.must("mounts", "restore", backup.name)
    assert done.err == (
        f"taoshell: {backup.name} (1 mount) is now your own mapping, used when no shell is in a project\n"
    )
    account.go("")
    assert account.in_force() == FOREIGN


def test_restore_during_a_release_changes_the_mounts_file_itself(user: User, account: Account) -> None:
    own = account.write_own()
    backup = overwritten(account)
    user.must("mounts", "release")
    done = user.must("mounts", "restore", backup.name)
    assert done.err.startswith(f"taoshell: {backup.name} (1 mount) is now your own mapping; your previous mapping")
    assert not account.mounts_file.is_symlink()
    assert account.in_force() == FOREIGN
    assert Identity.of(own_backup(account)) == own
    user.must("mounts", "take")
    account.go("")
    assert account.in_force() == FOREIGN


def test_restore_before_any_project(user: User, account: Account) -> None:
    own = account.write_own()
    other = user.home / "from a colleague.json"
    other.write_bytes(LATER)
    user.must("mounts", "restore", other)
    assert account.in_force() == LATER
    assert Identity.of(own_backup(account)) == own
    assert other.read_bytes() == LATER


def test_a_file_that_just_replaced_our_link_becomes_a_backup(user: User, account: Account) -> None:
    own = account.write_own()
    backup = overwritten(account)
    account.replace(LATER)
    done = user.must("mounts", "restore", backup.name)
    assert "another program wrote the mounts file" in done.err
    assert account.backed_up() == sorted([FOREIGN, LATER, OWN])
    assert Identity.of(own_backup(account)) == own
    assert account.holds(str(user.home / "p"))


def test_a_symlink_into_a_dotfiles_repository_comes_back(user: User, account: Account) -> None:
    dotfile = user.home / "dotfiles/tao.json"
    dotfile.parent.mkdir()
    dotfile.write_bytes(OWN)
    account.mounts_file.symlink_to("dotfiles/tao.json")
    backup = overwritten(account)
    user.must("mounts", "restore", backup.name)
    kept = own_backup(account)
    assert kept.read_bytes() == OWN, "a relative symlink would dangle in the backups"
    assert f"a link to {dotfile}: 1 mount" in user.must("mounts").out
    user.must("mounts", "restore", kept.name)
    assert os.readlink(account.original) == str(dotfile)
    account.go("")
    assert account.in_force() == OWN
    assert dotfile.read_bytes() == OWN


def test_restore_follows_a_symlink(user: User, account: Account) -> None:
    account.write_own()
    overwritten(account)
    user.must("mounts", "restore", account.mounts_file)
    mapping = account.in_force()
    assert not account.original.is_symlink(), "a symlink to our own symlink would be a loop"
    account.go("")
    assert account.in_force() == mapping


def a_folder(path: Path) -> None:
    path.mkdir()


def a_fifo(path: Path) -> None:
    os.mkfifo(path)


def a_dead_link(path: Path) -> None:
    path.symlink_to("nowhere")


@pytest.mark.parametrize("make", [a_folder, a_fifo, a_dead_link, lambda _: None])
def test_restore_refuses_what_is_not_a_file(user: User, account: Account, make: Callable[[Path], None]) -> None:
    account.write_own()
    overwritten(account)
    make(user.home / "x")
    before = snapshot(account.home / ".local", account.mounts_file, account.original)
    done = user.types("mounts", "restore", user.home / "x")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"taoshell: {user.home}/x: ")
    assert done.err.count("\n") == 1
    assert "taoshell mounts" in done.err
    assert snapshot(account.home / ".local", account.mounts_file, account.original) == before


def test_restore_refuses_if_the_mounts_file_is_a_folder(user: User, account: Account) -> None:
    backup = user.home / "x.json"
    backup.write_bytes(OWN)
    account.mounts_file.mkdir()
    done = user.types("mounts", "restore", backup)
    assert done.status == 1
    assert "the mounts file is a folder" in done.err
    assert "a folder, so it cannot follow your projects; move it away" in user.must("mounts").out
    assert list(user.home.glob(".tao*")) == [account.mounts_file]


def test_completion_of_backup_names(user: User, account: Account) -> None:
    backup = overwritten(account)
    for typed, offered in (("", backup.name), ("20", backup.name), ("/etc/ho", "/etc/ho")):
        done = user.types(
            COMP_WORDS=f"taoshell mounts restore {typed}", COMP_CWORD="3", _TAOSHELL_COMPLETE="bash_complete"
        )
        assert offered in done.out


# -- calls by the hook ---------------------------------------------------------------------------------------


def test_settle_called_by_the_hook(user: User, account: Account) -> None:
    account.write_own()
    account.enter(account.project("p"))
    done = user.must("_settle", "")
    assert done.out == ""
    assert done.err.startswith("taoshell: ~/.tao_mounts.json now follows your projects")
    assert done.err.count("\n") == 1
    account.mounts_file.unlink()
    account.mounts_file.mkdir()
    refused = user.types("_settle", "")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith(f"taoshell: {account.mounts_file}: the mounts file is a folder")
    assert "; move it away" in refused.err


def test_sync_called_by_the_hook(user: User, sample: Sample) -> None:
    sample.allow()
    os.utime(sample.env)
    done = user.must("_sync", str(sample.root))
    assert (done.out, done.err) == ("", "")
    assert sample.is_fresh
    sample.env.write_text("A=1\n")
    user.must("_sync", str(sample.root))
    assert sample.is_blocked
