"""`taoshell path`: paths one by one, from standard input, and in a spec."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pexpect
import pytest

from tests.commands.conftest import COMMAND, User
from tests.support.samples import Sample
from tests.support.trees import snapshot
from tests.support.waiting import SECONDS

HOST = 'layout = "host"\nnetwork = "dino"\n'


@pytest.fixture
def cars(home: Path) -> Sample:
    """An approved project of today's layout, with data."""
    sample = Sample(home, "cars", toml=HOST)
    for folder in ("data/train", "dino/results"):
        (sample.root / folder).mkdir(parents=True)
    sample.allow()
    return sample


def test_a_path_of_this_machine(user: User, cars: Sample) -> None:
    done = user.must("path", "train/a.png", "..", cars.root / "specs/", cwd=cars.root / "data")
    assert done.out == "/data/train/a.png\n/workspace/tao-experiments\n/specs\n"
    assert done.err == "", "a script gets the paths alone"


def test_a_path_of_the_container(user: User, cars: Sample) -> None:
    done = user.must("path", "/data/train/", "/data/../results", cwd=cars.root)
    assert done.out == f"{cars.root}/data/train/\n{cars.root}/dino/results\n"


def test_lines_of_standard_input(user: User, cars: Sample) -> None:
    done = user.must("path", "specs", "-", cwd=cars.root, stdin="data/x y\ndata/数\n")
    assert done.out == "/specs\n/data/x y\n/data/数\n"


def test_a_path_that_no_mount_carries(user: User, cars: Sample) -> None:
    (cars.home / "kitti").mkdir()
    done = user.tries("path", "../kitti", "data", "/gone", cwd=cars.root)
    assert (done.status, done.out) == (1, "/data\n")
    assert done.err.splitlines() == [
        f"taoshell: no mount carries ../kitti; to add a place for it: taoshell set "
        f"""'places.kitti={{ host = "{cars.home}/kitti", container = "/kitti" }}'""",
        "taoshell: no mount carries /gone; there is no such path on this machine, so correct it",
    ]


def test_a_symlink_that_leads_out_of_the_mounts(user: User, cars: Sample) -> None:
    (cars.home / "kitti").mkdir()
    (cars.root / "data/big").symlink_to(cars.home / "kitti")
    (cars.root / "data/loop").symlink_to("loop")
    add = f"""taoshell set 'places.kitti={{ host = "{cars.home}/kitti", container = "/kitti" }}'"""
    done = user.tries("path", "/data/big", "/data/loop/x", cwd=cars.root)
    assert (done.status, done.out) == (1, "")
    assert done.err.splitlines() == [
        f"taoshell: /data/big leads through a symlink to {cars.home}/kitti, which the container does not see; "
        f"to add a place for it: {add}",
        "taoshell: the symlinks on the way to /data/loop/x lead in a circle; correct one of them",
    ]


def test_a_path_of_both_sides_needs_a_side(user: User, cars: Sample) -> None:
    cars.toml.write_text(f'{HOST}[places]\nx = {{ host = "{cars.root}/data/train", container = "{cars.root}" }}\n')
    cars.allow()
    done = user.tries("path", cars.root / "data", cwd=cars.root)
    assert (done.status, done.out) == (2, "")
    assert "add --to container or --to host" in done.err
    assert user.must("path", "--to", "host", cars.root / "data", cwd=cars.root).out == f"{cars.root}/data/train/data\n"
    assert user.must("path", "--to=container", cars.root / "data", cwd=cars.root).out == "/data\n"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--to", "host", "data"], 1, "data is relative; give a path of the container"),
        (
            ["--to", "host", "/nowhere"],
            1,
            "no mount reaches /nowhere; the container sees /workspace/tao-",
        ),
        (["--to", "container", "/data"], 1, "no mount carries /data; "),
        ([], 2, "give either PATH or --rewrite SPEC; see: taoshell path --help"),
        (["x", "--rewrite", "y"], 2, "give either PATH or --rewrite SPEC"),
        (["x", "--dry-run"], 2, "--dry-run goes only with --rewrite; see: taoshell path --help"),
        (["--rewrite", "x", "--json"], 2, "--rewrite goes without --to and --json; see: taoshell path --help"),
        (["/data/../.."], 1, "no mount carries /data/../..; there is no such path on this machine"),
        ([""], 2, "no file can have the path ''"),
        (["a\nb"], 2, "no file can have the path 'a\\nb'"),
    ],
)
def test_what_is_refused(user: User, cars: Sample, words: list[str], status: int, said: str) -> None:
    done = user.tries("path", *words, cwd=cars.root)
    assert (done.status, done.out) == (status, "")
    assert f"taoshell: {said}" in done.err


