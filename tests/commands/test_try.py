"""`taoshell try` with a stand-in that runs the container's script here. tests/engines has the real engines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.commands.conftest import User
from tests.support.engine import IMAGE, StandIn
from tests.support.samples import CONTAINER, Sample


@pytest.fixture
def engine(user: User, sample: Sample) -> StandIn:
    user.environ["PATH"] = f"{user.home}/bin:/usr/bin:/bin"
    stand_in = StandIn(user.home, "docker")
    stand_in.acts("docker")
    sample.allow()
    (sample.root / "data").mkdir()
    (sample.root / "detectnet_v2").mkdir()
    return stand_in


def left(folder: Path) -> list[str]:
    return [name for _, _, names in os.walk(folder) for name in names if "taoshell-try" in name]


def test_all_is_right(user: User, sample: Sample, engine: StandIn) -> None:
    engine.has("nvcr.io/nvidia/tao/tao-toolkit:5.0.0-tf1.15.5")
    done = user.must("try", sample.root)
    lines = done.out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["✓", "project"],
        ["✓", "data"],
        ["✓", "experiment"],
        ["✓", "specs"],
    ]
    assert lines[3].split()[2:] == [f"~/{sample.root.name}/specs", "→", f"{CONTAINER}/detectnet_v2/specs"]
    assert left(user.home) == []


@pytest.mark.parametrize("dropped", [CONTAINER, f"{CONTAINER}/detectnet_v2/specs"])
def test_a_dropped_mount_shows(user: User, sample: Sample, engine: StandIn, dropped: str) -> None:
    done = user.tries("try", sample.root, DROP=dropped)
    assert done.status == 1
    assert f"✗ {dropped} is " in done.out
    assert left(user.home) == []


def test_another_folder_in_the_place_of_a_mount_shows(user: User, sample: Sample, engine: StandIn) -> None:
    """Without the mount of the specs, the container has the empty folder of the project there."""
    (sample.root / "detectnet_v2/specs").mkdir()
    done = user.tries("try", sample.root, DROP=f"{CONTAINER}/detectnet_v2/specs")
    assert done.status == 1
    assert f"✗ {CONTAINER}/detectnet_v2/specs is another folder in the container" in done.out
    assert left(user.home) == []


def test_a_place_that_is_not_there_yet(user: User, sample: Sample, engine: StandIn) -> None:
    (sample.root / "data").rmdir()
    done = user.must("try", sample.root)
    assert f"! {CONTAINER}/data is not there yet" in done.out


def test_a_place_for_reading(user: User, sample: Sample, engine: StandIn) -> None:
    (user.home / "models").mkdir()
    sample.toml.write_text(
        f'{sample.toml.read_text()}[places]\nmodels = {{ host = "../models", container = "/models", mode = "ro" }}\n'
    )
    sample.allow()
    done = user.tries("try", sample.root)
    assert done.status == 1  # the stand-in lets everybody write
    assert "✗ /models can be written in the container, although its mode is ro" in done.out


def test_the_image(user: User, sample: Sample, engine: StandIn) -> None:
    def started() -> str:
        user.must("try", sample.root)
        return next(word for word in engine.ran() if word in (IMAGE, "busybox:1", "docker.io/library/busybox:stable"))

    (engine.folder / "calls").unlink(missing_ok=True)
    engine.has("other:1", "busybox:1")
    assert started() == "busybox:1"
    (engine.folder / "calls").unlink()
    engine.has("other:1")
    assert started() == "docker.io/library/busybox:stable"
    done = user.tries("try", "--image", IMAGE, sample.root)
    assert f"{IMAGE} is not on this machine, and you are not logged in" in done.err


def test_a_spec(user: User, sample: Sample, engine: StandIn) -> None:
    spec = sample.root / "specs/a.yaml"
    spec.write_text(f"train_dir: {CONTAINER}/data\nval_dir: {sample.root}/data\n")
    done = user.tries("try", "-e", "specs/a.yaml", cwd=sample.root)
    assert done.status == 1
    assert "✗ " in done.out
    assert f"    val_dir: {CONTAINER}/data\n" in done.out
    spec.write_text(f"train_dir: {CONTAINER}/data\n")
    done = user.must("try", "-e", f"{CONTAINER}/detectnet_v2/specs/a.yaml", cwd=sample.root)
    assert "✓ 1 path in the spec, and none is wrong\n" in done.out
    (sample.root / "specs/b.yaml").write_text("val_dir: /data/nowhere\n")
    done = user.tries("try", "-e", "specs/b.yaml", "-e", "specs/a.yaml", cwd=sample.root)
    assert done.status == 1  # each spec counts
    assert "specs/b.yaml:1: val_dir" in done.out
    assert "✓ 1 path in the spec" in done.out
    (sample.root / "specs/b.yaml").unlink()
    assert "there is no such file" in user.tries("try", "-e", "specs/b.yaml", cwd=sample.root).err


def test_without_an_engine(user: User, sample: Sample) -> None:
    sample.allow()
    user.environ["PATH"] = "/nowhere"
    (sample.root / "specs/a.yaml").write_text("val_dir: /data/nowhere\n")
    done = user.must("try", sample.root)
    assert "neither docker nor podman is installed" in done.err
    assert "so nothing is seen from inside a container" in done.err
    assert [line.split()[:2] for line in done.out.splitlines()[:4]] == [
        ["?", "project"],
        ["!", "data"],
        ["!", "experiment"],
        ["?", "specs"],
    ]
    assert "✓" not in done.out
    assert user.tries("try", "-e", "specs/a.yaml", cwd=sample.root).status == 1
    assert user.tries("try", "--on", "docker", sample.root).status == 1


def test_an_engine_that_starts_nothing(user: User, sample: Sample, engine: StandIn) -> None:
    program = engine.bin / "docker"
    text = program.read_text()
    program.write_text(text.replace("= run ]; then", '= run ]; then echo "disk full" >&2; exit 125;', 1))
    done = user.tries("try", sample.root)
    assert (done.status, done.out) == (1, "")
    assert "busybox:stable could be started: disk full; correct that, or name another image" in done.err


def test_only_an_approved_project_is_tried(user: User, sample: Sample, engine: StandIn) -> None:
    sample.toml.write_text(f"{sample.toml.read_text()}\n")
    assert "is not approved as it is now" in user.tries("try", sample.root).err
    assert engine.calls() == []


def test_run_with_try(user: User, sample: Sample, engine: StandIn) -> None:
    words = ("run", "--try", "dino", "run", "true")
    done = user.tries(*words, cwd=sample.root, DROP=f"{CONTAINER}/detectnet_v2/specs")
    assert done.status == 1
    assert f"{CONTAINER}/detectnet_v2/specs is " in done.err
    assert "to see all places: taoshell try\n" in done.err
