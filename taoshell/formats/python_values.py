"""The values that a static reading of Python knows, besides Python's own: str, int, list, dict, … Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where

LONGEST = 1 << 16  # characters of a text, and of what is written to a file
MOST_ITEMS = 10_000


class Unknown(NamedTuple):
    """In place of a value that only running the code could tell. `why` follows the words "is not known: "."""

    why: str
    at: Where


class Named(NamedTuple):
    """A module, or something in one, such as os.path.join."""

    name: str


class Open(NamedTuple):
    """A file that the code writes. `pieces` are what it wrote: text, `Dumped` or `Unknown`."""

    path: str
    pieces: list[object]
    at: Where


class Dumped(NamedTuple):
    """The text of json.dumps: the data itself, which may hold something unknown."""

    data: object


class TooMuch(TaoshellError):
    """There is more code than a person would write to set a project up."""

    def __init__(self, at: Where) -> None:
        super().__init__("this is too much code to follow", "name another file", at=at)


def unknown_in(value: object) -> Unknown | None:
    """Return the first unknown value in `value`, if there is one."""
    if isinstance(value, Unknown):
        return value
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    if isinstance(value, (Named, Open, Dumped)):
        inside = ()
    return next((found for item in inside if (found := unknown_in(item))), None)


def snapshot(value: object, at: Where) -> object:
    """Return a copy of `value` as JSON has it. Something unknown stays. Raises TooMuch if it is huge."""
    return _copied(value, at, [MOST_ITEMS])


def _copied(value: object, at: Where, left: list[int]) -> object:
    left[0] -= 1
    if left[0] < 0:
        raise TooMuch(at)
    if isinstance(value, (Unknown, str, int, float, bool, type(None))):
        return value
    if isinstance(value, dict):
        return {_key(key): _copied(item, at, left) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and not isinstance(value, (Named, Open, Dumped)):
        return [_copied(item, at, left) for item in value]
    return Unknown("it is no value of JSON", at)


def _key(key: object) -> str:
    return key if isinstance(key, str) else json.dumps(key)


def text_of(value: object) -> str | None:
    """Return str(value); None if it is not known."""
    if isinstance(value, (str, int, float, bool, PurePosixPath)) or value is None:
        return str(value)
    if isinstance(value, (list, dict, tuple)) and is_plain(value):
        return str(value)[:LONGEST]
    return None


def is_plain(value: object, depth: int = 20) -> bool:
    """Whether `value` holds only values of Python itself."""
    if isinstance(value, (Unknown, Named, Open, Dumped)) or not depth:
        return False
    if isinstance(value, Mapping):
        return len(value) <= MOST_ITEMS and all(is_plain(item, depth - 1) for item in value.values())
    if isinstance(value, (list, tuple)):
        return len(value) <= MOST_ITEMS and all(is_plain(item, depth - 1) for item in value)
    if isinstance(value, range):
        return not value[MOST_ITEMS:]
    return isinstance(value, (str, int, float, bool, PurePosixPath, type(None)))


def items_of(value: object) -> list[object]:
    """Return what a loop over `value` goes through. Raises TypeError if that is not known, or too much."""
    if isinstance(value, (Unknown, Named, Open, Dumped)) or (isinstance(value, range) and value[MOST_ITEMS:]):
        raise TypeError
    if isinstance(value, (list, tuple, dict, str, range, set)):
        return list(value)
    raise TypeError
