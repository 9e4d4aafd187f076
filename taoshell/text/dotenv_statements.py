"""The lines of a `.env` as python-dotenv reads them, each with the text that it stands in, so that one can be changed
without touching another byte."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from dotenv.parser import parse_stream

from taoshell.errors import TaoshellError, Where
from taoshell.formats.dotenv import quoted

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")  # python-dotenv opens files with universal newlines

# As in python-dotenv 1.2.4, parser.py: what stands before a value, and a value in quotes.
_NAME = re.compile(r"\s*(?:export[^\S\r\n]+)?(?:'[^']+'|[^=#\s]+)")
_EQUALS = re.compile(r"[^\S\r\n]*=[^\S\r\n]*")
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""", re.DOTALL)
_TOKEN_IN_QUOTES = re.compile(r"\\.|\$\{", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """An assignment, or (`name` is None) a comment or white space.

    `raw` is the whole text with any blank lines before it; `line`, from 1, is where the name or `#` stands. `value` is
    python-dotenv's, not expanded, or None where no `=` follows the name; it is written in `raw[start:end]`.
    """

    raw: str
    line: int
    name: str | None = None
    value: str | None = None
    start: int = 0
    end: int = 0

    @property
    def unjudged_value(self) -> str | None:
        """`value`, but that in double quotes `\\${` is a literal `${`, which python-dotenv has no way to write."""
        if self.value is None or not self._written.startswith('"'):
            return self.value
        return self.value.replace(r"\${", "${")

    def plain_value(self, path: str) -> str:
        """The value, where there is one that all can agree on. Raises TaoshellError."""
        value = self.unjudged_value
        if value is None:
            raise TaoshellError(
                "a name without '='", "write NAME=value, or NAME= for an empty value", at=Where(path, self.line)
            )
        if self._expands:
            raise TaoshellError(
                "${ is expanded by some readers of this file and not by others",
                "write the value out, or put it in single quotes if it is meant as it stands",
                at=Where(path, self.line),
            )
        return value

    @property
    def _written(self) -> str:
        return self.raw[self.start : self.end]

    @property
    def _expands(self) -> bool:
        """Is there a `${` that is neither in single quotes nor, in double quotes, escaped?"""
        if self._written.startswith("'"):
            return False
        tokens = _TOKEN_IN_QUOTES.findall(self._written) if self._written.startswith('"') else [self._written]
        return any("${" in token for token in tokens)

    def with_value(self, value: str) -> str:
        """`raw` with another value; `export`, spaces and a comment on the line stay."""
        written, tail = quoted(value), self.raw[self.end :]
        if tail.lstrip().startswith("#"):
            written = written or "''"  # Compose 5.6 takes the comment for the value of `NAME= # comment`
            tail = tail if tail[0].isspace() else f" {tail}"
        equals = "=" if self.value is None else ""
        return self.raw[: self.start] + equals + written + tail


def statements(text: str, path: str, first: int = 1) -> Iterator[Statement]:
    """All of `text`, whose first line is line `first` of the file. Raises TaoshellError where a line does not parse."""
    lines, at = LINE.findall(text), 0
    for binding in parse_stream(io.StringIO(re.sub(r"\r\n?", "\n", text))):
        parsed = binding.original.string
        raw = "".join(lines[at : at + len(LINE.findall(parsed))])
        line = first + at + parsed[: len(parsed) - len(parsed.lstrip())].count("\n")
        at += len(LINE.findall(parsed))
        if binding.error:
            raise _does_not_parse(raw, path, line)
        if binding.key is None:
            yield Statement(raw, line)
        else:
            yield Statement(raw, line, binding.key, binding.value, *_where_value_stands(raw, binding.value))


def _where_value_stands(raw: str, value: str | None) -> tuple[int, int]:
    name = _NAME.match(raw)
    assert name is not None, "python-dotenv found a name here"
    equals = _EQUALS.match(raw, name.end())
    if equals is None or value is None:
        return name.end(), name.end()
    inside = _QUOTED.match(raw, equals.end())
    return equals.end(), inside.end() if inside else equals.end() + len(value)


def _does_not_parse(raw: str, path: str, line: int) -> TaoshellError:
    """The text itself is not repeated: it may be a secret."""
    name = _NAME.match(raw)
    equals = _EQUALS.match(raw, name.end()) if name else None
    if equals is not None and raw[equals.end() : equals.end() + 1] in {"'", '"'}:
        cause, cure = "a quoted value that is not closed, or has text behind it", "end it with the quote it begins with"
    else:
        cause, cure = "the line does not parse", "write NAME=value, or begin it with # to make it a comment"
    return TaoshellError(cause, cure, at=Where(path, line))
