"""What stands out beside a project's two texts: what git tracks, and lines of `.env` that act in a shell."""

from __future__ import annotations

import os
from collections.abc import Iterator

from taoshell.actions import find
from taoshell.actions.sources import Sources, decoded
from taoshell.cures import cure
from taoshell.errors import printable
from taoshell.project.mounts import below
from taoshell.text import dotenv
from taoshell.text.masked import secrets_in_toml


def stands_out(sources: Sources, search_path: str) -> Iterator[str]:
    """Yield a line for each thing that a user should see before approving the project.

    `search_path` is the folder that comes first in PATH, if there is one.
    """
    for name in dotenv.names_that_act(decoded(sources.env), sources.env.path):
        yield f"{name} in .env: a shell that sources the file would run or expand something in this line"
    yield from published(sources)
    if not find.is_private(sources.env.path, sources.root) and _is_tracked(sources.root, find.ENV):
        how = cure("git-tracks-env", folder=sources.root)
        yield f".env is tracked, so a commit would publish what is in it, KEY included; {how}"
    inside = below(search_path, sources.root) if search_path else None
    if inside is not None and _is_tracked(sources.root, inside):
        yield f"{printable(inside)} is tracked by git, so whoever can push decides which programs you run here"


def published(sources: Sources) -> Iterator[str]:
    """Yield a line for each secret whose value is in the file for everybody."""
    for name in secrets_in_toml(decoded(sources.toml), decoded(sources.env)):
        yield f"taoshell.toml contains the value of {name}, a secret, and everybody reads that file: remove it there"


def _is_tracked(root: str, path: str) -> bool:
    """Whether git tracks `path`, or a file in it: .gitignore has no effect then."""
    import subprocess  # only when needed: a project that was approved before needs no look

    # A configuration that came with the folder must run nothing: neither a monitor of files, nor what fetches an object
    # that is missing (git(1), GIT_ALLOW_PROTOCOL and GIT_NO_LAZY_FETCH).
    command = ["git", "-c", "core.fsmonitor=false", "-C", root, "ls-files", "--error-unmatch", "--", path]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environ |= {"GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1"}
    try:
        return subprocess.run(command, capture_output=True, timeout=5, check=False, env=environ).returncode == 0
    except (OSError, subprocess.TimeoutExpired):  # no git
        return False
