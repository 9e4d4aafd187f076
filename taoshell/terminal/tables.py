"""Results on stdout: diffs for people, JSON for programs. Foreign text is escaped, secrets are masked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

import click

from taoshell.errors import printable
from taoshell.terminal.draw import Text, show

_JSON_VERSION = 1


def show_json(members: Mapping[str, object]) -> None:
    """Print an object for programs; its member `version` changes when the meaning of a member does."""
    text = json.dumps({"version": _JSON_VERSION, **members}, indent=2, ensure_ascii=False)
    click.echo(re.sub(r"[^ -~\n]", _escaped, text).encode())


def _escaped(found: re.Match[str]) -> str:
    """Return a character of JSON as it is, or as JSON's escape if a terminal would obey or hide it."""
    return found[0] if printable(found[0]) == found[0] else json.dumps(found[0])[1:-1]


def show_diff(changed: Iterable[str]) -> None:
    """Print the lines of a diff, coloured at a terminal."""
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in changed:
        style = "bold" if line.startswith(("+++", "---")) else styles.get(line[:1], "")
        show(Text(line, style))
