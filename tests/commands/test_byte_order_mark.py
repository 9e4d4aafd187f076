"""A byte order mark, which some editors write first, means nothing; UTF-16 is named."""

from __future__ import annotations

import json

import pytest

from tests.commands.conftest import User
from tests.notebooks.forms import notebook
from tests.support.samples import TOML, Sample

BOM = "\ufeff"
IMAGE = "nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt"
FILES = {
    "mounts.json": '{"Mounts": [{"source": "/d", "destination": "/data"}]}',
    "compose.yaml": f"services:\n  a:\n    image: {IMAGE}\n    volumes: [/d:/data]\n",
    "train.sh": f"#!/bin/sh\ndocker run -v /d:/data {IMAGE} dino train\n",
    "a.ipynb": notebook('import os\nos.environ["LOCAL_PROJECT_DIR"] = "/d"\n'),
    "a.py": 'import os\nos.environ["LOCAL_PROJECT_DIR"] = "/d"\n',
}


def test_a_taoshell_toml_with_one_works_and_keeps_it(user: User, sample: Sample) -> None:
    sample.toml.write_text(f"{BOM}# mine\n{TOML}", encoding="utf-8")
    user.must("allow", "--yes", cwd=sample.root)
    user.must("set", "container.shm_size=16G", cwd=sample.root)
    assert sample.toml.read_text("utf-8").startswith(f"{BOM}# mine\n{TOML}")
    assert "shm_size = " in sample.toml.read_text("utf-8")
    user.must("unset", "container.shm_size", cwd=sample.root)
    assert sample.toml.read_text("utf-8").startswith(f"{BOM}# mine\n{TOML}")
    user.must("status", cwd=sample.root)


def test_the_lines_of_a_problem_are_those_of_the_file(user: User, sample: Sample) -> None:
    sample.toml.write_text(f"{BOM}{TOML}[container]\nshm_size = 3\n", encoding="utf-8")
    assert "taoshell.toml:4: container.shm_size is only 3 bytes" in user.tries("allow", "--yes", cwd=sample.root).err


def test_a_secret_behind_one_is_masked(user: User, sample: Sample) -> None:
    sample.toml.write_text(f'{BOM}KEY = "T0pS3cr3t"\n# WANDB_API_KEY = T0pS3cr3t\n{TOML}', encoding="utf-8")
    assert "T0pS3cr3t" not in user.tries("diff", cwd=sample.root).out


def test_the_users_defaults_may_have_one(user: User, sample: Sample) -> None:
    config = user.home / ".config/taoshell/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'{BOM}[defaults]\nlayout = "host"\n', encoding="utf-8")
    root = user.home / "new"
    root.mkdir()
    user.must("init", "--yes", "--network", "dino", "--mkdir", cwd=root)
    assert 'layout = "host"' in (root / "taoshell.toml").read_text()


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_read_may_have_one(user: User, name: str) -> None:
    found, root = [], user.home / "new"
    root.mkdir()
    for start in ("", BOM):
        (root / name).write_text(start + FILES[name], encoding="utf-8")
        found.append(json.loads(user.must("init", "--from", name, "--json", cwd=root).out))
    assert found[0] == found[1]
    (root / name).write_text(FILES[name], encoding="utf-16")
    assert "this is UTF-16, and not UTF-8; save it as UTF-8" in user.tries("init", "--from", name, cwd=root).err


def test_standard_input_may_have_one(user: User) -> None:
    root = user.home / "new"
    root.mkdir()
    text = BOM + FILES["mounts.json"]
    assert json.loads(user.must("init", "--from", "-", "--json", cwd=root, stdin=text).out)["mounts"]


def test_utf_16_is_named(user: User, sample: Sample) -> None:
    sample.toml.write_text(TOML, encoding="utf-16")
    assert "taoshell.toml:1: this is UTF-16, and not UTF-8; save it as UTF-8" in user.tries("allow", sample.root).err
