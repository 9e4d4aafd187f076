"""`build` reports all independent problems at once, and none that is only the consequence of another one."""

from __future__ import annotations

import ast
import os
import re

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from taoshell.errors import TaoshellError, Where
from taoshell.project.build import KEYS as _KEYS
from taoshell.project.build import require_mount_folders
from taoshell.project.clusters import _READERS
from taoshell.project.container import NAMES as OPTIONS
from taoshell.project.entry import _KEYS as _FIELDS
from taoshell.project.images import _KINDS
from taoshell.project.problems import Problem
from tests.project import test_build_refuses, test_container, test_places_refused
from tests.project.test_defaults import REFUSED, id_of_refused
from tests.support.clone import CLONE
from tests.support.definitions import ENV, FIRST, ROOT, TOML, Disk, built, define

LINKED = Disk(test_places_refused.LINKS, owners={"/home/eve": 1001})
PLACES = test_places_refused.FIRST
REFUSED_PLACES = {case: toml for case, (toml, _) in test_places_refused.REFUSED.items()}
REFUSED_OPTIONS = {case: f"[container]\n{toml}\n" for case, (toml, _) in test_container.REFUSED.items()}
REFUSED_TOML = {case: toml for case, (toml, _) in test_build_refuses.IN_TOML.items()}
DEEP = "a = " + "[" * 3000 + "]" * 3000

# Projects with one mistake, from the tables of the tests in this folder: TOML, .env and the first lines of the TOML.
ONE_PROBLEM: dict[str, tuple[str, dict[str, str], str]] = {
    **{f"toml: {case}": (toml, {}, FIRST) for case, toml in REFUSED_TOML.items()},
    **{f".env: {case}": ("", {line[0]: line[1]}, FIRST) for case, line in test_build_refuses.IN_DOTENV.items()},
    **{f"place: {case}": (toml, {}, PLACES) for case, toml in REFUSED_PLACES.items()},
    **{f"container: {case}": (toml, {}, FIRST) for case, toml in REFUSED_OPTIONS.items()},
    **{f"network: {name}": ("", {}, tomlkit.dumps({"network": name})) for name in ("FIXME", "", "a/b", "FIXMEx")},
    "another path in the layout same": ("layout = 'same'\nplaces.data.container = '/data'", {}, FIRST),
    "a place of one's own that goes elsewhere": (
        "layout = 'same'\nplaces.m = { host = 'm', container = '/m' }",
        {},
        FIRST,
    ),
    "a place that needs a network": ("places.experiment = 'e'", {}, ""),
    "two names, two paths": ("places.data.host_variable = 'D'", {"D": "/d", "LOCAL_DATA_DIR": "/e"}, FIRST),
    "a number of GPUs and other GPUs": ("", {"NUM_GPUS": "2", "GPU_IDS": "1"}, FIRST),
    "an environment in another user's folder": ("", {"TAO_VENV": "/home/eve/tao"}, FIRST),
    "nested too deeply": (DEEP, {}, FIRST),
}


def problems(toml: str = "", env: dict[str, str] | None = None, first: str = FIRST) -> tuple[Problem, ...]:
    return built(toml, env, first=first, disk=LINKED).problems


def ids(*found: Problem) -> list[str]:
    return [problem.id for problem in found]


@pytest.mark.parametrize("case", ONE_PROBLEM)
def test_one_mistake_is_one_problem(case: str) -> None:
    toml, env, first = ONE_PROBLEM[case]
    assert len(problems(toml, env, first)) == 1


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    toml = """\
env.PATH = "/evil"
[container]
shm_size = 16
ports = { 99999 = 80, 8888 = [] }
ulimits.memlok = -1
gpus = "all"
[places]
data = "FIXME"
specs = "a:b"
m = { host = "/m" }
"""
    found = problems(toml, {"A": "1", "LD_PRELOAD": "x", "NUM_GPUS": "0"}, first="name = ''\nnetwork = 'dino'\n")
    assert [(problem.id, str(problem.where)) for problem in found] == [
        ("bad-project-name", f"{TOML}:1"),
        ("refused-variable", f"{TOML}:3"),
        ("size-without-unit", f"{TOML}:5"),
        ("bad-port", f"{TOML}:6"),
        ("unknown-limit", f"{TOML}:7"),
        ("unknown-key", f"{TOML}:8"),
        ("placeholder-path", f"{TOML}:10"),
        ("colon-in-host-path", f"{TOML}:11"),
        ("place-without-container", f"{TOML}:12"),
        ("refused-variable", f"{ENV}:2"),
        ("bad-number-of-gpus", f"{ENV}:3"),
    ]


