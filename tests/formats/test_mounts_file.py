"""The mounts file: taoshell reads back what it writes, and refuses a file that the launcher would refuse."""

from __future__ import annotations

import pytest

from taoshell.errors import TaoshellError
from taoshell.formats.mounts_file import document, losses, read, written
from taoshell.project.model import Mapping, Mount
from tests.support.definitions import ROOT, Disk, define


@pytest.mark.parametrize(
    "toml",
    [
        "",
        '[container]\nshm_size = "16G"\nulimits = { memlock = -1 }\n[container.env]\nGREETING = "grüß dich"\n',
        '[places]\nown = { host = "/Größe", container = "/own" }\n',
    ],
)
def test_what_is_written_is_read_back(toml: str) -> None:
    project = define(toml)
    text = written(project.mapping)
    assert text.isascii()
    assert read(text, "m.json") == project.mapping


def test_a_field_without_content_is_not_written() -> None:
    assert [*document(define('[container]\nuser = "0"\n', uid=0).mapping)] == ["Mounts", "DockerOptions"]


def test_of_two_values_of_a_variable_the_last_counts() -> None:
    entries = ", ".join(f'{{"variable": "A", "value": "{value}"}}' for value in "12")
    text = f'{{"Mounts": [{{"source": "/a", "destination": "/b"}}], "Envs": [{entries}]}}'
    assert read(text, "m.json") == Mapping((Mount("/a", "/b"),), {"A": "2"}, {})


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("[]", "this is not a JSON object; "),
        ('{"Mounts": [], "x": 1}', "a mounts file has no field x; "),
        ("{}", "Mounts is not a list; "),
        ('{"Mounts": {}}', "Mounts is not a list; "),
        ('{"Mounts": [{"source": "/a"}]}', "an entry of Mounts lacks its source or destination; "),
        ('{"Mounts": ["/a"]}', "an entry of Mounts lacks its source or destination; "),
        ('{"Mounts": [], "Envs": [{"variable": "A", "value": 1}]}', "an entry of Envs lacks its variable or value; "),
        ('{"Mounts": [], "DockerOptions": []}', "DockerOptions is not a JSON object; "),
    ],
)
def test_a_file_that_is_not_a_mounts_file_is_refused(text: str, cause: str) -> None:
    with pytest.raises(TaoshellError) as error:
        read(text, "/backup.json")
    assert str(error.value).startswith(f"/backup.json: {cause}")


def test_the_error_of_a_file_that_is_not_json_names_its_line() -> None:
    with pytest.raises(TaoshellError) as error:
        read('{\n"Mounts": x', "/backup.json")
    assert str(error.value) == "/backup.json:2: this is not JSON; fix it, or name another file"


def test_a_mapping_that_the_launcher_carries_loses_nothing() -> None:
    assert losses(define('places.data = "/d, e"').mapping, Disk().real) == []


def test_what_the_launcher_loses_is_said() -> None:
    toml = (
        '[container]\nipc = "host"\n[places]\ndata = { mode = "ro" }\nagain = { host = "link", container = "/again" }\n'
    )
    disk = Disk({f"{ROOT}/link": ROOT})
    mapping = define(toml, disk=disk).mapping
    assert losses(mapping, disk.real) == [
        f"TAO's launcher mounts {ROOT}/link only at /again, and not at /workspace/tao-experiments",
        "TAO's launcher mounts /workspace/tao-experiments/data to read and write, not read-only",
        "TAO's launcher cannot set ipc, so its containers start without it",
    ]
    assert "ipc" not in written(mapping)
    assert all(set(mount) == {"source", "destination"} for mount in document(mapping)["Mounts"])  # type: ignore[attr-defined]


def test_the_launchers_default_for_tty_is_not_read() -> None:
    assert read('{"Mounts": [], "DockerOptions": {"tty": true, "user": "0"}}', "m.json").options == {"user": "0"}
    assert read('{"Mounts": [], "DockerOptions": {"tty": false}}', "m.json").options == {"tty": False}
