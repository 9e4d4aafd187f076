"""A file that its owner may not write is not changed: the cure says how to allow it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.commands.conftest import User
from tests.support.samples import Sample
from tests.support.trees import snapshot

COMMANDS = {
    "set for everybody": ("taoshell.toml", ("set", "container.shm_size=16G")),
    "set for the user": (".env", ("set", "NUM_GPUS=2")),
    "unset": (".env", ("unset", "NUM_GPUS")),
    "adopt": ("taoshell.toml", ("adopt", "mounts.json", "--yes")),
}


@pytest.mark.parametrize("mode", [0o444, 0o400, 0o464])
@pytest.mark.parametrize(("name", "words"), COMMANDS.values(), ids=COMMANDS)
def test_nothing_is_written_into_it(user: User, sample: Sample, name: str, words: tuple[str, ...], mode: int) -> None:
    sample.allow()
    (sample.root / "mounts.json").write_text('{"Mounts": [{"source": "/tmp", "destination": "/tmp"}]}')
    path = sample.root / name
    path.chmod(mode)
    before = snapshot(sample.root)
    done = user.tries(*words, cwd=sample.root)
    cure = f"if taoshell may change it, run: chmod u+w {path}"
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"taoshell: {path}: ")
    assert done.err.endswith(f": the file is read-only; {cure}\n")
    assert snapshot(sample.root) == before
    os.chmod(path, mode | 0o200)
    user.must(*words, cwd=sample.root)


@pytest.mark.parametrize("name", [".gitignore", ".envrc", ".env"])
def test_init_changes_none(user: User, name: str) -> None:
    root = user.home / "cars"
    root.mkdir()
    path = root / name
    path.write_text("# mine\n")
    path.chmod(0o444)
    words = ("init", "--network", "dino", "--direnv", "--mkdir", "--yes", "--key-stdin")
    done = user.tries(*words, cwd=root, stdin="secret-key")
    assert (done.status, path.read_text()) == (1, "# mine\n")
    assert f"{path}: the file is read-only; if taoshell may change it, run: chmod u+w {path}" in done.err
    assert not (root / "taoshell.toml").exists()
    path.chmod(0o644)
    user.must(*words, cwd=root, stdin="secret-key")


def test_a_link_to_one(user: User, sample: Sample) -> None:
    sample.allow()
    real = sample.root / "settings.toml"
    sample.toml.rename(real)
    sample.toml.symlink_to("settings.toml")
    real.chmod(0o444)
    assert "the file is read-only" in user.tries("set", "container.shm_size=16G", cwd=sample.root).err


def test_what_needs_no_change_of_it_works(user: User, sample: Sample) -> None:
    sample.allow()
    sample.toml.chmod(0o444)
    user.must("set", "NUM_GPUS=2", cwd=sample.root)
    user.must("allow", "--yes", cwd=sample.root)
    assert sample.toml.stat().st_mode & 0o777 == 0o444


def test_a_spec(user: User, sample: Sample) -> None:
    (sample.root / "data").mkdir()
    spec = Path(sample.root / "specs/train.yaml")
    spec.write_text(f"data_dir: {sample.root}/data\n")
    sample.allow()
    spec.chmod(0o444)
    done = user.tries("path", "--rewrite", spec, cwd=sample.root)
    assert f"{spec}: the file is read-only" in done.err
    assert spec.read_text() == f"data_dir: {sample.root}/data\n"
