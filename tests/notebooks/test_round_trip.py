"""What `export` writes for other programs, `init --from` reads again as the same project."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from taoshell.formats import compose_writer, docker_writer, mounts_file, notebook_cell, recognise
from taoshell.formats.surroundings import Surroundings
from taoshell.project.build import build
from taoshell.project.model import Project
from taoshell.project.names import is_secret
from taoshell.project.problems import Problem
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


def again(name: str, text: str, around: Surroundings = AROUND) -> Project:
    """Return the project that `init --from` makes of a file in an empty folder."""
    found = recognise.read(text, name, around, {})
    first = f'layout = "{found.layout or "classic"}"\n' + (f'network = "{found.network}"\n' if found.network else "")
    texts = merge.first(Texts(first, ""), found, around.folder, name, machine()).texts
    lines = dotenv.parse(texts.env, ".env").exported
    return build(around.folder, texts.toml, f"{around.folder}/taoshell.toml", lines, machine()).require()


def facts(project: Project) -> dict[str, object]:
    """Return what must be the same, without the values of secrets."""
    mapping = project.mapping
    return {
        "kind": (project.layout, project.network, project.gpus, project.images),
        "name": project.name == os.path.basename(project.root) or project.name,
        "variables": {name: value for name, value in project.variables.items() if not is_secret(name)},
        "mounts": {*mapping.mounts},
        "inside": {name: value for name, value in mapping.variables.items() if not is_secret(name)},
        "options": mapping.options,
        "places": {place.name: place for place in project.places},
    }


def projects() -> st.SearchStrategy[tuple[str, str]]:
    """Return a strategy for taoshell.toml and `.env`."""

    def joined(*parts: str) -> tuple[str, str]:
        layout, network, gpus, places, env, container, images, lines = parts
        return f"{layout}{network}{gpus}[places]\n{places}{env}{container}{images}", lines

    return st.builds(
        joined,
        st.sampled_from(["", 'layout = "host"\n', 'layout = "same"\n']),
        st.sampled_from(["", 'network = "dino"\n', 'network = "mynet"\n']),
        st.sampled_from(["", 'gpus = "all"\n', "gpus = 2\n", "gpus = [0, 3]\n", 'gpus = [1]\nname = "night shift"\n']),
        st.sampled_from(
            [
                "",
                "project = { mount = false }\n",
                'data = "/big/kitti"\nspecs = { host = "my specs", mode = "ro" }\n',
                'data = { host = "/big/kitti", host_variable = ["K_DIR", "TAO_DATA_DIR"] }\n',
                'weights = { host = "/mnt/models", container = "/mnt/models", mode = "ro" }\n',
                'model = { host = "/m", host_variable = "M_DIR", container = "/m" }\n',
            ]
        ),
        st.sampled_from(
            ["", '[env]\nCHECKPOINT = "last.pth"\nDATA = { place = "data", side = "container" }\nODD = "/data/"\n']
        ),
        st.sampled_from(
            ["", '[container]\nuser = "auto"\nipc = "host"\n[container.env]\nWANDB_API_KEY = { from = ".env" }\n']
        ),
        st.sampled_from(["", '[images]\nmodel = "tao:6"\n', '[images]\nmodel = "my-deploy:1"\ndeploy = "d:deploy"\n']),
        st.sampled_from(["", "MINE='it is $x'\nWANDB_API_KEY=s3cret\n", "LOCAL_PROJECT_DIR=/elsewhere\nNUM_GPUS=1\n"]),
    )


@settings(max_examples=20, deadline=None)
@given(projects(), st.sampled_from([ROOT, "/home/ann/elsewhere/p"]))
def test_the_same_project_comes_back_in_an_empty_folder(texts: tuple[str, str], folder: str) -> None:
    try:
        before = defined(Texts(*texts))
    except Problem:  # such as two places at one path
        assume(False)
    for name, write in FORMATS.items():
        if name == ".tao_mounts.json":  # it has no names
            continue
        text = write(before)
        after = again(name, text, AROUND._replace(folder=folder))
        assert facts(after) == facts(before), (name, text)
        assert "s3cret" not in text


@pytest.mark.parametrize("which", PROJECTS)
def test_a_mounts_file_keeps_what_the_container_gets(which: str) -> None:
    before = defined(Texts(PROJECTS[which], ENV)).mapping
    after = again(".tao_mounts.json", FORMATS[".tao_mounts.json"](defined(Texts(PROJECTS[which], ENV)))).mapping
    assert {mount[:2] for mount in after.mounts} == {mount[:2] for mount in before.mounts}
    assert after.variables == before.variables
    assert after.options == {name: value for name, value in before.options.items() if name != "ipc"}


@pytest.mark.parametrize("name", ["compose.yaml", "run.sh"])
def test_what_a_colleague_changed_in_the_file_wins(name: str) -> None:
    text = FORMATS[name](defined(Texts(PROJECTS["all that a container gets"], ENV)))
    comment, rest = text.partition("\nservices:" if name == "compose.yaml" else "\nterminal=")[::2]
    for old, new in (("/mnt/models", "/mnt/other"), ('"device=0,2"', "all"), ("- '0'\n", "- '7'\n")):
        rest = rest.replace(old, new)
    mark = "services:" if name == "compose.yaml" else "terminal="
    after = again(name, f"{comment}\n{mark}{rest}")
    assert after.variables["W_DIR"] == "/mnt/other"
    assert after.gpus == ("7,2" if name == "compose.yaml" else "all")


@pytest.mark.parametrize("name", ["compose.yaml", "run.sh", "cell.py"])
def test_another_layout_is_the_users_choice(name: str) -> None:
    before = defined(Texts(PROJECTS["all that a container gets"], ENV))
    found = recognise.read(FORMATS[name](before), name, AROUND, {})
    texts = merge.first(Texts('layout = "classic"\nnetwork = "dino"\n', ""), found, ROOT, name, machine()).texts
    after = defined(texts)
    assert after.layout == "classic"
    assert {mount[:2] for mount in after.mapping.mounts} == {mount[:2] for mount in before.mapping.mounts}
    assert (after.gpus, after.images, after.variables["W_DIR"]) == (before.gpus, before.images, "/mnt/models")


def test_a_comment_that_is_not_ours_counts_for_nothing() -> None:
    text = FORMATS["run.sh"](defined(Texts(PROJECTS["classic"], ENV)))
    for wrong in ("{}", "{", '{"layout": 1}', "[]"):
        lines = [f"# taoshell: {wrong}" if line.startswith("# taoshell: ") else line for line in text.split("\n")]
        assert recognise.read("\n".join(lines), "run.sh", AROUND, {}).own is None


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
