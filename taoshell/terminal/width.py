"""How wide the output may be."""

from __future__ import annotations

import os
import sys


def columns() -> float:
    """Return the width of the output: COLUMNS, or that of the terminal; without either there is no limit."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or float("inf")
    except (OSError, ValueError):  # no terminal, or no file at all
        return float("inf")
