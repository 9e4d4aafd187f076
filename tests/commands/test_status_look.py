"""What `taoshell status` looks like, byte for byte, and that what it says to programs is complete."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pexpect
import pytest

from tests.commands.conftest import CLONE, COMMAND, User
from tests.support.accounts import Account
from tests.support.needs import need
from tests.support.samples import Sample
from tests.support.waiting import SECONDS

LOADED = """\
cars  detectnet_v2, layout classic   ✓ approved  ✓ loaded  ✓ mounts file

project    LOCAL_PROJECT_DIR      ~/cars
                                ⇒ /workspace/tao-experiments
data       LOCAL_DATA_DIR         ~/cars/data
           DATA_DOWNLOAD_DIR      /workspace/tao-experiments/data
experiment LOCAL_EXPERIMENT_DIR   ~/cars/detectnet_v2  ! no such folder yet
           USER_EXPERIMENT_DIR    /workspace/tao-experiments/detectnet_v2
specs      LOCAL_SPECS_DIR        ~/cars/specs
           SPECS_DIR            ⇒ /workspace/tao-experiments/detectnet_v2/specs
yours      NUM_GPUS               2
container  user auto, shm_size 16G
⇒ a mount of its own; the others lie inside one
"""
BLOCKED = """\
roads  unet   ✗ blocked: .env changed since you approved it
  next: taoshell diff, then taoshell allow
