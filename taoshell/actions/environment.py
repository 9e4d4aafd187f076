"""Enter and leave a project in an environment, exactly as the compiled scripts do in a shell. Pure."""

from __future__ import annotations

from collections.abc import Mapping

WAS = "TAOSHELL_WAS_"
OWN = ("TAOSHELL_ROOT", "TAOSHELL_GENERATION", "TAOSHELL_PROJECT", "TAOSHELL_BLOCKED", "TAOSHELL_PROMPT")


def entered(environ: Mapping[str, str], own: Mapping[str, str], variables: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` as it is inside a project. It has the project's `variables`, and keeps their former values."""
    former = {WAS + name: environ[name] for name in variables if name in environ}
    prompt = {"TAOSHELL_PROMPT": own["TAOSHELL_PROJECT"]}
    return {**environ, **former, **own, **prompt, **variables}


def left(environ: Mapping[str, str], variables: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` as it is outside. Variables with the project's value get their former one; changed ones stay."""
    after = dict(environ)
    for name, value in variables.items():
        if after.get(name) == value:
            after.pop(name)
            if WAS + name in environ:
                after[name] = environ[WAS + name]
    for name in (*OWN, *(WAS + name for name in variables)):
        after.pop(name, None)
    return after
