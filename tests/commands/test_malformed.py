"""Malformed files of every kind: one line of error with a cure, no traceback, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import User
from tests.support.samples import ENV, TOML, Sample
from tests.support.slow import slow_unless
from tests.support.trees import snapshot

_N = TOML.encode()
_E = ENV.encode()
_LONG = b"x" * 70_000

TOMLS: dict[str, bytes] = {
    "nothing but NUL": b"\0" * 20,
    "NUL in a string": _N + b'name = "a\0b"\n',
    "UTF-16": TOML.encode("utf-16"),
    "UTF-32": TOML.encode("utf-32"),
    "Latin-1": _N + 'name = "Straße"\n'.encode("latin-1"),
    "half a character": _N + b'name = "\xe2\x82"\n',
    "a surrogate in UTF-8": _N + b'name = "\xed\xa0\x80"\n',
    "an overlong slash": _N + b'places.data = "\xc0\xaf"\n',
    "an escaped surrogate": _N + b'name = "\\ud800"\n',
    "bare carriage returns": b'network = "dino"\rname = "x"\r',
    "a form feed": _N + b"\x0c\n",
    "an escape character": _N + b"\x1b[31m\n",
    "a bell in a comment": _N + b"# \x07\n",
    "no value": _N + b"name =\n",
    "no key": _N + b'= "x"\n',
    "no equals sign": _N + b"name\n",
    "two values": _N + b'name = "a" "b"\n',
    "two statements": _N + b'name = "a" gpus = "all"\n',
    "an open string": _N + b'name = "a\n',
    "an open long string": _N + b'name = """a\n',
    "an open array": _N + b"images = [\n",
    "an open inline table": _N + b"places = { data = 'x'\n",
    "a line break in an inline table": _N + b"places = {\ndata = 'x' }\n",
    "an open header": _N + b"[places\n",
    "an empty header": _N + b"[]\n",
    "a header twice": _N + b"[env]\nA = '1'\n[env]\nB = '1'\n",
    "a key twice": _N + b"name = 'a'\nname = 'b'\n",
    "a quoted key twice": _N + b"name = 'a'\n\"na\\u006de\" = 'b'\n",
    "a dotted key twice": _N + b"env.A = '1'\n[env]\nA = '2'\n",
    "a table over a value": _N + b"env = 1\n[env.A]\n",
    "an array of tables": _N + b"[[places]]\ndata = 'x'\n",
    "an array of containers": _N + b"[[container]]\n[[container]]\n",
    "a table in a place of text": _N + b"[name]\nx = 1\n",
    "an empty key": _N + b"'' = 1\n",
    "a key with a line break": _N + b'"a\\nb" = 1\n',
    "a key with an escape sequence": _N + b'"\\u001b[2J" = 1\n',
    "a key that turns the text": _N + b'"\\u202e" = 1\n',
    "a key without ink": _N + '"ㅤ" = 1\n'.encode(),
    "a key of 60 000 letters": _N + b"x" * 60_000 + b" = 1\n",
    "a number of 5000 digits": _N + b"gpus = " + b"9" * 5000 + b"\n",
    "a date for a name": _N + b"name = 2020-02-30\n",
    "not a number": _N + b"container.shm_size = nan\n",
    "endless memory": _N + b"container.shm_size = inf\n",
    "a hex number": _N + b"container.user = 0xffffffffffffffffffff\n",
    "deep arrays": _N + b"x = " + b"[" * 20_000 + b"\n",
    "deep tables": _N + b"a." * 5000 + b"a = 1\n",
    "a merge conflict": b"<<<<<<< HEAD\n" + _N + b"=======\nnetwork = 'ssd'\n>>>>>>> theirs\n",
    "JSON": b'{"network": "dino"}\n',
    "YAML": b"network: dino\n",
    "a program": b"#!/bin/sh\nrm -rf ~\n",
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "more than 64 KiB": _N + b"#" + _LONG,
    "a place as a list": _N + b"[places]\ndata = ['/a', '/b']\n",
    "a place as a switch": _N + b"[places]\ndata = true\n",
    "a place with a mode of its own": _N + b"[places]\ndata = { host = 'specs', mode = 'rwx' }\n",
    "a name for two places": _N
    + b"[places]\nm = { host = 'specs', container = '/m', host_variable = 'LOCAL_DATA_DIR' }\n",
    "a secret that names a path": _N
    + b"[places]\nm = { host = 'specs', container = '/m', host_variable = 'DATA_KEY' }\n",
    "too long a path": _N + b"[places]\ndata = '" + b"a" * 300 + b"'\n",
    "a variable that is a table": _N + b"[env]\nA = { b = 1 }\n",
    "a variable from elsewhere": _N + b"[container.env]\nA = { from = '/etc/passwd' }\n",
}
ENVS: dict[str, bytes] = {
    "nothing but NUL": b"\0" * 20,
    "UTF-16": ENV.encode("utf-16"),
    "Latin-1": _E + "A=Straße\n".encode("latin-1"),
    "half a character": _E + b"A=\xe2\x82\n",
    "a word": _E + b"hello\n",
    "words": _E + b"rm -rf ~\n",
    "an open quote": _E + b"A='x\n",
    "an open double quote": _E + b'A="x\n',
    "text after a quote": _E + b"A='x' y\n",
    "a name with a space": _E + b"A B=1\n",
    "a name with a minus": _E + b"A-B=1\n",
    "a name that begins with a digit": _E + b"1A=1\n",
    "a name beyond ASCII": _E + "Ä=1\n".encode(),
    "a name with an escape sequence": _E + b"\x1b[2J=1\n",
    "no name": _E + b"=1\n",
    "an expansion": _E + b"A=${B}\n",
    "a refused name": _E + b"LD_AUDIT=/x\n",
    "an array": _E + b"A[0]=1\n",
    "a block without an end": _E + b"# >>> taoshell: x\nA=1\n",
    "an end without a block": _E + b"A=1\n# <<< taoshell\n",
    "two blocks": _E + b"# >>> taoshell: x\n# <<< taoshell\n" * 2,
    "a block in a block": _E + b"# >>> taoshell: x\n# >>> taoshell: x\n# <<< taoshell\n",
    "a block with a command": _E + b"# >>> taoshell: x\nrm -rf ~\n# <<< taoshell\n",
    "a block inside a quote": _E + b"A='\n# >>> taoshell: x\n# <<< taoshell\n'\n",
    "a path with a NUL": _E + b"LOCAL_DATA_DIR=/a\0b\n",
    "a path with a line break": _E + b'LOCAL_SPECS_DIR="/a\\nb"\n',
    "a path with a variable": _E + b"LOCAL_SPECS_DIR=$HOME/specs\n",
    "the whole machine": _E + b"LOCAL_SPECS_DIR=/\n",
    "no path": _E + b"LOCAL_SPECS_DIR=\n",
    "a number of GPUs that is none": b"NUM_GPUS=\xd9\xa3\n",
    "more than 64 KiB": _E + b"A=" + _LONG,
}
IGNORES: dict[str, bytes] = {
    "Latin-1": "# Straße\n".encode("latin-1"),
    "UTF-16": "*.log\n".encode("utf-16"),
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
}
MAPPINGS: dict[str, bytes] = {
    "nothing": b"",
    "NUL": b"\0",
    "Latin-1": '{"Mounts": "ß"}'.encode("latin-1"),
    "UTF-16": '{"Mounts": []}'.encode("utf-16"),
    "a number": b"1",
    "null": b"null",
    "a list": b"[]",
    "half an object": b'{"Mounts": [',
    "two objects": b"{}{}",
    "a comment": b'{"Mounts": []} // mine',
    "no mounts": b"{}",
    "an unknown field": b'{"Mounts": [], "\\u001b[2J": 1}',
    "a field twice": b'{"Mounts": [], "Mounts": []}',
    "mounts as an object": b'{"Mounts": {"source": "/a", "destination": "/b"}}',
    "a mount as text": b'{"Mounts": ["/a:/b"]}',
    "a mount of numbers": b'{"Mounts": [{"source": 1, "destination": 2}]}',
    "a mount without an end": b'{"Mounts": [{"source": "/a"}]}',
    "a relative mount": b'{"Mounts": [{"source": "/srv", "destination": "b"}]}',
    "a mount of the whole machine": b'{"Mounts": [{"source": "/", "destination": "/host"}]}',
    "a mount over the container": b'{"Mounts": [{"source": "/srv", "destination": "/"}]}',
    "a mount with a NUL": b'{"Mounts": [{"source": "/a\\u0000b", "destination": "/b"}]}',
    "half of a character": b'{"Mounts": [{"source": "/\\ud800", "destination": "/b"}]}',
    "not a number": b'{"Mounts": [], "DockerOptions": {"shm_size": NaN}}',
    "options as a list": b'{"Mounts": [], "DockerOptions": []}',
    "an unknown option": b'{"Mounts": [], "DockerOptions": {"cap_add": ["ALL"]}}',
    "a variable that is no name": b'{"Mounts": [], "Envs": [{"variable": "A B", "value": "1"}]}',
    "deep lists": b'{"Mounts": ' + b"[" * 50_000,
    "a million blanks": b" " * (1 << 20) + b"{}",
    "20 MB": b" " * (20 << 20),
}
ODD_FILES: dict[str, bytes] = {
    "nothing": b"",
    "NUL": b"\0" * 100,
    "half a notebook": b'{"cells": [{"source": ["import os',
    "deep": b"[" * 100_000,
    "a tag that runs code": b"a: !!python/object/apply:os.system ['touch hacked']\n",
    "aliases without end": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "Latin-1": "# Straße\n".encode("latin-1"),
    "one long line": b"HOST_" * 500_000,
}


