"""Each system call fails in turn, or is the last one before a kill: nothing is lost, nothing is half approved, and the
next prompt repairs the state.

This is a fixed sample. In each step every second call gets an error, each time another one, and the calls between get
a kill after them. Steps with few calls get both at each call; an approval, which has most, at every fourth. Over all
steps every error occurs. `make faults` tries all faults and writes docs/reports/faults.md.
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
    """A kill before a call is the same as a kill after the previous call, except at the first call."""
    first = CASES.index(case)
    with check(case) as it:
        assert it.points
        every = 1 if len(it.points) < _FEW else 2 if len(it.points) < _MANY else 4
        it.outcome(0, "killed before")
        for nth, number in enumerate(range(first % every, len(it.points), every)):
            it.outcome(number, ERRORS[(first + nth) % len(ERRORS)])
        for number in range((first + every // 2) % every, len(it.points), every):
            it.outcome(number, "killed after")


def test_the_page_is_unedited_and_has_all_steps() -> None:
    """From its own figures the page would be written in the same way again."""
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
