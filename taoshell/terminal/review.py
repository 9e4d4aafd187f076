"""What people see before they approve a project: everything that it brings, and last what stands out."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from taoshell.project.model import Project
from taoshell.terminal.draw import show
from taoshell.terminal.overview import show_project
from taoshell.terminal.say import warn
from taoshell.terminal.tables import show_diff


def show_review(changed: Iterable[str], project: Project) -> None:
    """Show the lines of the diff, and the project."""
    show_diff(changed)
    show("")
    show_project(project)


def show_standing_out(lines: Iterable[str]) -> None:
    """Print the lines on stderr, each with a mark, and red at a terminal."""
    sys.stdout.flush()  # what was shown before stays before
    for line in lines:
        warn(line)
