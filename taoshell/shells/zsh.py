"""zsh 5."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping

from taoshell.state.paths import home_of

COMPLETION = "_taoshell"
CALLED_BY = "precmd_functions"

_SECONDS = 10  # for the user's .zshenv


def start_files(environ: Mapping[str, str]) -> list[str]:
    """See taoshell.shells.Shell."""
    home = home_of(environ)
    return [os.path.join(folder, ".zshrc") for folder in dict.fromkeys((_zdotdir(environ) or home, home))]


def must_load(texts: Mapping[str, str]) -> list[str]:
    """Return the usual .zshrc: every interactive zsh reads it."""
    return list(texts)[:1]


def load(file: str) -> str:
    """See taoshell.shells.Shell. The backslash avoids an alias, and `|| :` keeps a `set -e` shell from exiting."""
    return f"[ ! -O {file} ] || \\. {file} || :"


def _zdotdir(environ: Mapping[str, str]) -> str:
    """Return ZDOTDIR as an interactive zsh has it, or "". Many users set it in .zshenv without export, so ask zsh."""
    exported = environ.get("ZDOTDIR", "")
    program = shutil.which("zsh", path=environ.get("PATH"))
    if program is None:
        return exported
    # The NUL separates the answer from the output of .zshenv.
    command = [program, "-c", "\\builtin print -rn -- $'\\0'\"${ZDOTDIR-}\""]
    try:
        asked = subprocess.run(
            command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return exported
    _, mark, folder = asked.stdout.rpartition(b"\0")
    return os.fsdecode(folder) if mark else exported
