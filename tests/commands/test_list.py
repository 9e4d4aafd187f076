"""`taoshell list`: every project that was ever approved, and its standing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.commands.conftest import User
from tests.support.accounts import PARENT, Account
from tests.support.samples import TOML, Sample
from tests.support.trees import snapshot


def listed(user: User) -> dict[str, tuple[str, int]]:
    """Return by path the standing of each project, and how many shells are in it."""
    answer = json.loads(user.must("list", "--json").out)
    assert answer["version"] == 1
    return {item["project"]: (item["state"], item["shells"]) for item in answer["projects"]}


def test_no_projects_yet(user: User, home: Path) -> None:
    assert listed(user) == {}
    done = user.must("list")
    assert (done.out, done.err) == ("no projects yet; in the folder of one, run: taoshell init\n", "")


def test_each_standing(user: User, home: Path) -> None:
    names = ("approved", "edited", "broken", "gone", "denied", "unreadable", "a/nested", "a")
    samples = {name: Sample(home, name) for name in names}
    for sample in samples.values():
        sample.allow()
    Sample(home, "never approved")
    samples["edited"].toml.write_text(TOML + "# x\n")
    samples["broken"].toml.write_text("network = 1\n")
    shutil.rmtree(samples["gone"].root)
    user.must("deny", samples["denied"].root)
    samples["unreadable"].toml.unlink()
    samples["unreadable"].toml.mkdir()
    before = snapshot(home / ".local")
    assert listed(user) == {
        f"{home}/approved": ("approved", 0),
        f"{home}/edited": ("not approved", 0),
        f"{home}/broken": ("broken", 0),
        f"{home}/gone": ("gone", 0),
        f"{home}/denied": ("not approved", 0),
        f"{home}/unreadable": ("broken", 0),
        f"{home}/a": ("approved", 0),
        f"{home}/a/nested": ("approved", 0),
    }
    assert {path: entry for path, entry in snapshot(home / ".local").items() if "sessions" not in path} == {
        path: entry for path, entry in before.items() if "sessions" not in path
    }


def test_an_approved_project_with_an_error_is_broken(user: User, sample: Sample) -> None:
    sample.allow()
    (sample.root / "specs").rmdir()
    assert listed(user) == {str(sample.root): ("broken", 0)}


def test_shells_are_counted(user: User, home: Path, sample: Sample) -> None:
    sample.allow()
    Account(home).enter(str(sample.root), PARENT)
    assert listed(user) == {str(sample.root): ("approved", 1)}


def test_the_table_for_people(user: User, home: Path) -> None:
    for name in ("p", "long" * 40, "Größe \x1b[2J"):
        Sample(home, name).allow()
    Account(home).enter(f"{home}/p", PARENT)
    done = user.must("list")
    assert f"✓ approved  ~/{'long' * 40}\n" in done.out
    assert "Größe \\x1b[2J" in done.out
    assert "\x1b" not in done.out
    assert done.out.count("approved") == 3
    row = next(line for line in done.out.splitlines() if line.split()[2] == "~/p")
    assert row.split() == ["✓", "approved", "~/p", "1", "shell"]
    shutil.rmtree(home / "p")
    done = user.must("list")
    assert "✗ gone " in done.out
    assert done.out.endswith("\n  next: taoshell prune\n")


@pytest.mark.parametrize("name", ["it's $x", "a b", "-v", "[bold]"])
def test_any_path(user: User, home: Path, name: str) -> None:
    Sample(home, name).allow()
    assert listed(user) == {f"{home}/{name}": ("approved", 0)}
    assert user.must("list").out == f"✓ approved  ~/{name}\n"
