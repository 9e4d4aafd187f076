"""Enter and leave a project in an environment, exactly as the compiled scripts do in a shell."""

from __future__ import annotations

from collections.abc import Mapping

from taoshell.state import generations
from taoshell.state.paths import State

WAS = "TAOSHELL_WAS_"
OWN = ("TAOSHELL_ROOT", "TAOSHELL_GENERATION", "TAOSHELL_PROJECT", "TAOSHELL_BLOCKED", "TAOSHELL_PROMPT")

_WAS_PATH = f"{WAS}PATH"  # set if the user had the folder in PATH already: see shell/posix/search_path.sh


def entered(
    environ: Mapping[str, str], own: Mapping[str, str], variables: Mapping[str, str], search_path: str = ""
) -> dict[str, str]:
    """Return `environ` as it is inside a project. It has the project's `variables`, and keeps their former values.

    The folder `search_path`, if there is one, comes first in PATH.
    """
    former = {WAS + name: environ[name] for name in variables if name in environ}
    prompt = {"TAOSHELL_PROMPT": own["TAOSHELL_PROJECT"]} if "TAOSHELL_PROJECT" in own else {}
    inside = {**environ, **former, **own, **prompt, **variables}
    if not search_path:
        return inside
    path = environ.get("PATH", "")
    was = {_WAS_PATH: path} if search_path in path.split(":") else {}
    return {**inside, **was, "PATH": f"{search_path}:{path}" if path else search_path}


def left(environ: Mapping[str, str], variables: Mapping[str, str], search_path: str = "") -> dict[str, str]:
    """Return `environ` as it is outside. Variables with the project's value get their former one; changed ones stay.

    The folder `search_path` is taken out of PATH once, unless what is left of it there is the user's own.
    """
    after = dict(environ)
    folders = environ.get("PATH", "").split(":")
    if search_path and folders.count(search_path) > (_WAS_PATH in environ):
        folders.remove(search_path)
        after["PATH"] = ":".join(folders)
    for name, value in variables.items():
        if after.get(name) == value:
            after.pop(name)
            if WAS + name in environ:
                after[name] = environ[WAS + name]
    for name in (*OWN, _WAS_PATH, *(WAS + name for name in variables)):
        after.pop(name, None)
    return after


def outside(state: State, environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` as it is outside any project, whichever project it is in."""
    root, name = environ.get("TAOSHELL_ROOT"), environ.get("TAOSHELL_GENERATION")
    if not root or not name:
        return dict(environ)
    values = generations.read(state.project(root), name)
    # A shell in a project that is not loaded, or whose compiled files are gone, has only LAUNCHER_MOUNTS.
    if values is None:
        return left(environ, {"LAUNCHER_MOUNTS": state.refused})
    return left(environ, values.variables, values.search_path)
