"""What NVIDIA's launcher does with an odd mounts file. This is why taoshell refuses such files.

If the launcher reports nothing, the test asserts the wrong mapping that the user would get. What only the Docker engine
refuses (one destination twice, ':' in a path, "tty": false) is checked in engine/check.sh, with real containers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.launcher.nvidia import OWN_ENVS, Reading, read


def document(*mounts: tuple[str, str], **members: Any) -> str:
    """The text of a mounts file; "@" stands for the test's folder."""
    return json.dumps({"Mounts": [{"source": a, "destination": b} for a, b in mounts], **members})


LOUD: dict[str, tuple[str, str, str]] = {
    "another top-level key": (
        '{"Mounts": [], "_comment": "x"}',
        "KeyError",
        "'Invalid field _comment found in @/another top-level key.json file.'",
    ),
    "the tombstone": (
        '{"Mounts": [], "(taoshell: /p is not approved; run: taoshell allow)": 0}',
        "KeyError",
        "'Invalid field (taoshell: /p is not approved; run: taoshell allow) found in @/the tombstone.json file.'",
    ),
    "no Mounts": ('{"Envs": []}', "AssertionError", "Invalid json file. Requires Mounts key."),
    "Mounts null": ('{"Mounts": null}', "TypeError", "'NoneType' object is not iterable"),
    "a missing source": (
        document(("@/nowhere", "/w/a")),
        "ValueError",
        "Mount point source path doesn't exist. @/nowhere",
    ),
    "$HOME in a source": (
        document(("$HOME/data", "/w/a")),
        "ValueError",
        "Mount point source path doesn't exist. @/$HOME/data",
    ),
    "an unknown Docker option": (
        document(DockerOptions={"gpus": "all"}),
        "AssertionError",
        'The parameter "gpus" mentioned in the config file isn\'t a valid option.',
    ),
    "ulimits as a list": (
        document(DockerOptions={"ulimits": ["memlock=-1"]}),
        "AssertionError",
        "Ulimits should be a dictionary of params",
    ),
    "DockerOptions null": (document(DockerOptions=None), "AttributeError", "'NoneType' object has no attribute 'keys'"),
    "a comment": ('{"Mounts": []} // mine', "JSONDecodeError", "Extra data"),
    "a trailing comma": ('{"Mounts": [],}', "JSONDecodeError", "Expecting property name"),
    "an empty file": ("", "JSONDecodeError", "Expecting value"),
}

SILENT: dict[str, tuple[str, dict[str, str]]] = {
    "~ in a source: HOME": (document(("~/data", "/w/a")), {"@/data": "/w/a"}),
    "a relative source: from the shell's folder": (document(("data", "/w/a")), {"@/data": "/w/a"}),
    "one source twice: the first mount is gone": (
        document(("@/data", "/w/a"), ("@/data", "/w/b")),
        {"@/data": "/w/b"},
    ),
    "one source twice, once through a symlink": (
        document(("@/data", "/w/a"), ("@/link", "/w/b")),
        {"@/data": "/w/b"},
    ),
    "a relative destination: the host's folder": (document(("@/data", "w/a")), {"@/data": "@/w/a"}),
    "~ in a destination: the host's HOME": (document(("@/data", "~/a")), {"@/data": "@/a"}),
    "a destination through a symlink of the host": (document(("@/data", "@/link/a")), {"@/data": "@/data/a"}),
    "key Mounts twice: the last": (
        '{"Mounts": [{"source": "@/nowhere", "destination": "/w/a"}], "Mounts": []}',
        {},
    ),
    # The launcher passes these on; the engine refuses them (check.sh).
    "one destination twice": (
        document(("@/data", "/w/a"), ("@/more", "/w/a")),
        {"@/data": "/w/a", "@/more": "/w/a"},
    ),
    "a colon": (document(("@/data", "/w/a:b")), {"@/data": "/w/a:b"}),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """HOME and working directory of the launcher: two folders, and a symlink to the first."""
    folder = tmp_path_factory.mktemp("traps").resolve()
    (folder / "data").mkdir()
    (folder / "more").mkdir()
    (folder / "link").symlink_to("data")
    return folder


@pytest.fixture(scope="module")
def readings(folder: Path) -> dict[str, Reading]:
    """What the launcher reads for each trap, by name; it runs once for all of them."""
    texts = {name: text for name, (text, _, _) in LOUD.items()} | {name: text for name, (text, _) in SILENT.items()}
    files = []
    for name, text in texts.items():
        files.append(folder / f"{name}.json")
        files[-1].write_text(text.replace("@", str(folder)))
    return dict(zip(texts, read(*files, env={"HOME": str(folder)}, cwd=folder), strict=True))


@pytest.mark.parametrize("name", LOUD)
def test_the_launcher_stops_at(name: str, readings: dict[str, Reading], folder: Path) -> None:
    _, error, words = LOUD[name]
    assert readings[name].error == error
    assert readings[name].text.startswith(words.replace("@", str(folder)))


@pytest.mark.parametrize("name", SILENT)
def test_the_launcher_reports_nothing_about(name: str, readings: dict[str, Reading], folder: Path) -> None:
    _, mounts = SILENT[name]
    assert readings[name].error == ""
    assert readings[name].mounts == {
        source.replace("@", str(folder)): destination.replace("@", str(folder))
        for source, destination in mounts.items()
    }


def read_text(text: str, folder: Path) -> Reading:
    file = folder / "mounts.json"
    file.write_text(text)
    (reading,) = read(file, env={"HOME": str(folder)}, cwd=folder)
    return reading


def test_further_keys_of_a_mount_are_ignored(folder: Path) -> None:
    mount = {"source": str(folder), "destination": "/w", "mode": "ro"}
    assert read_text(json.dumps({"Mounts": [mount]}), folder).modes == ["rw"]


def test_a_null_in_envs_becomes_the_word_none(folder: Path) -> None:
    text = document(Envs=[{"variable": "KEY", "value": None}])
    assert read_text(text, folder).envs == ["KEY=None", *OWN_ENVS]


def test_without_a_user_the_container_runs_as_root(folder: Path) -> None:
    assert "user" not in read_text(document(), folder).options


@pytest.mark.parametrize("value", ["", "/nowhere/mounts.json"], ids=["empty", "naming no file"])
def test_if_launcher_mounts_names_no_file_the_container_has_no_mounts(value: str, folder: Path) -> None:
    (folder / ".tao_mounts.json").write_text(document((str(folder), "/w")))
    (reading,) = read(env={"HOME": str(folder), "LAUNCHER_MOUNTS": value}, cwd=folder)
    assert (reading.mounts, reading.error) == ({}, "")


def test_launcher_mounts_overrides_the_mounts_file(folder: Path) -> None:
    (folder / ".tao_mounts.json").write_text(document((str(folder), "/shared")))
    (folder / "own.json").write_text(document((str(folder), "/own")))
    (without,) = read(env={"HOME": str(folder)}, cwd=folder)
    (with_it,) = read(env={"HOME": str(folder), "LAUNCHER_MOUNTS": str(folder / "own.json")}, cwd=folder)
    assert without.mounts == {str(folder): "/shared"}
    assert with_it.mounts == {str(folder): "/own"}
