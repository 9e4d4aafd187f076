"""Write the right paths into a spec, and keep every other byte. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from taoshell.errors import TaoshellError
from taoshell.formats import spec as specs
from taoshell.formats.spec import Spec
from taoshell.project.names import MASK
from taoshell.text.spec_paths import SpecPath

_SECRET = re.compile(r"(?:_key|token|secret|password)(?:\[\d+\])*$", re.IGNORECASE)


def rewritten(spec: Spec, paths: Sequence[SpecPath]) -> str:
    """Return the text of the spec in which each path with a `right` one is that.

    Raises TaoshellError if anything else would change, as another reading of the text would tell.
    """
    changes = {path.scalar: path.right for path in paths if path.right}
    parts, at = [], 0
    for scalar in sorted(changes, key=lambda scalar: scalar.start):
        parts += [spec.text[at : scalar.start], spec.with_value(scalar, changes[scalar])]
        at = scalar.end
    text = "".join([*parts, spec.text[at:]])
    expected = [(scalar.field, changes.get(scalar, scalar.value)) for scalar in spec.scalars]
    found = [(scalar.field, scalar.value) for scalar in specs.read(text, spec.path).scalars]
    if found != expected:
        wrong = next(path for path in paths if path.right)
        raise TaoshellError("taoshell cannot write these paths into the spec", "write them yourself", at=wrong.at)
    return text


def right_line(spec: Spec, path: SpecPath) -> str:
    """Return the line of a path as it would be right; "" if that is not known."""
    if not path.right:
        return ""
    scalar = path.scalar
    start = spec.text.rfind("\n", 0, scalar.start) + 1
    end = spec.text.find("\n", scalar.end)
    after = spec.text[scalar.end : end if end >= 0 else None]
    return (spec.text[start : scalar.start] + spec.with_value(scalar, path.right) + after).rstrip("\r")


def masked(spec: Spec) -> str:
    """Return the text of the spec, to be shown, without the values of secrets."""
    parts, at = [], 0
    for scalar in spec.scalars:
        if _SECRET.search(scalar.field):
            parts += [spec.text[at : scalar.start], MASK]
            at = scalar.end
    return "".join([*parts, spec.text[at:]])
