"""Mounts and the translation of paths, tested with tables and properties."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from taoshell.project.model import Mount, Place
from taoshell.project.mounts import mounts_for, to_container, to_host
from taoshell.project.variables import variables_of
from tests.support.definitions import Disk

PLAIN = Disk().real


def places(*paths: tuple[str, str]) -> tuple[Place, ...]:
    return tuple(Place(f"place{number}", host, container) for number, (host, container) in enumerate(paths))


def mounts(*paths: tuple[str, str]) -> tuple[Mount, ...]:
    return tuple(Mount(source, destination) for source, destination in paths)


# The places (host, container), the symlinks of the host, and the numbers of the places that get a mount.
MOUNTS: dict[str, tuple[list[tuple[str, str]], dict[str, str], list[int]]] = {
    "the article": (
        [("/p", "/w"), ("/p/data", "/w/data"), ("/p/net", "/w/net"), ("/p/specs", "/w/net/specs")],
        {},
        [0, 3],
    ),
    "one place": ([("/p", "/w")], {}, [0]),
    "nothing in common": ([("/p", "/w"), ("/q", "/v")], {}, [0, 1]),
    "another container path": ([("/p", "/w"), ("/p/data", "/data")], {}, [0, 1]),
    "another host path": ([("/p", "/w"), ("/disk", "/w/data")], {}, [0, 1]),
    "the inner one first": ([("/p/data", "/w/data"), ("/p", "/w")], {}, [1]),
    "components, not letters": ([("/p/a", "/w/a"), ("/p/ab", "/w/ab")], {}, [0, 1]),
    "a deeper mount decides": ([("/p", "/w"), ("/q", "/w/a"), ("/p/a/b", "/w/a/b")], {}, [0, 1, 2]),
    "carried by the deeper mount": ([("/p", "/w"), ("/q", "/w/a"), ("/q/b", "/w/a/b")], {}, [0, 1]),
    "the host path is a symlink to elsewhere": ([("/p", "/w"), ("/p/data", "/w/data")], {"/p/data": "/disk"}, [0, 1]),
    "and to elsewhere in the project": ([("/p", "/w"), ("/p/data", "/w/data")], {"/p/data": "old"}, [0, 1]),
    "a symlink stands at the carried path": ([("/p", "/w"), ("/p/b", "/w/a")], {"/p/a": "/p/b"}, [0, 1]),
    "the project is a symlink": ([("/link", "/w"), ("/p/data", "/w/data")], {"/link": "/p"}, [0]),
}


@pytest.mark.parametrize("case", MOUNTS)
def test_a_place_gets_a_mount_if_none_carries_it(case: str) -> None:
    paths, links, numbers = MOUNTS[case]
    assert mounts_for(places(*paths), Disk(links).real) == mounts(*(paths[number] for number in numbers))


TWO = mounts(("/p", "/w"), ("/p/specs", "/w/net/specs"), ("/p/data", "/data"))


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/w", "/p"),
        ("/w/net", "/p/net"),
        ("/w/net/specs/a.txt", "/p/specs/a.txt"),
        ("/w/net/specs2", "/p/net/specs2"),
        ("/data/x y", "/p/data/x y"),
        ("/workspace", None),
        ("/", None),
    ],
)
def test_to_host(path: str, host: str | None) -> None:
    assert to_host(path, TWO) == host


@pytest.mark.parametrize(
    ("path", "container"),
    [
        ("/p", "/w"),
        ("/p/net/out", "/w/net/out"),
        ("/p/specs/a.txt", "/w/net/specs/a.txt"),
        ("/p/data/x", "/data/x"),  # also /w/data/x: the deepest source is the most particular
        ("/p/datax", "/w/datax"),
        ("/p/net/specs/a", None),  # the mount hides it:  /w/net/specs
        ("/pp", None),
        ("/", None),
    ],
)
def test_to_container(path: str, container: str | None) -> None:
    assert to_container(path, TWO, PLAIN) == container


def test_symlinks_of_the_host_are_followed_before_translating() -> None:
    real = Disk({"/home/ann/p": "/p", "/p/out": "/elsewhere"}).real
    assert to_container("/home/ann/p/net", TWO, real) == "/w/net"
    assert to_container("/p/out/x", TWO, real) is None
    assert to_container("/p/net", mounts(("/home/ann/p", "/w")), real) == "/w/net"


def test_the_root_of_the_host_can_be_mounted() -> None:
    whole = mounts(("/", "/host"))
    assert (to_host("/host/etc", whole), to_host("/host", whole)) == ("/etc", "/")
    assert (to_container("/etc", whole, PLAIN), to_container("/", whole, PLAIN)) == ("/host/etc", "/host")


def test_a_place_has_any_number_of_variables() -> None:
    both, host, none = (
        Place("a", "/a", "/A", ("HOST_A", "TOO"), ("IN_A",)),
        Place("b", "/b", "/B", ("HOST_B",)),
        Place("c", "/c", "/C"),
    )
    assert list(variables_of([both, host, none]).items()) == [
        ("HOST_A", "/a"),
        ("TOO", "/a"),
        ("IN_A", "/A"),
        ("HOST_B", "/b"),
    ]


# -- properties: few names and short paths, so that one path is often below another ---------------------

NAMES = st.sampled_from(["a", "b", "ab", "c d", "数"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
RESTS = st.lists(NAMES, max_size=3)
PAIRS = st.lists(st.tuples(PATHS, PATHS), min_size=1, max_size=5)
# No link leads to another link, so there are no loops.
DISKS = st.dictionaries(PATHS, RESTS.map(lambda parts: "/".join(["", "disk", *parts])), max_size=3).map(Disk)


def legal(pairs: list[tuple[str, str]], disk: Disk) -> tuple[Place, ...]:
    found = places(*pairs)
    assume(len({place.container for place in found}) == len(found))
    assume(len({disk.real(place.host) for place in found}) == len(found))
    return found


@given(PAIRS, DISKS)
def test_each_place_is_reached_at_its_container_path(pairs: list[tuple[str, str]], disk: Disk) -> None:
    found = legal(pairs, disk)
    made = mounts_for(found, disk.real)
    for place in found:
        there = to_host(place.container, made)
        assert there is not None
        assert disk.real(there) == disk.real(place.host)


@given(PAIRS, DISKS)
def test_no_mount_is_superfluous_and_no_two_have_one_source(pairs: list[tuple[str, str]], disk: Disk) -> None:
    found = legal(pairs, disk)
    made = mounts_for(found, disk.real)
    assert len({disk.real(mount.source) for mount in made}) == len(made)  # the launcher would drop one silently
    for mount in made:
        others = mounts_for([place for place in found if place.container != mount.destination], disk.real)
        real_others = tuple(Mount(disk.real(other.source), other.destination) for other in others)
        assert to_host(mount.destination, real_others) != disk.real(mount.source)


@given(PAIRS, DISKS, RESTS)
def test_a_container_path_translates_to_the_host_and_back(
    pairs: list[tuple[str, str]], disk: Disk, rest: list[str]
) -> None:
    made = mounts_for(legal(pairs, disk), disk.real)
    for mount in made:
        path = "/".join([mount.destination, *rest])
        host = to_host(path, made)
        assert host is not None
        governing = max(
            (m for m in made if (path + "/").startswith(m.destination + "/")), key=lambda m: len(m.destination)
        )
        below = path[len(governing.destination) :]
        assume(disk.real(host) == disk.real(governing.source) + below)  # no symlink inside the mount
        back = to_container(host, made, disk.real)
        assert back is not None
        again = to_host(back, made)
        assert again is not None
        assert disk.real(again) == disk.real(host)
        sources = [m for m in made if (disk.real(host) + "/").startswith(disk.real(m.source) + "/")]
        if len(sources) == 1:
            assert back == path


@given(PAIRS, DISKS)
def test_the_order_of_the_places_changes_no_mount(pairs: list[tuple[str, str]], disk: Disk) -> None:
    found = legal(pairs[:4], disk)
    for order in itertools.permutations(found):
        assert set(mounts_for(order, disk.real)) == set(mounts_for(found, disk.real))
