"""Do the GPUs exist that a job asks for?"""

from __future__ import annotations

from pathlib import Path

import pytest

from taoshell.actions.machine_gpus import require_gpus
from taoshell.errors import TaoshellError

UUIDS = ("GPU-0a", "GPU-1b")


@pytest.fixture
def driver(tmp_path: Path) -> str:
    """NVIDIA's driver with two GPUs, as /proc shows it."""
    for number, uuid in enumerate(UUIDS, 1):
        folder = tmp_path / f"0000:0{number}:00.0"
        folder.mkdir()
        (folder / "information").write_text(f"Model: \t\t NVIDIA\nGPU UUID: \t {uuid}\nDevice Minor: \t 0\n")
    return str(tmp_path)


@pytest.mark.parametrize("gpus", ["", "all", "1", "2", "0,1", "1,", "GPU-1b,", "MIG-x,"])
def test_gpus_that_exist(driver: str, gpus: str) -> None:
    require_gpus(gpus, {}, driver)


@pytest.mark.parametrize(
    ("gpus", "missing"), [("3", "3 GPUs"), ("0,2", "the GPU 2"), ("7,", "the GPU 7"), ("GPU-2c,", "the GPU GPU-2c")]
)
def test_gpus_that_do_not_exist(driver: str, gpus: str, missing: str) -> None:
    with pytest.raises(TaoshellError, match=f"this machine has 2 GPUs, and not {missing}; choose others"):
        require_gpus(gpus, {}, driver)


def test_nothing_is_known_without_the_driver_or_of_another_machine(driver: str, tmp_path: Path) -> None:
    require_gpus("8", {}, str(tmp_path / "none"))
    require_gpus("8", {"DOCKER_HOST": "ssh://there"}, driver)
    with pytest.raises(TaoshellError):
        require_gpus("8", {"DOCKER_HOST": "unix:///run/user/1000/docker.sock"}, driver)


def test_a_gpu_whose_information_is_gone_is_still_counted(driver: str) -> None:
    (Path(driver) / "0000:02:00.0/information").unlink()
    require_gpus("0,1", {}, driver)
