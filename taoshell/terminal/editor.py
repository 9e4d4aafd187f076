"""The user's editor."""

from __future__ import annotations

import os
import shlex
import subprocess

from taoshell.errors import TaoshellError, printable
from taoshell.state.files import make_folder
from taoshell.state.paths import for_other_programs


def open_editor(path: str, *, if_it_fails: str) -> None:
    """Open the editor and wait until it ends. Raises TaoshellError if it cannot run, or if it fails."""
    variable = next((name for name in ("VISUAL", "EDITOR") if os.environ.get(name, "").strip()), "EDITOR")
    editor = os.environ.get(variable, "").strip() or "vi"
    make_folder(os.path.dirname(path))  # that of a private .env or of the user's defaults may be missing
    try:
        command = [*shlex.split(editor), path]
        status = subprocess.run(command, env=for_other_programs(os.environ), check=False).returncode
    except (OSError, ValueError) as error:
        cause = f"the editor {printable(editor)} cannot be run: {getattr(error, 'strerror', None) or error}"
        raise TaoshellError(cause, f"set {variable} to one that is installed") from error
    if status != 0:
        raise TaoshellError(f"the editor {printable(editor)} ended with {status}", if_it_fails)
