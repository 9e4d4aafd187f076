"""What the two files mean: the article's exact values, both layouts, and which of two settings wins."""

from __future__ import annotations

import shlex

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from taoshell.errors import TaoshellError
from taoshell.formats import mounts_file
from taoshell.project.build import require_mount_folders
from taoshell.project.model import Project
from tests.support.definitions import ROOT, TOML, Disk, define

CONTAINER = "/workspace/tao-experiments"


def mounts(project: Project) -> dict[str, str]:
    return {mount.source: mount.destination for mount in project.mapping.mounts}


# -- classic ------------------------------------------------------------------------------------------


def test_the_articles_exact_values_and_mounts() -> None:
    project = define(env={"NUM_GPUS": "1", "KEY": "tlt_encode"})
    assert list(project.variables.items()) == [
        ("KEY", "tlt_encode"),
        ("NUM_GPUS", "1"),
        ("LOCAL_PROJECT_DIR", ROOT),
        ("LOCAL_DATA_DIR", f"{ROOT}/data"),
        ("DATA_DOWNLOAD_DIR", "/workspace/tao-experiments/data"),
        ("LOCAL_EXPERIMENT_DIR", f"{ROOT}/detectnet_v2"),
        ("USER_EXPERIMENT_DIR", "/workspace/tao-experiments/detectnet_v2"),
        ("LOCAL_SPECS_DIR", f"{ROOT}/specs"),
        ("SPECS_DIR", "/workspace/tao-experiments/detectnet_v2/specs"),
    ]
    assert mounts_file.document(project.mapping) == {
        "Mounts": [
            {"source": ROOT, "destination": "/workspace/tao-experiments"},
            {"source": f"{ROOT}/specs", "destination": "/workspace/tao-experiments/detectnet_v2/specs"},
        ]
    }
    assert (project.name, project.layout, project.network) == ("cars", "classic", "detectnet_v2")


def test_a_moved_place_gets_the_third_mount_by_itself() -> None:
    project = define('places.data = "/mnt/big/kitti"')
    assert project.variables["LOCAL_DATA_DIR"] == "/mnt/big/kitti"
    assert project.variables["DATA_DOWNLOAD_DIR"] == f"{CONTAINER}/data"
    assert mounts(project) == {
        ROOT: CONTAINER,
        "/mnt/big/kitti": f"{CONTAINER}/data",
        f"{ROOT}/specs": f"{CONTAINER}/detectnet_v2/specs",
    }


def test_data_and_experiment_follow_a_moved_project_and_specs_stay_with_the_file() -> None:
    project = define('places.project = { host = "/mnt/runs", container = "/w" }')
    assert mounts(project) == {"/mnt/runs": "/w", f"{ROOT}/specs": "/w/detectnet_v2/specs"}
    assert project.variables["LOCAL_EXPERIMENT_DIR"] == "/mnt/runs/detectnet_v2"
    assert (project.variables["LOCAL_DATA_DIR"], project.variables["DATA_DOWNLOAD_DIR"]) == (
        "/mnt/runs/data",
        "/w/data",
    )


def test_a_place_behind_a_symlink_gets_its_own_mount() -> None:
    project = define(disk=Disk({f"{ROOT}/data": "/mnt/big"}))
    assert mounts(project)[f"{ROOT}/data"] == f"{CONTAINER}/data"


# -- host ---------------------------------------------------------------------------------------------


def test_the_host_layout() -> None:
    project = define('layout = "host"')
    assert project.variables == {
        "LOCAL_PROJECT_DIR": ROOT,
        "HOST_DATA_DIR": f"{ROOT}/data",
        "DATA_DIR": "/data",
        "HOST_SPECS_DIR": f"{ROOT}/specs",
        "SPECS_DIR": "/specs",
        "HOST_RESULTS_DIR": f"{ROOT}/detectnet_v2/results",
        "RESULTS_DIR": "/results",
    }
    assert mounts(project) == {
        ROOT: CONTAINER,
        f"{ROOT}/data": "/data",
        f"{ROOT}/specs": "/specs",
        f"{ROOT}/detectnet_v2/results": "/results",
    }


