"""The texts in a spec, each with its field and its place in the file: what the readers of all formats return. Pure."""

from __future__ import annotations

from typing import NamedTuple

_DEEPEST = 100  # levels; real specs have up to 8


class Scalar(NamedTuple):
    """A text in a spec: its field, such as `dataset.train[0].image_dir`, and its value.

    `start` and `end` are the characters in the file that say it, with their quotes.
    """

    field: str
    value: str
    start: int
    end: int


class NotThisFormat(Exception):
    """The text is not in a reader's format: why, what to do, and the character at which it is noticed."""

    def __init__(self, cause: str, at: int, cure: str = "correct this line") -> None:
        super().__init__(cause)
        self.cause = cause
        self.at = at
        self.cure = cure


def too_deep(at: int) -> NotThisFormat:
    return NotThisFormat(f"this is nested more than {_DEEPEST} levels deep", at, "name the spec itself")


class Fields:
    """Where a reader is in nested tables and lists. It calls `open`, `close`, and `scalar` for each key and value."""

    def __init__(self) -> None:
        self._open: list[_Level] = []

    def open(self, *, is_list: bool, at: int) -> None:
        """Begin a table or a list, which is a value itself."""
        if len(self._open) >= _DEEPEST:
            raise too_deep(at)
        if self._open:
            self._open[-1].before_value()
        self._open.append(_Level(is_list))

    def close(self) -> None:
        self._open.pop()
        if self._open:
            self._open[-1].after_value()

    def scalar(self, text: str) -> str | None:
        """Return the field of a value, or None if `text` is a key."""
        if not self._open:
            return ""
        level = self._open[-1]
        if not level.is_list and level.key is None:
            level.key = text
            return None
        level.before_value()
        field = self.path
        level.after_value()
        return field

    @property
    def path(self) -> str:
        """The field of the value that is read now."""
        steps = "".join(f"[{level.index}]" if level.is_list else f".{level.key}" for level in self._open)
        return steps.removeprefix(".")


class _Level:
    """A table with the key that was read last, or a list with the number of the value that is read now."""

    def __init__(self, is_list: bool) -> None:
        self.is_list = is_list
        self.key: str | None = None
        self.index = -1

    def before_value(self) -> None:
        self.index += 1
        if not self.is_list and self.key is None:  # a table or a list as a key, which YAML allows
            self.key = "?"
            self.index = -2

    def after_value(self) -> None:
        if self.index == -2:  # that was the key
            self.index = -1
        else:
            self.key = None
