"""The other Pythons of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess

SUPPORTED = ("3.10", "3.11", "3.12", "3.13")


def python(version: str) -> str | None:
    """Return a Python of that version with venv; None if there is none.

    pyenv's `python3.N` finds its Python only if PYENV_VERSION names it.
    """
    program = shutil.which(f"python{version}")
    if program is None:
        return None
    done = subprocess.run(
        [program, "-c", "import sys, venv; print(sys.executable)"],
        env={**os.environ, "PYENV_VERSION": version},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None
