"""A neighbour is anything else in the same shell: an option, an alias, a trap, another tool. Both must work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.shells.desk import Desk
from tests.shells.terminal import Terminal

Check = Callable[[Desk, Terminal], None]

BEFORE, AFTER = "before", "after"  # where our hook's line is in the rc file
BOTH_ORDERS = (BEFORE, AFTER)

HERE = "HERE"  # stands for the name of the shell's project; empty outside projects


@dataclass(frozen=True)
class Setup:
    """How to set up a neighbour in one shell, and how to check that it still works."""

    text: str | Callable[[Desk], str] = ""
    """Lines of the rc file. If they need files, a function writes these into the desk's home and returns the lines."""

    orders: tuple[str, ...] = BOTH_ORDERS
    """Whether our line is before or after these lines. The checks run once for each order."""

    shows: tuple[tuple[str, str], ...] = ()
    """Lines to type at the prompt, and what they print in any folder if the neighbour works."""

    go: str = "cd {}"
    """The line that goes to a folder; `{}` is the quoted folder."""

    prints: str = ""
    """A pattern for the output of that line."""

    fails: tuple[str, int] = ("sh -c 'exit 7'", 7)
    """A line that fails, and its exit status."""

    leaves: Mapping[str, str] = field(default_factory=dict)
    """Files in the home and their content, after the shell has ended."""

    env: Mapping[str, str] = field(default_factory=dict)

    notes: str = "(?!)"
    """A pattern for the neighbour's own variables, which may change."""

    idle_status: int | None = None
    """The status that the prompt shows after an empty line; None for the status of the last command, as usual."""

    has_processes: bool = False
    """Whether the neighbour itself starts processes at an idle prompt. Our hook must not add one."""

    word: str = "✓"
    """The text of the cell in the table."""

    check: Check | None = None
    """Another check, which starts and ends in the home."""


@dataclass(frozen=True)
class Absent:
    """Why this shell has no such neighbour; the text of the cell."""

    reason: str


@dataclass(frozen=True)
class Neighbour:
    """A row of the table in docs/reports/compat.md."""

    name: str
    bash: Setup | Absent
    zsh: Setup | Absent
    fish: Setup | Absent

    def of(self, shell: str) -> Setup | Absent:
        return {"bash": self.bash, "zsh": self.zsh, "fish": self.fish}[shell]