def test_json(user: User, cars: Sample) -> None:
    done = user.tries("path", "--json", "data/x", "/gone", cwd=cars.root)
    assert done.status == 1
    good, bad = json.loads(done.out)["paths"]
    mount = {"source": str(cars.root / "data"), "destination": "/data", "mode": "rw"}
    assert good == {
        "given": "data/x", "path": "/data/x", "to": "container", "mount": mount, "place": "data", "problem": None
    }  # fmt: skip
    assert bad == {
        "given": "/gone", "path": None, "to": None, "mount": None, "place": None,
        "problem": "no mount carries /gone; there is no such path on this machine, so correct it",
    }  # fmt: skip


def test_only_an_approved_project_is_translated(user: User, cars: Sample) -> None:
    cars.toml.write_text(f"{HOST}[places]\ndata = 'specs'\n")
    done = user.tries("path", "specs", cwd=cars.root)
    assert (done.status, done.out) == (1, "")
    assert "the project is not approved as it is now; run: taoshell allow" in done.err


def test_a_person_sees_which_mount_carries_it(user: User, cars: Sample) -> None:
    line = [*COMMAND, "path", "data/x\x1b"]
    child = pexpect.spawn(line[0], line[1:], env=user.environ, cwd=str(cars.root), timeout=SECONDS)
    printed = child.read().decode()
    assert "/data/x\\x1b\r\n" in printed
    assert f"place data carries it: {cars.root}/data is /data in the container" in printed


# -- a spec ------------------------------------------------------------------------------------------------


def spec(cars: Sample, text: str, name: str = "train.yaml") -> Path:
    path = cars.root / "specs" / name
    path.write_bytes(text.encode())
    return path


def test_a_spec_is_rewritten(user: User, cars: Sample) -> None:
    path = spec(cars, f"encryption_key: s3cret\nimage_dir:  {cars.root}/data/train/  # mine\r\nresults_dir: /results\n")
    path.chmod(0o640)
    done = user.must("path", "--rewrite", "specs/train.yaml", cwd=cars.root)
    assert done.out.splitlines() == [
        "--- specs/train.yaml (now)",
        "+++ specs/train.yaml (rewritten)",
        "@@ -1,3 +1,3 @@",
        " encryption_key: ••••",
        f"-image_dir:  {cars.root}/data/train/  # mine\\r",
        "+image_dir:  /data/train/  # mine\\r",
        " results_dir: /results",
    ]
    assert path.read_bytes() == b"encryption_key: s3cret\nimage_dir:  /data/train/  # mine\r\nresults_dir: /results\n"
    assert path.stat().st_mode & 0o777 == 0o640
    again = user.must("path", "--rewrite", path, cwd=cars.root)
    assert (again.out, again.err) == ("", f"taoshell: nothing to rewrite in {path}\n")


def test_the_former_version_is_kept(user: User, cars: Sample) -> None:
    text = f"image_dir: {cars.root}/data\n"
    user.must("path", "--rewrite", spec(cars, text), cwd=cars.root)
    kept = [path for path in (cars.kept / "replaced").iterdir() if path.name.endswith("train.yaml")]
    assert [path.read_text() for path in kept] == [text]


