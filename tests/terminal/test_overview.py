"""A project at one look: what people see of it in `status`, and before they approve it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from taoshell.project.model import Mapping, Mount, Place, Project
from taoshell.terminal.draw import bad, good
from taoshell.terminal.overview import show_project, verdict
from tests.support.definitions import define

Show = Callable[..., list[str]]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("COLUMNS", raising=False)
    (tmp_path / "cars/data").mkdir(parents=True)
    (tmp_path / "disk").mkdir()
    return f"{tmp_path}/cars"


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Show:
    """Show a project, and return the lines on stdout."""

    def show(project: Project, **others: dict[str, str]) -> list[str]:
        show_project(project, **others)  # type: ignore[arg-type]
        return capsys.readouterr().out.splitlines()

    return show


def project(root: str, *places: Place, **mapping: object) -> Project:
    """Return a project in which every place that is mounted has a mount."""
    mounts = tuple(Mount(place.host, place.container, place.mode) for place in places if place.is_mounted)
    whole = Mapping(mounts, {}, {})._replace(**mapping)  # type: ignore[arg-type]
    return define(root=root)._replace(places=places, mapping=whole, variables={})


def test_a_place_has_a_line_for_each_of_its_variables(root: str, shown: Show) -> None:
    place = Place("data", f"{root}/data", "/data", ("HOST_DATA", "MINE"), ("DATA_DIR", "ALSO"))
    assert shown(project(root, place)) == [
        "cars  detectnet_v2, layout classic",
        "",
        "data      HOST_DATA   ~/cars/data",
        "          MINE        ~/cars/data",
        "          DATA_DIR  ⇒ /data",
        "          ALSO        /data",
        "⇒ a mount of its own",
    ]


def test_without_a_network_the_first_line_has_only_the_layout(root: str, shown: Show) -> None:
    assert shown(project(root)._replace(network=""))[0] == "cars  layout classic"


def test_the_end_of_a_link(root: str, shown: Show) -> None:
    os.symlink("../disk", f"{root}/specs")
    os.symlink("data", f"{root}/inside")
    places = [Place(name, f"{root}/{name}", f"/{name}") for name in ("specs", "inside", "data")]
    text = "\n".join(shown(project(root, *places)))
    assert "→ ~/disk  ! outside the project\n" in text
    assert "→ ~/cars/data\n" in text
    assert text.count("→") == 2


def test_a_link_on_the_way_to_the_project_is_not_repeated_for_each_place(
    root: str, shown: Show, tmp_path: Path
) -> None:
    os.symlink("cars", tmp_path / "alias")
    alias = f"{tmp_path}/alias"
    assert "→" not in "".join(shown(project(alias, Place("data", f"{alias}/data", "/data"))))


def test_each_way_into_the_container_is_told_apart(root: str, shown: Show) -> None:
    places = (
        Place("project", root, "/work"),
        Place("data", f"{root}/data", "/work/data", container_variables=("D",), is_mounted=False),
        Place("models", "/srv/models", "/models", mode="ro"),
        Place("own", "/srv/own", "/own", is_mounted=False),
        Place("moved", f"{root}/data", "/data", container_variables=("M",), is_mounted=False),
    )
    assert [" ".join(line.split()) for line in shown(project(root, *places))[2:]] == [
        "project ~/cars",
        "⇒ /work",
        "data ~/cars/data",
        "D /work/data",
        "models /srv/models ! no such folder yet",
        "⇒ /models read-only",
        "own /srv/own ! no such folder yet",
        "/own ! not in the container",
        "moved ~/cars/data",
        "M /data ! in the container, this folder is /work/data",
        "⇒ a mount of its own; the others lie inside one",
    ]


def test_each_option_and_each_variable_of_the_container(root: str, shown: Show) -> None:
    options = {
        "user": "1000:100",
        "shm_size": "16G\x1b[2J",
        "ulimits": {"memlock": -1, "stack": 67108864},
        "privileged": True,
        "ports": {"8888/tcp": [8888, 9], "80": 80},
    }
    variables = {"WANDB_API_KEY": "k", "MODE": "a\nb"}
    lines = shown(project(root, options=options, variables=variables))
    assert lines[2:] == [
        "container user 1000:100, shm_size 16G\\x1b[2J, ulimits memlock -1, ulimits stack 67108864, privileged true, "
        "port 8888/tcp from port 8888 and 9 of every address of this machine, "
        "port 80 from port 80 of every address of this machine",
        "          WANDB_API_KEY ••••",
        "          MODE          a\\nb",
    ]


def test_a_variable_that_differs_in_the_container(root: str, shown: Show) -> None:
    found = project(root, variables={"GPUS": "2", "A_KEY": "k", "B": "1", "C": "3"})
    lines = shown(found._replace(variables={"GPUS": "3", "A_KEY": "other", "B": "1"}))
    assert lines[-4:] == [
        "container GPUS  2  ! 3 in the shell",
        "          A_KEY ••••  ! another value in the shell",
        "          B     1",
        "          C     3",
    ]


def test_the_options_wrap_between_two_of_them(root: str, shown: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "32")
    options = {"user": "1000:100", "ipc": "host", "shm_size": "16G"}
    assert shown(project(root, options=options))[-2:] == [
        "container user 1000:100",
        "          ipc host, shm_size 16G",
    ]


def test_variables_of_the_user_and_of_everybody(root: str, shown: Show) -> None:
    found = project(root)._replace(variables={"KEY": "k", "A": "1", "B": "\x1b"}, shared=frozenset({"A"}))
    assert shown(found, here={"B": "2 in this shell"})[2:] == [
        "yours     KEY ••••",
        "          B   \\x1b  ! 2 in this shell",
        "team      A   1",
    ]


def test_a_value_that_does_not_fit_is_below_its_name(root: str, shown: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    host = f"{root}/{'a' * 60}"
    long = project(root, Place("data", host, "/data", ("HOST_DATA",), ("DATA",)))
    monkeypatch.setenv("COLUMNS", "60")
    short = host.replace(os.environ["HOME"], "~")
    assert shown(long)[2:5] == [
        "data      HOST_DATA",
        f"              {short}  ! no such folder yet",
        "          DATA      ⇒ /data",
    ]
    assert shown(project(root, Place("own", root, f"/{'b' * 60}")))[2:4] == [
        "own          ~/cars",
        f"            ⇒ /{'b' * 60}",
    ]
    monkeypatch.setenv("COLUMNS", "18")
    assert shown(long) == [
        "cars",
        "  detectnet_v2, layout classic",
        "",
        "data",
        "  HOST_DATA",
        f"      {short}  ! no such folder yet",
        "  DATA",
        "    ⇒ /data",
        "⇒ a mount of its own",
    ]


def test_a_long_value_is_shown_whole(root: str, shown: Show) -> None:
    assert "".join(shown(project(root, variables={"A": "x" * 20_000}))).count("x") == 20_000


def test_a_verdict_that_is_too_wide_has_a_line_for_each_part(monkeypatch: pytest.MonkeyPatch) -> None:
    def lines() -> list[str]:
        found = verdict("a\x1b", "dino", [good("approved"), bad("not loaded")])
        return ["".join(text for text, _ in line.parts) for line in found]

    monkeypatch.setenv("COLUMNS", "80")
    assert lines() == ["a\\x1b  dino   ✓ approved  ✗ not loaded"]
    monkeypatch.setenv("COLUMNS", "30")
    assert lines() == ["a\\x1b", "  dino", "  ✓ approved", "  ✗ not loaded"]
