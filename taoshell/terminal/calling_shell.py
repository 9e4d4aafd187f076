"""Which shell called this program."""

from __future__ import annotations

import os

from taoshell.errors import USAGE, TaoshellError
from taoshell.shells import NAMES
from taoshell.state.processes import ancestors


def calling_shell() -> str:
    """Return the name of the shell that called us. Raises TaoshellError (usage) if it has no hook."""
    _, parent = next(ancestors(), (0, ""))
    if parent in NAMES:
        return parent
    import shellingham  # only when needed: it knows shells behind scripts and other programs, and is slow to load

    try:
        name: str = shellingham.detect_shell()[0]
    except shellingham.ShellDetectionFailure:
        name = os.path.basename(os.environ.get("SHELL", ""))
    if name not in NAMES:
        raise TaoshellError(f"no hook for the calling shell {name!r}", f"name one: {', '.join(NAMES)}", exit_code=USAGE)
    return name