@pytest.mark.parametrize(
    ("toml", "env"),
    [('places.model = "/mnt/model"', {}), ("", {"HOST_MODEL_DIR": "/mnt/model"})],
    ids=["in the TOML", "in .env"],
)
def test_the_model_is_a_place_only_if_it_is_given(toml: str, env: dict[str, str]) -> None:
    project = define(f'layout = "host"\n{toml}', env)
    assert (project.variables["HOST_MODEL_DIR"], mounts(project)["/mnt/model"]) == ("/mnt/model", "/model")


# -- places of one's own ----------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["classic", "host"])
def test_own_places_have_their_own_variables(layout: str) -> None:
    project = define(
        f'layout = "{layout}"\n'
        '[places.cache]\nhost = "~/.cache/tao"\ncontainer = "/.cache"\n'
        '[places.pretrained]\nhost = "../models"\ncontainer = "/pretrained"\n'
        'host_variable = "LOCAL_MODELS"\ncontainer_variable = "MODELS"\n'
    )
    assert list(project.variables.items())[-2:] == [("LOCAL_MODELS", "/home/ann/models"), ("MODELS", "/pretrained")]
    assert mounts(project)["/home/ann/.cache/tao"] == "/.cache"


def test_a_team_can_leave_the_host_side_to_each_user() -> None:
    toml = 'places.disk = { container = "/disk", host_variable = "MY_DISK" }'
    assert mounts(define(toml, {"MY_DISK": "/mnt/d"}))["/mnt/d"] == "/disk"
    with pytest.raises(TaoshellError, match=r"place \"disk\" has no host path; add host = \"…\", or MY_DISK=… in .env"):
        define(toml)


# -- who wins -------------------------------------------------------------------------------------------


def test_a_line_in_dotenv_wins() -> None:
    toml = 'places.data = "/team"\nenv = { NUM_GPUS = 4, A = "team", B = "team" }'
    team, own = define(toml), define(toml, {"A": "own", "NUM_GPUS": "2", "LOCAL_DATA_DIR": "/own"})
    assert [team.variables[name] for name in ("NUM_GPUS", "A", "B", "LOCAL_DATA_DIR")] == ["4", "team", "team", "/team"]
    assert [own.variables[name] for name in ("NUM_GPUS", "A", "B", "LOCAL_DATA_DIR")] == ["2", "own", "team", "/own"]
    assert mounts(own)["/own"] == f"{CONTAINER}/data"


def test_a_line_in_dotenv_wins_over_a_placeholder() -> None:
    assert define('places.data = "/path/to/data"', {"LOCAL_DATA_DIR": "/own"}).variables["LOCAL_DATA_DIR"] == "/own"


def test_the_name_comes_from_the_file_or_else_from_the_folder() -> None:
    assert define('name = "night shift"').name == "night shift"
    assert define(root="/srv/a\tb\x1b").name == "a\\tb\\x1b"


# -- missing mount folders -------------------------------------------------------------------------------


def test_init_can_ask_about_missing_mount_folders() -> None:
    project = define(disk=Disk(missing=frozenset({f"{ROOT}/specs", f"{ROOT}/data"})))
    assert project.missing_mount_folders == (f"{ROOT}/specs",)  # the place data has no mount of its own
    with pytest.raises(TaoshellError) as error:
        require_mount_folders(project)
    assert str(error.value) == (
        f"{TOML}: the container needs {ROOT}/specs, which does not exist; run: mkdir -p {ROOT}/specs"
    )
    require_mount_folders(define())


@pytest.mark.parametrize(
    ("toml", "env", "where"),
    [('\nplaces.data = "my data"', {}, "taoshell.toml:3"), ("", {"A": "", "LOCAL_DATA_DIR": "my data"}, ".env:2")],
)
def test_a_missing_mount_folder_is_reported_at_its_line(toml: str, env: dict[str, str], where: str) -> None:
    missing = f"{ROOT}/my data"
    with pytest.raises(TaoshellError, match=where) as error:
        require_mount_folders(define(toml, env, disk=Disk(missing=frozenset({missing}))))
    assert str(error.value).endswith(f"mkdir -p {shlex.quote(missing)}")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_values_come_through_unchanged(value: str) -> None:
    project = define(tomlkit.dumps({"env": {"A": value}, "container": {"env": {"A": value}}}), {"B": value})
    assert (project.variables["A"], project.variables["B"], project.mapping.variables["A"]) == (value, value, value)
