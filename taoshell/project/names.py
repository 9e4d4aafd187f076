"""Which variables a project may set, and which of them are secret."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from taoshell.project.refused_names import RULES
from taoshell.project.secret_names import is_secret as is_secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from taoshell.project.model import Mapping as Container

MASK = "••••"

SAMPLE_KEY = "tlt_encode"  # of NVIDIA's public samples: no secret
SAMPLE_KEYS = (SAMPLE_KEY, "nvidia_tlt")  # and of its models

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHORTEST = 4  # characters; `TOKEN=1` does not make every 1 a secret
_LONG = 8  # characters; a longer value is a secret inside of another value too
_PATH = ("/", "~", ".")  # an approval shows every path, so no value that is a path is hidden by another variable


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


def secrets(*variables: Mapping[str, str]) -> frozenset[str]:
    """Return the names in `variables` whose values are secret: by name, or because they hold the value of such a name.

    >>> sorted(secrets({"KEY": "s3cr3t-1", "ENC": "s3cr3t-1", "URL": "https://me:s3cr3t-1@x", "NUM_GPUS": "1"}))
    ['ENC', 'KEY', 'URL']
    """
    known = secret_values(*variables)
    pairs = (pair for each in variables for pair in each.items())
    return frozenset(name for name, value in pairs if is_secret(name) or holds(value, known))


def secret_values(*variables: Mapping[str, str]) -> frozenset[str]:
    """Return the values of the secrets in `variables`. A short one tells nothing, nor a path, nor a public key."""
    pairs = (pair for each in variables for pair in each.items())
    known = {value for name, value in pairs if is_secret(name) and len(value) >= _SHORTEST}
    return frozenset(value for value in known if value not in SAMPLE_KEYS and not value.startswith(_PATH))


def hidden(container: Container) -> frozenset[str]:
    """Return the variables of a container whose values nobody else may see."""
    return frozenset((*container.secrets, *filter(is_secret, container.variables)))


def holds(value: str, known: Collection[str]) -> bool:
    """Whether `value` is one of the `known` secrets, or has a long one inside. An approval shows every path."""
    return not value.startswith(_PATH) and any(
        value == secret or (len(secret) >= _LONG and secret in value) for secret in known
    )


def masked(name: str, value: str) -> str:
    """Return `value` to show it, or a mask if it is secret by its name."""
    return MASK if is_secret(name) else without_assignments(value)


def shown(variables: Mapping[str, str], *others: Mapping[str, str]) -> dict[str, str]:
    """Return `variables` to show them: a mask in place of each secret, also one of `others` under another name."""
    hidden = secrets(variables, *others)
    return {name: MASK if name in hidden else without_assignments(value) for name, value in variables.items()}


def without_assignments(value: str) -> str:
    """Return `value` without the secrets that a shell that sources it would set.

    >>> without_assignments("1; MY_KEY=abc")
    '1; MY_KEY=••••'
    """
    if "=" not in value:
        return value
    return re.sub(
        r"([;&|]\s*(?:export\s+)?(\w+)=)[^\s;&|]+",
        lambda found: found[1] + MASK if is_secret(found[2]) else found[0],
        value,
    )
