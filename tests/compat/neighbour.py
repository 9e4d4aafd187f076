"""What a neighbour is: anything else in the same shell that must go on working, and that we must work beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.shells.desk import Desk
from tests.shells.terminal import Terminal

Check = Callable[[Desk, Terminal], None]

BEFORE, AFTER = "before", "after"  # our hook's line in the rc file
BOTH_ORDERS = (BEFORE, AFTER)

HERE = "HERE"  # in what a line prints: the name of the project that the shell is in, or nothing


@dataclass(frozen=True)
class Setup:
    """How a neighbour comes into one shell, and how one sees that it still works there."""

    text: str | Callable[[Desk], str] = ""
    """Lines of the rc file. Where they need files, the function makes them in the desk's home and returns the lines."""

    orders: tuple[str, ...] = BOTH_ORDERS
    """Where in the rc file, before our line or after it: the journey is made once for each, if there are lines."""

    shows: tuple[tuple[str, str], ...] = ()
    """Lines that are typed at the prompt and what they print, wherever the shell is at that moment. They would print
    something else if the neighbour were not at work."""

    go: str = "cd {}"
    """The line that goes to a folder, which is put in quoted."""

    prints: str = ""
    """A pattern of what that line prints of itself."""

    fails: tuple[str, int] = ("sh -c 'exit 7'", 7)
    """A line that fails, and its status."""

    leaves: Mapping[str, str] = field(default_factory=dict)
    """Files in the home, and what is in them when the shell is gone."""

    env: Mapping[str, str] = field(default_factory=dict)

    notes: str = "(?!)"
    """A pattern of the variables in which it keeps its own notes: they may change on the way."""

    idle_status: int | None = None
    """The status that its prompt shows after Enter on an empty line; None: the last command's, as everywhere."""

    has_processes: bool = False
    """It starts processes at an idle prompt itself: there we may not add one."""

    word: str = "✓"
    """What the table says of it."""

    check: Check | None = None
    """Whatever else there is to see: it begins and ends in the home."""


@dataclass(frozen=True)
class Absent:
    """A shell that has no such thing, and why."""

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
