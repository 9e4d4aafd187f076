"""A project in a folder of another user: a user who cannot write its `.env` gets a private one."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.homes.conftest import UID, Other
from tests.support.samples import TOML


@pytest.fixture
def shared(other: Other) -> Path:
    """A project of root that everybody may read; only root may read its `.env`."""
    root = other.folder / "shared"
    (root / "specs").mkdir(parents=True)
    (root / "taoshell.toml").write_text(TOML)
    (root / ".env").write_text("KEY=of_root\nNUM_GPUS=8\n")
    (root / ".env").chmod(0o600)
    root.chmod(0o755)
    return root


def private(other: Other, root: Path) -> Path:
    return Path(f"{other.home}/.config/taoshell/env{root}/+/.env")


def test_the_second_user_has_a_private_env(other: Other, shared: Path) -> None:
    before = {path: path.read_bytes() for path in shared.rglob("*") if path.is_file()}
    other.must("allow", "--yes", shared)
    own = private(other, shared)
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    values = json.loads(other.must("export", "json", shared).out)
    assert values["LOCAL_PROJECT_DIR"] == str(shared)
    assert "KEY" not in values
    assert {path: path.read_bytes() for path in shared.rglob("*") if path.is_file()} == before


def test_the_private_env_holds_the_users_own_lines(other: Other, shared: Path) -> None:
    other.must("allow", "--yes", shared)
    other.must("set", "NUM_GPUS=2", shared)
    other.does(lambda: (other.home / "kitti").mkdir())
    other.must("set", f"LOCAL_DATA_DIR={other.home}/kitti", shared)
    values = json.loads(other.must("export", "json", shared).out)
    assert (values["NUM_GPUS"], values["LOCAL_DATA_DIR"]) == ("2", f"{other.home}/kitti")
    mapping = json.loads(Path(values["LAUNCHER_MOUNTS"]).read_text())
    assert {"source": f"{other.home}/kitti", "destination": "/workspace/tao-experiments/data"} in mapping["Mounts"]
    assert (shared / ".env").read_text() == "KEY=of_root\nNUM_GPUS=8\n"


def test_without_any_env_in_the_shared_folder(other: Other, shared: Path) -> None:
    (shared / ".env").unlink()
    other.must("allow", "--yes", shared)
    assert private(other, shared).exists()
    assert not (shared / ".env").exists()


@pytest.mark.parametrize("mode", [0o640, 0o660])
def test_a_groups_env_stays_the_owners(other: Other, shared: Path, mode: int) -> None:
    for path in (shared, shared / ".env"):
        os.chown(path, 0, UID)
    shared.chmod(0o2775)
    (shared / ".env").chmod(mode)
    before = (shared / ".env").stat()
    other.must("allow", "--yes", shared)
    other.must("set", "NUM_GPUS=2", shared)
    other.must("unset", "NUM_GPUS", shared)
    after = (shared / ".env").stat()
    assert (after.st_ino, after.st_mode, after.st_mtime_ns) == (before.st_ino, before.st_mode, before.st_mtime_ns)
    assert "KEY" not in private(other, shared).read_text()
    assert not (shared / ".gitignore").exists()


def test_a_setting_for_everybody_keeps_the_groups_access(other: Other, shared: Path) -> None:
    for path in (shared, shared / "taoshell.toml"):
        os.chown(path, 0, UID)
    shared.chmod(0o2775)
    (shared / "taoshell.toml").chmod(0o664)
    other.must("allow", "--yes", shared)
    other.must("set", "env.FOO=bar", shared)
    found = (shared / "taoshell.toml").stat()
    assert (stat.S_IMODE(found.st_mode), found.st_gid) == (0o664, UID)
    assert 'FOO = "bar"' in (shared / "taoshell.toml").read_text()


def test_a_private_env_whose_folder_was_removed_is_written_again(other: Other, shared: Path) -> None:
    other.must("allow", "--yes", shared)
    shutil.rmtree(other.home / ".config")
    other.must("_sync", str(shared))
    assert "LOCAL_DATA_DIR=" in private(other, shared).read_text()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_stays_and_the_users_lines_are_private(other: Other, make: Callable[[Path], None]) -> None:
    root = other.home / "own"
    other.does(lambda: (root / "specs").mkdir(parents=True))
    other.does(lambda: (root / "taoshell.toml").write_text(TOML))
    other.does(lambda: make(root / ".env"))
    before = (root / ".env").lstat()
    for words in (("init", "--yes", root), ("set", "A=1", root), ("unset", "A", root), ("allow", "--yes", root)):
        other.must(*words)
    after = (root / ".env").lstat()
    assert (after.st_ino, after.st_mode, after.st_mtime_ns) == (before.st_ino, before.st_mode, before.st_mtime_ns)
    assert "NUM_GPUS=1" in private(other, root).read_text()
    assert not (root / ".gitignore").exists()
