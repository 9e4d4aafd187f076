"""The properties hold in every interleaving of the cases."""

from __future__ import annotations

import pytest

from tests.model.cases import CASES, KILLED, MOVES, WRITER
from tests.model.configurations import Configuration
from tests.model.protocol import Protocol
from tests.support.slow import slow_unless

_LARGE = 60_000  # states; exploring more takes a second or longer


@pytest.mark.parametrize("name", slow_unless(lambda name: CASES[name].states <= _LARGE, CASES))
def test_the_properties_hold_in_every_interleaving(name: str) -> None:
    case = CASES[name]
    result = case.configuration.explore(case.protocol)
    assert result.violation is None, f"{name}: {result.violation}"
    assert abs(result.states - case.states) <= case.states / 10, f"{name}: {result.states} states now"
    assert result.ends > 1


@pytest.mark.parametrize(
    "configuration", [Configuration((("A",), ("B",))), Configuration((("A",),), ("writer",), last_prompt=True)]
)
def test_merging_states_by_their_frames_changes_nothing(configuration: Configuration) -> None:
    """If each history is a state of its own, the same worlds and the same end states are reached."""
    merged, apart = (configuration.model(Protocol(), merging=merging) for merging in (True, False))
    fewer, all_states = merged.explore().states, apart.explore().states
    assert fewer < all_states
    assert set(merged.worlds) == set(apart.worlds)
    assert {merged.worlds[end] for end in merged.ends} == {apart.worlds[end] for end in apart.ends}


def test_the_model_is_not_empty() -> None:
    """Check that the events for which the cases were written really happen."""
    moves, killed, writer = (configuration.model(Protocol()) for configuration in (MOVES, KILLED, WRITER))
    for model in (moves, killed, writer):
        model.explore()
    ends = {(world.cur, *(session and session.claim for session in world.sessions)) for world in moves.worlds}
    assert {("A", "A", None), ("B", "A", "B"), ("own", "", None)} <= ends
    assert any(len({session.time for session in world.sessions if session}) == 1 for world in moves.worlds)
    assert any(world.alive == (False, False) for world in killed.worlds)
    assert any(world.lock == 0 and not world.alive[0] for world in killed.worlds)
    assert any(world.backups for world in writer.worlds)
