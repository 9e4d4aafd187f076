"""The text of a project's `.env`: the user's lines, kept byte for byte, and taoshell's block between two markers.

Pure: text in, text out. taoshell reads lines as python-dotenv does, with one exception: `${` is an error unless it is
plainly literal, because other programs expand it differently (docs/dotenv.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where
from taoshell.formats.dotenv import assignment
from taoshell.project.model import Given
from taoshell.text.dotenv_block import BEGIN, END, split
from taoshell.text.dotenv_statements import Statement
from taoshell.text.lines import Gap, line_end, lines, universal_lines

_IGNORE = re.compile(r"#[ \t]*taoshell:[ \t]*ignore[ \t:]+(.*)")


class Dotenv(NamedTuple):
    """A parsed `.env`. `before` and `after` are the user's text around the block; `block` is None if there is no block.

    `assignments` are the user's. If a name is assigned twice, the last value counts, as in python-dotenv. `ignored` are
    the names that a line `# taoshell: ignore NAME…` keeps from being exported, each with the number of that line.
    """

    before: str
    block: dict[str, str] | None
    after: str
    assignments: dict[str, Given]
    ignored: dict[str, int]

    @property
    def exported(self) -> dict[str, Given]:
        """The user's assignments that a project gets."""
        return {name: given for name, given in self.assignments.items() if name not in self.ignored}

    @property
    def user_text(self) -> str:
        """The text that the user approves: everything but the block, which is output. It always ends with a line end,
        because taoshell adds one to the user's last line before it writes the block below."""
        text = self.before + self.after
        return _ended(text, line_end(text))


def parse(text: str, path: str) -> Dotenv:
    """Return the parsed `text` of the file `path`.

    Raises TaoshellError, with the line, for a line that python-dotenv cannot parse, a name without `=`, a `${` that
    programs expand differently, NUL, and a block that has no end or occurs twice.
    """
    if "\0" in text:
        line = len(universal_lines(text[: text.index("\0") + 1]))
        raise TaoshellError("a NUL character, which no variable can hold", "remove it", at=Where(path, line))
    parts = split(text, path)
    user = parts.user_statements(path)
    ignored = _ignored(user)
    assignments: dict[str, Given] = {}
    for item in user:
        if item.name is not None:
            value = item.unchecked_value if item.name in ignored else item.checked_value(path)
            if value is not None:
                assignments[item.name] = Given(value, Where(path, item.line))
    block = parts.block_values(path)
    return Dotenv(parts.bom + parts.before, block, parts.after, assignments, ignored)


def assigned_names(text: str, path: str) -> tuple[str, ...]:
    """Return the names in the user's lines, in order and each once. The values are not checked.

    Raises TaoshellError for a line that does not parse and for a damaged block.
    """
    found = (item.name for item in split(text, path).user_statements(path))
    return tuple(dict.fromkeys(name for name in found if name is not None))


def ignored_names(text: str, path: str) -> frozenset[str]:
    """Return the names that the user's lines keep from being exported. Raises TaoshellError like `assigned_names`."""
    return frozenset(_ignored(split(text, path).user_statements(path)))


def names_that_act(text: str, path: str) -> tuple[str, ...]:
    """Return the names of the user's lines in which a shell that sources the file would run or expand something.

    Raises TaoshellError like `assigned_names`.
    """
    user = split(text, path).user_statements(path)
    return tuple(dict.fromkeys(item.name for item in user if item.name is not None and item.acts))


def block_line(text: str, path: str = ".env") -> int | None:
    """Return the line, from 1, at which the block begins, or None if there is no block."""
    parts = split(text, path)
    return parts.first_line_of_block if parts.block else None


def block_gap(text: str, path: str = ".env") -> Gap:
    """Return where the block is in the lines of `text`, as a diff counts them."""
    parts = split(text, path)
    return Gap(len(lines(parts.bom + parts.before)), len(lines(parts.block)))


def with_block(text: str, variables: Mapping[str, str], path: str = ".env") -> str:
    """Return `text` with a block that sets `variables`: it replaces the block that is there, else it comes last.

    Raises TaoshellError for a damaged block.
    """
    parts = split(text, path)
    end = line_end(parts.before + parts.after + parts.block)
    block = [BEGIN, *(assignment(name, value) for name, value in variables.items()), END]
    return parts.bom + _ended(parts.before, end) + "".join(line + end for line in block) + parts.after


def with_assignment(text: str, name: str, value: str, path: str = ".env") -> str:
    """Return `text` with `value` in the user's last line for `name`, which is the one that counts, or in a new line.

    Raises TaoshellError if `text` does not parse.
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


def without_assignment(text: str, name: str, path: str = ".env") -> str:
    """Return `text` without the user's lines that assign `name`. Raises TaoshellError if `text` does not parse."""
    parts = split(text, path)
    before, after = (
        "".join(item.blank_lines if item.name == name else item.raw for item in items)
        for items in (parts.above(path), parts.below(path))
    )
    return parts.bom + before + parts.block + after


def with_line(text: str, line: str, path: str = ".env") -> str:
    """Return `text` with one more user's line, above the block or at the end."""
    parts = split(text, path)
    end = line_end(parts.before + parts.after + parts.block)
    return parts.bom + _ended(parts.before, end) + line + end + parts.block + parts.after


def _ignored(user: Iterable[Statement]) -> dict[str, int]:
    return {name: item.line for item in user if item.name is None for name in _names_to_ignore(item.raw)}


def _names_to_ignore(comment: str) -> Iterator[str]:
    found = _IGNORE.fullmatch(comment.strip())
    yield from re.split(r"[\s,]+", found[1].strip()) if found else ()


def _ended(text: str, end: str) -> str:
    return text if not text or text[-1] in "\r\n" else text + end