def _refused(user: User, before: object, *words: str | Path) -> None:
    done = user.tries(*words)
    assert (done.status, done.out) == (1, ""), done.err
    assert done.err.startswith("taoshell: "), done.err
    assert done.err.endswith("\n"), done.err
    assert done.err[:-1].isprintable(), "not one readable line"
    assert "; " in done.err, "no cure"
    assert len(done.err) < 1500
    assert "hush" not in done.err
    assert snapshot(user.home) == before


@pytest.mark.parametrize("command", slow_unless(lambda command: command == "allow", ["allow", "init"], id=str))
@pytest.mark.parametrize("case", TOMLS)
def test_a_toml(user: User, sample: Sample, case: str, command: str) -> None:
    sample.toml.write_bytes(TOMLS[case])
    _refused(user, snapshot(user.home), command, "--yes", sample.root)


@pytest.mark.parametrize("case", ENVS)
def test_a_dotenv_of_an_approved_project(user: User, sample: Sample, case: str) -> None:
    sample.allow()
    sample.env.write_bytes(ENVS[case])
    _refused(user, snapshot(user.home), "allow", "--yes", sample.root)


@pytest.mark.parametrize("case", IGNORES)
def test_a_gitignore(user: User, sample: Sample, case: str) -> None:
    (sample.root / ".gitignore").write_bytes(IGNORES[case])
    _refused(user, snapshot(user.home), "allow", "--yes", sample.root)