def test_a_dry_run_only_shows(user: User, cars: Sample) -> None:
    path = spec(cars, f"image_dir: {cars.root}/data\n")
    before = snapshot(cars.root)
    done = user.must("path", "--rewrite", path, "--dry-run", cwd=cars.root)
    assert "+image_dir: /data\n" in done.out
    assert snapshot(cars.root) == before


def test_a_path_that_stays_wrong_is_said(user: User, cars: Sample) -> None:
    (cars.home / "kitti").mkdir()
    path = spec(cars, f'a {{ image_dir: "{cars.home}/kitti" }}\nb_dir: "{cars.root}/data"\n', "train.txt")
    done = user.tries("path", "--rewrite", path, cwd=cars.root)
    assert done.status == 1
    assert done.err.startswith(f"taoshell: {path}:1: a.image_dir: {cars.home}/kitti is a path of this machine, and no ")
    assert 'b_dir: "/data"' in path.read_text(), "what can be right is right"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"a: [1", "this is not valid YAML: "),
        (b"\x7fELF\0\0", "this is a binary file and not a spec"),
        (b"a: \xff", "this is not UTF-8"),
        (b"#" * ((1 << 20) + 1), "this is larger than 1024 KiB and not a spec"),
        (b"#" * ((1 << 24) + 1), "this is larger than 1024 KiB and not a spec"),
    ],
)
def test_what_is_no_spec(user: User, cars: Sample, text: bytes, said: str) -> None:
    path = cars.root / "specs/train.yaml"
    path.write_bytes(text)
    done = user.tries("path", "--rewrite", path, cwd=cars.root)
    assert (done.status, done.out, path.read_bytes()) == (1, "", text)
    assert len(done.err.splitlines()) == 1
    assert said in done.err


@pytest.mark.parametrize(("name", "said"), [("gone.yaml", "there is no such file"), (".", "this is a folder")])
def test_there_is_no_file(user: User, cars: Sample, name: str, said: str) -> None:
    done = user.tries("path", "--rewrite", f"specs/{name}", cwd=cars.root)
    assert (done.status, len(done.err.splitlines())) == (1, 1)
    assert f"taoshell: specs/{name}: {said}; name a spec" in done.err


def test_a_symlink_out_of_the_project_is_not_followed(user: User, cars: Sample) -> None:
    text = f"image_dir: {cars.root}/data\n"
    other = cars.home / "other.yaml"
    other.write_text(text)
    (cars.root / "specs/train.yaml").symlink_to(other)
    done = user.tries("path", "--rewrite", "specs/train.yaml", cwd=cars.root)
    assert (done.status, other.read_text()) == (1, text)
    assert f"a symlink leads to {other}, outside the project and its places; name that file itself" in done.err
    user.must("path", "--rewrite", other, cwd=cars.root)
    assert other.read_text() == "image_dir: /data\n"


def test_a_place_may_be_a_symlink(user: User, cars: Sample, home: Path) -> None:
    (home / "team").mkdir()
    (cars.root / "specs").rmdir()
    (cars.root / "specs").symlink_to("../team")
    cars.allow()
    path = spec(cars, f"image_dir: {cars.root}/data\n")
    user.must("path", "--rewrite", "specs/train.yaml", cwd=cars.root)
    assert path.read_text() == "image_dir: /data\n"


def test_a_spec_that_changed_meanwhile_is_left_alone(cars: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    from taoshell.actions import approve
    from taoshell.actions import path as action
    from taoshell.errors import ChangedMeanwhile

    path = spec(cars, f"image_dir: {cars.root}/data\n")
    project = approve.require_approved(cars.state, str(cars.root)).project
    planned = action.plan_rewrite(cars.state, project, str(path))
    path.write_text("image_dir: /mine\n")
    with pytest.raises(ChangedMeanwhile):
        action.write(cars.state, project, planned)
    assert path.read_text() == "image_dir: /mine\n"
    path.unlink()
    with pytest.raises(ChangedMeanwhile):
        action.write(cars.state, project, planned)
    assert os.listdir(path.parent) == []
