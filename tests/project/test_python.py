"""[python] and TAO_VENV: which environment a project has, and when it has none."""

from __future__ import annotations

import pytest

from taoshell.errors import TaoshellError
from taoshell.project.model import Python
from taoshell.project.python import named, search_path, variables_with_python
from tests.support.definitions import ENV, ROOT, TOML, Disk, define

CONDA = Disk(
    conda={"launcher": "/opt/c/envs/launcher"}, missing=frozenset({f"{ROOT}/.venv/conda-meta/history", "/v/bin/python"})
)


@pytest.mark.parametrize(
    ("toml", "env", "python", "variables"),
    [
        ("", {}, None, {}),
        ("[python]", {}, None, {}),
        (
            "python.conda = 'launcher'",
            {},
            Python(conda="launcher", prefix="/opt/c/envs/launcher", is_conda=True),
            {"CONDA_PREFIX": "/opt/c/envs/launcher", "CONDA_DEFAULT_ENV": "launcher"},
        ),
        (
            "python.venv = './.venv'",
            {},
            Python(venv=f"{ROOT}/.venv", prefix=f"{ROOT}/.venv"),
            {"VIRTUAL_ENV": f"{ROOT}/.venv"},
        ),
        (
            "python.venv = '.venv'",
            {"TAO_VENV": "~/tao"},  # conda's, by its path
            Python(venv="/home/ann/tao", prefix="/home/ann/tao", is_conda=True),
            {"CONDA_PREFIX": "/home/ann/tao", "CONDA_DEFAULT_ENV": "/home/ann/tao"},
        ),
        ("python.conda = 'gone'", {}, Python(conda="gone"), {}),
        ("", {"TAO_VENV": "/v"}, Python(venv="/v"), {}),
    ],
)
def test_the_environment(toml: str, env: dict[str, str], python: Python | None, variables: dict[str, str]) -> None:
    project = define(toml, env, disk=CONDA)
    assert project.python == python
    assert search_path(python) == (f"{python.prefix}/bin" if python and variables else "")
    assert variables_with_python(project) == {**project.variables, **variables}
    assert bool(named(python, ROOT)) == bool(variables)
    notes = [note for note in project.notes if "to make it" in note]
    assert len(notes) == (python is not None and not variables)


def test_names() -> None:
    assert named(Python(venv=f"{ROOT}/.venv", prefix=f"{ROOT}/.venv"), ROOT) == "venv .venv"
    assert named(Python(conda="tao", prefix="/c/tao", is_conda=True), ROOT) == "conda tao"
    assert named(Python(venv="/c/tao", prefix="/c/tao", is_conda=True), ROOT) == "conda /c/tao"


@pytest.mark.parametrize(
    ("toml", "env", "disk", "expected"),
    [
        (
            "python.venv = '.venv'",
            {},
            Disk(modes={f"{ROOT}/.venv/bin": 0o40777}),
            f"^{TOML}:2: {ROOT}/.venv/bin can be written by every user, so others could change the programs of",
        ),
        (
            "python.venv = '.venv'",
            {},
            Disk(owners={f"{ROOT}/.venv": 1001}),
            f"^{TOML}:2: {ROOT}/.venv belongs to uid 1001, so others .* in .env: TAO_VENV=…",
        ),
        (
            "python.conda = 'launcher'",
            {},
            Disk(owners={"/opt/c": 1001}, conda={"launcher": "/opt/c/envs/launcher"}),
            f"^{TOML}:2: /opt/c belongs to uid 1001, so",
        ),
        ("", {"TAO_VENV": "/v"}, Disk(owners={"/v/bin": 1001}), f"^{ENV}:1: /v/bin belongs to uid 1001, so"),
    ],
)
def test_programs_of_others_are_refused(toml: str, env: dict[str, str], disk: Disk, expected: str) -> None:
    with pytest.raises(TaoshellError, match=expected):
        define(toml, env, disk=disk)


@pytest.mark.parametrize(
    "name", ["VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_SHLVL", "VIRTUAL_ENV_PROMPT"]
)
def test_what_activates_an_environment_by_hand_is_refused(name: str) -> None:
    cure = r"name the environment in \[python\] of taoshell.toml, or in .env as TAO_VENV=…; remove the line"
    for toml, env in ((f"env.{name} = '/v'", {}), ("", {name: "/v"})):
        with pytest.raises(TaoshellError, match=f"{name} is refused: .*; {cure}"):
            define(toml, env)