def test_the_settings_that_places_depend_on_are_independent() -> None:
    toml = "layout = 'hosts'\nplases.data = 'x'\nplaces = 'x'\nkontainer = 1\n"
    found = problems(toml, first="network = 'a/b'\n")
    assert ids(*found) == ["bad-network", "unknown-layout", "unknown-key", "wrong-type", "unknown-key"]


def test_broken_toml_does_not_hide_the_problems_of_dotenv() -> None:
    assert ids(*problems("a = ", {"PATH": "x"})) == ["broken-toml", "refused-variable"]


@pytest.mark.parametrize("place", REFUSED_PLACES.values(), ids=REFUSED_PLACES)
def test_a_bad_place_and_a_bad_option_are_two_problems(place: str) -> None:
    toml = f"{PLACES}{place}\n"
    (of_place,) = problems(place, first=PLACES)
    for option in REFUSED_OPTIONS.values():
        (of_option,) = problems(option)
        assert ids(*problems(option, first=toml)) == [of_place.id, of_option.id]


# Mistakes that other parts of the project depend on. Those parts would be wrong, too, or cannot be judged.
CONSEQUENCES = {
    "a misspelt network": ("netwrk = 'dino'", {}, ["unknown-key"], ""),
    "a misspelt layout": ("layot = 'host'\nplaces.model = '/m'", {}, ["unknown-key"], FIRST),
    "an unknown layout": ("layout = 'hosts'\nplaces.model = '/m'", {}, ["unknown-layout"], FIRST),
    "an unknown layout, perhaps with another variable for the place": (
        "layout = 'hosts'\nplaces.data = 'FIXME'",
        {"HOST_DATA_DIR": "/d"},
        ["unknown-layout"],
        FIRST,
    ),
    "a bad network that is in the paths of places": ("places.data = 'dino'", {}, ["bad-network"], "network = ''\n"),
    "a field that is misspelt": ("places.m = { hots = '/m', container = '/m' }", {}, ["unknown-key"], FIRST),
    "a field of a wrong type": ("places.m = { host = 1, container = '/m' }", {}, ["wrong-type"], FIRST),
    "a path that others are below": ("places.project = '/a:b'", {}, ["colon-in-host-path"], FIRST),
    "a container path that others are below": (
        "places.project.container = 'w'",
        {},
        ["relative-container-path"],
        FIRST,
    ),
    "a symlink that others are below": (
        "places.project.container = '/bin/x'",
        {},
        ["container-path-behind-symlink"],
        FIRST,
    ),
    "a refused variable that would give the path": (
        "places.m = { container = '/m', host_variable = 'PATH' }",
        {},
        ["bad-path-variable"],
        FIRST,
    ),
    "a misspelt place whose default is the folder of another": (
        "[places]\nspec = '/m'\ndata = 'specs'",
        {},
        ["place-without-container"],
        FIRST,
    ),
    "a misspelt [container]'s env": ("[container]\nenvs.A = true", {}, ["unknown-key"], FIRST),
    "none: a place of one's own may look like one of the layout": (
        "places.datas = { host = '/d', container = '/d' }",
        {},
        [],
        FIRST,
    ),
}


@pytest.mark.parametrize("case", CONSEQUENCES)
def test_a_consequence_is_not_reported(case: str) -> None:
    toml, env, expected, first = CONSEQUENCES[case]
    assert ids(*problems(toml, env, first)) == expected


