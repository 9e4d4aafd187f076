"""What people see before they approve a project: everything that it brings, and last what stands out."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from taoshell.project.model import Project
from taoshell.terminal.say import warn
from taoshell.terminal.tables import show_diff, show_places


def show_review(changed: Iterable[str], project: Project, standing_out: Iterable[str]) -> None:
    """Show the lines of the diff, the project, and what stands out in it."""
    show_diff(changed)
    show_places(project)
    show_standing_out(standing_out)


def show_standing_out(lines: Iterable[str]) -> None:
    """Print the lines on stderr, each with a mark, and red at a terminal."""
    sys.stdout.flush()  # what was shown before stays before
    for line in lines:
        warn(line)
