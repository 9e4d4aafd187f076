"""bash 5."""

from __future__ import annotations

import os
from collections.abc import Mapping

from taoshell.state.paths import home_of
from taoshell.text import rc_block

COMPLETION = "taoshell.bash"
CALLED_BY = "PROMPT_COMMAND"

_LOGIN_FILES = (".bash_profile", ".bash_login", ".profile")  # a login bash reads the first that exists: bash(1)


def start_files(environ: Mapping[str, str]) -> list[str]:
    """See taoshell.shells.Shell."""
    return [os.path.join(home_of(environ), file) for file in (".bashrc", *_LOGIN_FILES)]


def must_load(texts: Mapping[str, str]) -> list[str]:
    """Return .bashrc, and the login file unless it reads .bashrc."""
    bashrc, *login_files = texts
    login = next((path for path in login_files if os.path.exists(path)), login_files[-1])
    return [bashrc] if _reads_bashrc(login, texts) else [bashrc, login]


def load(file: str) -> str:
    """See taoshell.shells.Shell.

    Other shells read .profile too. The backslash avoids an alias, and `|| :` keeps a `set -e` shell from exiting.
    """
    return f'[ -z "${{BASH_VERSION-}}" ] || [ ! -O {file} ] || \\. {file} || :'


def _reads_bashrc(path: str, texts: Mapping[str, str]) -> bool:
    """Whether a login bash that reads `path` also reads .bashrc, directly or through .profile."""
    if rc_block.sources(texts[path], ".bashrc"):
        return True
    profile = os.path.join(os.path.dirname(path), ".profile")
    return path != profile and rc_block.sources(texts[path], ".profile") and _reads_bashrc(profile, texts)
