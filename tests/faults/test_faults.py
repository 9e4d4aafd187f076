"""In turn, each system call fails, or the process is killed there: nothing is lost or half approved, and the next
prompt repairs the state.

These tests try a fixed sample. In each step, every second call fails, each time with a different error, and the process
is killed after each call between them; every second call gets a signal that does not kill. Steps with few calls get all
faults at each call; an approval, which has the most calls, at six. All steps together cover every error.
`make faults` tries all faults and writes docs/reports/faults.md.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.faults.cases import CASES, AnyCase, check
from tests.faults.page import Tally, headings, page
from tests.faults.python_check import OUTCOMES
from tests.faults.strace import ERRORS, SIGNALS, Missed
from tests.support.clone import CLONE
from tests.support.slow import slow_unless

PAGE = CLONE / "docs/reports/faults.md"


_FEW, _MANY = 5, 20  # calls


_QUICK = ("leaving", "fish, leaving", "bash at a terminal, leaving")  # one step of each kind, with few calls


@pytest.mark.parametrize("case", slow_unless(lambda case: case.name in _QUICK, CASES), ids=lambda case: case.name)
def test_a_fault_in_a_step_loses_nothing(case: AnyCase) -> None:
    """A kill before a call is the same as a kill after the previous call, except at the first call."""
    first = CASES.index(case)
    missed: list[str] = []
    tried = 0

    def inject(number: int, fault: str) -> None:
        nonlocal tried
        tried += 1
        try:
            it.outcome(number, fault)
        except Missed as call:
            missed.append(str(call))

    with check(case) as it:
        assert it.points
        every = 1 if len(it.points) < _FEW else 2 if len(it.points) < _MANY else len(it.points) // 6
        if set(ERRORS) <= set(case.faults):
            inject(0, "killed before")
            for nth, number in enumerate(range(first % every, len(it.points), every)):
                inject(number, ERRORS[(first + nth) % len(ERRORS)])
            for number in range((first + every // 2) % every, len(it.points), every):
                inject(number, "killed after")
        if signals := [fault for fault in case.faults if fault in SIGNALS]:
            for nth, number in enumerate(range(first % every, len(it.points), every)):
                inject(number, signals[(first + nth) % len(signals)])
    assert 4 * len(missed) <= tried, missed


def test_the_page_is_unedited_and_contains_all_steps() -> None:
    """Check that the page's own figures give the same page again."""
    written = PAGE.read_text()
    assert re.findall(r"^## .*", written, re.MULTILINE) == headings(case.name for case in CASES)
    tallies = {}
    for case, text in zip(CASES, re.split(r"^## ", written, flags=re.MULTILINE)[1:], strict=True):
        points = re.search(r"^\| (\d+) calls", text, re.MULTILINE)
        assert points
        tally = tallies[case.name] = Tally(int(points[1]))
        for fault in case.faults:
            row = re.search(rf"^\| {fault} \|(.*)\|$", text, re.MULTILINE)
            assert row, f"{case.name}: no {fault}"
            times, *figures = map(int, row[1].split("|"))
            tally.outcomes[fault] = Counter(dict(zip(OUTCOMES, figures, strict=True)))
            assert 0 < times == sum(figures) <= tally.points
    assert page(tallies) == written
