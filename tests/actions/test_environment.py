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
@given(VARIABLES, VARIABLES)
def test_entering_and_leaving_changes_nothing(environ: dict[str, str], variables: dict[str, str]) -> None:
    assert left(entered(environ, ME, variables), variables) == environ


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
