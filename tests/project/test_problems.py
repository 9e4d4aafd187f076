"""All problems of a project at once: each independent one, none that only follows from another, and each with an id."""

from __future__ import annotations

import ast
import os
import re

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from taoshell.errors import TaoshellError
from taoshell.project.build import require_mount_folders
from taoshell.project.problems import Problem
from tests.project import test_build_refuses, test_container, test_places_refused
from tests.support.clone import CLONE
from tests.support.definitions import ENV, FIRST, ROOT, TOML, Disk, built, define

LINKED = Disk(test_places_refused.LINKS)
PLACES = test_places_refused.FIRST
REFUSED_PLACES = {case: toml for case, (toml, _) in test_places_refused.REFUSED.items()}
REFUSED_OPTIONS = {case: f"[docker]\n{toml}\n" for case, (toml, _) in test_container.REFUSED.items()}
REFUSED_TOML = {case: toml for case, (toml, _) in test_build_refuses.IN_TOML.items()}
DEEP = "a = " + "[" * 3000 + "]" * 3000

# Projects with one thing wrong, from the tables of the tests beside this one: toml, .env and the first lines.
ONE_PROBLEM: dict[str, tuple[str, dict[str, str], str]] = {
    **{f"toml: {case}": (toml, {}, FIRST) for case, toml in REFUSED_TOML.items()},
    **{f".env: {case}": ("", {line[0]: line[1]}, FIRST) for case, line in test_build_refuses.IN_DOTENV.items()},
    **{f"place: {case}": (toml, {}, PLACES) for case, toml in REFUSED_PLACES.items()},
    **{f"docker: {case}": (toml, {}, FIRST) for case, toml in REFUSED_OPTIONS.items()},
    **{f"network: {name}": ("", {}, tomlkit.dumps({"network": name})) for name in ("FIXME", "", "a/b", "FIXMEx")},
    "no network": ("", {}, ""),
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
plases.data = "x"
env.PATH = "/evil"
[docker]
shm_size = 16
ports = { 99999 = 80, 8888 = [] }
ulimits.memlok = -1
[places]
data = "FIXME"
specs = "a:b"
m = { host = "/m" }
"""
    found = problems(toml, {"A": "1", "LD_PRELOAD": "x", "NUM_GPUS": "0"}, first="network = 'a/b'\n")
    assert [(problem.id, str(problem.where)) for problem in found] == [
        ("bad-network", f"{TOML}:1"),
        ("unknown-key", f"{TOML}:2"),
        ("refused-variable", f"{TOML}:3"),
        ("size-without-unit", f"{TOML}:5"),
        ("bad-port", f"{TOML}:6"),
        ("bad-port", f"{TOML}:6"),
        ("unknown-limit", f"{TOML}:7"),
        ("placeholder-path", f"{TOML}:9"),
        ("colon-in-host-path", f"{TOML}:10"),
        ("place-without-container", f"{TOML}:11"),
        ("refused-variable", f"{ENV}:2"),
        ("bad-number-of-gpus", f"{ENV}:3"),
    ]


def test_broken_toml_does_not_hide_the_problems_of_dotenv() -> None:
    assert ids(*problems("a = ", {"PATH": "x"})) == ["broken-toml", "refused-variable"]


@pytest.mark.parametrize("place", REFUSED_PLACES.values(), ids=REFUSED_PLACES)
def test_a_bad_place_and_a_bad_option_are_two_problems(place: str) -> None:
    toml = f"{PLACES}{place}\n"
    (of_place,) = problems(place, first=PLACES)
    for option in REFUSED_OPTIONS.values():
        (of_option,) = problems(option)
        assert ids(*problems(option, first=toml)) == [of_place.id, of_option.id]


# What is wrong first, and what would be wrong with it only because of that.
CONSEQUENCES = {
    "the network is misspelt": ("netwrk = 'dino'", {}, ["unknown-key"], ""),
    "the layout is misspelt": ("layot = 'host'\nplaces.model = '/m'", {}, ["unknown-key"], FIRST),
    "the layout is unknown": ("layout = 'hosts'\nplaces.model = '/m'", {}, ["unknown-layout"], FIRST),
    "an unknown layout may be one whose .env names the folder": (
        "layout = 'hosts'\nplaces.data = 'FIXME'",
        {"HOST_DATA_DIR": "/d"},
        ["unknown-layout"],
        FIRST,
    ),
    "a field is misspelt": ("places.m = { hots = '/m', container = '/m' }", {}, ["unknown-key"], FIRST),
    "a field has a wrong type": ("places.m = { host = 1, container = '/m' }", {}, ["wrong-type"], FIRST),
    "a path below a bad path": ("places.project = '/a:b'", {}, ["colon-in-host-path"], FIRST),
    "a container path below a bad one": ("places.project.container = 'w'", {}, ["relative-container-path"], FIRST),
    "a container path below a symlink": (
        "places.project.container = '/bin/x'",
        {},
        ["container-path-behind-symlink"],
        FIRST,
    ),
    "the line that names the folder is refused": (
        "places.m = { container = '/m', host_variable = 'M' }",
        {"M": "\0"},
        ["nul-in-value"],
        FIRST,
    ),
    "the variable for the folder is refused": (
        "places.m = { container = '/m', host_variable = 'PATH' }",
        {},
        ["bad-path-variable"],
        FIRST,
    ),
    "a misspelt place leaves its folder open": (
        "[places]\nspec = '/m'\ndata = 'specs'",
        {},
        ["place-without-container"],
        FIRST,
    ),
    "a place of one's own may look like one of the layout": (
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


def test_the_first_problem_is_what_commands_say() -> None:
    both = built("x = 1\ny = 2")
    with pytest.raises(TaoshellError) as error:
        both.require()
    assert str(error.value) == str(both.problems[0].error())
    assert error.value.where == both.problems[0].where


# -- ids ----------------------------------------------------------------------------------------------


def ids_in_the_source() -> set[str]:
    """The first argument of each call that makes a problem."""
    found = set()
    for path in (CLONE / "taoshell/project").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if name in {"Problem", "Refused", "add"} and isinstance(first, ast.Constant):
                found.add(str(first.value))
    return found


def test_ids_are_short_words() -> None:
    assert [id for id in ids_in_the_source() if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+){1,4}", id)] == []


def test_each_id_is_shown_by_a_case() -> None:
    shown = {problem.id for case in ONE_PROBLEM.values() for problem in problems(*case)}
    with pytest.raises(TaoshellError, match="does not exist"):
        require_mount_folders(define(disk=Disk(missing=frozenset({ROOT}))))
    assert shown | {"missing-mount-folder"} == ids_in_the_source()


# -- whatever the files hold --------------------------------------------------------------------------

KEYS = st.sampled_from(["name", "layout", "places", "docker", "container", "env", "plases", "data", "m", "host"])
KEYS |= st.sampled_from(["container_variable", "host_variable", "ports", "ulimits", "shm_size", "user", "tty", "KEY"])
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


@pytest.mark.parametrize("toml", ["env.A = {}", "docker.shm_size = {}", "docker.ports.1 = {}", "places.data = [{}]"])
def test_a_number_that_python_will_not_print_is_refused(toml: str) -> None:
    assert len(problems(toml.replace("{}", "0x" + "f" * 9999))) == 1


def test_a_nul_does_not_get_to_the_disk() -> None:
    found = built('places.data = "a\\u0000b/.."', real=os.path.realpath)
    assert ids(*found.problems) == ["line-break-in-host-path"]
