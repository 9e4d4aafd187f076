"""What `${…}` stands for in a spec, as OmegaConf follows it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_VALUE_OF = re.compile(r"\$\{([^{}]*)\}")
_OPEN = re.compile(r"\?{2,3}")  # OmegaConf's word for a value that the command line gives; NVIDIA also writes two
_DEEPEST = 20  # interpolations of interpolations


def is_open(value: str) -> bool:
    """Whether a value is still to be given."""
    return _OPEN.fullmatch(value) is not None


def resolved(value: str, field: str, values: Mapping[str, str], deepest: int = _DEEPEST) -> str | None:
    """Return the `value` of a field with what its `${…}` stand for; None if only the task knows that.

    `values` are those of all fields. A resolver, such as `${oc.env:NAME}`, is none of them.
    """
    parts, at = [], 0
    for match in _VALUE_OF.finditer(value):
        name = _absolute(match[1], field)
        text = values.get(name) if deepest else None
        inner = None if text is None else resolved(text, name, values, deepest - 1)
        if inner is None or is_open(inner):
            return None
        parts += [value[at : match.start()], inner]
        at = match.end()
    whole = "".join([*parts, value[at:]])
    return None if "${" in whole else whole


def _absolute(name: str, field: str) -> str:
    """Return the field that `${name}` means in `field`: `${.x}` is beside it, `${..x}` one level higher."""
    inner = name.lstrip(".")
    dots = len(name) - len(inner)
    return ".".join([*field.split(".")[:-dots], inner]) if dots else name
