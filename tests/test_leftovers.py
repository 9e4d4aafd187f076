"""Links of killed processes are swept from the state folder; those of live ones, and all else, stay."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.accounts import SELF, Account, ended_pid
from tests.needs import need


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
def test_a_dead_process_will_not_rename_its_link(account: Account, name: str) -> None:
    dead, alive = link(account, name.format(ended_pid())), link(account, name.format(SELF))
    account.settle()
    assert not dead.is_symlink()
    assert alive.is_symlink()


def test_a_killed_ln_leaves_a_link_that_is_swept_later(account: Account) -> None:
    old, new = link(account, "CuAb09zZ", seconds_ago=120), link(account, "CuXyZ123")
    account.settle()
    assert not old.is_symlink()
    assert new.is_symlink()


@pytest.mark.parametrize("name", ["Cutlery12", "cur.old", "Cu-bcdef", "cur.12.swp"])
def test_other_names_stay(account: Account, name: str) -> None:
    mine = link(account, name, seconds_ago=1e6)
    account.settle()
    assert mine.is_symlink()


def test_a_file_is_no_link(account: Account) -> None:
    mine = Path(account.state.root) / "CuAb09zZ"
    mine.write_text("x")
    os.utime(mine, (0, 0))
    account.settle()
    assert mine.exists()


def test_the_name_is_the_one_that_ln_really_uses(tmp_path: Path) -> None:
    """Killed between its two steps, GNU ln leaves this."""
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
