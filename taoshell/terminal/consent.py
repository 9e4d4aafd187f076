"""Show the user what would be approved, and ask. Nothing is approved unseen, except with --yes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NamedTuple

from taoshell.actions import approve, beside, record
from taoshell.actions.approve import Allowed
from taoshell.actions.change import Change
from taoshell.actions.sources import Sources, built, machine
from taoshell.errors import TaoshellError, Where, counted
from taoshell.project.model import Project
from taoshell.project.mounts import below
from taoshell.project.python import missing_python, search_path
from taoshell.project.standing_out import what_stands_out
from taoshell.state.paths import State
from taoshell.terminal import tables
from taoshell.terminal.ask import confirmed
from taoshell.terminal.overview import show_project
from taoshell.terminal.review import show_review, show_standing_out
from taoshell.terminal.say import say_all


class Seen(NamedTuple):
    """What the user knows of a project before it is approved: `show` shows the rest; `notes` are of an earlier time."""

    show: Callable[[], None] = lambda: None
    notes: frozenset[str] = frozenset()


def require_consent(state: State, change: Change, *, yes: bool, shown: Change | None = None) -> Seen:
    """Show what `change` brings, and ask. There is nothing to ask if the user has approved exactly this before.

    The first time, and after a `deny`, everything is shown; else what changed since the last approval. If the user has
    just seen `shown`, only what is new since then. Enter never agrees. With `yes`, the same is to be shown once the
    project is approved: an error is one line.
    Raises TaoshellError if the user does not agree, or if there is no terminal to ask at.
    """
    root, project = change.now.root, change.project
    if record.is_approved(state, change.then, project):
        return Seen(notes=frozenset(project.notes))
    require_terminal(root, yes=yes)
    before, was_approved = record.project_before(state, change.then), record.was_approved(state, root)
    notes = frozenset(before.notes if before else ())
    stands_out = _stands_out(change)
    changed = record.changes(state, change.then, project)

    def show() -> None:
        if shown is not None:
            tables.show_diff(record.difference(shown.then, change.then, project, word="shown above"))
        elif changed and was_approved:
            tables.show_diff(changed)
        else:
            show_review(changed, project)
        seen = _stands_out(shown) if shown is not None else []
        show_standing_out(line for line in stands_out if line not in seen)

    if yes:
        return Seen(show, notes)
    show()
    if not confirmed("Approve this?", default=False):
        raise TaoshellError("not approved", "nothing has changed", at=Where(root))
    return Seen(notes=notes)


def require_terminal(root: str, *, yes: bool) -> None:
    """Raise TaoshellError if there is a question to ask, and no terminal to ask at."""
    if not yes and not sys.stdin.isatty():
        cause = "nothing was approved, as there is no terminal to show the project at"
        raise TaoshellError(cause, "to approve it unseen, add --yes", at=Where(root))


def require_consent_to_new(state: State, change: Change, own_data: str, *, yes: bool) -> Seen:
    """Ask about a project whose taoshell.toml is new only if a place is elsewhere, or something stands out.

    The user has just answered what goes into the file, and `own_data` comes from the user's defaults. But a symlink or
    a `.env` may be somebody else's.
    """
    project = change.project
    others = project._replace(mapping=project.mapping._replace(options={}))
    hosts = [place.host for place in project.places if place.host != own_data]
    is_elsewhere = any(below(os.path.realpath(host), project.root) is None for host in hosts)
    if is_elsewhere or what_stands_out(others, machine()):
        return require_consent(state, change, yes=yes)
    show_standing_out(_stands_out(change))
    return Seen(lambda: show_project(project))


def show_before_questions(state: State, change: Change) -> None:
    """Show a project that the user sees for the first time, before anything is asked about it."""
    show_review(record.changes(state, change.then, change.project), change.project)
    show_standing_out(_stands_out(change))


def say_approved(allowed: Allowed, seen: Seen, *others: str) -> None:
    """Show what the user has not seen of an approved project, say what is to be known, and last that it is approved."""
    project = allowed.project
    seen.show()
    known = seen.notes.difference(missing_python(project.python, project.root))  # it may have gone since
    notes = [note for note in allowed.notes if note not in known]
    what = f"{counted(len(project.variables), 'variable')}, {counted(len(project.mapping.mounts), 'mount')}"
    say_all(dict.fromkeys([*allowed.to_say, *notes, *others, f"{project.name} is approved: {what}"]))  # each once


def require_no_other_change(state: State, sources: Sources) -> Project | None:
    """Return the project, or None if it is broken since it was approved.

    A command that changes one setting must not approve anything else.
    Raises TaoshellError, after showing why, unless the user has approved the project as it is.
    """
    project = built(sources).project
    if not record.is_approved(state, sources, project):
        tables.show_diff(record.changes(state, sources, project))
        raise approve.not_approved(sources.root)
    return project


def show_new(before: Project | None, change: Change) -> None:
    """Show what a command that does not ask is about to change, and what then stands out or is to be known anew."""
    tables.show_diff(change.difference())
    known = {*what_stands_out(before, machine()), *before.notes} if before else set()
    known.update(beside.published(change.now))
    stands_out = [*what_stands_out(change.project, machine()), *beside.published(change.then)]
    show_standing_out(line for line in stands_out if line not in known)
    say_all(note for note in change.project.notes if note not in known)


def _stands_out(change: Change) -> list[str]:
    """Return what stands out in the project and beside it."""
    return [
        *what_stands_out(change.project, machine()),
        *beside.stands_out(change.then, search_path(change.project.python)),
    ]
