"""The marker `slow` never removes a whole module from `make test`."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.support.clone import CLONE
from tests.support.slow import slow, slow_unless


def modules(marks: str) -> set[str]:
    """Return the test modules that have a test with these marks."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", marks]
    done = subprocess.run(command, cwd=CLONE, capture_output=True, text=True, check=True)
    return set(re.findall(r"^(tests/.+?\.py)::", done.stdout, re.MULTILINE))


def test_all_cases_but_the_kept_ones_are_slow() -> None:
    params = slow_unless(lambda number, name: name == "b", [(1, "a"), (2, "b")], id=lambda number, name: name)
    assert [(param.values, param.id, [mark.name for mark in param.marks]) for param in params] == [
        ((1, "a"), "a", ["slow"]),
        ((2, "b"), "b", []),
    ]


@slow
def test_each_module_with_a_slow_test_has_a_quick_one() -> None:
    with_slow = modules("slow")
    assert "tests/faults/test_faults.py" in with_slow
    assert with_slow - modules("not slow") == set()
