"""The values that a static reading of Python knows, besides Python's own: str, int, list, dict, … Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where

LONGEST = 1 << 16  # characters of a text, and of what is written to a file
MOST_ITEMS = 10_000
_SCALARS = (str, int, float, bool, PurePosixPath, type(None))


class Unknown(NamedTuple):
    """In place of a value that only running the code could tell. `why` follows the words "is not known: "."""

    why: str
    at: Where


class Named(NamedTuple):
    """A module, or something in one, such as os.path.join."""

    name: str


ENVIRON = Named("os.environ")
FAILS, ELSEWHERE = "this line fails: ", " comes from somewhere else"  # Python would not find such a value either


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
    seen: set[int] = set()  # what is in many places of a hostile value is looked at once
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, Unknown):
            return item
        if id(item) not in seen:
            seen.add(id(item))
            pending += reversed(_inside(item))
    return None


def _inside(value: object) -> list[object]:
    """Return what the list, tuple or dict `value` holds."""
    if isinstance(value, Mapping):
        return list(value.values())
    is_own = isinstance(value, (Unknown, Named, Open, Dumped))
    return list(value) if isinstance(value, (list, tuple)) and not is_own else []


def snapshot(value: object, at: Where) -> object:
    """Return a copy of `value` as JSON has it. Something unknown stays. Raises TooMuch if it is huge."""
    return _copied(value, at, [MOST_ITEMS])


def _copied(value: object, at: Where, left: list[int]) -> object:
    left[0] -= 1 + (len(value) // 100 if isinstance(value, str) else 0)
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
        return str(value)
    return None


def is_plain(value: object) -> bool:
    """Whether `value` holds only values of Python itself, and so few that they can be computed with."""
    left = MOST_ITEMS
    pending = [value]
    while pending and left > 0:
        item = pending.pop()
        left -= 1 + (len(item) // 100 if isinstance(item, str) else 0)
        inside = _inside(item)
        left -= len(inside)
        if left > 0:
            pending += inside
        is_container = isinstance(item, (list, tuple, Mapping)) and not isinstance(item, (Unknown, Named, Open, Dumped))
        is_short_range = isinstance(item, range) and not item[MOST_ITEMS:]
        if not (is_container or is_short_range or isinstance(item, _SCALARS)):
            return False
    return left > 0


def items_of(value: object) -> list[object]:
    """Return what a loop over `value` goes through. Raises TypeError if that is not known, or too much."""
    if isinstance(value, (Unknown, Named, Open, Dumped)) or (isinstance(value, range) and value[MOST_ITEMS:]):
        raise TypeError
    if isinstance(value, (list, tuple, dict, str, range, set)):
        return list(value)
    raise TypeError
