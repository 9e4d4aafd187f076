"""Specs on a real disk: patterns, symlinks, what `-e` means, and arguments that win over the spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from taoshell.actions import approve, spec
from taoshell.project.model import Project
from tests.support.samples import Sample


@pytest.fixture
def cars(home: Path) -> Sample:
    sample = Sample(home, "cars", toml='layout = "host"\nnetwork = "dino"\n')
    for folder in ("data/tf", "dino/results"):
        (sample.root / folder).mkdir(parents=True)
    (sample.root / "data/tf/train-0").touch()
    sample.allow()
    return sample


def project(cars: Sample) -> Project:
    return approve.require_approved(cars.state, str(cars.root)).project


def states(cars: Sample, text: str, *arguments: str, name: str = "a.yaml") -> list[str]:
    path = cars.root / "specs" / name
    path.write_text(text)
    read, data = spec.read(str(path))
    assert data == text.encode()
    return [found.state for found in spec.paths_in(read, project(cars), arguments)]


def test_patterns(cars: Sample) -> None:
    assert states(cars, "a_files: [/data/tf/*, /data/tf/val-*, '/data/t[f]/train-?']") == ["there", "missing", "there"]
    (cars.root / "data/[x]").touch()
    assert states(cars, "a_file: /data/[x]") == ["there"], "a name may look like a pattern"


def test_the_start_of_the_names_of_tfrecords(cars: Sample) -> None:
    text = 'tfrecords_path: "/data/tf/train"\nimage_dir: "/data/tf/train"'
    assert states(cars, text, name="a.txt") == ["there", "missing"]


def test_a_symlink_that_leads_out(cars: Sample) -> None:
    (cars.home / "kitti").mkdir()
    (cars.root / "data/out").symlink_to(cars.home / "kitti")
    (cars.root / "data/in").symlink_to("tf")
    assert states(cars, "a_dirs: [/data/out, /data/in]") == ["unreached", "there"]


def test_arguments_win(cars: Sample) -> None:
    text = "results_dir: ???\nevaluate:\n  checkpoint: ${results_dir}/a.pth\n  image_dir: /nowhere\n"
    assert states(cars, text) == ["open", "open", "unreached"]
    given = ("evaluate", "results_dir=/results", "+evaluate.image_dir=/data", "-e=x")
    assert states(cars, text, *given) == ["open", "later", "open"]


def test_the_file_that_a_word_means(cars: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    (cars.root / "specs/a.yaml").touch()
    monkeypatch.chdir(cars.root)
    inside, outside = "/specs/a.yaml", str(cars.root / "specs/a.yaml")
    words = [inside, outside, "specs/a.yaml", "/specs/none.yaml", "/etc/hostname"]
    files = [outside, outside, "specs/a.yaml", str(cars.root / "specs/none.yaml"), "/etc/hostname"]
    assert [spec.host_file(word, project(cars)) for word in words] == files
