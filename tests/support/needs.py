"""Tools that a test drives: a missing one skips the test on a developer's machine, and fails it in CI."""

from __future__ import annotations

import os

import pytest


def need(program_or_path: str | None, what: str) -> str:
    """`program_or_path` as it is given, unless it is None: then `what` is missing here.

    That skips the running test, or fails it where the variable CI is set: a test that nobody runs guards nothing.
    """
    if program_or_path is not None:
        return program_or_path
    message = f"{what} is not installed"
    if os.environ.get("CI"):
        pytest.fail(f"{message}, and CI runs every test", pytrace=False)
    pytest.skip(message)
