"""The marker `slow`: `make test` leaves these tests to `make test-slow`; CI runs both.

A test is slow if it takes long and seldom fails: long fuzzing, fault injection, large tables of cases. One cheap case
of each stays in `make test`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

slow = pytest.mark.slow


def slow_unless(keep: Callable[..., bool], cases: Iterable[Any], id: Callable[..., str] | None = None) -> list[Any]:
    """Parameters for pytest: the `cases`, marked slow unless `keep` is true. A tuple holds several arguments."""
    params = []
    for case in cases:
        values = case if type(case) is tuple else (case,)
        marks = () if keep(*values) else slow
        params.append(pytest.param(*values, marks=marks, id=id(*values) if id else None))
    return params
