"""Find a program in PATH. `shutil.which` does the same, but its import takes as long as the rest of `run`."""

from __future__ import annotations

import os
from collections.abc import Mapping


def find(name: str, environ: Mapping[str, str]) -> str | None:
    """Return the path of the program `name`; None if there is none."""
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder or ".", name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None
