"""`taoshell mounts`: who holds ~/.tao_mounts.json, and giving it back."""

from __future__ import annotations

import json
import os

import pytest

from tests.accounts import FOREIGN, SELF, Account, Identity
from tests.commands.conftest import User
from tests.samples import Sample


@pytest.fixture
def account(user: User) -> Account:
    return Account(user.home)


def test_before_anything_happened(user: User, account: Account) -> None:
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
    assert str(account.mounts_file) in done.out
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
    assert found["holder"] == {"project": root, "pid": SELF}
    assert found["sessions"] == [{"pid": SELF, "project": root}]
    assert found["original"] == str(account.original)
    assert found["backups"] == [str(path) for path in account.backups.iterdir()]
    out = user.must("mounts").out
    for text in (root, str(SELF), str(account.original), found["backups"][0]):
        assert text in out


def test_released_and_taken_again(user: User, account: Account) -> None:
    own = account.write_own()
    root = account.project("p")
    account.go(root)
    done = user.must("mounts", "release")
    assert (done.out, done.err) == (
        "",
        f"taoshell: {account.mounts_file} is your own again; LAUNCHER_MOUNTS goes on working\n",
    )
    assert Identity.of(account.mounts_file) == own
    assert json.loads(user.must("mounts", "--json").out)["released"] is True
    assert user.must("_settle", "").err == ""
    assert Identity.of(account.mounts_file) == own
    user.must("mounts", "take")
    assert account.holds(root)
    assert Identity.of(account.original) == own


@pytest.mark.parametrize("times", [1, 2])
def test_released_where_nothing_was_taken(user: User, account: Account, times: int) -> None:
    own = account.write_own()
    for _time in range(times):
        user.must("mounts", "release")
    assert Identity.of(account.mounts_file) == own
    user.must("mounts", "take")
    assert Identity.of(account.mounts_file) == own


def test_a_foreign_file_is_told_of_on_release(user: User, account: Account) -> None:
    own = account.write_own()
    account.go(account.project("p"))
    account.replace(FOREIGN)
    done = user.must("mounts", "release")
    assert str(account.backups) in done.err
    assert account.backed_up() == [FOREIGN]
    assert Identity.of(account.mounts_file) == own


def test_what_the_hook_calls_tells_what_it_did(user: User, account: Account) -> None:
    account.write_own()
    account.enter(account.project("p"))
    done = user.must("_settle", "")
    assert done.out == ""
    assert done.err.startswith("taoshell: ~/.tao_mounts.json follows your projects")
    assert done.err.count("\n") == 1
    account.mounts_file.unlink()
    account.mounts_file.mkdir()
    refused = user.types("_settle", "")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith(f"taoshell: {account.mounts_file}: the mounts file is a folder")
    assert "; move it away" in refused.err


def test_the_hooks_other_call(user: User, sample: Sample) -> None:
    sample.allow()
    os.utime(sample.env)
    done = user.must("_sync", str(sample.root))
    assert (done.out, done.err) == ("", "")
    assert sample.is_fresh
    sample.env.write_text("A=1\n")
    user.must("_sync", str(sample.root))
    assert sample.is_blocked
