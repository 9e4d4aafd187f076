"""`make faults`: inject every fault at every system call, in parallel, and write docs/reports/faults.md.

`make faults EVERY=5` tries only every fifth call; the page then says so.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

from tests.faults.cases import CASES, AnyCase, check
from tests.faults.page import Tally, page
from tests.faults.strace import Missed
from tests.support.clone import CLONE

PAGE = CLONE / "docs/reports/faults.md"


def tried(case: AnyCase, every: int) -> tuple[Tally, list[str], int]:
    """Inject every fault at every n-th call of one step; return the outcomes, the failures, and how many missed."""
    wrong = []
    missed = 0
    with check(case) as it:
        tally = Tally(len(it.points))
        for fault in case.faults:
            tally.outcomes[fault] = Counter()
            for number in range(0, len(it.points), every):
                try:
                    tally.outcomes[fault][it.outcome(number, fault)] += 1
                except AssertionError as error:
                    wrong.append(str(error))
                except Missed:
                    missed += 1
    return tally, wrong, missed


def main() -> int:
    """Write the page if there was no failure."""
    tallies: dict[str, Tally] = {}
    wrong: list[str] = []
    every = int(sys.argv[1])
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for case, (tally, failures, missed) in zip(CASES, pool.map(tried, CASES, repeat(every)), strict=True):
            print(
                f"{len(tallies) + 1}/{len(CASES)} {case.name}: "
                f"{tally.points} calls, {len(failures)} wrong, {missed} missed",
                flush=True,
            )
            tallies[case.name] = tally
            wrong += failures
    print(*wrong, sep="\n")
    if not wrong:
        PAGE.write_text(page(tallies))
    return len(wrong) > 0


if __name__ == "__main__":
    sys.exit(main())
