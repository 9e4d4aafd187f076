"""Leftovers of killed processes are swept; temporary files of live processes and all other files stay."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from taoshell.state import files
from tests.support.accounts import INIT, SELF, Account, ended_pid
from tests.support.needs import need


@pytest.fixture
def account(home: Path) -> Account:
    account = Account(home)
    account.settle()
    return account


def link(account: Account, name: str, seconds_ago: float = 0) -> Path:
    path = Path(account.state.root) / name
    path.symlink_to("projects/p/+/shared.json")
    then = time.time() - seconds_ago
    os.utime(path, (then, then), follow_symlinks=False)
    return path


@pytest.mark.parametrize("name", ["cur.{}", "cur.taoshell-{}"])
def test_a_dead_process_leaves_a_link_that_is_swept(account: Account, name: str) -> None:
    dead, alive = link(account, name.format(ended_pid())), link(account, name.format(SELF))
    account.settle()
    assert not dead.is_symlink()
    assert alive.is_symlink()


def test_the_temporary_file_of_an_approval_is_swept(account: Account) -> None:
    dead, alive = (Path(account.state.allowed, f"0123.taoshell-{pid}") for pid in (ended_pid(), SELF))
    for path in (dead, alive):
        path.write_text("/p\n")
    account.settle()
    assert not dead.exists()
    assert alive.exists()


def test_the_next_write_removes_a_temporary_file_with_secrets(home: Path) -> None:
    env = home / ".env"
    names = [f".env.taoshell-{ended_pid()}", f".env.taoshell-{INIT}", ".env.taoshell-x", ".env.taoshell-1.swp", ".env2"]
    for name in names:
        (home / name).write_text("KEY=secret\n")
    files.replace_user_file(str(env), b"KEY=secret\n", new_mode=0o600)
    assert sorted(path.name for path in home.iterdir()) == sorted([".env", *names[1:]])


def test_another_users_file_stays(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = home / f".env.taoshell-{ended_pid()}"
    theirs.write_text("")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    files.replace_file(str(home / ".env"), b"")
    assert theirs.exists()


def test_a_killed_ln_leaves_a_link_that_is_swept_after_a_minute(account: Account) -> None:
    old, new = link(account, "CuAb09zZ", seconds_ago=120), link(account, "CuXyZ123")
    account.settle()
    assert not old.is_symlink()
    assert new.is_symlink()


@pytest.mark.parametrize("name", ["Cutlery12", "cur.old", "Cu-bcdef", "cur.12.swp"])
def test_other_names_stay(account: Account, name: str) -> None:
    mine = link(account, name, seconds_ago=1e6)
    account.settle()
    assert mine.is_symlink()


def test_a_regular_file_stays(account: Account) -> None:
    mine = Path(account.state.root) / "CuAb09zZ"
    mine.write_text("x")
    os.utime(mine, (0, 0))
    account.settle()
    assert mine.exists()


def test_ln_really_uses_that_name(tmp_path: Path) -> None:
    """GNU ln leaves such a link if it is killed between its two steps."""
    account = Account(tmp_path)
    account.settle()
    cur = Path(account.state.cur)
    cur.unlink(missing_ok=True)
    cur.symlink_to("old")
    strace = need(shutil.which("strace"), "strace")
    stopped = [strace, "-qq", "-o", "/dev/null", "-e", "inject=renameat,renameat2,rename:error=EIO:signal=KILL"]
    subprocess.run([*stopped, "ln", "-sfn", "new", str(cur)], check=False)
    (left,) = [path for path in cur.parent.iterdir() if path.is_symlink() and path != cur]
    os.utime(left, (0, 0), follow_symlinks=False)
    account.settle()
    assert not left.is_symlink()
