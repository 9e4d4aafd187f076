"""Which variables a project may set, and which of them are secret."""

from __future__ import annotations

import re

from taoshell.project.refused_names import RULES
from taoshell.project.secret_names import ENDINGS

MASK = "••••"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def is_name(name: str) -> bool:
    """Whether a variable can have this name."""
    return _NAME.fullmatch(name) is not None


def refused_reason(name: str) -> str | None:
    """Return the reason why no project may set `name`, to follow a colon; None if projects may set it.

    >>> refused_reason("LD_PRELOAD")
    'it decides which code programs load'
    """
    if not is_name(name):
        return "a name has only letters, digits and _, and does not begin with a digit"
    return next((rule.reason for rule in RULES if rule.refuses(name)), None)


def is_secret(name: str) -> bool:
    """Whether the value of `name` must never be shown.

    >>> is_secret("WANDB_API_KEY"), is_secret("NUM_GPUS")
    (True, False)
    """
    return name.endswith(ENDINGS)


def masked(name: str, value: str) -> str:
    """Return `value`, or a mask if it is secret."""
    return MASK if is_secret(name) else value
