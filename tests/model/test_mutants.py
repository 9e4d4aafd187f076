"""Each choice of the protocol is necessary: without it, the model violates the expected property."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from tests.model import cases
from tests.model.configurations import Configuration
from tests.model.protocol import Protocol

# the choice that is switched off, the violated property, the configuration
MUTANTS = [
    ("looks_again", "1: the newest is in B, and the mounts file is that of A", cases.MOVES),
    ("breaks_ties", "1: the newest is in B, and the mounts file is that of A", cases.MOVES),
    ("writes_first", "1: the newest is in", cases.MOVES),
    ("replaces_cur", "4: a reader finds nothing", cases.MOVES),
    ("asks_python", "1: shell 0 moved after shell 1, which holds the mounts file", cases.CLOCK),
    ("makes_newest", "1: shell 0 moved after shell 1, which holds the mounts file", cases.CLOCK),
    ("watches_holder", "1: no shell is in a project, and the mounts file is that of B", cases.KILLED),
    ("skips_dead", "1: no shell is in a project, and the mounts file is that of B", cases.KILLED),
    ("watches_times", "1: the newest is in A, and the mounts file is that of A, written by writer", cases.WRITER),
    ("tries_again", "1: the newest is in A, and the mounts file is that of A, written by writer", cases.WRITERS),
    ("python_looks_again", "1: the newest is in A, and the mounts file is that of own", cases.COMMAND),
    ("sets_aside", "3: inode 1, that others may have open, is written into", cases.WRITER),
    ("moves_inode", "3: the last name of what writer 1 wrote is removed", cases.WRITER),
    ("retires", "3: the last name of what writer 1 wrote is removed", cases.WRITER_AND_ALLOW),
    ("names_before", "2: no later check will find what writer 1 wrote", cases.WRITER_AND_ALLOW),
    ("recovers", "2: no later check will find what replacer 2 wrote", cases.REPLACER_KILLED),
    ("locks", "3: the last name of what the user wrote is removed", cases.FIRST),
    # features that some file systems lack
    ("exchanges", "4: a reader finds nothing", cases.FIRST),
    ("fine_times", "1: the newest is in A, and the mounts file is that of A, written by writer", cases.WRITER),
]


@pytest.mark.parametrize(("choice", "violated", "configuration"), MUTANTS, ids=[mutant[0] for mutant in MUTANTS])
def test_without_the_choice_the_property_is_violated(choice: str, violated: str, configuration: Configuration) -> None:
    violation = configuration.explore(replace(Protocol(), **{choice: False})).violation
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
    assert choices == {mutant[0] for mutant in MUTANTS}


def test_the_shortest_trace_is_readable() -> None:
    violation = cases.MOVES.explore(replace(Protocol(), looks_again=False)).violation
    lines = str(violation).splitlines()
    assert lines[0] == "1: the newest is in B, and the mounts file is that of A"
    assert lines[1].strip() == "1. shell 0: writes its session: A"
    assert [line.partition(". ")[2] for line in lines[-2:]] == ["shell 1: cur becomes B", "shell 0: cur becomes A"]
