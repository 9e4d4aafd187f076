"""`taoshell status --prompt` without the hook: an inherited TAOSHELL_PROMPT, brought up to date."""

from __future__ import annotations

import os
from collections.abc import Mapping

from taoshell.actions import find, record
from taoshell.actions.sources import define, read_sources
from taoshell.errors import TaoshellError, printable
from taoshell.project.python import variables_with_python
from taoshell.state import generations
from taoshell.state.paths import State


def text(state: State, environ: Mapping[str, str]) -> str:
    """Return the project's name and at most one mark, as shell/posix/say.sh does; "" outside projects."""
    root = environ.get("TAOSHELL_ROOT")
    if not root:  # no project, or variables that no hook manages
        return printable(environ.get("TAOSHELL_PROMPT", ""))
    name = printable(environ.get("TAOSHELL_PROJECT") or os.path.basename(root))
    if environ.get("TAOSHELL_BLOCKED"):
        return f"{name}!"
    if not _is_in_force(state, root, environ.get("TAOSHELL_GENERATION", "")):
        return f"{name}*"
    if os.path.realpath(state.mounts_file) != os.path.realpath(state.project(root).shared):
        return f"{name}~"
    return name


def _is_in_force(state: State, root: str, name: str) -> bool:
    """Whether a shell that enters here now gets exactly what the generation `name` has set."""
    try:
        if find.around(".") != root:
            return False
        sources = read_sources(root)
        defined = define(sources)
        approved = record.is_approved(state, sources, defined)
    except (TaoshellError, OSError):
        return False
    values = generations.read(state.project(root), name)
    wanted = {"LAUNCHER_MOUNTS": state.project(root).mounts, **variables_with_python(defined)}
    return approved and values is not None and values.variables == wanted
