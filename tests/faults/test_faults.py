"""Each system call fails in its turn, or is the last one before a kill: nothing is lost, nothing half approved, and the
next prompt repairs.

A sample, the same each time, that takes less than a minute: of each step one call in two gets an error, another one
than the one before, and the calls between them a kill after it. Of the steps with the fewest calls it is each, with
both; of an approval, which has the most, one in four. Over all steps every error comes. `make faults` tries all and
writes docs/reports/faults.md.
"""

from __future__ import annotations

import re

import pytest

from tests.faults.cases import CASES, check
from tests.faults.page import Tally, headings, page
from tests.faults.python_check import OUTCOMES, Case
from tests.faults.shell_steps import ShellStep
from tests.faults.strace import ERRORS, FAULTS
from tests.support.clone import CLONE
from tests.support.slow import slow_unless

PAGE = CLONE / "docs/reports/faults.md"


_FEW, _MANY = 5, 20  # calls


_QUICK = ("leaving", "fish, leaving")  # few calls, one step of Python and one of a shell


@pytest.mark.parametrize("case", slow_unless(lambda case: case.name in _QUICK, CASES), ids=lambda case: case.name)
def test_a_step_with_faults(case: Case | ShellStep) -> None:
    """Before one call is after the one before it: for a kill they are the same, but for the first."""
    first = CASES.index(case)
    with check(case) as it:
        assert it.points
        every = 1 if len(it.points) < _FEW else 2 if len(it.points) < _MANY else 4
        it.outcome(0, "killed before")
        for nth, number in enumerate(range(first % every, len(it.points), every)):
            it.outcome(number, ERRORS[(first + nth) % len(ERRORS)])
        for number in range((first + every // 2) % every, len(it.points), every):
            it.outcome(number, "killed after")


def test_the_page_is_as_it_was_written_and_of_these_steps() -> None:
    """Not edited, and nothing is left out: from its own figures it would be written just so again."""
    written = PAGE.read_text()
    assert re.findall(r"^## .*", written, re.MULTILINE) == headings(case.name for case in CASES)
    tallies = {}
    for case, text in zip(CASES, re.split(r"^## ", written, flags=re.MULTILINE)[1:], strict=True):
        points = re.search(r"^\| (\d+) calls", text, re.MULTILINE)
        assert points
        tally = tallies[case.name] = Tally(int(points[1]))
        for fault in FAULTS:
            row = re.search(rf"^\| {fault} \|(.*)\|$", text, re.MULTILINE)
            assert row, f"{case.name}: no {fault}"
            times, *figures = map(int, row[1].split("|"))
            tally.outcomes[fault].update(dict(zip(OUTCOMES, figures, strict=True)))
            assert 0 < times == sum(figures) <= tally.points
    assert page(tallies) == written
