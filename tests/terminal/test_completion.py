"""Completion: what the last word of a command line could be."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from taoshell.commands import COMMANDS
from taoshell.project.layouts import LAYOUTS
from taoshell.terminal import candidates
from taoshell.terminal.completion import answers
from tests.commands.conftest import User
from tests.support.samples import Sample


def values(line: str) -> list[str]:
    return [":".join(part for part in answer.split("\t")[:2] if part) for answer in answers(line)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("taoshell ", [f"plain:{name}" for name in COMMANDS]),
        ("taoshell inst", ["plain:install"]),
        ("taoshell 'inst", ["plain:install"]),
        ('taoshell "inst', ["plain:install"]),
        ("taoshell in\\st", ["plain:install"]),
        ("A=1 sudo /usr/bin/taoshell inst", ["plain:install"]),
        ("taoshell hook z", ["plain:zsh"]),
        ("taoshell hook zsh ", []),
        ("taoshell status --p", ["plain:--prompt"]),
        ("taoshell mounts t", ["plain:take"]),
        ("taoshell allow ", ["dir"]),
        ("taoshell allow 'a b", ["dir"]),
        ("taoshell export js", ["plain:json"]),
        ("taoshell export json ", ["dir"]),
        ("taoshell set NUM_GPUS=1 container.us", ["plain:container.user="]),
        ("taoshell set LOCAL_DATA_DIR=/m", ["file"]),
        ("taoshell exec . -- ", ["file"]),
        ("taoshell exec -- python trai", ["file"]),
        ("taoshell init --layout h", ["plain:host"]),
        ("taoshell init --network det", ["plain:detectnet_v2"]),
        ("taoshell set network=det", ["plain:network=detectnet_v2"]),
        ("taoshell set 'layout=", [f"plain:layout={name}" for name in LAYOUTS]),
        ("taoshell set container.priv", ["plain:container.privileged="]),
        ("taoshell set container.privileged=t", ["plain:container.privileged=true"]),
        ("taoshell help rel", ["plain:reload"]),
        ("taoshell help mounts t", ["plain:take"]),
        ("taoshell --v", ["plain:--version"]),
        ("taoshell no-such x", []),
        ("", []),
    ],
)
def test_possible_last_words(line: str, expected: list[str]) -> None:
    if line:
        assert values(line) == expected
    else:
        assert len(values(line)) == len(COMMANDS)


def test_each_command_is_one_line_with_its_help() -> None:
    found = [answer.split("\t") for answer in answers("taoshell ")]
    assert [(kind, value) for kind, value, _ in found] == [("plain", name) for name in COMMANDS]
    assert all(about.endswith(".") for _, _, about in found)


def test_projects_by_path_and_name(home: Path) -> None:
    sample = Sample(home, "my cars")
    Sample(home, "other").allow()
    assert values("taoshell allow my") == ["dir"]
    sample.allow()
    for word in ("my", "'my c", "my\\ ca", f"{home}/my", f"'{home}/my cars"):
        assert values(f"taoshell allow {word}") == [f"path:{sample.root}", "dir"]
    assert values("taoshell allow cars") == ["dir"]


def test_a_name_with_an_escape_sequence_is_left_out(home: Path) -> None:
    Sample(home, "x\x1b[2J").allow()
    assert values("taoshell allow x") == ["dir"]


def test_settings_come_from_the_project_here(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = Sample(home, env="KEY=k\nNUM_GPUS=1\nMINE=2\nWANDB_API_KEY=x\n")
    sample.allow()
    monkeypatch.chdir(sample.root)
    found = values("taoshell set ")
    for value in ("KEY", "WANDB_API_KEY", "NUM_GPUS=", "MINE=", "LOCAL_DATA_DIR=", "network=", "container.shm_size="):
        assert f"plain:{value}" in found
    assert not [value for value in found if value.startswith(("plain:LAUNCHER", "plain:SPECS_DIR", "plain:KEY="))]
    assert values("taoshell set MI") == ["plain:MINE="]


def test_each_offered_value_can_be_set(home: Path) -> None:
    sample = Sample(home, env="KEY=k\n")
    sample.allow()
    user = User(home)
    for folder in ("data", *(f"{network}/results" for network in ("detectnet_v2", *candidates.VALUES["network"][:8]))):
        (sample.root / folder).mkdir(parents=True, exist_ok=True)  # layout `host` mounts them
    for name, known in candidates.VALUES.items():
        for value in known[:8]:
            assert user.tries("set", f"{name}={value}", cwd=sample.root).status == 0, (name, value)


def test_it_writes_nothing(home: Path) -> None:
    for line in ("taoshell allow ", "taoshell set ", "taoshell mounts restore ", "taoshell status "):
        list(answers(line))
    assert os.listdir(home) == []


def test_places_come_from_the_project_here_and_so_do_the_names_to_remove(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = Sample(home, env="MINE=2\n")
    sample.toml.write_text(sample.toml.read_text() + '[places]\nextra = { host = ".", container = "/x" }\n')
    monkeypatch.chdir(sample.root)
    assert "plain:places.extra=" in values("taoshell set places.")
    context = click.Context(click.Command("unset", params=[click.Argument(["names"])]))
    offered = [item.value for item in candidates.removable(context, context.command.params[0], "")]
    assert offered[0] == "MINE"
    assert {"network", "places", "places.extra", "places.extra.host"} < {*offered}
    sample.toml.write_text("broken")
    assert candidates.removable(context, context.command.params[0], "") == []
