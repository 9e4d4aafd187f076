"""The text of a project's `.env`: the user's lines, kept byte for byte, and taoshell's block between two markers.

Pure: text in, text out. What a line means is python-dotenv's to say; so that every reader of the file means the same,
`${` is not expanded but refused where it is not plainly literal (see docs/dotenv.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from taoshell.errors import TaoshellError, Where
from taoshell.formats.dotenv import assignment
from taoshell.text.dotenv_block import BEGIN, END, split
from taoshell.text.dotenv_statements import LINE

_IGNORE = re.compile(r"#[ \t]*taoshell:[ \t]*ignore[ \t:]+(.*)")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A user's line; `line` counts from 1 and is where the name stands."""

    name: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Dotenv:
    """A parsed `.env`. `before` and `after` are the user's text around the block; `block` is None where there is none.

    `assignments` are the user's, one for each name, with the last value as in python-dotenv; `ignored` are the names
    that a line `# taoshell: ignore NAME…` keeps from being exported.
    """

    before: str
    block: dict[str, str] | None
    after: str
    assignments: tuple[Assignment, ...]
    ignored: frozenset[str]

    @property
    def user_text(self) -> str:
        """What an approval is given for: all but the block, which is output. Always ends with a line end, because
        one is added to the user's last line when the block is put below it."""
        return _ended(self.before + self.after, _line_end(self.before + self.after))


def parse(text: str, path: str) -> Dotenv:
    """Raises TaoshellError with `path` and the line for what python-dotenv cannot parse, a name without `=`, `${` that
    programs would expand differently, NUL, and a block that is not closed or stands there twice."""
    if "\0" in text:
        line = len(LINE.findall(text[: text.index("\0") + 1]))
        raise TaoshellError("a NUL character, which no variable can hold", "remove it", at=Where(path, line))
    parts = split(text, path)
    user = parts.user_statements(path)
    ignored = frozenset(name for item in user if item.name is None for name in _names_to_ignore(item.raw))
    assignments = {}
    for item in user:
        if item.name is not None:
            value = item.unjudged_value if item.name in ignored else item.plain_value(path)
            if value is not None:
                assignments[item.name] = Assignment(item.name, value, item.line)
    block = parts.block_values(path)
    return Dotenv(parts.bom + parts.before, block, parts.after, tuple(assignments.values()), ignored)


def assigned_names(text: str, path: str) -> tuple[str, ...]:
    """The names in the user's lines, in order, each once; their values are not judged. Raises TaoshellError as `parse`
    does for lines that do not parse and for a damaged block."""
    found = (item.name for item in split(text, path).user_statements(path))
    return tuple(dict.fromkeys(name for name in found if name is not None))


def block_line(text: str, path: str = ".env") -> int | None:
    """The line, from 1, at which the block begins; None without one."""
    parts = split(text, path)
    return parts.first_of_block if parts.block else None


def with_block(text: str, variables: Mapping[str, str], path: str = ".env") -> str:
    """`text` with the block that sets `variables`: in the place of the one that is there, else at the end.

    Raises TaoshellError where the block that is there is damaged.
    """
    parts = split(text, path)
    end = _line_end(parts.before + parts.after + parts.block)
    lines = [BEGIN, *(assignment(name, value) for name, value in variables.items()), END]
    block = "".join(line + end for line in lines)
    return parts.bom + _ended(parts.before, end) + block + parts.after


def with_assignment(text: str, name: str, value: str, path: str = ".env") -> str:
    """`text` with `value` in the user's line for `name` (the last, which counts), else with a line of its own.

    Raises TaoshellError where `text` does not parse.
    """
    parts = split(text, path)
    last = max((item.line for item in parts.user_statements(path) if item.name == name), default=None)
    if last is None:
        return with_line(text, assignment(name, value), path)
    before, after = (
        "".join(item.with_value(value) if (item.name, item.line) == (name, last) else item.raw for item in items)
        for items in (parts.above(path), parts.below(path))
    )
    return parts.bom + before + parts.block + after


def with_line(text: str, line: str, path: str = ".env") -> str:
    """`text` with one more of the user's lines, above the block or at the end."""
    parts = split(text, path)
    end = _line_end(parts.before + parts.after + parts.block)
    return parts.bom + _ended(parts.before, end) + line + end + parts.block + parts.after


def _names_to_ignore(comment: str) -> Iterator[str]:
    found = _IGNORE.fullmatch(comment.strip())
    yield from re.split(r"[\s,]+", found[1].strip()) if found else ()


def _line_end(text: str) -> str:
    """The line end that the user's first line has."""
    return "\r\n" if re.match(r"[^\r\n]*\r\n", text) else "\n"


def _ended(text: str, end: str) -> str:
    return text if not text or text[-1] in "\r\n" else text + end
