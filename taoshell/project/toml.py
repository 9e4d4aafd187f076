"""Read TOML so that each problem has a file, a line and a cure."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple, TypeVar

from taoshell import __version__
from taoshell.errors import Where
from taoshell.project.problems import Problem

if sys.version_info >= (3, 11):
    import tomllib

T = TypeVar("T")


class Table(NamedTuple):
    """A table of the TOML file `file`, as plain Python values. `text` is the whole file, `path` leads to the table."""

    values: Mapping[str, object]
    file: str
    text: str
    path: tuple[str, ...] = ()

    def at(self, key: str) -> Where:
        """Return where `key` is defined."""

        def line() -> int | None:
            from taoshell.project.toml_by_tomlkit import lines_of  # only when needed: tomlkit is slow to load

            return lines_of(self.text).get((*self.path, key))

        return Where(self.file, line)

    def dotted(self, key: str) -> str:
        """Return `key` with the tables around it, for messages."""
        return ".".join((*self.path, key))

    def wrong_type(self, key: str, cure: str) -> Problem:
        """Return the problem that the value of `key` has the wrong type. `cure` shows a value of the right type."""
        kind = _KINDS.get(type(self.values[key]), "a date or time")
        return Problem("wrong-type", f"{self.dotted(key)} is {kind}", cure, self.at(key))

    def require_known(self, key: str, known: Collection[str]) -> None:
        """Raise Problem if `key` is not one of `known`."""
        if key not in known:
            near = [self.dotted(name) for name in _near(key, known)]
            others = f"taoshell {__version__} knows: {', '.join(known)}"
            cure = f"did you mean {quoted(near[0])}?" if near else others
            raise Problem("unknown-key", f'unknown key "{self.dotted(key)}"', cure, self.at(key))

    def typed(self, key: str, kind: type[T], cure: str) -> T:
        """Return the value of `key`. Raises Problem, with this cure, if its type is not `kind`."""
        value = self.values[key]
        if not isinstance(value, kind):
            raise self.wrong_type(key, cure)
        return value

    def string(self, key: str, example: str) -> str:
        """Return the string at `key`. Raises Problem if it is not a string."""
        return self.typed(key, str, f"write text in quotes, such as {key} = {quoted(example)}")

    def table(self, key: str, cure: str = "") -> Table:
        """Return the table at `key`, which is empty if there is no such key. Raises Problem if it is not a table."""
        cure = cure or f"it must be a table: [{self.dotted(key)}]"
        values = self.typed(key, dict, cure) if key in self.values else {}
        return Table(values, self.file, self.text, (*self.path, key))


BOM = "\ufeff"  # a byte order mark: some editors write it first; taoshell keeps it and ignores it


class _HugeNumber:
    """Stands for a number beyond 64 bits: TOML promises no more, and Python may refuse to print such a number."""

    def __repr__(self) -> str:
        return "a number beyond 64 bits"


_KINDS = {
    bool: "true or false",
    int: "a number",
    float: "a number with a fraction",
    str: "text",
    list: "a list",
    dict: "a table",
    _HugeNumber: "a number beyond 64 bits",
}


@lru_cache(maxsize=4)
def parse(text: str, file: str) -> Table:
    """Return the table of the whole file. A command parses the same text several times, so the result is cached.

    A byte order mark, which some editors write first, means nothing, as in `.env`.
    """
    text = text.removeprefix(BOM)
    try:
        return Table({key: _plain(value) for key, value in _values(text, file).items()}, file, text)
    except RecursionError as error:  # releases of tomlkit after 0.12 differ in how deep they can go
        raise Problem("broken-toml", "the values are nested too deeply", "make them flat", Where(file)) from error


def _values(text: str, file: str) -> Mapping[str, object]:
    r"""Return the values in `text`. Raises Problem if it is not valid TOML.

    Python's own parser takes a fraction of tomlkit's time. tomlkit decides about every text that this parser refuses,
    and about each `\r`, which the two read differently.
    """
    if sys.version_info >= (3, 11) and "\r" not in text:
        with suppress(ValueError, RecursionError):
            return tomllib.loads(text)
    from taoshell.project import toml_by_tomlkit  # only when needed: the hook waits for us, and tomlkit is slow to load

    return toml_by_tomlkit.values(text, file)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return _HugeNumber() if isinstance(value, int) and value.bit_length() > 63 else value


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the start of a cure that names the one of `known` that `word` looks like; "" if there is none.

    >>> did_you_mean("plases", ["layout", "places"])
    'did you mean "places"? '
    """
    near = _near(word, known)
    return f"did you mean {quoted(near[0])}? " if near else ""


def _near(word: str, known: Iterable[str]) -> list[str]:
    """Return the one of `known` that `word` looks like most, if there is one."""
    from difflib import get_close_matches  # only when needed: most projects have no misspelt word

    return get_close_matches(word, list(known), 1)


def suggestion(word: str, known: Collection[str]) -> str:
    """Return a cure for the unknown `word`."""
    return did_you_mean(word, known).rstrip() or f"known: {', '.join(known)}"


def shown(value: object) -> str:
    """Return `value` for a message. Of a table, which may have a secret, only that it is one."""
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    return _KINDS[dict] if isinstance(value, dict) else repr(value)


def quoted(text: str) -> str:
    """Return `text` in quotes, as TOML for a message. `text` must not contain quotes itself."""
    return f'"{text}"'
