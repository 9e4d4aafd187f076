"""Homes that cannot be written or belong to another user, and state folders elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.homes.conftest import UID, Other
from tests.support.accounts import Account, Identity
from tests.support.samples import ENV, TOML
from tests.support.trees import snapshot


def project(other: Other, where: Path) -> Path:
    """Create a project that belongs to the user."""

    def make() -> None:
        (where / "specs").mkdir(parents=True)
        (where / "taoshell.toml").write_text(TOML)
        (where / ".env").write_text(ENV)
        (where / ".env").chmod(0o600)

    other.does(make)
    return where


def refused(other: Other, *words: str | Path, uid: int = UID) -> str:
    """Run a command that must fail with one line and a cure and change nothing; return the line."""
    before = snapshot(other.folder)
    done = other.types(*words, uid=uid)
    assert (done.status, done.out) == (1, ""), done.err
    line = "".join(line for line in done.err.splitlines(keepends=True) if not line.startswith("taoshell: ! "))
    assert line.startswith("taoshell: ")
    assert line.count("\n") == 1
    assert "; " in line
    assert snapshot(other.folder) == before
    return line


# -- a home that cannot be written ---------------------------------------------------------------------------


@pytest.fixture
def read_only(other: Other) -> Other:
    other.home.chmod(0o500)
    return other


@pytest.mark.parametrize("command", ["allow --yes", "init --yes"])
def test_a_home_that_cannot_be_written(read_only: Other, command: str) -> None:
    root = project(read_only, read_only.folder / "p")
    line = refused(read_only, *command.split(), root)
    assert f"{read_only.home}/.local/state/taoshell: the state folder cannot be written: Permission denied" in line
    assert "set XDG_STATE_HOME" in line


def test_the_cure_works_and_the_mounts_file_is_not_changed(read_only: Other) -> None:
    root = project(read_only, read_only.folder / "p")
    read_only.environ["XDG_STATE_HOME"] = str(read_only.folder / "state")
    read_only.must("allow", "--yes", root)
    assert '"LAUNCHER_MOUNTS"' in read_only.must("export", "json", root).out
    account = Account(read_only.home, read_only.folder / "state/taoshell")
    read_only.does(lambda: account.enter(str(root)))
    read_only.types("_settle", "")  # creates its files in the state folder
    assert f"{read_only.home}/.tao_mounts.json: Permission denied; make it" in refused(read_only, "_settle", "")
    read_only.home.chmod(0o700)
    read_only.must("_settle", "")
    assert os.readlink(account.mounts_file) == account.cur.name


def test_status_and_hook_need_no_state(read_only: Other) -> None:
    root = project(read_only, read_only.folder / "p")
    before = snapshot(read_only.folder)
    assert "not approved" in read_only.must("status", root).out
    assert read_only.must("hook", "bash").err == ""
    assert snapshot(read_only.folder) == before


# -- a state folder of another user -------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o777])
@pytest.mark.parametrize("command", ["allow", "init --yes", "deny", "export bash", "_settle", "mounts release"])
def test_a_state_folder_of_another_user(other: Other, mode: int, command: str) -> None:
    root = project(other, other.home / "p")
    state = other.home / ".local/state/taoshell"
    other.does(lambda: state.parent.mkdir(parents=True))
    state.mkdir()
    state.chmod(mode)
    words: list[str | Path] = [*command.split()]
    words.append("" if command == "_settle" else root) if command != "mounts release" else None
    line = refused(other, *words)
    assert f"{state}: the state folder belongs to uid 0, not to you; if this is your home, move it away; " in line


def test_an_approval_in_another_users_state_folder_does_not_count(other: Other) -> None:
    """Another user wrote those approvals."""
    root = project(other, other.home / "p")
    other.must("allow", "--yes", root)
    state = other.home / ".local/state/taoshell"
    for path in [state, *state.rglob("*")]:
        os.chown(path, 0, 0, follow_symlinks=False)
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert "belongs to uid 0" in refused(other, "export", "bash", root)


@pytest.mark.parametrize("words", [["allow", "--yes"], ["init", "--yes"], ["export", "bash"], ["deny"]])
def test_root_with_a_users_home_writes_nothing_there(other: Other, words: list[str]) -> None:
    """`sudo -s` with HOME kept."""
    root = project(other, other.home / "p")
    other.must("allow", "--yes", root)
    assert (
        f"belongs to uid {UID}, not to you; if this is your home, move it away; if not, use your own HOME (sudo -H"
        in refused(other, *words, root, uid=0)
    )


@pytest.mark.parametrize("words", [["allow", "--yes"], ["init", "--yes"]])
def test_root_with_a_users_home_creates_no_state_folder_there(other: Other, words: list[str]) -> None:
    root = project(other, other.home / "p")
    other.environ["SUDO_UID"] = str(UID)
    assert f"{other.home}: this is the home of uid {UID}, and you are root; use" in refused(other, *words, root, uid=0)


def test_roots_hook_with_a_users_home_writes_nothing_there(other: Other) -> None:
    other.must("allow", "--yes", project(other, other.home / "p"))
    before = snapshot(other.folder)
    done = other.types("hook", "bash", uid=0)
    assert (done.status, done.err) == (0, "")
    assert snapshot(other.folder) == before


# -- a project that the user cannot fully use ----------------------------------------------------------------


def test_a_project_folder_that_cannot_be_written(other: Other) -> None:
    root = project(other, other.home / "p")
    other.must("allow", "--yes", root)
    (root / ".env").unlink()
    root.chmod(0o500)
    done = other.types("allow", "--yes", root)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"taoshell: {root}/.env: Permission denied; make it, and the folder it is in, writable")
    assert list(root.glob(".env*")) == []


def test_an_own_env_that_cannot_be_read_is_an_error(other: Other) -> None:
    root = project(other, other.home / "p")
    (root / ".env").chmod(0o000)
    done = other.types("allow", root)
    assert (done.status, done.out) == (1, "")
    assert done.err.splitlines()[0] == f"taoshell: {root}/.env: you may not read this file; run: chmod u+r {root}/.env"
    done = other.types("status", root)
    assert (done.status, done.err) == (1, "")
    assert "you may not read this file  ✗ not approved\n" in done.out
    assert f"  next: chmod u+r {root}/.env\n" in done.out


def test_a_read_only_env_gets_the_block_and_stays_read_only(other: Other) -> None:
    root = project(other, other.home / "p")
    (root / ".env").chmod(0o444)
    other.must("allow", "--yes", root)
    assert (root / ".env").read_text().startswith(f"{ENV}# >>> taoshell")
    assert (root / ".env").stat().st_mode & 0o777 == 0o400


def test_a_project_that_cannot_be_searched(other: Other) -> None:
    root = project(other, other.home / "p")
    root.chmod(0o000)
    done = other.types("allow", "--yes", root)
    assert (done.status, done.out) == (1, "")
    assert done.err.count("\n") == 1
    root.chmod(0o700)


# -- a state on another file system ---------------------------------------------------------------------------


def test_a_state_on_another_file_system(other: Other, tmp_path: Path) -> None:
    if not os.access("/dev/shm", os.W_OK) or os.stat("/dev/shm").st_dev == os.stat(other.home).st_dev:
        pytest.skip("no second file system to write to")
    folder = Path("/dev/shm", other.folder.name)
    other.does(lambda: folder.mkdir(mode=0o700))
    try:
        account = Account(other.home, folder)
        own: list[Identity] = []
        other.does(lambda: account.write_own())
        own.append(Identity.of(account.mounts_file))
        root = str(other.home / "p")
        other.does(lambda: (account.project("p"), account.go(root)))
        assert account.holds(root)
        other.does(account.replace)
        other.settles(account)
        assert account.holds(root)
        (kept,) = other.home.glob(".tao_mounts.json.taoshell.*.json")
        assert b"/theirs" in kept.read_bytes()
        other.does(lambda: account.go(""))
        assert account.in_force() == own[0].content
        assert Identity.of(account.original) == own[0]
    finally:
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        folder.rmdir()


def test_a_state_folder_of_another_user_is_moved_away_and_made_anew(other: Other) -> None:
    root = project(other, other.home / "p")
    other.must("allow", "--yes", root)
    state = other.home / ".local/state/taoshell"
    os.chown(state, 0, 0)
    assert "if this is your home, move it away; if not, " in other.types("allow", "--yes", root).err
    other.does(lambda: state.rename(state.with_name("theirs")))
    other.must("allow", "--yes", root)
    assert state.stat().st_uid == UID
