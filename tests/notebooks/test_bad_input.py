"""A file from which not everything can be read: taoshell says so with the place, guesses nothing and runs nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from taoshell.errors import TaoshellError
from taoshell.formats import recognise
from taoshell.formats.imported import Imported
from taoshell.formats.surroundings import Surroundings
from tests.notebooks.bad_input import BAD, HOSTILE
from tests.notebooks.forms import MINIMAL, WRITE, notebook

AROUND = Surroundings("/work/cars", "/home/ann", "ann", 1000, 1000, {"HOME": "/home/ann"})
SECONDS = 5


def read(name: str, text: str, pick: str = "") -> Imported:
    return recognise.read(text, name, AROUND, {}, pick)


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_or_named(name: str) -> None:
    bad = BAD[name]
    start = time.process_time()  # what other programs use does not count
    if bad.is_read:
        found = read(bad.name, bad.text)
        assert bad.said in "\n".join([*map(str, found.doubts), *found.notes])
    else:
        with pytest.raises(TaoshellError) as error:
            read(bad.name, bad.text)
        assert bad.said in str(error.value)
        assert len(str(error.value)) < 600
    assert time.process_time() - start < SECONDS


def test_hostile_code_leaves_no_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = read("hostile.ipynb", HOSTILE)
    assert [mount.destination for mount in found.mapping.mounts][:1] == ["/workspace/tao-experiments"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("error")
def test_warnings_about_the_code_are_not_shown() -> None:
    assert read("a.ipynb", notebook('import re\nre.compile("\\d")\n', MINIMAL + WRITE)).mapping.mounts


def test_one_of_several_is_picked() -> None:
    several = BAD["several docker run that differ"]
    assert read(several.name, several.text, "2").mapping.mounts[0].source == "/e"
    services = BAD["several services"]
    assert read(services.name, services.text, "eval").images == {"model": "nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt"}
    with pytest.raises(TaoshellError, match="no service 'x'"):
        read(services.name, services.text, "x")


PLACEHOLDER = "/path/to/kitti"
ASKED = {
    "a.json": f'{{"Mounts": [{{"source": "{PLACEHOLDER}", "destination": "/data"}}]}}',
    "a.sh": f"docker run -v {PLACEHOLDER}:/data ours",
    "a.yaml": f"services:\n  t:\n    image: ours\n    volumes: ['{PLACEHOLDER}:/data']\n",
    "a.py": (
        f'import json\nmounts = [{{"source": "{PLACEHOLDER}", "destination": "/data"}}]\n'
        'json.dump({"Mounts": mounts}, open("mounts.json", "w"))\n'
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_folder_that_is_left_open_is_asked(name: str) -> None:
    (question,) = read(name, ASKED[name]).questions
    assert (question.name, question.written, question.default) == ("the folder for /data", PLACEHOLDER, "/work/cars")
    found = recognise.read(ASKED[name], name, AROUND, {question.name: "/big/kitti"})
    assert [mount.source for mount in found.mapping.mounts] == ["/big/kitti"]
