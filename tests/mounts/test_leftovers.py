"""Leftovers of killed processes are swept; temporary files of live processes and all other files stay."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from taoshell.actions import projects
from taoshell.mounts import mapping
from taoshell.state import files, processes
from tests.support.accounts import INIT, SELF, Account, ended_pid, mapping_of
from tests.support.needs import need
from tests.support.samples import Sample


@pytest.fixture
def account(home: Path) -> Account:
    account = Account(home)
    account.settle()
    return account


OURS = ".local/state/taoshell/projects/p/+/shared.json"


def link(account: Account, name: str, seconds_ago: float = 0, target: str = OURS) -> Path:
    path = account.home / name
    path.symlink_to(target)
    then = time.time() - seconds_ago
    os.utime(path, (then, then), follow_symlinks=False)
    return path


@pytest.mark.parametrize("name", [".tao_mounts.current.json.{}", ".tao_mounts.current.json.taoshell-{}"])
def test_a_dead_process_leaves_a_link_that_is_swept(account: Account, name: str) -> None:
    dead, alive = link(account, name.format(ended_pid()), 120), link(account, name.format(SELF), 120)
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


@pytest.mark.parametrize(
    "name", ["Cutlery12", ".tao_mounts.current.json.old", "Cu-bcdef", ".tao_mounts.current.json.12.swp"]
)
def test_other_names_stay(account: Account, name: str) -> None:
    mine = link(account, name, seconds_ago=1e6)
    account.settle()
    assert mine.is_symlink()


@pytest.mark.parametrize("target", ["photos", "/projects/p/shared.json", ".tao_mounts.json"])
def test_a_link_to_anything_else_stays(account: Account, target: str) -> None:
    """The home has links of all programs."""
    mine = link(account, "CuAb09zZ", seconds_ago=1e6, target=target)
    account.settle()
    assert mine.is_symlink()


def test_a_link_that_another_machine_may_be_renaming_stays(account: Account) -> None:
    new = link(account, f".tao_mounts.current.json.{ended_pid()}")
    account.settle()
    assert new.is_symlink()


def test_a_regular_file_stays(account: Account) -> None:
    mine = account.home / "CuAb09zZ"
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
    subprocess.run([*stopped, "ln", "-sfn", OURS, str(cur)], check=False)
    (left,) = [path for path in cur.parent.iterdir() if path.is_symlink() and path.name.startswith("Cu")]
    os.utime(left, (0, 0), follow_symlinks=False)
    account.settle()
    assert not left.is_symlink()


def test_looks_without_a_session_are_swept(account: Account) -> None:
    account.enter("p", SELF)
    sessions = account.state.sessions
    (alive,) = [name for name in os.listdir(sessions) if name.startswith(f"{SELF}-")]
    looks = Path(account.state.looks)
    dead = looks / f"{ended_pid()}-1{processes.here()}"
    for path in (looks / alive, dead, looks / "notes.txt"):
        path.write_text("look\n")
    account.settle()
    assert sorted(os.listdir(looks)) == sorted([alive, "notes.txt"])


@pytest.mark.parametrize("folder", ["stamps", "mtimes"])
def test_temporary_files_of_stamps_are_swept(account: Account, folder: str) -> None:
    left = Path(account.state.root, folder, f"1.taoshell-{ended_pid()}")
    left.touch()
    account.settle()
    assert not left.exists()


def test_prune_forgets_stamps_of_lost_generations_and_mtimes_of_other_mappings(home: Path) -> None:
    sample = Sample(home, "p")
    sample.allow()
    stamps, mtimes = Path(sample.state.stamps), Path(sample.state.mtimes)
    kept = [sorted(os.listdir(stamps)), os.listdir(mtimes)]
    assert all(kept)
    (stamps / "0123456789abcdef.toml+").touch()
    (stamps / "notes.txt").touch()
    (mtimes / "17").write_text(str(sample.root))
    (mtimes / "18").write_text("/nothing/there")
    (mtimes / "19").touch()
    projects.prune(sample.state)
    assert [sorted(os.listdir(stamps)), os.listdir(mtimes)] == [sorted([*kept[0], "notes.txt"]), kept[1]]


def test_retired_inodes_go_after_a_week_unless_they_were_written_since(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = Sample(home, "p")
    state, retired = sample.state, sample.kept / "retired"
    sample.allow()
    for source in ("/one", "/two", "/three"):
        mapping.expose(state, state.project(str(sample.root)), mapping_of(source))
    written, unwritten = sorted(retired.iterdir())[:2]
    projects.prune(state)
    assert unwritten.exists()
    os.link(unwritten, sample.kept / "a second name")
    now = time.time() + 7.1 * 24 * 3600
    monkeypatch.setattr(time, "time", lambda: now)
    projects.prune(state)
    assert unwritten.exists()
    (sample.kept / "a second name").unlink()
    written.write_text("late")
    (said,) = projects.prune(state)
    assert "backups" in said
    assert list(retired.iterdir()) == []
    assert [path.read_text() for path in Path(state.backups).iterdir()] == ["late"]
    assert (sample.kept / "shared.json").exists()
