"""Entering and leaving in a dictionary: former values come back, changed values stay."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taoshell.actions.environment import OWN, entered, left

ME = {"TAOSHELL_ROOT": "/p", "TAOSHELL_GENERATION": "1", "TAOSHELL_PROJECT": "p"}
OTHER = {"TAOSHELL_ROOT": "/q", "TAOSHELL_GENERATION": "2", "TAOSHELL_PROJECT": "q"}

NAMES = st.sampled_from(["KEY", "NUM_GPUS", "LAUNCHER_MOUNTS", "A", "B"])
VALUES = st.sampled_from(["", "1", "2", "it's $x\n", "\udcff"])
VARIABLES = st.dictionaries(NAMES, VALUES)

on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_entering_keeps_what_was_there() -> None:
    assert entered({"A": "old", "B": "", "C": "3"}, ME, {"A": "1", "B": "2", "D": "4"}) == {
        **ME,
        "TAOSHELL_PROMPT": "p",
        **{"A": "1", "B": "2", "C": "3", "D": "4"},
        **{"TAOSHELL_WAS_A": "old", "TAOSHELL_WAS_B": ""},
    }


@pytest.mark.parametrize(
    ("changed", "after"),
    [
        ({}, {"A": "old"}),
        ({"A": "mine"}, {"A": "mine"}),
        ({"B": "mine"}, {"A": "old", "B": "mine"}),
        ({"A": ""}, {"A": ""}),
        ({"TAOSHELL_BLOCKED": "1"}, {"A": "old"}),
        ({"TAOSHELL_HOOK": "7", "TAOSHELL_LOG": "quiet"}, {"A": "old", "TAOSHELL_HOOK": "7", "TAOSHELL_LOG": "quiet"}),
    ],
)
def test_leaving_restores_unchanged_variables(changed: dict[str, str], after: dict[str, str]) -> None:
    variables = {"A": "1", "B": "2"}
    assert left({**entered({"A": "old"}, ME, variables), **changed}, variables) == after


def test_what_the_user_unset_stays_unset() -> None:
    inside = entered({"A": "old"}, ME, {"A": "1"})
    del inside["A"]
    assert left(inside, {"A": "1"}) == {}


def test_the_arguments_are_not_modified() -> None:
    environ = {"A": "old"}
    inside = entered(environ, ME, {"A": "1"})
    kept = dict(inside)
    left(inside, {"A": "1"})
    assert (environ, inside) == ({"A": "old"}, kept)


@on_a_busy_machine_too
@given(VARIABLES, VARIABLES, st.sampled_from(["", "/v/bin"]), st.lists(st.sampled_from(["/v/bin", "/a", ""])))
def test_entering_and_leaving_changes_nothing(
    environ: dict[str, str], variables: dict[str, str], first: str, folders: list[str]
) -> None:
    environ = {**environ, "PATH": ":".join(folders)}
    inside = entered(environ, ME, variables, first)
    assert inside["PATH"].split(":")[: 1 if first else 0] == [first][: 1 if first else 0]
    assert left(inside, variables, first) == environ


@pytest.mark.parametrize(
    ("before", "inside", "after"),
    [
        ("/a", "/x:/v/bin:/a", "/x:/a"),  # the user's later changes stay
        ("/a", "/a", "/a"),  # the user has removed it
        ("/a", "/v/bin:/v/bin:/a", "/v/bin:/a"),  # the user has added it
        ("/v/bin:/a", "/v/bin:/a", "/v/bin:/a"),  # zsh keeps only one of two, which is the user's
    ],
)
def test_only_our_folder_leaves_path(before: str, inside: str, after: str) -> None:
    there = {**entered({"PATH": before}, ME, {}, "/v/bin"), "PATH": inside}
    assert left(there, {}, "/v/bin") == {"PATH": after}


@on_a_busy_machine_too
@given(VARIABLES, VARIABLES, VARIABLES)
def test_the_first_of_two_projects_leaves_no_trace(
    environ: dict[str, str], first: dict[str, str], second: dict[str, str]
) -> None:
    outside = left(entered(environ, ME, first), first)
    assert entered(outside, OTHER, second) == entered(environ, OTHER, second)


@on_a_busy_machine_too
@given(VARIABLES, VARIABLES, VARIABLES)
def test_changes_inside_a_project_stay(
    environ: dict[str, str], variables: dict[str, str], changed: dict[str, str]
) -> None:
    mine = {name: value for name, value in changed.items() if variables.get(name) != value}
    assert left({**entered(environ, ME, variables), **mine}, variables) == {**environ, **mine}
    assert not set(OWN) & left({**entered(environ, ME, variables), **mine}, variables).keys()
