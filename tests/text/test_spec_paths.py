"""Which texts of a spec are paths, and what is said of each."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.formats import spec as specs
from taoshell.text.spec_paths import SpecPath, check
from tests.support.definitions import Disk, define, machine

HOST = 'layout = "host"\nnetwork = "dino"\n'
MISSING = frozenset(
    {"/home/ann/cars/data/gone", "/home/ann/cars/dino/results/new", "/home/ann/cars/dino/results/pre.pth"}
)
GONE = (
    "/pt",
    "/result",
    "/workspace/x",
    "/nowhere",
    "/backbone",
    "/data/tf",
    "/workspace/tlt",
    "/data/old",
    "/home/ann/cars/out",
)


class Partly(Disk):
    """A disk without MISSING, and without what is below GONE."""

    def exists(self, path: str) -> bool:
        real = self.real(path)
        return real not in MISSING and not any(f"{real}/".startswith(f"{gone}/") for gone in GONE)


def found(
    text: str, name: str = "a.yaml", toml: str = "", first: str = HOST, disk: Disk | None = None
) -> list[SpecPath]:
    ann = machine(disk=disk or Partly())
    return check(specs.read(text, name), define(toml, first=first), ann)


def one(text: str, name: str = "a.yaml", toml: str = "", first: str = HOST, disk: Disk | None = None) -> SpecPath:
    (only,) = found(text, name, toml, first, disk)
    return only


@pytest.mark.parametrize(
    ("line", "state", "host"),
    [
        ("image_dir: /data/train", "there", "/home/ann/cars/data/train"),
        ("image_dir: /data/gone", "missing", "/home/ann/cars/data/gone"),
        ("x: /data/gone", "missing", "/home/ann/cars/data/gone"),  # the field says nothing, the folder does
        ("results_dir: /results", "there", "/home/ann/cars/dino/results"),
        ("results_dir: /results/new", "later", "/home/ann/cars/dino/results/new"),
        ("checkpoint: /results/new", "later", "/home/ann/cars/dino/results/new"),
        ("pretrained_model_path: /results/pre.pth", "missing", "/home/ann/cars/dino/results/pre.pth"),
        ("onnx_file: /data/gone", "later", "/home/ann/cars/data/gone"),
        ("checkpoint: ???", "open", None),
        ("test_dataset_dir: ??", "open", None),
        ("image_dir: ${oc.env:DATA}/x", "open", None),
        ("image_dir: /pt/data", "unreached", None),
        ("image_dir: /home/ann/cars/data/train", "host path", None),
        ("x: /home/ann/cars/data/train", "host path", None),
        ("image_dir: /mnt/kitti", "host path", None),
        ("image_dir: FIXME", "placeholder", None),
        ("image_dir: /path/to/images", "placeholder", None),
        ("image_dir: DATADIR/images", "placeholder", None),
        ("image_dir: /data/<name>/x", "placeholder", None),
        ("image_dir: ~/cars/data", "unexpanded", None),
        ("image_dir: $DATA_DIR/train", "unexpanded", None),
        ("results_dir: out", "relative", None),
    ],
)
def test_a_path(line: str, state: str, host: str | None) -> None:
    path = one(line)
    assert (path.state, path.host) == (state, host)
    assert (path.problem == "") == (state in ("there", "later", "open"))
    assert path.at.line == 1


@pytest.mark.parametrize(
    "line",
    [
        "layers_precision: [/backbone/Mul:fp32, /backbone/stages.0/Conv]",
        "arch: vit-mae-base/16",
        "image_dir_name: image_2",
        "url: https://ngc.nvidia.com/data",
        "results_dir: s3://bucket/results",
        "pose_config_path: /workspace/examples/bpnet/18joints.json",  # of the image
        "font_path: /usr/share/fonts/a.ttf",
        "lr: ${eval:'1/2'}",
        "batch_size: ${dataset.batch_size}\ndataset: {batch_size: 8}",
        "key: /",
        'image_dir: ""',
        'image_dir: "/data/\\0"',
        "image_dir: '/home/ann/cars/data/\\377'",  # protobuf text; this byte is no UTF-8
        "name: ???",
        "target_classes: $car",
    ],
)
def test_no_path(line: str) -> None:
    assert found(line, "a.txt") == []


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("image_dir: /home/ann/cars/data/train/", "/data/train/"),
        ("image_dir: /home/ann/cars/data/tf/*", "/data/tf/*"),
        ("image_dir: /home/ann/cars/specs/../data/train", "/data/train"),
        ("image_dir: ~/cars/data", "/data"),
        ("image_dir: $HOST_DATA_DIR/train", "/data/train"),
        ("image_dir: $DATA_DIR/train", "/data/train"),
        ("image_dir: ${DATA_DIR}/train", "/data/train"),
        ("image_dir: $OTHER/train", ""),
        ("image_dir: $KEY", ""),  # a secret, which is not looked at
        ("image_dir: /workspace/tlt/data/train", "/data/train"),  # of another layout
        ("image_dir: /workspace/tlt/data/gone", ""),
        ("image_dir: /mnt/kitti", ""),
        ("image_dir: /data/train", ""),
    ],
)
def test_the_path_that_would_be_right(line: str, right: str) -> None:
    assert one(line, toml="[places]\nproject.mount = false\n").right == right


def test_a_path_of_todays_layout_in_a_project_of_the_classic_one() -> None:
    path = one('image_directory_path: "/data/train"', "a.txt", first='network = "dino"\n', disk=Disk())
    assert path.state == "host path"  # this machine has a /data/train
    disk = Disk(missing=frozenset({"/data/train"}))
    path = one('image_directory_path: "/data/train"', "a.txt", first='network = "dino"\n', disk=disk)
    assert (path.state, path.right) == ("unreached", "/workspace/tao-experiments/data/train")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "image_dir: /data/gone",
            "/data/gone is /home/ann/cars/data/gone on this machine, which does not exist; create",
        ),
        ("export.checkpoint: /result/a.pth", "no mount reaches /result/a.pth; did you mean /results/a.pth?"),
        (
            "image_dir: /nowhere/x",
            "no mount reaches /nowhere/x; the container sees /workspace/tao-experiments, /data, ",
        ),
        ("image_dir: /home/ann/cars/data/x", "/home/ann/cars/data/x is a path of this machine; write /data/x"),
        (
            "image_dir: /mnt/kitti",
            "/mnt/kitti is a path of this machine, and no mount carries it; to add a place for it: ",
        ),
    ],
)
def test_what_is_said(line: str, said: str) -> None:
    field = line.partition(":")[0]
    assert str(one(f"# first\n{line}")).startswith(f"a.yaml:2: {field}: {said}")


def test_a_place_that_is_read_only() -> None:
    toml = '[places]\ndata = { mode = "ro" }\n'
    assert one("results_dir: /data/out", toml=toml).state == "read-only"
    assert one("image_dir: /data/train", toml=toml).state == "there"


def test_a_symlink_in_the_data_that_leads_out_of_the_container() -> None:
    disk = Disk({"/home/ann/cars/data/big": "/mnt/kitti", "/home/ann/cars/data/loop": "loop"})
    path = one("image_dir: /data/big/train", disk=disk)
    assert (
        path.problem == "/data/big/train leads through a symlink to /mnt/kitti/train, which the container does not see"
    )
    assert path.cure.startswith("to add a place for it: taoshell set ")
    assert "in a circle" in one("image_dir: /data/loop/x", disk=disk).problem


TREE = """
results_dir: /results/new
root: {data: /data/gone, same: "${.data}", up: {x_dir: "${..data}/x"}}
train: {results_dir: "${results_dir}/train", file: "${root.data}/a"}
wrong_dir: /nowhere/x
below_dir: ${wrong_dir}/y
loop_dir: ${loop_dir}/x
open_dir: ???
of_open_dir: ${open_dir}/x
"""


def test_what_an_interpolation_stands_for_is_followed() -> None:
    paths = {path.field: path for path in found(TREE)}
    assert {field: path.container for field, path in paths.items()} == {
        "results_dir": "/results/new",
        "root.data": "/data/gone",
        "root.same": "/data/gone",
        "root.up.x_dir": "/data/gone/x",
        "train.results_dir": "/results/new/train",
        "train.file": "/data/gone/a",
        "wrong_dir": "/nowhere/x",
        "below_dir": "/nowhere/x/y",
        "loop_dir": "${loop_dir}/x",
        "open_dir": "???",
        "of_open_dir": "${open_dir}/x",
    }
    assert paths["below_dir"].problem == "", "wrong_dir says it"
    assert {paths[name].state for name in ("loop_dir", "open_dir", "of_open_dir")} == {"open"}


def test_tfrecords_may_be_given_by_the_start_of_their_names() -> None:
    text = 'tfrecords_path: "/data/gone"\nimage_directory_path: "/data/gone"'
    there = {"/home/ann/cars/data/gone*"}.__contains__
    ann = machine(disk=Partly())
    states = [path.state for path in check(specs.read(text, "a.txt"), define(first=HOST), ann, there)]
    assert states == ["there", "missing"]


def test_a_pattern_that_nothing_matches() -> None:
    text = "mp4_urls: /data/video/*.mp4"
    (path,) = check(specs.read(text, "a.yaml"), define(first=HOST), machine(), lambda host: False)
    assert path.problem.endswith("/home/ann/cars/data/video/*.mp4 on this machine, which no file matches")


def test_layout_same_needs_no_translation() -> None:
    assert one("image_dir: /home/ann/cars/data/x", first=HOST.replace("host", "same"), disk=Disk()).state == "there"


def test_what_the_command_line_gives_wins() -> None:
    text = "results_dir: RESULTSDIR\nx_dir: ${results_dir}/x\ny_dir: /nowhere\nDATA_DIR: /data\nz_dir: ${DATA_DIR}/z\n"
    overrides = {"results_dir": "/results/new", "y_dir": "/specs"}
    paths = check(specs.read(text, "a.yaml"), define(first=HOST), machine(disk=Partly()), given=overrides)
    assert [(path.field, path.state, path.container) for path in paths] == [
        ("results_dir", "open", "RESULTSDIR"),
        ("x_dir", "there", "/results/new/x"),
        ("y_dir", "open", "/nowhere"),
        ("DATA_DIR", "there", "/data"),
        ("z_dir", "there", "/data/z"),  # the spec's own DATA_DIR
    ]


# -- properties ----------------------------------------------------------------------------------------------

PARTS = st.sampled_from(
    [
        "/",
        "//",
        "..",
        ".",
        "~",
        "$",
        "${",
        "}",
        "${b}",
        "DATA_DIR",
        "data",
        "home/ann",
        "cars",
        "???",
        "FIXME",
        "*",
        "x",
    ]
)
VALUES = st.lists(PARTS | st.text(max_size=3) | st.just("\ud800"), max_size=8).map("".join)
LINKS = st.dictionaries(st.sampled_from(["/home/ann/cars/data/x", "/data", "/home/ann/cars/data"]), VALUES, max_size=2)


@given(st.fixed_dictionaries({"a_dir": VALUES, "b": VALUES, "results_dir": VALUES}), LINKS)
def test_whatever_a_spec_says_there_is_an_answer(values: dict[str, str], links: dict[str, str]) -> None:
    read = specs.read(json.dumps(values), "a.json")
    project = define('[places]\ncache = { host = "/mnt/c", container = "/data/x" }\n', first=HOST)
    for path in check(read, project, machine(disk=Disk({name: end for name, end in links.items() if end}))):
        assert bool(path.problem) == bool(path.cure)
        assert (path.state in ("there", "later", "missing")) == (path.host is not None and path.state != "read-only")
        assert path.right == "" or path.right.startswith("/")
        assert path.problem or path.state in ("there", "later", "open") or "${" in path.value
