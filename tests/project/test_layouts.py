"""The layout `same`, a project without a network, and what an entry of [places] can say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.errors import TaoshellError
from taoshell.project.model import Mount, Project
from taoshell.project.mounts import to_container, to_host
from tests.support.definitions import ENV, ROOT, TOML, Disk, built, define

CONTAINER = "/workspace/tao-experiments"
SAME = 'network = "dino"\nlayout = "same"\n'


def place(project: Project, name: str) -> tuple[str, str]:
    return next((place.host, place.container) for place in project.places if place.name == name)


# -- same ---------------------------------------------------------------------------------------------


def test_every_container_path_is_the_host_path() -> None:
    project = define('places = { data = "/mnt/d", x = "x" }', first=SAME)
    assert project.mapping.mounts == (Mount(ROOT, ROOT), Mount("/mnt/d", "/mnt/d"))
    assert project.variables["RESULTS_DIR"] == project.variables["HOST_RESULTS_DIR"] == f"{ROOT}/dino/results"
    assert {place.name for place in project.places} == {"project", "data", "specs", "results", "x"}


def test_a_place_that_dotenv_moves_moves_in_the_container_too() -> None:
    assert place(define(env={"HOST_DATA_DIR": "/mnt/d"}, first=SAME), "data") == ("/mnt/d", "/mnt/d")


def test_the_same_container_path_may_be_written() -> None:
    assert place(define('places.data = { host = "/d", container = "/d" }', first=SAME), "data") == ("/d", "/d")


def test_a_path_behind_a_symlink_must_be_written_as_it_really_is() -> None:
    with pytest.raises(TaoshellError) as error:
        define('places.data = "/data"', first=SAME, disk=Disk({"/data": "/lustre"}))
    assert error.value.cure == "write the real path, /lustre"
    assert place(define('places.data = "/lustre"', first=SAME), "data") == ("/lustre", "/lustre")


PARTS = st.text("ab é'", min_size=1, max_size=3).filter(lambda part: part.strip() == part)


@given(st.dictionaries(PARTS, st.lists(PARTS, min_size=1, max_size=3), max_size=4), st.lists(PARTS, max_size=3))
def test_no_path_is_translated(paths: dict[str, list[str]], rest: list[str]) -> None:
    places = [f'[places.p{number}]\nhost = "/{"/".join(parts)}"\n' for number, parts in enumerate(paths.values())]
    project = built("".join(places), first=SAME).project
    if project is None:  # two places at one path
        return
    for found in project.places:
        path = "/".join([found.host, *rest])
        assert to_container(path, project.mapping.mounts, Disk().real) == path
        assert to_host(path, project.mapping.mounts) == path


# -- without a network --------------------------------------------------------------------------------


def test_classic_has_no_experiment() -> None:
    project = define(first="")
    assert list(project.variables) == [
        *("LOCAL_PROJECT_DIR", "LOCAL_DATA_DIR", "DATA_DOWNLOAD_DIR", "LOCAL_SPECS_DIR", "SPECS_DIR")
    ]
    assert place(project, "specs") == (f"{ROOT}/specs", f"{CONTAINER}/specs")
    assert project.mapping.mounts == (Mount(ROOT, CONTAINER),)
    moved = define('places.project = "/mnt/runs"', first="")
    assert moved.mapping.mounts == (Mount("/mnt/runs", CONTAINER), Mount(f"{ROOT}/specs", f"{CONTAINER}/specs"))


@pytest.mark.parametrize("layout", ["host", "same"])
def test_results_are_just_below_the_project(layout: str) -> None:
    assert place(define(f'layout = "{layout}"', first=""), "results")[0] == f"{ROOT}/results"


# -- names, modes and mounts ----------------------------------------------------------------------------


def test_a_given_name_is_added_to_the_layouts() -> None:
    project = define(
        '[places]\nproject = { host_variable = "PROJECT_DIR" }\ndata = { container_variable = ["DATA_DIR", "D"] }'
    )
    assert project.variables["LOCAL_PROJECT_DIR"] == project.variables["PROJECT_DIR"] == ROOT
    names = ("DATA_DOWNLOAD_DIR", "DATA_DIR", "D")
    assert {project.variables[name] for name in names} == {f"{CONTAINER}/data"}


def test_any_host_variable_of_a_place_moves_it() -> None:
    toml = 'places.data.host_variable = ["D", "E"]'
    for env in ({"D": "/d"}, {"E": "/d"}, {"D": "/d", "LOCAL_DATA_DIR": "/d"}):
        project = define(toml, env)
        assert {project.variables[name] for name in ("D", "E", "LOCAL_DATA_DIR")} == {"/d"}
    with pytest.raises(TaoshellError, match=f'^{ENV}:1: LOCAL_DATA_DIR and D both name place "data", but') as error:
        define(toml, {"D": "/d", "LOCAL_DATA_DIR": "/e"})
    assert error.value.cure == "remove one of the lines"


def test_a_place_of_ones_own_may_have_the_names_of_a_place_that_is_not_there() -> None:
    toml = 'layout = "host"\nplaces.w = { host = "/w", container = "/w", host_variable = "HOST_MODEL_DIR" }'
    assert [place.name for place in define(toml, {"HOST_MODEL_DIR": "/x"}).places][-1] == "w"
    assert define(toml, {"HOST_MODEL_DIR": "/x"}).variables["HOST_MODEL_DIR"] == "/x"


def test_another_mode_needs_another_mount() -> None:
    project = define('places.data = { mode = "ro" }')
    assert project.mapping.mounts[:2] == (Mount(ROOT, CONTAINER), Mount(f"{ROOT}/data", f"{CONTAINER}/data", "ro"))
    project = define('[places]\nproject = { mode = "ro" }\ndata = { mode = "ro" }')
    assert [mount.destination for mount in project.mapping.mounts if mount.mode == "ro"] == [CONTAINER]
    assert Mount(f"{ROOT}/detectnet_v2", f"{CONTAINER}/detectnet_v2") in project.mapping.mounts


def test_a_place_without_a_mount_keeps_its_names() -> None:
    project = define("places.project = { mount = false }")
    assert project.variables["LOCAL_PROJECT_DIR"] == ROOT
    assert f"{ROOT}/data" in [mount.source for mount in project.mapping.mounts]
    assert ROOT not in [mount.source for mount in project.mapping.mounts]


def test_one_folder_may_be_two_places() -> None:
    project = define('places.again = { host = ".", container = "/again" }', disk=Disk({f"{ROOT}/data": "specs"}))
    sources = [mount.source for mount in project.mapping.mounts]
    assert sources.count(ROOT) == 2
    assert f"{ROOT}/data" in sources


def test_one_container_path_is_one_place() -> None:
    with pytest.raises(TaoshellError, match=f'^{TOML}:2: places "data" and "again" have the same container path'):
        define(f'places.again = {{ host = ".", container = "{CONTAINER}/data" }}')
