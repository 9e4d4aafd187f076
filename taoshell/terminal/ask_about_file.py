"""The questions about a file of another program that `init --from` and `adopt` read."""

from __future__ import annotations

import os
from collections.abc import Collection

import click

from taoshell.actions import from_file
from taoshell.actions.from_file import File
from taoshell.errors import printable
from taoshell.formats.imported import Imported, Several
from taoshell.formats.surroundings import Question
from taoshell.project.names import is_secret
from taoshell.terminal.ask import confirmed, hidden
from taoshell.terminal.draw import aligned, show
from taoshell.terminal.say import say


def filled_in(file: File, *, asking: bool, later: Collection[str] = ()) -> Imported:
    """Return what `file` says, after the user has filled in what it leaves open, but not the variables `later`."""
    found = _read(file, asking=asking)
    if not asking:
        return found._replace(notes=(*found.notes, *(_taken(asked) for asked in found.questions if asked.default)))
    answers: dict[str, str] = {}
    for question in found.questions:
        if question.name in later:
            continue
        if is_secret(question.name):
            answers[question.name] = hidden(f"{question.name} (hidden; empty for none)")
        else:
            written = f", now {question.written}" if question.written else ""
            text = printable(f"{question.name} ({question.at}{written})")
            answers[question.name] = str(click.prompt(text, default=question.default, err=True)).strip()
    return file.read(answers) if answers else found


def _taken(question: Question) -> str:
    written = f" ({question.written})" if question.written else ""
    return f"{question.at}: {question.name} is left to you{written}, and {question.default} is taken"


def _read(file: File, *, asking: bool) -> Imported:
    """Read `file`. If it has several parts, ask which one is meant."""
    try:
        return file.read({})
    except Several as several:
        if not asking:
            raise
        say(f"{several.cause}:")
        show(*aligned(several.picks.items()))
        file.pick = click.prompt("Which one?", type=click.Choice(list(several.picks)), show_choices=False, err=True)
    return file.read({})


def offered(root: str) -> str | None:
    """Return the file in a new project's folder that sets it up, if the user wants it to be read."""
    path = from_file.candidate(root)
    if path is None:
        return None
    question = f"{printable(os.path.basename(path))} sets up a TAO project. Read it?"
    return path if confirmed(question, default=True) else None
