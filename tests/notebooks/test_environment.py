"""What changes the environment is read, or it is named with its cell and line: it is never lost without a word."""

from __future__ import annotations

import pytest

from taoshell.formats import recognise
from taoshell.formats.imported import Imported
from taoshell.formats.surroundings import Surroundings
from tests.notebooks.forms import MINIMAL, WRITE, notebook

AROUND = Surroundings("/work/cars", "/home/ann", "ann", 1000, 1000, {"HOME": "/home/ann"})
SET_UP = MINIMAL + WRITE
NAMES = 'with open("names.txt") as f:\n    for line in f:\n        k, v = line.split("=")\n'
MAY = "if os.path.exists('/x'):\n    "


def read(*cells: str) -> Imported:
    return recognise.read(notebook(SET_UP, *cells), "a.ipynb", AROUND, {})


READ = {
    'os.environ |= {"A": "1"}': "1",
    'env = os.environ\nenv["A"] = "1"': "1",
    'os.environ.update([("A", "1")])': "1",
    'os.environ.update(A="1")': "1",
    'os.environ.update({"A": "0"}, A="1")': "1",
    'os.environ.update(dict(A="1"))': "1",
    'os.environ.__setitem__("A", "1")': "1",
    'os.putenv("A", "1")': "1",
    'from os import environ, putenv\nputenv("A", "0")\nenviron["A"] = "1"': "1",
    '[os.environ.setdefault(k, v) for k, v in [("A", "1")]]': "1",
    'for k, v in {"A": "1"}.items():\n    os.environ[k] = v': "1",
    'get_ipython().run_line_magic("env", "A=1")': "1",
    'get_ipython().magic("set_env A=1")': "1",
    "%set_env A 1": "1",
    "%%capture\n%env A=1": "1",
    'os.environ["A"] = "1"\nos.environ["B"] = "2"\ndel os.environ["B"]': "1",
    'os.environ["A"] = "1"\nos.environ["B"] = "2"\nos.environ.pop("B", None)': "1",
    'os.putenv("A", "1")\nos.putenv("B", "1")\nos.unsetenv("B")': "1",
    '%env A={"1" + ""}': "1",
    "%env A=$nobody": "$nobody",
}


@pytest.mark.parametrize("cell", READ)
def test_a_variable_is_read(cell: str) -> None:
    found = read(cell)
    assert found.variables == {"LOCAL_PROJECT_DIR": "/work/cars", "A": READ[cell]}
    assert (found.doubts, found.notes) == ((), ())


NAMED = {
    NAMES + "        os.environ[k] = v": "a.ipynb, code cell 2:4: this changes variables that are not known",
    NAMES + "        os.environ.setdefault(k, v)": "code cell 2:4: this changes variables that are not known",
    NAMES + "        os.putenv(k, v)": "code cell 2:4: this changes variables that are not known",
    NAMES + "        os.environ.pop(k)": "code cell 2:4: this changes variables that are not known",
    "import json\nos.environ.update(json.load(open('a.json')))": "code cell 2:2: this changes variables that",
    "from dotenv import dotenv_values\nos.environ |= dotenv_values()": "code cell 2:2: this changes variables",
    "from dotenv import load_dotenv\nload_dotenv()": "code cell 2:2: this runs or reads something else",
    "import dotenv\n" + MAY + "dotenv.load_dotenv('.env')": "code cell 2:3: this runs or reads something else",
    "exec(open('set_up.py').read())": "code cell 2:1: this runs or reads something else",
    "%dotenv": "code cell 2:1: %dotenv runs or reads something else",
    "name = open('x').read()\ndel os.environ[name]": "code cell 2:2: this changes variables that",
    "name = open('x').read()\nos.environ[name] = '1'": "code cell 2:2: this changes variables that",
    "os.environ.clear()": "code cell 2:1: this changes variables that are not known",
    "os.environ = {}": "code cell 2:1: this replaces os.environ",
    "import ours\nours.set_up(os.environ)": "code cell 2:2: this gets os.environ and may change it",
    MAY + 'os.environ |= {"A": "1"}': "code cell 2:2: A is not known",
    MAY + 'os.environ.update({"A": "1"})': "code cell 2:2: A is not known",
    MAY + 'os.environ.update(A="1")': "code cell 2:2: A is not known",
    MAY + 'os.environ.setdefault("A", "1")': "code cell 2:2: A is not known",
    MAY + 'os.environ["A"] = "1"': "code cell 2:2: A is not known",
    MAY + "%env A=1": "A is not known",
    "%env A={open('x').read()}": "code cell 2:1: A is not known: it is read from a file",
    "x = open('x').read()\n%env A=$x": "code cell 2:1: A is not known: it is read from a file",
}


@pytest.mark.parametrize("cell", NAMED)
def test_what_cannot_be_known_is_named(cell: str) -> None:
    found = read(cell)
    assert NAMED[cell] in "\n".join([*map(str, found.doubts), *found.notes])
    assert set(found.variables) == {"LOCAL_PROJECT_DIR"}


@pytest.mark.parametrize(
    "cell",
    [
        'import subprocess\nsubprocess.run(["true"], env=dict(os.environ, A="1"))',
        'env = os.environ.copy()\nenv["A"] = "1"',
        'env = {**os.environ, "A": "1"}',
        "print(os.environ)\nlen(os.environ)\nsorted(os.environ)\njson.dumps(dict(os.environ))",
        "for k, v in os.environ.items():\n    print(k, v)",
        "os.environ.update(os.environ)",
    ],
)
def test_what_changes_nothing_is_not_named(cell: str) -> None:
    found = read(cell)
    assert (found.doubts, found.notes, set(found.variables)) == ((), (), {"LOCAL_PROJECT_DIR"})
