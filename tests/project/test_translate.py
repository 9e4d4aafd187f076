"""Paths on both sides: tables, and the round trip."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from taoshell.project.links import end_of
from taoshell.project.model import Project
from taoshell.project.translate import end_in_container, host_paths_in, how_to_reach, to_container, to_host
from tests.support.definitions import Disk, define, machine

HOST = 'layout = "host"\nnetwork = "dino"\n'
PLAIN = Disk()


def project(toml: str = "", disk: Disk = PLAIN) -> Project:
    return define(toml, first=HOST, disk=disk)


def inside(path: str, toml: str = "", disk: Disk = PLAIN) -> tuple[str, str] | None:
    found = to_container(project(toml, disk), path, machine(disk=disk))
    return found and (found.path, found.mount.destination)


def outside(path: str, toml: str = "", disk: Disk = PLAIN) -> tuple[str, str] | None:
    found = to_host(project(toml, disk), path, machine(disk=disk))
    return found and (found.path, found.mount.destination)


@pytest.mark.parametrize(
    ("host", "container", "mount"),
    [
        ("/home/ann/cars", "/workspace/tao-experiments", "/workspace/tao-experiments"),
        ("/home/ann/cars/x y", "/workspace/tao-experiments/x y", "/workspace/tao-experiments"),
        ("/home/ann/cars/data/a.png", "/data/a.png", "/data"),  # the deepest of two
        ("/home/ann/cars/data/", "/data/", "/data"),
        ("/home/ann/cars/./data/../specs//a", "/specs/a", "/specs"),
        ("/home/ann/cars/dino/results", "/results", "/results"),
        ("/home/ann", None, None),
        ("/mnt/kitti", None, None),
    ],
)
def test_to_the_container(host: str, container: str | None, mount: str | None) -> None:
    assert inside(host) == (container and (container, mount))


@pytest.mark.parametrize(
    ("container", "host", "mount"),
    [
        ("/data/a.png", "/home/ann/cars/data/a.png", "/data"),
        ("/data/../specs/./a/", "/home/ann/cars/specs/a/", "/specs"),
        ("/workspace/tao-experiments/data", "/home/ann/cars/data", "/workspace/tao-experiments"),
        ("/data/*", "/home/ann/cars/data/*", "/data"),
        ("/database", None, None),
        ("/workspace", None, None),
        ("/data/../..", None, None),
    ],
)
def test_to_the_host(container: str, host: str | None, mount: str | None) -> None:
    assert outside(container) == (host and (host, mount))


LINKS: dict[str, tuple[dict[str, str], str, str | None]] = {
    "a relative one in the same mount": (
        {"/home/ann/cars/data/new": "old"},
        "/data/new/x",
        "/home/ann/cars/data/old/x",
    ),
    "a place is one": ({"/home/ann/cars/data": "/mnt/kitti"}, "/data/x", "/home/ann/cars/data/x"),
    "an absolute one to the host": ({"/home/ann/cars/data/new": "/mnt/kitti"}, "/data/new/x", None),
    "an absolute one to the container": (
        {"/home/ann/cars/data/new": "/specs"},
        "/data/new/x",
        "/home/ann/cars/specs/x",
    ),
    "a relative one out of the mount": ({"/home/ann/cars/data/new": "../old"}, "/data/new/x", None),
    "the parent of its target": ({"/home/ann/cars/data/new": "a/b"}, "/data/new/../x", "/home/ann/cars/data/a/x"),
    "a circle": ({"/home/ann/cars/data/new": "new"}, "/data/new/x", None),
}


@pytest.mark.parametrize("case", LINKS)
def test_a_symlink_leads_to_a_path_of_the_container(case: str) -> None:
    links, path, host = LINKS[case]
    found = outside(path, disk=Disk(links))
    assert (found and found[0]) == host


def test_a_circle_has_no_end() -> None:
    disk = Disk({"/home/ann/cars/data/a": "b", "/home/ann/cars/data/b": "a"})
    assert end_in_container(project(), "/data/a/x", machine(disk=disk)) is None


def test_a_mount_hides_what_is_below_it() -> None:
    toml = '[places]\nproject.mount = false\ncache = { host = "/mnt/cache", container = "/data/cache" }\n'
    assert outside("/data/cache/x", toml) == ("/mnt/cache/x", "/data/cache")
    assert inside("/mnt/cache/x", toml) == ("/data/cache/x", "/data/cache")
    assert inside("/home/ann/cars/data/cache/x", toml) is None


@pytest.mark.parametrize(
    ("word", "path", "right", "changed"),
    [
        ("/home/ann/cars/data/x", "/home/ann/cars/data/x", "/data/x", "/data/x"),
        ("/home/ann/cars/data/a, b", "/home/ann/cars/data/a, b", "/data/a, b", "/data/a, b"),
        ("-e=/home/ann/cars/specs/a.yaml", "/home/ann/cars/specs/a.yaml", "/specs/a.yaml", "-e=/specs/a.yaml"),
        (
            "a.dirs=['/home/ann/cars/data',\"/home/ann/cars/specs\",/data]",
            "/home/ann/cars/data",
            "/data",
            "a.dirs=['/data',\"/specs\",/data]",
        ),
        ("results_dir=/mnt/kitti/x", "/mnt/kitti/x", "", "results_dir=/mnt/kitti/x"),
        ("a=/home/ann/x", "/home/ann/x", "", "a=/home/ann/x"),
    ],
)
def test_a_host_path_in_a_word(word: str, path: str, right: str, changed: str) -> None:
    found = host_paths_in(word, project(), machine())
    assert (found.paths[0], found.word) == ((path, right), changed)


@pytest.mark.parametrize(
    ("word", "rights", "changed"),
    [
        ("--x={data}/a,{specs}", ["/data/a", "/specs"], "--x=/data/a,/specs"),
        ("{data},/mnt/kitti,{specs}", ["/data", "", "/specs"], "/data,/mnt/kitti,/specs"),
        ("a=[{data},/mnt/kitti]", ["/data", ""], "a=[/data,/mnt/kitti]"),
        ("x:{data}:{specs}/y", ["/data", "/specs/y"], "x:/data:/specs/y"),
        ("a,b={data}:/data", ["/data"], "a,b=/data:/data"),
        ("PATH=$PATH:{data} ls", [], "PATH=$PATH:{data} ls"),
        ("file://{data}", [], "file://{data}"),
    ],
)
def test_each_path_of_a_list_in_a_word(word: str, rights: list[str], changed: str) -> None:
    folders = {"data": "/home/ann/cars/data", "specs": "/home/ann/cars/specs"}
    text = word.format(**folders)
    found = host_paths_in(text, project(), machine(disk=Disk(missing=frozenset({text.partition("=")[2] or text}))))
    assert [right for _, right in found.paths] == rights
    assert found.word == changed.format(**folders)


def test_a_path_with_a_comma_that_is_there_is_one_path() -> None:
    word = "/home/ann/cars/data,/x"
    assert host_paths_in(word, project(), machine()).paths == ((word, "/workspace/tao-experiments/data,/x"),)


@pytest.mark.parametrize(
    "word",
    ["train", "-e", "/data/x", "a=/results", "a=b/home/ann/cars", "/usr/bin/env", "/", "", "x=", "a=[1,2]", "/\0"],
)
def test_a_word_without_one(word: str) -> None:
    assert host_paths_in(word, project(), machine()) == ((), word)


def test_a_path_of_the_container_that_is_one_of_the_host_too() -> None:
    missing = frozenset({"/data/x", "/home/ann/cars/data/x"})
    assert not host_paths_in("/data/x", project(), machine(disk=Disk(missing=missing))).paths
    # the layout's /data is on the host's own /data
    toml = '[places]\ndata = "/data/p/data"\n'
    disk = Disk(missing=frozenset({"/data/p/data/p/data/x"}))
    found = host_paths_in("/data/p/data/x", project(toml, disk), machine(disk=disk))
    assert found == ((("/data/p/data/x", "/data/x"),), "/data/x")


@pytest.mark.parametrize(
    ("path", "how", "first"),
    [
        ("/mnt/kitti", """'places.kitti={ host = "/mnt/kitti", container = "/kitti" }'""", HOST),
        ("/mnt/a b/data", """'places.data-2={ host = "/mnt/a b/data", container = "/data-2" }'""", HOST),
        ("/mnt/ä!", """'places.place={ host = "/mnt/ä!", container = "/place" }'""", HOST),
        ("/mnt/x/../it's", '{ host = "/mnt/it', HOST),
        ("/mnt/kitti", "taoshell set places.kitti=/mnt/kitti", HOST.replace("host", "same")),
        ("/mnt/a:b", "rename the folder", HOST),
        ("/home/ann", "move it into the folder of a place", HOST),
        ("/etc", "move it into the folder of a place", HOST),
        ("/gone/x", "there is no such path on this machine", HOST),
    ],
)
def test_how_to_reach_a_path(path: str, how: str, first: str) -> None:
    disk = Disk(missing=frozenset({"/gone/x"}))
    assert how in how_to_reach(define(first=first), path, machine(disk=disk))


# -- properties ----------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["data", "specs", "dino", "results", "a", "b c", "数", "new"])
PATHS = st.lists(NAMES, max_size=4).map(lambda parts: "/".join(["/home/ann/cars", *parts]))
LINK_TARGETS = st.lists(NAMES | st.just(".."), min_size=1, max_size=3).map("/".join) | PATHS
PLACES = st.sampled_from(
    ["", '[places]\nx = { host = "a/b c", container = "/data/a" }\n', '[places]\ndata = "/home/ann/cars/new/a"\n']
)


@given(PATHS, st.dictionaries(PATHS, LINK_TARGETS, max_size=3), PLACES)
def test_what_the_container_sees_is_the_same_file(path: str, links: dict[str, str], toml: str) -> None:
    links.pop("/home/ann/cars", None)
    disk = Disk(links)
    assume(end_of(path, machine(disk=disk)) is not None)  # no circle
    try:
        made = project(toml, disk)
    except Exception:  # noqa: BLE001  such a project is refused
        assume(False)
    there = to_container(made, path, machine(disk=disk))
    if there is None:
        return
    back = to_host(made, there.path, machine(disk=disk))
    assert back is not None
    assert disk.real(back.path) == disk.real(path)
    assert back.mount == there.mount


WORDS = st.lists(
    st.sampled_from(["a", "=", "/", "[", "]", ",", "'", "..", "/home/ann/cars/data", "/data", "\udcff", "\0"])
)


@given(WORDS.map("".join))
def test_any_word_is_left_alone_or_has_one_path_for_each(word: str) -> None:
    found = host_paths_in(word, project(), machine())
    assert all(path in word for path, _ in found.paths)
    again = host_paths_in(found.word, project(), machine())
    assert not any(right for _, right in again.paths), "a word that is right stays"
