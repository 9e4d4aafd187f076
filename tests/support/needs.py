"""Programs that a test needs: if one is missing, the test is skipped on a developer's machine and fails in CI."""

from __future__ import annotations

import os

import pytest


def need(program_or_path: str | None, what: str) -> str:
    """Return `program_or_path`. If it is None, `what` is missing: skip the test, or fail it if CI is set."""
    if program_or_path is not None:
        return program_or_path
    message = f"{what} is not installed"
    if os.environ.get("CI"):
        pytest.fail(f"{message}, and CI runs every test", pytrace=False)
    pytest.skip(message)
