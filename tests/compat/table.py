"""docs/reports/compat.md: a row for each neighbour, a column for each shell.

`make compat` runs the checks of all neighbours and writes the page if they pass.
"""

from __future__ import annotations

from tests.compat.aliases_and_functions import ALIASES_AND_FUNCTIONS
from tests.compat.changing_directory import CHANGING_DIRECTORY
from tests.compat.neighbour import Absent, Neighbour
from tests.compat.options import OPTIONS
from tests.compat.programs import PROGRAMS
from tests.compat.prompts import PROMPTS
from tests.compat.shell_state import SHELL_STATE
from tests.compat.traps import TRAPS
from tests.shells.dialects import SHELLS
from tests.support.clone import CLONE

PAGE = CLONE / "docs/reports/compat.md"

THEMES: dict[str, tuple[Neighbour, ...]] = {
    "Options and variables": OPTIONS,
    "Names that the user has taken": ALIASES_AND_FUNCTIONS,
    "Moving about": CHANGING_DIRECTORY,
    "Traps": TRAPS,
    "Others at the prompt": PROMPTS,
    "Other programs": PROGRAMS,
    "What a shell keeps, and where the hook must not show": SHELL_STATE,
}

_ABOUT = """\
# Neighbours: what else lives in the shell

<!-- Written by `make compat`, from the rows in tests/compat; a test compares the two. -->

`✓`: a real shell with this neighbour, at a pseudo-terminal, enters a project, switches to a second one and leaves. Our
hook prints one line for each change and nothing else. All variables and the mounts file are right, a failed command
keeps its status, and an idle prompt starts no process (or only the neighbour's own). The neighbour works all the time,
and afterwards the environment is as before. If the neighbour has lines in the start file, the tests run twice: with our
line before and after them.

Words instead of `✓` say that the shell has no such thing, or why nothing can be done.
"""


def page() -> str:
    return _ABOUT + "".join(f"\n## {theme}\n\n{_table(rows)}" for theme, rows in THEMES.items())


def _table(rows: tuple[Neighbour, ...]) -> str:
    lines = [("", *SHELLS), ("---", *(":-:" for _shell in SHELLS))]
    lines += [(row.name, *(_cell(row, shell) for shell in SHELLS)) for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(row: Neighbour, shell: str) -> str:
    found = row.of(shell)
    return found.reason if isinstance(found, Absent) else found.word


if __name__ == "__main__":
    PAGE.write_text(page())
