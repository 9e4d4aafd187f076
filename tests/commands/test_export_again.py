"""What `export` writes, `init --from` makes the same project of, in an empty folder; and what both of them say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.commands.conftest import User
from tests.notebooks.forms import notebook
from tests.support.samples import Sample

FILES = {"docker": "run.sh", "compose": "compose.yaml", "notebook-cell": "cell.py"}


@pytest.fixture
def empty(user: User) -> Path:
    folder = user.home / "empty"
    folder.mkdir()
    return folder


def variables(user: User, folder: Path) -> tuple[dict[str, str], object]:
    found = json.loads(user.must("export", "json", folder).out)
    mapping = json.loads(Path(found.pop("LAUNCHER_MOUNTS")).read_text())
    del found["KEY"]
    return found, mapping


@pytest.mark.parametrize("form", FILES)
def test_the_project_of_the_readme_comes_back(user: User, sample: Sample, empty: Path, form: str) -> None:
    sample.allow()
    (user.home / FILES[form]).write_text(user.must("export", form, sample.root).out)
    said = user.must("init", "--from", user.home / FILES[form], "--key", "tlt_encode", "--yes", cwd=empty).err
    assert variables(user, empty) == variables(user, sample.root)
    assert "not known" not in said
    assert len(said.splitlines()) == len(set(said.splitlines()))
    toml = (empty / "taoshell.toml").read_text()
    assert toml.count('network = "detectnet_v2"') == 1


def test_what_a_mounts_file_has_no_words_for_is_said(user: User, sample: Sample) -> None:
    sample.allow()
    assert "a mounts file has no names" in user.must("export", "mounts-file", sample.root).err


@pytest.mark.parametrize("form", ["docker", "compose"])
def test_a_project_without_an_image_says_what_to_do(user: User, sample: Sample, form: str) -> None:
    sample.allow()
    done = user.must("export", form, sample.root)
    assert "the project pins no image, so " in done.err
    assert form == "docker" or "image: ${TAO_IMAGE:?name the image}" in done.out


def test_the_script_is_for_whoever_runs_it(user: User, sample: Sample, tmp_path: Path) -> None:
    sample.toml.write_text(sample.toml.read_text() + '[container]\nuser = "auto"\n[images]\nmodel = "tao:6"\n')
    sample.allow()
    script = tmp_path / "run.sh"
    script.write_text(user.must("export", "docker", sample.root).out)
    assert f"{os.getuid()}:{os.getgid()}" not in script.read_text()
    (tmp_path / "docker").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "docker").chmod(0o755)
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        [shutil.which("sh") or "sh", script, "dino"], env=environ, capture_output=True, text=True, check=True
    )
    words = done.stdout.splitlines()
    assert words[words.index("--user") + 1] == f"{os.getuid()}:{os.getgid()}"
    assert "-t" not in words  # there is no terminal
    assert words[-2:] == ["tao:6", "dino"]


# -- what init --from says --------------------------------------------------------------------------------


def test_that_no_network_is_known_is_said(user: User, empty: Path) -> None:
    (empty / "run.sh").write_text("docker run -v .:/data tao:6\n")
    note = "the file names no network, so the project has none"
    assert note in user.must("init", "--from", "run.sh", "--yes", "--dry-run", cwd=empty).err
    assert note not in user.must("init", "--from", "run.sh", "--network", "dino", "--yes", "--dry-run", cwd=empty).err


def test_what_is_taken_without_a_question_is_said(user: User, empty: Path) -> None:
    text = notebook("%env NUM_GPUS=two\n%env LOCAL_PROJECT_DIR=/path/to/it\n%env LOCAL_DATA_DIR=FIXME")
    (empty / "dino.ipynb").write_text(text)
    said = user.must("init", "--from", "dino.ipynb", "--network", "dino", "--yes", "--mkdir", cwd=empty).err
    assert f"LOCAL_PROJECT_DIR is left to you (/path/to/it), and {empty} is taken" in said
    assert "NUM_GPUS is left out: 'two' is no number of GPUs" in said


def test_two_answers_about_the_gpus(user: User, empty: Path) -> None:
    (empty / "run.sh").write_text("NUM_GPUS=2\ndocker run --gpus all -v .:/data tao:6 dino\n")
    said = user.must("init", "--from", "run.sh", "--yes", "--dry-run", cwd=empty).err
    assert "NUM_GPUS=2 is left out, as the container gets GPUs: all" in said


def test_missing_folders_name_no_line_that_is_not_there(user: User, empty: Path) -> None:
    (empty / "run.sh").write_text("docker run -v ./data:/data tao:6 dino\n")
    said = user.tries("init", "--from", "run.sh", "--yes", cwd=empty).err
    assert said.startswith(
        f"taoshell: the container needs {empty}/data, which does not exist; add --mkdir, or run: mkdir"
    )


def test_a_key_that_is_not_known_is_said_once(user: User, empty: Path) -> None:
    text = notebook("import os\n%env LOCAL_DATA_DIR=/tmp\nos.environ['KEY'] = os.popen('key').read()")
    (empty / "dino.ipynb").write_text(text)
    words = ("init", "--from", "dino.ipynb", "--network", "dino", "--yes")
    assert "KEY is not known" in user.must(*words, "--dry-run", cwd=empty).err
    said = user.must(*words, "--mkdir", cwd=empty).err
    assert said.count("KEY is not") == 1
    assert "KEY is not known" in user.tries("adopt", "dino.ipynb", "--yes", cwd=empty).err
    assert "taoshell set KEY" in said
