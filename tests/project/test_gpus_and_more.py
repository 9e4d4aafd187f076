"""The GPUs, references in [env], and the tables that no command uses yet: [images] and [cluster.NAME]."""

from __future__ import annotations

import pytest

from taoshell.errors import TaoshellError
from taoshell.project.gpus import count
from taoshell.project.model import Cluster
from tests.support.definitions import ENV, define


@pytest.mark.parametrize(
    ("toml", "env", "gpus", "number"),
    [
        ("", {}, "", None),
        ("gpus = 'all'", {}, "all", None),
        ("gpus = 'all'\nenv.NUM_GPUS = 4", {}, "all", "4"),
        ("env.NUM_GPUS = 4", {}, "", "4"),
        ("gpus = 2", {}, "2", "2"),
        ("gpus = '0,1,5'", {}, "0,1,5", "3"),
        ("gpus = [3]", {}, "3,", "1"),
        ("gpus = '3,'", {}, "3,", "1"),
        ("gpus = 'GPU-8f3e,MIG-1a/2/0'", {}, "GPU-8f3e,MIG-1a/2/0", "2"),
        ("", {"NUM_GPUS": "2"}, "2", "2"),
        ("gpus = 'all'", {"NUM_GPUS": "2"}, "2", "2"),
        ("gpus = 'all'", {"GPU_IDS": "7"}, "7,", "1"),
        ("gpus = 4", {"GPU_IDS": "0,1"}, "0,1", "2"),
        ("gpus = 4", {"GPU_IDS": "0,1", "NUM_GPUS": "2"}, "0,1", "2"),
    ],
)
def test_the_gpus(toml: str, env: dict[str, str], gpus: str, number: str | None) -> None:
    project = define(toml, env)
    assert (project.gpus, project.variables.get("NUM_GPUS")) == (gpus, number)
    assert number is None or count(gpus) in ("", number)
    assert {name: project.variables[name] for name in env} == env


def test_lines_that_contradict_each_other() -> None:
    with pytest.raises(TaoshellError, match=f"^{ENV}:1: NUM_GPUS is 1, but GPU_IDS names 2; correct one of"):
        define("", {"NUM_GPUS": "1", "GPU_IDS": "0,1"})


@pytest.mark.parametrize(
    ("side", "path"), [("", "/mnt/d"), (', side = "host"', "/mnt/d"), (', side = "container"', None)]
)
def test_a_reference_follows_its_place(side: str, path: str | None) -> None:
    toml = f'env.D = {{ place = "data"{side} }}'
    project = define(toml, {"LOCAL_DATA_DIR": "/mnt/d"})
    assert project.variables["D"] == (path or "/workspace/tao-experiments/data")
    assert define(toml, {"D": "/own"}).variables["D"] == "/own"


@pytest.mark.parametrize(
    "image", ["nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt", "localhost:5000/a/b", "ubuntu", f"a/b@sha256:{'0' * 64}"]
)
def test_the_images(image: str) -> None:
    assert define(f"images = {{ model = '{image}', dataset = '{image}' }}").images == {"model": image, "dataset": image}


def test_the_clusters() -> None:
    toml = """
[cluster.dgx]
engine = "slurm"
container = "pyxis"
partition = "batch"
account = "vision"
time = "1-04:00:00"
images = "/lustre/images/"
places = { data = "/lustre/kitti" }
[cluster.k]
engine = "kubernetes"
"""
    options = {"container": "pyxis", "partition": "batch", "account": "vision"}
    options |= {"time": "1-04:00:00", "images": "/lustre/images"}
    assert define(toml).clusters == (
        Cluster("dgx", "slurm", options, {"data": "/lustre/kitti"}),
        Cluster("k", "kubernetes", {}, {}),
    )


def test_a_place_with_a_problem_is_no_unknown_place() -> None:
    toml = "places.data = 'FIXME'\nenv.D = { place = 'data' }\ncluster.dgx = { engine = 'slurm', places.data = '/d' }"
    with pytest.raises(TaoshellError, match="placeholder") as error:
        define(toml)
    assert error.value.where is not None
