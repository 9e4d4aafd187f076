"""What people see of a project before they approve it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from taoshell.project.model import Mapping, Mount, Place, Project
from taoshell.terminal import draw, tables
from taoshell.terminal.ask import confirmed
from taoshell.terminal.review import show_review, show_standing_out
from tests.support.definitions import define

Show = Callable[[Project], list[str]]


@pytest.fixture
def root(tmp_path: Path) -> str:
    (tmp_path / "cars/data").mkdir(parents=True)
    (tmp_path / "disk").mkdir()
    return f"{tmp_path}/cars"


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Show:
    """Show a project, and return the lines on stdout without the blanks at their ends."""

    def show(project: Project) -> list[str]:
        tables.show_places(project)
        return [line.rstrip() for line in capsys.readouterr().out.splitlines()]

    return show


def project(root: str, *places: Place, **mapping: object) -> Project:
    """Return a project in which every place that is mounted has a mount."""
    mounts = tuple(Mount(place.host, place.container, place.mode) for place in places if place.is_mounted)
    whole = Mapping(mounts, {}, {})._replace(**mapping)  # type: ignore[arg-type]
    return define(root=root)._replace(places=places, mapping=whole, variables={})


def test_a_place_has_its_paths_and_all_its_variables(root: str, shown: Show) -> None:
    place = Place("data", f"{root}/data", "/data", ("HOST_DATA", "MINE"), ("DATA_DIR",))
    assert [line.split() for line in shown(project(root, place))] == [
        ["cars:", "detectnet_v2,", "layout", "classic"],
        ["on", "the", "host", "in", "the", "container"],
        ["data", f"{root}/data", "=", "/data"],
        ["HOST_DATA", "DATA_DIR"],
        ["MINE"],
        ["=", "marks", "a", "mount"],
    ]


def test_without_a_network_the_title_has_only_the_layout(root: str, shown: Show) -> None:
    assert shown(project(root)._replace(network=""))[0] == "cars: layout classic"


def test_the_end_of_a_link(root: str, shown: Show, tmp_path: Path) -> None:
    os.symlink("../disk", f"{root}/specs")
    os.symlink("data", f"{root}/inside")
    places = [Place(name, f"{root}/{name}", f"/{name}") for name in ("specs", "inside", "data")]
    text = "\n".join(shown(project(root, *places)))
    assert f"→ {tmp_path}/disk (outside the project)\n" in text
    assert f"→ {root}/data\n" in text
    assert text.count("→") == 2


def test_a_link_on_the_way_to_the_project_is_not_repeated_for_each_place(
    root: str, shown: Show, tmp_path: Path
) -> None:
    os.symlink("cars", tmp_path / "alias")
    alias = f"{tmp_path}/alias"
    assert "→" not in "".join(shown(project(alias, Place("data", f"{alias}/data", "/data"))))


def test_each_mark_that_occurs_is_explained(root: str, shown: Show) -> None:
    places = (
        Place("project", root, "/work"),
        Place("data", f"{root}/data", "/work/data", is_mounted=False),
        Place("models", "/srv/models", "/models", mode="ro"),
        Place("own", "/srv/own", "/own", is_mounted=False),
    )
    lines = shown(project(root, *places))
    marks = {words[0]: words[2] for words in map(str.split, lines[2:6])}
    assert marks == {"project": "=", "data": "/work/data", "models": "ro", "own": "-"}
    assert lines[-1] == (
        "= marks a mount; ro marks a mount that the container cannot write to; "
        "- marks a place that the container does not get; the other places are inside one"
    )


def test_one_source_at_two_places_has_two_marks(root: str, shown: Show) -> None:
    places = (Place("a", root, "/a"), Place("b", root, "/b", mode="ro"))
    assert [line.split()[2] for line in shown(project(root, *places))[2:4]] == ["=", "ro"]


def test_each_option_and_each_variable_of_the_container_has_a_row(root: str, shown: Show) -> None:
    options = {
        "user": "1000:100",
        "shm_size": "16G\x1b[2J",
        "ulimits": {"memlock": -1, "stack": 67108864},
        "privileged": True,
        "ports": {"8888/tcp": [8888, 9], "80": 80},
    }
    variables = {"WANDB_API_KEY": "k", "MODE": "a\nb"}
    lines = shown(project(root, options=options, variables=variables))
    assert [" ".join(line.split()) for line in lines[lines.index("the container gets") + 1 :]] == [
        "user 1000:100",
        "shm_size 16G\\x1b[2J",
        "ulimits memlock -1",
        "ulimits stack 67108864",
        "privileged true",
        "port 8888/tcp port 8888, 9 of every address of this machine",
        "port 80 port 80 of every address of this machine",
        "WANDB_API_KEY ••••",
        "MODE a\\nb",
    ]


def test_40_mounts_fit_80_columns(root: str, monkeypatch: pytest.MonkeyPatch, shown: Show) -> None:
    monkeypatch.setattr(draw, "_UNWRAPPED", 80)
    host = f"{root}/a-folder-with-a-long-name/another-folder-with-a-long-name"
    places = [
        Place(f"place{n}", f"{host}/{n}", f"/container/{n}", (f"HOST_{n}_DIR",), (f"{n}_DIR",)) for n in range(40)
    ]
    lines = shown(project(root, *places))
    assert max(map(len, lines[:-1])) <= 80
    text = "".join(lines).replace(" ", "")
    for place in places:
        assert place.container in text
        assert sum(line.startswith(f"{place.name} ") for line in lines) == 1


def test_a_long_value_is_shown_whole(root: str, shown: Show) -> None:
    assert "".join(shown(project(root, variables={"A": "x" * 20_000}))).count("x") == 20_000


def test_a_review_ends_with_what_stands_out(root: str, capsys: pytest.CaptureFixture[str]) -> None:
    show_review(["+A=1"], project(root, options={"privileged": True}), ["privileged: all\x1b[2J"])
    captured = capsys.readouterr()
    assert captured.out.startswith("+A=1\n")
    assert "\nprivileged " in captured.out
    assert captured.err == "taoshell: ! privileged: all\\x1b[2J\n"


def test_at_a_terminal_what_stands_out_is_red(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("taoshell.terminal.say.may_be_styled", lambda stream: True)
    show_standing_out(["x"])
    assert capsys.readouterr().err == "\x1b[2mtaoshell:\x1b[0m \x1b[31m! x\x1b[0m\n"


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("answer", ["y", "Y", "yes", " yes ", "", "n", "no", "yeah", "j", "yy", "1", "true", " "])
def test_only_yes_is_yes(answer: str, default: bool) -> None:
    @click.command()
    def ask() -> None:
        click.echo(f"it is {confirmed('Approve this?', default=default)}")

    done = CliRunner().invoke(ask, input=f"{answer}\n")
    expected = answer.strip().lower() in ("y", "yes") or (default and answer == "")
    assert f"Approve this? [{'Y/n' if default else 'y/N'}]: " in done.output
    assert done.output.endswith(f"it is {expected}\n")


def test_the_end_of_the_input_is_no_answer() -> None:
    @click.command()
    def ask() -> None:
        confirmed("Approve this?", default=True)

    assert CliRunner().invoke(ask, input="").exit_code == 1
