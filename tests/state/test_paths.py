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


def test_the_record_of_a_project_below_the_home_moves_with_the_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "cars").mkdir(parents=True)
    state = State("/s", f"{home}/.tao_mounts.json")
    assert state.portable(f"{home}/cars/a") == "~/cars/a"
    assert state.portable(f"{tmp_path}/cars") == f"{tmp_path}/cars"
    assert state.portable(f"{home}more/cars") == f"{home}more/cars"
    assert state.record(f"{home}/cars/a") == "/s/projects/~/cars/a/+/inputs.json"
    assert state.record("/cars") == "/s/projects/cars/+/inputs.json"


def test_a_home_is_known_by_its_identity_and_not_by_its_path(tmp_path: Path) -> None:
    """As two paths of a bind mount, but a symlink needs no privilege."""
    (tmp_path / "home/cars").mkdir(parents=True)
    (tmp_path / "nfs").symlink_to("home")
    assert State("/s", f"{tmp_path}/nfs/.tao_mounts.json").portable(f"{tmp_path}/home/cars") == "~/cars"


def test_records_are_no_project_folders(tmp_path: Path) -> None:
    state = State(str(tmp_path / "s"), f"{tmp_path}/.tao_mounts.json")
    for folder in ("~/cars/+", "~/empty/+", "p/~/+"):
        (tmp_path / "s/projects" / folder).mkdir(parents=True)
    (tmp_path / "s/projects/~/cars/+/inputs.json").touch()
    assert [project.root for project in state.project_folders()] == ["/p/~"]
    assert list(state.recorded_below_home()) == [f"{tmp_path}/cars"]


def test_a_home_that_ends_with_a_slash(tmp_path: Path) -> None:
    state = State(f"{tmp_path}//state//taoshell", f"{tmp_path}//.tao_mounts.json")
    assert state.from_home(state.original) == ".tao_mounts.original.json"
    assert state.from_home(f"{state.root}/x") == "state/taoshell/x"
    assert state.from_home("/elsewhere/x") == "/elsewhere/x"


def test_project_folders_are_found_at_any_depth_and_not_inside_each_other(tmp_path: Path) -> None:
    state = State(str(tmp_path), "/m")
    assert list(state.project_folders()) == []
    for folder in ("p/+/gen", "p/q/+", "p/+/gen/+", "r"):
        Path(state.root, "projects", folder).mkdir(parents=True)
    found = {project.root: project.folder for project in state.project_folders()}
    assert found == {root: state.project(root).folder for root in ("/p", "/p/q")}
