"""All steps that faults are injected into."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.faults import approval_steps, mounts_file_steps
from tests.faults.python_check import WITHOUT_LINKS, WITHOUT_RENAMEAT2, Case, PythonCheck
from tests.faults.shell_check import ShellCheck
from tests.faults.shell_steps import SHELL_STEPS, ShellStep
from tests.faults.terminal_check import TERMINAL_STEPS, TerminalCheck, TerminalStep

AnyCase = Case | ShellStep | TerminalStep

CASES: list[AnyCase] = [
    *(Case(step) for step in (*mounts_file_steps.STEPS, *approval_steps.STEPS)),
    *(Case(step, WITHOUT_RENAMEAT2) for step in mounts_file_steps.EXCHANGING),
    *(Case(step, WITHOUT_LINKS) for step in mounts_file_steps.LINKING),
    Case(mounts_file_steps.releasing, WITHOUT_RENAMEAT2 + WITHOUT_LINKS),
    *SHELL_STEPS,
    *TERMINAL_STEPS,
]


@contextlib.contextmanager
def check(case: AnyCase) -> Iterator[PythonCheck | ShellCheck | TerminalCheck]:
    """Return a folder, in memory if possible. Its path is short: the state folder repeats each part of it."""
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    try:
        if isinstance(case, Case):
            yield PythonCheck(case, folder)
        elif isinstance(case, ShellStep):
            yield ShellCheck(case, folder)
        else:
            yield TerminalCheck(case, folder)
    finally:
        shutil.rmtree(folder)
