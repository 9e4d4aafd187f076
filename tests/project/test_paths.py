"""Host paths, and the main property: an accepted project has the same folders on both sides."""

from __future__ import annotations

import json
import re

import pytest
import tomlkit
from hypothesis import given, reject
from hypothesis import strategies as st

from taoshell.errors import TaoshellError, printable
from taoshell.formats import mounts_file
from taoshell.project.model import Mount
from taoshell.project.mounts import mounts_for, to_container, to_host
from tests.support.definitions import ROOT, Disk, define


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("kitti", f"{ROOT}/kitti"),
        ("./kitti/", f"{ROOT}/kitti"),
        ("/mnt//big/./kitti", "/mnt/big/kitti"),
        ("//mnt/kitti", "/mnt/kitti"),
        ("../kitti", "/home/ann/kitti"),
        ("~", "/home/ann"),
        ("~/kitti", "/home/ann/kitti"),
        ("link/kitti", f"{ROOT}/link/kitti"),
        ("link/../kitti", "/disk/kitti"),  # where the link leads, not the folder that it stands in
        ("a~b", f"{ROOT}/a~b"),
    ],
)
def test_a_host_path_is_absolute_and_short(text: str, path: str) -> None:
    disk = Disk({f"{ROOT}/link": "/disk/folder"})
    assert define(f"places.data = '{text}'", disk=disk).variables["LOCAL_DATA_DIR"] == path
    assert define(env={"LOCAL_DATA_DIR": text}, disk=disk).variables["LOCAL_DATA_DIR"] == path


ODD = st.text(
    st.characters(exclude_characters="\n\0/:", exclude_categories=["Cs"])
    | st.sampled_from(" \t'\"\\$`!*?;&|()[]{}#=数"),
    min_size=1,
    max_size=20,
).filter(lambda name: name not in (".", "..") and "FIXME" not in name)
LITERAL = ODD.map(lambda name: re.sub("[$`%]", "_", name))  # a path that a user gives contains no variable


@given(ODD, LITERAL)
def test_odd_paths_come_through_unchanged(folder: str, name: str) -> None:
    root, data = f"/srv/{folder}", f"/mnt/{name}"
    project = define(env={"LOCAL_DATA_DIR": data}, root=root)
    assert project.variables["LOCAL_PROJECT_DIR"] == root
    assert project.variables["LOCAL_DATA_DIR"] == data
    text = mounts_file.written(project.mapping)
    assert text.isascii()
    assert [mount["source"] for mount in json.loads(text)["Mounts"]] == [root, data, f"{root}/specs"]
    assert project.name == printable(project.name)


# -- the main property -------------------------------------------------------------------------------------

PATH_PARTS = st.lists(st.sampled_from(["data", "specs", "x", "y"]), min_size=1, max_size=3).map("/".join)
PLACES = st.dictionaries(
    st.sampled_from(["project", "data", "experiment", "specs", "own", "other"]),
    st.fixed_dictionaries(
        {"host": PATH_PARTS | PATH_PARTS.map(lambda path: f"/mnt/{path}")}
        | {"container": PATH_PARTS.map(lambda path: f"/{path}")}
    ),
)
LINKS = st.dictionaries(
    PATH_PARTS.map(lambda path: f"{ROOT}/{path}"), PATH_PARTS.map(lambda path: f"/disk/{path}"), max_size=2
)


@given(PLACES, LINKS, PATH_PARTS)
def test_an_accepted_project_is_the_same_on_both_sides(
    places: dict[str, dict[str, str]], links: dict[str, str], rest: str
) -> None:
    disk = Disk(links)
    try:
        project = define(tomlkit.dumps({"places": places}), disk=disk)
    except TaoshellError:  # two of them are one folder, or have one container path
        reject()
    assert project.mapping.mounts == mounts_for(project.places, disk.real)
    real_mounts = tuple(Mount(disk.real(mount.source), mount.destination) for mount in project.mapping.mounts)
    for place in project.places:
        assert to_host(place.container, real_mounts) == disk.real(place.host)
        inside = f"{place.container}/{rest}"
        host = to_host(inside, real_mounts)
        assert host is not None
        if disk.real(host) == host:
            back = to_container(host, project.mapping.mounts, disk.real)
            assert back is not None
            assert to_host(back, real_mounts) == host