"""
HOOK = {"TAOSHELL_HOOK": str(os.getpid())}  # as if this process were a shell with the hook


@pytest.fixture
def cars(user: User) -> Sample:
    toml = 'network = "detectnet_v2"\n[container]\nuser = "auto"\nshm_size = "16G"\n'
    sample = Sample(user.home, "cars", toml=toml, env="NUM_GPUS=2\n")
    (sample.root / "data").mkdir()
    sample.allow()
    account = Account(user.home)
    account.enter(str(sample.root))
    account.settle()
    return sample


@pytest.fixture
def roads(user: User) -> Sample:
    sample = Sample(user.home, "roads", toml='network = "unet"\n')
    sample.allow()
    sample.env.write_text("KEY=k\nNUM_GPUS=2\n")
    return sample


@pytest.fixture
def loaded(user: User, cars: Sample) -> dict[str, str]:
    """What a shell in the project has."""
    variables = json.loads(user.must("export", "json", cars.root).out)
    return {**HOOK, **variables, "TAOSHELL_ROOT": str(cars.root), "TAOSHELL_PROJECT": "cars"}


def at_terminal(user: User, folder: Path, columns: int, **environ: str) -> str:
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "status"],
        env={**user.environ, **environ},
        cwd=str(folder),
        encoding="utf-8",
        dimensions=(50, columns),
        timeout=SECONDS,
    )
    return str(child.read()).replace("\r\n", "\n")


def test_a_loaded_project(user: User, cars: Sample, loaded: dict[str, str]) -> None:
    done = user.must("status", cwd=cars.root, **loaded)
    assert (done.out, done.err) == (LOADED, "")


def test_a_blocked_project(user: User, roads: Sample) -> None:
    done = user.must("status", cwd=roads.root, **HOOK)
    assert (done.out, done.err) == (BLOCKED, "")


@pytest.mark.parametrize("environ", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_at_a_terminal_of_80_columns(user: User, cars: Sample, loaded: dict[str, str], environ: dict[str, str]) -> None:
    shown = at_terminal(user, cars.root, 80, **loaded, **environ)
    assert re.sub(r"\x1b\[\d*m", "", shown) == LOADED
    assert ("\x1b[32m✓\x1b[0m loaded" in shown) == (not environ)
    assert ("\x1b" in shown) == (not environ)


def test_a_blocked_project_at_a_terminal(user: User, roads: Sample) -> None:
    shown = at_terminal(user, roads.root, 80, **HOOK)
    assert "\x1b[31m✗\x1b[0m blocked" in shown
    assert re.sub(r"\x1b\[\d*m", "", shown) == BLOCKED


def test_a_colour_is_never_without_a_word(user: User, cars: Sample, loaded: dict[str, str]) -> None:
    shown = at_terminal(user, cars.root, 80, **loaded)
    marks = re.findall(r"\x1b\[3\dm(.*?)\x1b\[0m( \w+)?", shown)
    assert [mark for mark, _ in marks] == ["✓", "✓", "✓", "!"]
    assert all(word for _, word in marks)


@pytest.mark.parametrize("width", ["terminal", "COLUMNS", "both"])
def test_at_20_columns_each_value_is_whole(user: User, cars: Sample, loaded: dict[str, str], width: str) -> None:
    environ = {} if width == "terminal" else {"COLUMNS": "20"}
    if width == "COLUMNS":
        shown = user.must("status", cwd=cars.root, **loaded, **environ).out
    else:
        shown = at_terminal(user, cars.root, 20 if width == "terminal" else 200, NO_COLOR="1", **loaded, **environ)
    lines = shown.splitlines()
    assert lines[:6] == ["cars", "  detectnet_v2, layout classic", "  ✓ approved", "  ✓ loaded", "  ✓ mounts file", ""]
    at = lines.index("  SPECS_DIR")
    assert lines[at + 1] == "    ⇒ /workspace/tao-experiments/detectnet_v2/specs"


def test_in_a_pipe_nothing_folds_and_no_line_ends_in_blanks(user: User, cars: Sample) -> None:
    long = Sample(user.home, f"{'long/' * 30}p")
    long.allow()
    for command in (["status"], ["allow", "--yes"], ["list"], ["mounts"]):
        lines = user.must(*command, cwd=long.root, **HOOK).out.splitlines()
        assert [line for line in lines if line != line.rstrip()] == []
    out = user.must("status", cwd=long.root, **HOOK).out
    assert f"LOCAL_SPECS_DIR        ~/{'long/' * 30}p/specs\n" in out


def test_wide_characters_stay_in_their_columns(user: User) -> None:
    sample = Sample(user.home, "数据")
    sample.toml.write_text(sample.toml.read_text() + '[env]\nEPOCHS = "数"\n')
    sample.allow()
    out = user.must("status", cwd=sample.root, **HOOK).out
    assert "project    LOCAL_PROJECT_DIR      ~/数据\n" in out
    assert "team       EPOCHS                 数\n" in out
    user.must("allow", "--yes", Sample(user.home, "ab").root)
    rows = user.must("list").out.splitlines()
    assert rows == ["✓ approved  ~/ab", "✓ approved  ~/数据"]


# -- this shell ----------------------------------------------------------------------------------------------


def test_another_value_in_this_shell(user: User, cars: Sample, loaded: dict[str, str]) -> None:
    cars.env.write_text("NUM_GPUS=2\nKEY=hush\nA=1\nB=2\n")
    cars.allow()
    environ = {**loaded, "NUM_GPUS": "7", "KEY": "other", "A": "\x1b", "LAUNCHER_MOUNTS": "/x.json"}
    lines = user.must("status", cwd=cars.root, **environ).out.splitlines()
    assert lines[10:14] == [
        "yours      KEY                    ••••  ! another value in this shell",
        "           NUM_GPUS               2  ! 7 in this shell",
        "           A                      1  ! \\x1b in this shell",
        "           B                      2  ! not set in this shell",
    ]
    assert lines[-1] == "! LAUNCHER_MOUNTS is another file: /x.json"
    found = json.loads(user.must("status", "--json", cwd=cars.root, **environ).out)
    assert found["differs"] == {"KEY": "••••", "NUM_GPUS": "7", "A": "\x1b", "B": None}
    assert "mask" not in user.must("status", cwd=user.home, **environ).out


def test_off(user: User, cars: Sample) -> None:
    done = user.must("status", cwd=cars.root, TAOSHELL_HOOK="off")
    assert "✓ approved  ! not loaded" in done.out
    assert done.out.endswith("! taoshell is off in this shell\n  next: taoshell on\n")
    found = json.loads(user.must("status", "--json", cwd=cars.root, TAOSHELL_HOOK="off").out)
    assert (found["off"], found["loaded"]) == (True, False)


# -- for programs ----------------------------------------------------------------------------------------------


def test_the_object_for_programs_is_always_complete(
    user: User, cars: Sample, roads: Sample, loaded: dict[str, str]
) -> None:
    try:
        import fastjsonschema
    except ImportError:
        need(None, "fastjsonschema")
        raise
    validate = fastjsonschema.compile(json.loads((CLONE / "docs/status.schema.json").read_text()))
    broken = Sample(user.home, "broken", toml="=")
    fresh = Sample(user.home, "fresh")
    rich = Sample(user.home, "rich", toml='layout = "host"\nnetwork = "dino"\ngpus = "0,1"\n[env]\nA = "1"\n')
    seen: dict[str, set[object]] = {}
    for folder, environ in (
        *((sample.root, HOOK) for sample in (cars, roads, broken, fresh, rich)),
        (user.home, HOOK),
        (cars.root, loaded),
        (cars.root, {**loaded, "TAOSHELL_BLOCKED": "1"}),
        (cars.root, {**loaded, "NUM_GPUS": "9"}),
        (cars.root, {}),
        (cars.root, {"TAOSHELL_HOOK": "off"}),
    ):
        found = json.loads(user.tries("status", "--json", cwd=folder, **environ).out)
        validate(found)
        assert not (found["loaded"] and found["blocked"])
        for name in ("state", "loaded", "blocked", "off"):
            seen.setdefault(name, set()).add(found[name])
    assert seen["state"] == {"approved", "not approved", "broken", None}
    assert seen["loaded"] == seen["blocked"] == seen["off"] == {True, False}
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        validate({name: value for name, value in found.items() if name != "mounts"})


@pytest.mark.parametrize("columns", ["80", "200"])
def test_a_remark_that_is_too_wide_has_its_cure_below(
    user: User, cars: Sample, loaded: dict[str, str], columns: str
) -> None:
    cars.toml.write_text(cars.toml.read_text().replace("detectnet_v2", "classification"))
    cars.allow()
    out = user.must("status", cwd=cars.root, **loaded, COLUMNS=columns).out
    cause = '! network "classification" is not one that taoshell knows'
    cure = "did you mean classification_tf2 or classification_tf1 or classification_pyt?"
    assert (f"{cause}\n  {cure}\n" if columns == "80" else f"{cause}; {cure}\n") in out


def test_a_shell_that_inherited_the_mark_of_a_blocked_one(user: User, cars: Sample, loaded: dict[str, str]) -> None:
    lines = user.must("status", cwd=cars.root, **loaded, TAOSHELL_BLOCKED="1").out.splitlines()
    assert lines[0].endswith("   ✓ approved  ✗ blocked in this shell  ✓ mounts file")
    assert lines[-1] == "  next: cd away and back; without the hook, unset TAOSHELL_BLOCKED"
