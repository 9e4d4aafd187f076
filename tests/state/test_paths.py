"""The state folder: the one that a hook fixed, else the one that XDG names, else the default in the home."""

from __future__ import annotations

from pathlib import Path

import pytest

from taoshell.state.paths import State

DEFAULT = "/home/u/.local/state/taoshell"


@pytest.mark.parametrize(
    ("environ", "root", "mounts_file"),
    [
        ({"HOME": "/home/u"}, DEFAULT, "/home/u/.tao_mounts.json"),
        ({"HOME": "/home/u", "XDG_STATE_HOME": "/big"}, "/big/taoshell", "/home/u/.tao_mounts.json"),
        ({"HOME": "/home/u", "XDG_STATE_HOME": ""}, DEFAULT, "/home/u/.tao_mounts.json"),
        # the XDG specification: "All paths set in these environment variables must be absolute"
        ({"HOME": "/home/u", "XDG_STATE_HOME": "state"}, DEFAULT, "/home/u/.tao_mounts.json"),
        # the hook's, even if the environment has changed since
        (
            {"HOME": "/root", "XDG_STATE_HOME": "/x", "TAOSHELL_STATE": DEFAULT, "TAOSHELL_MOUNTS_FILE": "/home/u/m"},
            DEFAULT,
            "/home/u/m",
        ),
        ({"HOME": "/a b'$(x)"}, "/a b'$(x)/.local/state/taoshell", "/a b'$(x)/.tao_mounts.json"),
    ],
)
def test_where_the_state_is(environ: dict[str, str], root: str, mounts_file: str) -> None:
    state = State.of(environ)
    assert (state.root, state.mounts_file) == (root, mounts_file)


@pytest.mark.parametrize("environ", [{}, {"HOME": ""}])
def test_without_a_home_variable_the_state_is_in_the_home_that_the_system_knows(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/u")
    assert State.of(environ).root == DEFAULT


def test_the_original_is_beside_the_mounts_file() -> None:
    assert State("/s", "/home/u/.tao_mounts.json").original == "/home/u/.tao_mounts.original.json"


def test_each_project_has_its_own_folder_outside_all_others() -> None:
    state = State("/s", "/m")
    outer, inner = state.project("/p"), state.project("/p/q")
    assert outer.folder == "/s/projects/p/+"
    assert inner.folder == "/s/projects/p/q/+"
    for name, part in vars(outer).items():
        assert part == "/p" if name == "root" else part.startswith("/s/projects/p/+")


def test_project_folders_are_found_at_any_depth_and_not_inside_each_other(tmp_path: Path) -> None:
    state = State(str(tmp_path), "/m")
    assert list(state.project_folders()) == []
    for folder in ("p/+/gen", "p/q/+", "p/+/gen/+", "r"):
        Path(state.root, "projects", folder).mkdir(parents=True)
    found = {project.root: project.folder for project in state.project_folders()}
    assert found == {root: state.project(root).folder for root in ("/p", "/p/q")}