def test_an_own_place_is_independent_of_the_layouts_places() -> None:
    toml = "[places]\nproject = 'FIXME'\ndata = 'a:b'\nm = { host = '/', container = '/m' }"
    assert ids(*problems(toml)) == ["placeholder-path", "host-root"]


def test_two_symlinks_on_container_paths_are_two_problems() -> None:
    toml = "[places]\nm = { host = '/m', container = '/bin/m' }\nn = { host = '/n', container = '/bin/n' }"
    assert ids(*problems(toml)) == ["container-path-behind-symlink"] * 2


def test_commands_raise_the_first_problem() -> None:
    both = built("x = 1\ny = 2")
    with pytest.raises(TaoshellError) as error:
        both.require()
    assert error.value is both.problems[0]


# -- ids ----------------------------------------------------------------------------------------------


def ids_in_the_source() -> set[str]:
    """The first argument of each call of Problem."""
    found = set()
    for path in (CLONE / "taoshell/project").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            first = node.args[0]
            if getattr(node.func, "id", "") == "Problem" and isinstance(first, ast.Constant):
                found.add(str(first.value))
    return found


def test_ids_are_short_words() -> None:
    assert [id for id in ids_in_the_source() if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+){1,4}", id)] == []


def test_each_id_is_shown_by_a_case() -> None:
    shown = {problem.id for case in ONE_PROBLEM.values() for problem in problems(*case)}
    with pytest.raises(TaoshellError, match="does not exist"):
        require_mount_folders(define(disk=Disk(missing=frozenset({ROOT}))))
    shown |= {id_of_refused(text) for text in REFUSED}
    assert shown | {"missing-mount-folder"} == ids_in_the_source()


# -- any content --------------------------------------------------------------------------

