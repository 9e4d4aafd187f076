"""An approval holds for one project with one content, and for nothing that only looks like it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taoshell.state import files
from taoshell.state.approvals import approve, is_approved, revoke
from taoshell.state.paths import State

INPUTS = {"taoshell.toml": b'layout = "classic"\n', ".env": b"KEY=k\n"}


@pytest.fixture
def state(tmp_path: Path) -> State:
    state = State(str(tmp_path / "state"), str(tmp_path / ".tao_mounts.json"))
    files.ensure(state)
    return state


def test_approved_inputs_are_approved(state: State) -> None:
    assert not is_approved(state, "/p", INPUTS)
    approve(state, "/p", INPUTS)
    assert is_approved(state, "/p", INPUTS)


@pytest.mark.parametrize(
    ("root", "inputs"),
    [
        ("/q", INPUTS),  # copied elsewhere
        ("/p/", INPUTS),
        ("/p", {**INPUTS, ".env": b"KEY=other\n"}),
        ("/p", {**INPUTS, ".env": b"KEY=k"}),
        ("/p", {**INPUTS, "taoshell.toml": b""}),
        ("/p", {"taoshell.toml": INPUTS["taoshell.toml"]}),
        ("/p", {**INPUTS, "more": b""}),
        ("/p", {"taoshell.toml": INPUTS[".env"], ".env": INPUTS["taoshell.toml"]}),
        # the same bytes, split elsewhere
        ("/p", {"taoshell.toml": INPUTS["taoshell.toml"] + b"K", ".env": b"EY=k\n"}),
        ("/p1", {"2taoshell.toml": INPUTS["taoshell.toml"], ".env": INPUTS[".env"]}),
    ],
)
def test_no_other_inputs_are_approved(state: State, root: str, inputs: dict[str, bytes]) -> None:
    approve(state, "/p", INPUTS)
    assert not is_approved(state, root, inputs)


def test_an_approval_below_the_home_survives_a_move(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    before = State(str(old / "state"), str(old / ".tao_mounts.json"))
    files.ensure(before)
    approve(before, f"{old}/p", INPUTS)
    outside = f"{tmp_path}/p"
    approve(before, outside, INPUTS)
    old.rename(new)
    after = State(str(new / "state"), str(new / ".tao_mounts.json"))
    assert is_approved(after, f"{new}/p", INPUTS)
    assert is_approved(after, outside, INPUTS)
    assert not is_approved(after, f"{new}/q/p", INPUTS)
    assert not is_approved(after, f"{old}/p", INPUTS)
    assert revoke(after, f"{new}/p") == 1
    assert not is_approved(after, f"{new}/p", INPUTS)


def test_an_approval_of_0_1_0_counts_and_can_be_revoked(state: State, tmp_path: Path) -> None:
    """It has the absolute path."""
    root = f"{tmp_path}/p"
    elsewhere = State(state.root, "/nowhere/.tao_mounts.json")
    approve(elsewhere, root, INPUTS)
    assert is_approved(state, root, INPUTS)
    assert revoke(state, root) == 1


def test_the_order_of_the_inputs_does_not_matter(state: State) -> None:
    approve(state, "/p", INPUTS)
    assert is_approved(state, "/p", dict(reversed(INPUTS.items())))


def test_several_contents_can_be_approved_and_are_revoked_together(state: State) -> None:
    branch = {**INPUTS, ".env": b"NUM_GPUS=8\n"}
    approve(state, "/p", INPUTS)
    approve(state, "/p", branch)
    approve(state, "/q", INPUTS)
    assert is_approved(state, "/p", INPUTS)
    assert is_approved(state, "/p", branch)
    assert revoke(state, "/p") == 2
    assert not is_approved(state, "/p", INPUTS)
    assert not is_approved(state, "/p", branch)
    assert is_approved(state, "/q", INPUTS)
    assert revoke(state, "/p") == 0


def test_approving_twice_makes_one_approval(state: State) -> None:
    approve(state, "/p", INPUTS)
    approve(state, "/p", INPUTS)
    assert revoke(state, "/p") == 1


def test_an_approval_contains_no_input_and_is_private(state: State) -> None:
    approve(state, "/p", INPUTS)
    (name,) = os.listdir(state.allowed)
    path = Path(state.allowed, name)
    assert path.read_bytes() == b"/p\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


_INPUTS = st.dictionaries(st.text("ab.", max_size=3), st.binary(max_size=3), max_size=3)


@given(st.text("/ab", max_size=3), _INPUTS, st.text("/ab", max_size=3), _INPUTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
def test_two_projects_never_share_an_approval(
    state: State, root: str, inputs: dict[str, bytes], other_root: str, other: dict[str, bytes]
) -> None:
    approve(state, root, inputs)
    assert is_approved(state, other_root, other) == ((root, inputs) == (other_root, other))
    revoke(state, root)
