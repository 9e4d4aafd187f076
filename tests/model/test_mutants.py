"""Each choice of the protocol is necessary: without it, the model violates the expected property."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from tests.model import cases
from tests.model.configurations import Configuration
from tests.model.protocol import Protocol
from tests.support.slow import slow

CALM, OUTDATED = "6: a shell is calm, but the newest is in ", "6: a shell is calm, but its generation is outdated"
RESOLUTIONS = {  # coarser than usual, as small configurations of three shells have many states
    cases.AT_ONCE: cases.ONE_SCAN,
    cases.TWO_IN_TURN: cases.ONE_SCAN,
    cases.IN_TURN: Protocol(same_tick=True),
}


def case(choice: str, violated: str, configuration: Configuration, marks: Any = ()) -> Any:
    return pytest.param(choice, violated, configuration, marks=marks, id=choice)


# the choice that is switched off, the violated property, the configuration
MUTANTS = [
    case("looks_again", "1: the newest is in B, and the mounts file is that of A", cases.MOVES),
    case("heeds_arrivals", "1: the newest is in B, and the mounts file is that of A", cases.MOVES),
    case("heeds_holder", "1: the newest is in B, and the mounts file is that of A", cases.MOVES),
    case("breaks_ties", "1: the newest is in B, and the mounts file is that of A", cases.MOVES),
    case("writes_first", "1: the newest is in", cases.MOVES),
    case("replaces_cur", "4: a reader finds nothing", cases.MOVES),
    case("asks_python", "1: shell 0 moved after shell 1, which holds the mounts file", cases.CLOCK),
    case("makes_newest", "1: shell 0 moved after shell 1, which holds the mounts file", cases.CLOCK),
    case("watches_holder", f"{CALM}A, and the mounts file is that of B", cases.KILLED),
    case("skips_dead", "1: no shell is in a project, and the mounts file is that of B", cases.KILLED),
    case("checks_process", "7: the session of shell 1 is emptied, which is alive", cases.CLOCK),
    case("checks_start", "1: no shell is in a project, and the mounts file is that of B", cases.PID_USED_AGAIN),
    case("tries_again", f"{CALM}A, and the mounts file is that of A, written by writer", cases.WRITERS),
    # the idle prompt
    case("arrives", f"{CALM}A, and the mounts file is that of B", cases.IN_TURN),
    case("arrives_last", f"{CALM}A, and the mounts file is that of B", cases.AT_ONCE, marks=slow),
    case("notes_before", f"{CALM}A, and the mounts file is that of B", cases.TWO_IN_TURN),
    case("fine_looks", f"{CALM}A, and the mounts file is that of B", cases.IN_TURN),
    case("watches_times", f"{CALM}A, and the mounts file is that of A, written by writer", cases.BOTH_IN_ONE),
    case("brief_as_holder", f"{CALM}A, and the mounts file is that of B", cases.NOT_THE_HOLDER),
    case("both_sides", f"{CALM}B, and the mounts file is that of A", cases.COPIED_PROJECT),
    case("tests_age", OUTDATED, cases.EDITED),
    case("lower_stamp", OUTDATED, cases.COPIED_OVER),
    case("tests_links", OUTDATED, cases.LINKED),
    # Python
    case("python_looks_again", "1: the newest is in A, and the mounts file is that of own", cases.COMMAND),
    case("announces_newest", "1: the newest is in A, and the mounts file is that of B", cases.CLOCK),
    case("sets_aside", "3: inode 1, that others may have open, is written into", cases.WRITER),
    case("moves_inode", "3: the last name of what writer 1 wrote is removed", cases.WRITER),
    case("retires", "3: the last name of what writer 1 wrote is removed", cases.WRITER_AND_ALLOW),
    case("names_before", "2: no later check will find what writer 1 wrote", cases.WRITER_AND_ALLOW),
    case("recovers", "2: no later check will find what replacer 2 wrote", cases.REPLACER_KILLED),
    case("locks", "3: the last name of what the user wrote is removed", cases.FIRST),
    case("upper_first", OUTDATED, cases.COPIED_OVER_AND_SYNC),
    case("outdates_first", OUTDATED, cases.ALLOWED_TWICE),
    case("stamps_last", "6: a shell is calm, but another generation is the current one", cases.ALLOWED_TWICE),
    case("unique_times", f"{CALM}B, and the mounts file is that of A", cases.COPIED_PROJECT),
    # features that some file systems lack
    case("exchanges", "4: a reader finds nothing", cases.FIRST),
    case("fine_times", f"{CALM}A, and the mounts file is that of A, written by writer", cases.WRITER),
]


@pytest.mark.parametrize(("choice", "violated", "configuration"), MUTANTS)
def test_without_the_choice_the_property_is_violated(choice: str, violated: str, configuration: Configuration) -> None:
    violation = configuration.explore(replace(RESOLUTIONS.get(configuration, Protocol()), **{choice: False})).violation
    assert violation is not None, "nothing is violated"
    assert violation.what.startswith(violated), str(violation)
    assert all(": " in line for line in violation.trace)


def test_known_violations() -> None:
    """These are known, rare and described in docs/architecture.md. If one is fixed, update that page."""
    two_steps = replace(cases.FIRST_KILLED, always_there=False).explore(replace(Protocol(), exchanges=False))
    clock = replace(cases.CLOCK, kills=1, last_prompt=True).explore()
    assert two_steps.violation is not None
    assert two_steps.violation.what == "1: the user's own mapping is not in force"
    assert clock.violation is not None
    assert clock.violation.what == "1: shell 1 moved after shell 0, which holds the mounts file"


def test_every_choice_has_its_mutant() -> None:
    choices = {field.name for field in fields(Protocol) if field.default is True}
    assert choices == {mutant.values[0] for mutant in MUTANTS}


def test_the_shortest_trace_is_readable() -> None:
    violation = cases.MOVES.explore(replace(Protocol(), looks_again=False)).violation
    lines = str(violation).splitlines()
    assert lines[0] == "1: the newest is in B, and the mounts file is that of A"
    assert lines[1].strip() == "1. shell 0: writes its session: A"
    assert [line.partition(". ")[2] for line in lines[-2:]] == ["shell 1: cur becomes B", "shell 0: cur becomes A"]
