"""Variables as `NAME=value`, a line each, without quotes: what Docker, CI and service managers read (docs/ci.md)."""

from __future__ import annotations

from collections.abc import Mapping

from taoshell.errors import TaoshellError


def written(variables: Mapping[str, str]) -> str:
    """Return the text. Raises TaoshellError for a value with a line end: the format has no way to write one.

    >>> written({"A": "it's", "B": ""})
    "A=it's\\nB=\\n"
    """
    for name, value in variables.items():
        if "\n" in value or "\r" in value:
            cause = f"{name} has a line end, which an env-file cannot hold"
            raise TaoshellError(cause, "take it out, keep the value in a file, or export another format, such as json")
    return "".join(f"{name}={value}\n" for name, value in variables.items())
