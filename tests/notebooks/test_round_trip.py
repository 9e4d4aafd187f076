"""What `export` writes for other programs, `init --from` reads again as the same project."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from taoshell.formats import compose_writer, docker_writer, mounts_file, notebook_cell, recognise
from taoshell.formats.surroundings import Surroundings
from taoshell.project.build import build
from taoshell.project.model import Project
from taoshell.text import dotenv, merge
from taoshell.text.setting import Texts
from tests.support.definitions import ROOT, machine
from tests.support.needs import need

AROUND = Surroundings(
    ROOT, "/home/ann", "ann", machine().uid, machine().gid, {"HOME": "/home/ann"}, real=os.path.normpath
)
ENV = "KEY=tlt_encode\nLOCAL_DATA_DIR=/big/kitti\nHOST_DATA_DIR=/big/kitti\nWANDB_API_KEY=s3cret\n"
PROJECTS = {
    "classic": 'network = "dino"\n',
    "host": 'layout = "host"\nnetwork = "dino"\n[env]\nEPOCHS = "5"\nPROJECT_DIR = { place = "project" }\n',
    "all that a container gets": (
        'layout = "host"\nnetwork = "dino"\ngpus = "0,2"\n'
        '[places]\nweights = { host = "/mnt/models", container = "/weights", mode = "ro", host_variable = "W_DIR" }\n'
        "specs = { mount = false }\n"
        '[container]\nuser = "auto"\nshm_size = "16G"\nnetwork = "host"\nports = { 8888 = 8888 }\nipc = "host"\n'
        "ulimits = { memlock = -1, stack = 67108864 }\nprivileged = true\n"
        '[container.env]\nWANDB_MODE = "it\'s $offline"\nWANDB_API_KEY = { from = ".env" }\n'
        '[images]\nmodel = "nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt"\n'
    ),
    "two places in one folder": (
        'layout = "host"\n[places]\nresults = "data"\ndata = "data"\n[container]\nuser = "1000:7"\n'
    ),
}
FORMATS: dict[str, Callable[[Project], str]] = {
    "compose.yaml": compose_writer.written,
    "run.sh": docker_writer.written,
    "cell.py": notebook_cell.written,
    ".tao_mounts.json": lambda project: mounts_file.written(project.mapping),
}


def defined(texts: Texts) -> Project:
    return build(
        ROOT, texts.toml, f"{ROOT}/taoshell.toml", dotenv.parse(texts.env, ".env").exported, machine()
    ).require()


def again(name: str, text: str) -> Project:
    """Return the project that `init --from` makes of a file."""
    found = recognise.read(text, name, AROUND, {})
    first = f'layout = "{found.layout or "classic"}"\n' + (f'network = "{found.network}"\n' if found.network else "")
    env = ENV if name != ".tao_mounts.json" else ""
    return defined(merge.first(Texts(first, env), found, ROOT, name, machine()).texts)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("which", PROJECTS)
def test_the_project_comes_back(which: str, name: str) -> None:
    before = defined(Texts(PROJECTS[which], ENV))
    after = again(name, FORMATS[name](before))
    is_whole = name in ("compose.yaml", "run.sh")
    mounts = {(mount.source, mount.destination, mount.mode if is_whole else "") for mount in before.mapping.mounts}
    assert {
        (mount.source, mount.destination, mount.mode if is_whole else "") for mount in after.mapping.mounts
    } == mounts
    assert after.mapping.variables == before.mapping.variables
    lost = {} if is_whole else {"ipc": None}
    assert after.mapping.options == {key: value for key, value in before.mapping.options.items() if key not in lost}
    if is_whole:
        assert (after.images, after.gpus) == (before.images, before.gpus)
    if name == "cell.py":
        assert before.variables.items() <= after.variables.items()
    if name == ".tao_mounts.json":
        return
    assert "s3cret" not in FORMATS[name](before)


def test_a_shell_runs_what_docker_run_says(tmp_path: Path) -> None:
    """A stand-in for docker gets exactly the words that the project has."""
    project = defined(Texts(PROJECTS["all that a container gets"], ENV))
    (tmp_path / "docker").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "docker").chmod(0o755)
    script = tmp_path / "run.sh"
    script.write_text(docker_writer.written(project))
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", script, "dino", "train me"], env=environ, capture_output=True, text=True, check=True)
    words = done.stdout.splitlines()
    assert words[-3:] == ["nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt", "dino", "train me"]
    assert words[words.index("--gpus") + 1] == '"device=0,2"'
    assert "type=bind,source=/mnt/models,target=/weights,readonly" in words
    assert "WANDB_MODE=it's $offline" in words


def test_compose_reads_what_we_write(tmp_path: Path) -> None:
    """Docker's own Compose finds the same mounts, variables and devices."""
    program = need(shutil.which("docker-compose") or shutil.which("docker-compose", path=".venv/bin"), "docker-compose")
    project = defined(Texts(PROJECTS["all that a container gets"], ENV))
    path = tmp_path / "compose.yaml"
    path.write_text(compose_writer.written(project))
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "WANDB_API_KEY": "s3cret"}
    done = subprocess.run([program, "-f", path, "config"], env=environ, capture_output=True, text=True, check=True)
    service = yaml.safe_load(done.stdout)["services"]["tao"]
    volumes = {(item["source"], item["target"], bool(item.get("read_only"))) for item in service["volumes"]}
    assert volumes == {(mount.source, mount.destination, mount.mode == "ro") for mount in project.mapping.mounts}
    assert service["environment"] == {**project.mapping.variables, "WANDB_MODE": "it's $$offline"}
    assert service["deploy"]["resources"]["reservations"]["devices"][0]["device_ids"] == ["0", "2"]
    assert (service["ipc"], service["privileged"], service["network_mode"]) == ("host", True, "host")
