"""Where the state is: what a hook has fixed, else what XDG says, else the home."""

from __future__ import annotations

import pytest

from taoshell.state.paths import State

DEFAULT = "/home/u/.local/state/taoshell"


@pytest.mark.parametrize(
    ("environ", "root", "mounts_file"),
    [
        ({"HOME": "/home/u"}, DEFAULT, "/home/u/.tao_mounts.json"),
        ({"HOME": "/home/u", "XDG_STATE_HOME": "/big"}, "/big/taoshell", "/home/u/.tao_mounts.json"),
        ({"HOME": "/home/u", "XDG_STATE_HOME": ""}, DEFAULT, "/home/u/.tao_mounts.json"),
        # "All paths set in these environment variables must be absolute", says the XDG specification
        ({"HOME": "/home/u", "XDG_STATE_HOME": "state"}, DEFAULT, "/home/u/.tao_mounts.json"),
        # the hook's, whatever has become of the environment since
        (
            {"HOME": "/root", "XDG_STATE_HOME": "/x", "TAOSHELL_STATE": DEFAULT, "TAOSHELL_MOUNTS_FILE": "/home/u/m"},
            DEFAULT,
            "/home/u/m",
        ),
        ({"HOME": "/a b'$(x)"}, "/a b'$(x)/.local/state/taoshell", "/a b'$(x)/.tao_mounts.json"),
    ],
)
def test_where_it_is(environ: dict[str, str], root: str, mounts_file: str) -> None:
    state = State.of(environ)
    assert (state.root, state.mounts_file) == (root, mounts_file)


@pytest.mark.parametrize("environ", [{}, {"HOME": ""}])
def test_without_a_home_it_is_the_one_that_the_system_knows(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/u")
    assert State.of(environ).root == DEFAULT


def test_the_original_stands_beside_the_mounts_file() -> None:
    assert State("/s", "/home/u/.tao_mounts.json").original == "/home/u/.tao_mounts.original.json"


def test_each_project_has_a_folder_of_its_own_inside_none_of_the_others() -> None:
    state = State("/s", "/m")
    outer, inner = state.project("/p"), state.project("/p/q")
    assert outer.folder == "/s/projects/p/+"
    assert inner.folder == "/s/projects/p/q/+"
    for part in vars(outer).values():
        assert part.startswith("/s/projects/p/+")
