"""The statements of a `.env` as python-dotenv reads them, each with its own text: a value can change, and every other
byte stays. Pure."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where
from taoshell.formats.dotenv import quoted
from taoshell.formats.dotenv_parser import parse_stream
from taoshell.text.lines import universal_lines

# As in python-dotenv 1.2.4, parser.py: the text before a value, and a value in quotes.
_BEFORE_VALUE = re.compile(r"(?P<name>\s*(?:export[^\S\r\n]+)?(?:'[^']+'|[^=#\s]+))(?P<equals>[^\S\r\n]*=[^\S\r\n]*)?")
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""", re.DOTALL)
_BLANK_LINES = re.compile(r"(?:\s*[\r\n])?")
_ESCAPE = re.compile(r"\\([\\'\"abfnrtv$`])")  # in double quotes: python-dotenv's, and `$` and a backquote
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_TOKEN_IN_QUOTES = re.compile(r"\\.|\$\{", re.DOTALL)


class Statement(NamedTuple):
    """An assignment, or a comment or white space if `name` is None.

    `raw` is the whole text with any blank lines before it. `line`, from 1, is the line of the name or `#`. `value` is
    python-dotenv's, not expanded, or None if no `=` follows the name; its text is `raw[start:end]`.
    """

    raw: str
    line: int
    name: str | None = None
    value: str | None = None
    start: int = 0
    end: int = 0

    @property
    def unchecked_value(self) -> str | None:
        """`value`, with the escapes of `$` and a backquote that shells know in double quotes: python-dotenv keeps their
        backslash, and without one a shell that sources the file would run what they begin."""
        if self.value is None or not self._written.startswith('"'):
            return self.value
        return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), _one_end(self._written[1:-1]))

    def checked_value(self, path: str) -> str:
        """Return the value. Raises TaoshellError if there is none, or if programs would expand it differently."""
        value = self.unchecked_value
        if value is None:
            cure = "write NAME=value, or NAME= for an empty value"
            raise TaoshellError("a name without '='", cure, at=Where(path, self.line))
        if self._expands:
            cause = "some programs that read this file expand ${, and others do not"
            cure = "write the value out, or put it in single quotes if ${ is part of the value"
            raise TaoshellError(cause, cure, at=Where(path, self.line))
        return value

    @property
    def blank_lines(self) -> str:
        """The blank lines before the statement."""
        blank = _BLANK_LINES.match(self.raw)
        return blank[0] if blank else ""

    @property
    def acts(self) -> bool:
        """Whether a shell that sources the line would run a command or expand a variable in it."""
        if self._written.startswith("'"):
            return False
        inside = re.sub(r"\\.", "", self._written, flags=re.DOTALL)
        return bool(re.search(r"[$`]" if self._written.startswith('"') else r"[$`;&|<>()]", inside))

    @property
    def _written(self) -> str:
        return self.raw[self.start : self.end]

    @property
    def _expands(self) -> bool:
        """Whether there is a `${` that is neither in single quotes nor, in double quotes, escaped."""
        if self._written.startswith("'"):
            return False
        tokens = _TOKEN_IN_QUOTES.findall(self._written) if self._written.startswith('"') else [self._written]
        return any("${" in token for token in tokens)

    def with_value(self, value: str) -> str:
        """Return `raw` with another value. `export`, spaces and a comment on the line stay."""
        written, tail = quoted(value), self.raw[self.end :]
        if tail.lstrip().startswith("#"):
            written = written or "''"  # Compose 5.6 reads `NAME= # comment` as the value "# comment"
            tail = tail if tail[0].isspace() else f" {tail}"
        equals = "=" if self.value is None else ""
        return self.raw[: self.start] + equals + written + tail


def statements(text: str, path: str, first: int = 1) -> Iterator[Statement]:
    """Yield the statements of `text`, whose first line is line `first` of the file `path`.

    Raises TaoshellError if a line does not parse.
    """
    lines, at = universal_lines(text), 0
    for binding in parse_stream(io.StringIO(_one_end(text))):
        parsed = binding.original.string
        count = len(universal_lines(parsed))
        raw = "".join(lines[at : at + count])
        line = first + at + parsed[: len(parsed) - len(parsed.lstrip())].count("\n")
        at += count
        if binding.error:
            raise _does_not_parse(raw, path, line)
        if binding.key is None:
            yield Statement(raw, line)
        else:
            yield Statement(raw, line, binding.key, binding.value, *_value_span(raw, binding.value))


def _one_end(text: str) -> str:
    """Return `text` with every line end as `\\n`, as python-dotenv reads it."""
    return re.sub(r"\r\n?", "\n", text)


def _value_span(raw: str, value: str | None) -> tuple[int, int]:
    """Return the start and the end of the text of `value` in `raw`; both are the end of the name if there is none."""
    before = _BEFORE_VALUE.match(raw)
    assert before is not None, "python-dotenv found a name here"
    if value is None:
        return before.end("name"), before.end("name")
    inside = _QUOTED.match(raw, before.end())
    return before.end(), inside.end() if inside else before.end() + len(value)


def _does_not_parse(raw: str, path: str, line: int) -> TaoshellError:
    """Return the error. Its message does not repeat the text, which may be a secret."""
    before = _BEFORE_VALUE.match(raw)
    if before is not None and before["equals"] and raw.startswith(("'", '"'), before.end()):
        cause, cure = "a quoted value is not closed, or text follows it", "end it with the quote that it begins with"
    else:
        cause, cure = "the line does not parse", "write NAME=value, or put # in front to make it a comment"
    return TaoshellError(cause, cure, at=Where(path, line))
