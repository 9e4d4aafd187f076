"""x"""

from taoshell.project.machine import Machine
from taoshell.project.model import Project
from taoshell.terminal import tables
from taoshell.terminal.say import say_all


def show_review(project: Project, changed: list[str], machine: Machine) -> None:
    tables.show_diff(changed)
    tables.show_places(project)


def show_standing_out(lines: list[str]) -> None:
    say_all(lines)
