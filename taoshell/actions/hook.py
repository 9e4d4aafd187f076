"""`taoshell hook`. A shell may call it whenever it starts, so nothing heavy is imported."""

from __future__ import annotations

import os

from taoshell.shells.render import home_now, render
from taoshell.state.paths import State, config_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def text(name: str, environ: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return the hook of the shell `name`, and lines to say. Raises TaoshellError like `render`."""
    state, log = State.of(environ), ""
    to_say: list[str] = []
    if os.path.lexists(config_path(environ)):
        from taoshell.actions.config import log_for_hook  # only when needed: it reads TOML

        log, to_say = log_for_hook(environ)
    return render(name, state, home_now(state, environ), log), to_say
