"""What changed in a project since its approval, fit to be shown: foreign bytes escaped, secrets masked. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

from taoshell.errors import shown
from taoshell.names import is_secret

_ASSIGNMENT = re.compile(r"(?P<before>\s*(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*)(?P<value>.+)")


def between(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The lines of a unified diff of every input that differs; none where nothing does."""
    return [line for name in now for line in _diff(name, before.get(name, ""), now[name])]


def _diff(name: str, before: str, now: str) -> Iterator[str]:
    lines = difflib.unified_diff(
        before.splitlines(), now.splitlines(), f"{name} (approved)", f"{name} (now)", lineterm="", n=1
    )
    for line in lines:
        yield shown(line if line.startswith(("---", "+++", "@@")) else line[0] + _masked(line[1:]))


def _masked(line: str) -> str:
    """A line of `.env` or TOML without the value of a secret."""
    found = _ASSIGNMENT.match(line)
    if found is None or not is_secret(found["name"]):
        return line
    return f"{found['before']}••••"