KEYS = st.sampled_from(["name", "layout", "places", "docker", "container", "env", "plases", "data", "m", "host"])
KEYS |= st.sampled_from(["container_variable", "host_variable", "ports", "ulimits", "shm_size", "user", "ipc", "KEY"])
TEXTS = st.sampled_from(["", "/", "..", "~", "a\0/..", "host", "auto", "16G", "$X", "FIXME", "/a:b", "SPECS_DIR"])
VALUES = st.recursive(
    TEXTS | st.text(max_size=4) | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
LINES = st.dictionaries(st.sampled_from(["KEY", "NUM_GPUS", "LOCAL_DATA_DIR", "SPECS_DIR", "PATH", "M", "a b"]), TEXTS)


@given(st.dictionaries(KEYS, VALUES, max_size=5), LINES)
def test_any_values_end_in_a_project_or_in_problems(values: dict[str, object], env: dict[str, str]) -> None:
    found = built(tomlkit.dumps(values), env, real=os.path.realpath)
    assert (found.project is None) == bool(found.problems)


@given(st.text(), LINES)
def test_any_text_ends_in_a_project_or_in_problems(text: str, env: dict[str, str]) -> None:
    found = built(text, env, first="", real=os.path.realpath)
    assert (found.project is None) == bool(found.problems)


@pytest.mark.parametrize(
    "toml", ["env.A = {}", "container.shm_size = {}", "container.ports.1 = {}", "places.data = [{}]"]
)
def test_a_number_that_python_will_not_print_is_refused(toml: str) -> None:
    assert len(problems(toml.replace("{}", "0x" + "f" * 9999))) == 1


# Each place in the language for a text: a value, an element or a key. HERE is replaced.
FIELDS = """\
name = "HERE"
layout = "HERE"
network = "HERE"
"HERE" = 1
places.data = "HERE"
places.data.host = "HERE"
places.data.container = "HERE"
places.data.host_variable = "HERE"
places."HERE" = { host = "/m", container = "/m" }
places.m = { host = "/m", container = "/m", host_variable = "HERE" }
places.m = { host = "/m", container = "/m", container_variable = "HERE" }
places.m."HERE" = "/m"
env.A = "HERE"
env."HERE" = "1"
env.NUM_GPUS = "HERE"
container.user = "HERE"
container.shm_size = "HERE"
container.network = "HERE"
container.privileged = "HERE"
container.ipc = "HERE"
container."HERE" = 1
container.ulimits.memlock = "HERE"
container.ulimits."HERE" = 1
container.ports.8888 = ["HERE"]
container.ports."HERE" = 1
container.env.A = "HERE"
container.env."HERE" = "1"
container.env.A.from = "HERE"
gpus = "HERE"
gpus = ["HERE"]
places.m = { host = "/m", container = "/m", host_variable = ["A", "HERE"] }
places.m = { host = "/m", container = "/m", mode = "HERE" }
places.m = { host = "/m", container = "/m", mount = "HERE" }
env.A.place = "HERE"
env.A = { place = "data", side = "HERE" }
python.conda = "HERE"
python.venv = "HERE"
python."HERE" = "x"
images.model = "HERE"
images.deploy = "HERE"
images.dataset = "HERE"
images."HERE" = "x"
cluster."HERE".engine = "slurm"
cluster.c.engine = "HERE"
cluster.c = { engine = "slurm", container = "HERE" }
cluster.c = { engine = "slurm", partition = "HERE" }
cluster.c = { engine = "slurm", account = "HERE" }
cluster.c = { engine = "slurm", time = "HERE" }
cluster.c = { engine = "slurm", images = "HERE" }
cluster.c = { engine = "slurm", "HERE" = "x" }
cluster.c = { engine = "slurm", places.data = "HERE" }
cluster.c = { engine = "slurm", places."HERE" = "/x" }
""".splitlines()
HOSTILE = {
    "a NUL": "a\\u0000b",
    "a NUL in a path": "/a\\u0000b/../c",
    "a line end": "a\\nb",
    "half a character": "\\U0000d800",
    "no character": "\\UFFFFFFFF",
    "a filler": "\\u3164",
    "huge": "x" * 20_000,
    "deep": "/x" * 10_000,
    "high": "../" * 10_000,
    "a long number": "9" * 5000,
}


def test_the_fields_are_those_of_the_language() -> None:
    keys = {*_KEYS, *_FIELDS, *OPTIONS, *_KINDS, *_READERS["slurm"]}
    assert [key for key in keys if not any(re.search(rf"\b{key}\b", line) for line in FIELDS)] == []


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("field", FIELDS)
def test_a_hostile_text_in_any_field_ends_in_a_project_or_in_readable_lines(field: str, hostile: str) -> None:
    first = "" if field.startswith("network") else FIRST
    found = built(field.replace("HERE", HOSTILE[hostile]), first=first, real=os.path.realpath)
    assert (found.project is None) == bool(found.problems)
    for problem in found.problems:
        assert problem.where.line == 2 - (not first)
        assert len(str(problem)) < 1200
        assert str(problem).isprintable()


@pytest.mark.parametrize("name", ["LOCAL_DATA_DIR", "SPECS_DIR", "KEY", "NUM_GPUS", "A", "PATH", "a b"])
@pytest.mark.parametrize(
    "value", ["\0", "/a\0b/..", "\ud800", "\n", "x" * 1_000_000, "/x" * 300_000, "~/" + "../" * 300_000]
)
def test_a_hostile_value_in_dotenv_ends_in_a_project_or_in_readable_lines(name: str, value: str) -> None:
    found = built(env={name: value}, real=os.path.realpath)
    assert (found.project is None) == bool(found.problems)
    for problem in found.problems:
        assert problem.where == Where(ENV, 1)
        assert len(str(problem)) < 1200


@pytest.mark.parametrize("field", ["name", "places.data", "container.shm_size", "env.A"])
def test_a_megabyte_is_one_readable_line(field: str) -> None:
    (problem,) = problems(f"{field} = '/{'x' * 1_000_000}'")
    assert problem.where.line == 2
    assert len(str(problem)) < 1200


def test_a_nul_does_not_reach_the_disk() -> None:
    found = built('places.data = "a\\u0000b/.."', real=os.path.realpath)
    assert ids(*found.problems) == ["line-break-in-host-path"]
