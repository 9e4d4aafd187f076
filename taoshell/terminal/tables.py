"""Results on stdout: diffs for people, JSON for programs. Foreign text is escaped, secrets are masked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import click

from taoshell.terminal.draw import Text, show

_JSON_VERSION = 1


def show_json(members: Mapping[str, object]) -> None:
    """Print an object for programs; its member `version` changes when the meaning of a member does."""
    text = json.dumps({"version": _JSON_VERSION, **members}, indent=2, ensure_ascii=False)
    click.echo(text.encode("utf-8", "backslashreplace"))  # a byte of a path that is not UTF-8: JSON writes \udcff too


def show_diff(changed: Iterable[str]) -> None:
    """Print the lines of a diff, coloured at a terminal."""
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in changed:
        style = "bold" if line.startswith(("+++", "---")) else styles.get(line[:1], "")
        show(Text(line, style))
