"""All that faults are injected into."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.faults import approvals, scenarios
from tests.faults.judge import WITHOUT_LINKS, WITHOUT_RENAMEAT2, Case, Judge
from tests.faults.shell_judge import ShellJudge
from tests.faults.shell_steps import SHELL_STEPS, ShellStep

CASES: list[Case | ShellStep] = [
    *(Case(scenario) for scenario in (*scenarios.SCENARIOS, *approvals.SCENARIOS)),
    *(Case(scenario, WITHOUT_RENAMEAT2) for scenario in scenarios.EXCHANGING),
    *(Case(scenario, WITHOUT_LINKS) for scenario in scenarios.LINKING),
    Case(scenarios.releasing, WITHOUT_RENAMEAT2 + WITHOUT_LINKS),
    *SHELL_STEPS,
]


@contextlib.contextmanager
def judge(case: Case | ShellStep) -> Iterator[Judge | ShellJudge]:
    """In memory where that can be, and with a short path, as each part of it is a folder more in the state."""
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    try:
        yield ShellJudge(case, folder) if isinstance(case, ShellStep) else Judge(case, folder)
    finally:
        shutil.rmtree(folder)
