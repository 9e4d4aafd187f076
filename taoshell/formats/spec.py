"""The spec of a TAO task: YAML, protobuf text or JSON. Every text in it, and how to write another one there. Pure."""

from __future__ import annotations

import bisect
import os
import re
from collections.abc import Callable
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where
from taoshell.formats import json_spec, prototxt_spec, yaml_spec
from taoshell.formats.spec_fields import NotThisFormat, Scalar
from taoshell.project.toml import BOM

LARGEST = 1 << 20  # bytes; real specs have up to 30 KiB, but their readers are slow
_NAME_A_SPEC = "name a spec: YAML, protobuf text or JSON"


class Format(NamedTuple):
    """A format: `scalars(text)` reads a spec, `written(value, raw)` says `value` in place of the scalar `raw`."""

    scalars: Callable[[str], list[Scalar]]
    written: Callable[[str, str], str]


_YAML = Format(yaml_spec.scalars, yaml_spec.written)
_JSON = Format(json_spec.scalars, json_spec.written)
_PROTOTXT = Format(prototxt_spec.scalars, prototxt_spec.written)
_BY_ENDING = {".yaml": (_YAML,), ".yml": (_YAML,), ".json": (_JSON, _PROTOTXT)}
_OTHERS = (_PROTOTXT, _JSON, _YAML)  # .txt, .cfg …: protobuf text is the strictest


class Spec(NamedTuple):
    """A spec: the file, its text, all texts in it, and the character at which each line ends."""

    path: str
    text: str
    scalars: tuple[Scalar, ...]
    format: Format
    ends: tuple[int, ...]

    def where(self, scalar: Scalar) -> Where:
        """Return the file and line of a text."""
        return Where(self.path, bisect.bisect_left(self.ends, scalar.start) + 1)

    def with_value(self, scalar: Scalar, value: str) -> str:
        """Return the characters that say `value` in place of `scalar`."""
        return self.format.written(value, self.text[scalar.start : scalar.end])


def too_large(path: str) -> TaoshellError:
    """Return the error about a file that has more than LARGEST bytes."""
    return TaoshellError(f"this is larger than {LARGEST >> 10} KiB and not a spec", _NAME_A_SPEC, at=Where(path))


def read(text: str, path: str) -> Spec:
    """Return the spec `path`, whose text is `text`. Raises TaoshellError, with the line, if it is none."""
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise TaoshellError("this is a binary file and not a spec", _NAME_A_SPEC, at=Where(path, line))
    if len(text) > LARGEST:
        raise too_large(path)
    body = text.removeprefix(BOM)
    skipped = len(text) - len(body)
    formats = _BY_ENDING.get(os.path.splitext(path)[1].lower(), _OTHERS)
    if formats is _OTHERS and body.lstrip().startswith("{"):
        formats = (_JSON, _YAML)
    errors: list[NotThisFormat] = []
    for format in formats:
        try:
            found = format.scalars(body)
            if any(not scalar.field for scalar in found):
                raise NotThisFormat("this has no fields and is not a spec", 0, _NAME_A_SPEC)
        except NotThisFormat as other:
            errors.append(other)
            continue
        moved = (scalar._replace(start=scalar.start + skipped, end=scalar.end + skipped) for scalar in found)
        ends = tuple(found.start() for found in re.finditer("\n", text))
        return Spec(path, text, tuple(moved), format, ends)
    error = errors[0]
    line = body.count("\n", 0, error.at) + 1
    raise TaoshellError(error.cause, error.cure, at=Where(path, line))
