"""A mounts file that another program wrote is merged into taoshell.toml."""

from __future__ import annotations

import json

import pytest

from taoshell.errors import TaoshellError
from taoshell.formats import mounts_file
from taoshell.formats.merge import adopted
from taoshell.project.model import Project
from tests.support.definitions import define

TOML = '# ours\nnetwork = "dino"  # a comment\n'
W = "/workspace/tao-experiments"


def take(document: object, toml: str = TOML) -> tuple[str, Project]:
    """Return the text afterwards, and the project that it defines."""
    wanted = mounts_file.read(json.dumps(document), "/backup.json")
    text = adopted(toml, wanted, define(toml, first=""), "/backup.json")
    return text, define(text, first="")


def mount(source: str, destination: str) -> dict[str, str]:
    return {"source": source, "destination": destination}


def test_a_mount_that_the_project_has_already_changes_nothing() -> None:
    before = define(TOML, first="")
    assert take(mounts_file.document(before.mapping))[0] == TOML


def test_a_mount_at_the_container_path_of_a_place_moves_its_host_folder() -> None:
    text, project = take({"Mounts": [mount("/big/kitti", f"{W}/data")]})
    assert text == TOML + '\n[places]\ndata = "/big/kitti"\n'
    assert project.variables["LOCAL_DATA_DIR"] == "/big/kitti"


def test_a_mount_of_the_host_folder_of_a_place_moves_its_container_path() -> None:
    """A notebook of the other family mounts the same host folders at other container paths."""
    data = next(place for place in define(TOML, first="").places if place.name == "data")
    text, project = take({"Mounts": [mount(data.host, "/data")]})
    assert text == TOML + '\n[places]\ndata = {container = "/data"}\n'
    assert project.variables["DATA_DOWNLOAD_DIR"] == "/data"
    assert project.variables["LOCAL_DATA_DIR"] == data.host


@pytest.mark.parametrize(
    "written",
    [
        '[places]\nextra = { host = "/one", container = "/extra" } # why\n',
        '[places]\nextra.host = "/one"\nextra.container = "/extra"\n',
        '[places.extra] # why\nhost = "/one"\ncontainer = "/extra"\n',
    ],
)
def test_a_place_outside_the_layout_moves_however_it_is_written(written: str) -> None:
    text, _ = take({"Mounts": [mount("/two", "/extra")]}, f"{TOML}{written}")
    assert text == f"{TOML}{written}".replace("/one", "/two")
    text, _ = take({"Mounts": [mount("/one", "/other")]}, f"{TOML}{written}")
    assert text == f"{TOML}{written}".replace('"/extra"', '"/other"')


def test_a_place_that_was_only_a_path_gets_its_other_side() -> None:
    text, _ = take({"Mounts": [mount("/big/kitti", "/data")]}, f'{TOML}[places]\ndata = "/big/kitti"\n')
    assert text == f'{TOML}[places]\ndata = {{host = "/big/kitti", container = "/data"}}\n'


def test_any_other_mount_becomes_a_new_place() -> None:
    _, project = take(
        {"Mounts": [mount("/one", "/my/Extra dir"), mount("/two", "/your/Extra dir"), mount("/3", "/x/data")]}
    )
    own = {place.name: (place.host, place.container) for place in project.places if not place.host_variables}
    assert own == {
        "extra_dir": ("/one", "/my/Extra dir"),
        "extra_dir_2": ("/two", "/your/Extra dir"),
        "data_2": ("/3", "/x/data"),
    }


def test_variables_and_options_go_into_their_tables() -> None:
    options = {"shm_size": "16G", "ulimits": {"memlock": -1, "stack": 67108864}, "user": "1000:1000"}
    _, project = take({"Mounts": [], "Envs": [{"variable": "FOO", "value": "1"}], "DockerOptions": options})
    assert project.mapping.options == options
    assert project.mapping.variables["FOO"] == "1"


def test_comments_stay() -> None:
    text, _ = take(
        {"Mounts": [], "DockerOptions": {"shm_size": "16G"}}, TOML + '\n[container]  # theirs\nnetwork = "host"\n'
    )
    assert text == TOML + '\n[container]  # theirs\nnetwork = "host"\nshm_size = "16G"\n'


def test_a_secret_is_refused_and_not_repeated() -> None:
    with pytest.raises(TaoshellError, match="WANDB_API_KEY is a secret") as error:
        take({"Mounts": [], "Envs": [{"variable": "WANDB_API_KEY", "value": "s3cret"}]})
    assert str(error.value).startswith("/backup.json: ")
    assert "s3cret" not in str(error.value)