@pytest.mark.parametrize("case", MAPPINGS)
def test_a_mounts_file(user: User, sample: Sample, case: str) -> None:
    sample.allow()
    given = user.home / "given.json"
    given.write_bytes(MAPPINGS[case])
    before = snapshot(user.home)
    done = user.tries("adopt", "--yes", given, cwd=sample.root)
    assert done.status == 1, (done.out, done.err)
    assert done.err.startswith("taoshell: "), done.err
    assert done.err.count("\n") == 1
    assert done.err[:-1].isprintable()
    assert "hush" not in done.out + done.err
    assert snapshot(user.home) == before


@pytest.mark.parametrize("name", ["train.ipynb", "specs/train.yaml", "specs/train.json"])
@pytest.mark.parametrize("case", ODD_FILES)
def test_an_odd_notebook_or_spec_does_not_keep_a_folder_from_being_a_project(
    user: User, sample: Sample, case: str, name: str
) -> None:
    sample.toml.unlink()
    (sample.root / name).write_bytes(ODD_FILES[case])
    done = user.must("init", "--network", "dino", "--gpus", "1", "--yes", sample.root)
    assert "Traceback" not in done.err
    assert 'layout = "classic"' in sample.toml.read_text()
    assert not list(user.home.rglob("hacked"))
