"""The text of a project's files without the values of secrets: nothing else is masked, and no line is lost. Pure.

The parsers say where a value is. An approval must show every other byte, so a name that only looks secret hides
nothing. Text that does not parse can never be approved; there, everything that may be a secret is masked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from taoshell.errors import TaoshellError
from taoshell.project import toml
from taoshell.project.names import MASK, is_secret
from taoshell.project.problems import Problem
from taoshell.project.secret_names import ENDINGS
from taoshell.text.dotenv_statements import statements

SYMLINKS = "symlinks"  # the input that is not a file: those on the way to the project's places

_TABLES = (("env",), ("container", "env"))  # the tables of variables in taoshell.toml

# Patterns are compiled when they are first used: few texts have a secret in the wrong file.
_SPACE = r"(?:[\s,]|#[^\n]*)*"
_KEY = r"""[ \t]*(?P<word>"(?:\\.|[^"\\])*"|'[^']*'|[^\s.=\]"']+)[ \t]*(?P<dot>\.?)"""
_SCALAR = (
    r""""{3}(?:"(?!"")|\\.|[^"\\])*"{3,5}|'{3}(?:'(?!'')|[^'])*'{3,5}"""
    r"""|"(?:\\.|[^"\\])*"|'[^']*'|[^\n,\]}#]*[^\s,\]}#]"""
)
# The rest of a line after a secret name, and the lines that a quote in it goes on to.
_PROBABLE = (
    rf"""(?<!\w)(?P<name>\w*(?:{"|".join(ENDINGS)})(?!\w)["']?[ \t]*[=:]?[ \t]*)"""
    r"""(?P<value>(?:"{3}.*?"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')?[^\n]*)"""
)


def masked(name: str, text: str) -> str:
    """Return the `text` of the file `name` without the values of secrets."""
    if name == SYMLINKS:
        return text
    if name == "taoshell.toml":
        return _masked_toml(text)
    return _masked_dotenv(text) if name == ".env" else _masked_probable(text)


def _masked_dotenv(text: str) -> str:
    start = 1 if text.startswith("\ufeff") else 0
    shown = [text[:start]]
    try:
        for item in statements(text[start:], ""):
            is_shown = item.name is None or not is_secret(item.name)
            shown.append(item.raw if is_shown else _without(item.raw, [(item.start, item.end)]))
            start += len(item.raw)
    except TaoshellError:
        shown.append(_masked_probable(text[start:]))
    return "".join(shown)


def _masked_toml(text: str) -> str:
    try:
        if not _has_secrets(toml.parse(text, "").values):
            return text
        reader = _Reader(text)
        reader.read()
    except (Problem, ValueError, IndexError, RecursionError):
        return _masked_probable(text)
    return _without(text, reader.secrets)


def _has_secrets(values: Mapping[str, object]) -> bool:
    """Whether there is a secret: the project is refused if so. Every other file is shown without a reading of ours."""
    container = values.get("container")
    tables = (values.get("env"), container.get("env") if isinstance(container, Mapping) else None)
    return any(
        is_secret(name) and not isinstance(value, Mapping)  # as { from = ".env" } is
        for table in tables
        if isinstance(table, Mapping)
        for name, value in table.items()
    )


class _Reader:
    """Finds the secrets in valid TOML: the start and the end of the value of each. tomlkit keeps no positions."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.secrets: list[tuple[int, int]] = []

    def read(self) -> None:
        table: tuple[str, ...] = ()
        while self._next():
            if self._next() == "[":
                self._skip("[")
                table = self._key()
                self._skip("]")
            else:
                self._pair(table)

    def _next(self) -> str:
        """Return the next character after white space, commas and comments; "" at the end."""
        self._take(_SPACE)
        return self._text[self._at : self._at + 1]

    def _skip(self, bracket: str) -> None:
        """Skip one bracket or two."""
        self._at += 2 if self._text.startswith(bracket * 2, self._at) else 1

    def _pair(self, table: tuple[str, ...]) -> None:
        path = table + self._key()
        self._at += 1  # the `=`
        self._value(path)

    def _key(self) -> tuple[str, ...]:
        path: list[str] = []
        dot = "."
        while dot:
            word, dot = self._take(_KEY).group("word", "dot")
            path += toml.parse(f"{word} = 0", "").values if "\\" in word else [word.strip("\"'")]
        return tuple(path)

    def _value(self, path: tuple[str, ...]) -> None:
        opening = self._next()
        if opening not in ("[", "{"):
            span = self._take(_SCALAR).span()
            if path[:-1] in _TABLES and is_secret(path[-1]):
                self.secrets.append(span)
            return
        self._at += 1
        while self._next() not in ("]", "}"):
            if opening == "[":
                self._value(path)
            else:
                self._pair(path)
        self._at += 1

    def _take(self, pattern: str) -> re.Match[str]:
        found = re.compile(pattern, re.DOTALL).match(self._text, self._at)
        if found is None:
            raise ValueError("no TOML")
        self._at = found.end()
        return found


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """Return `text` with a mask in place of each span that is not empty."""
    shown, at = [], 0
    for start, end in spans:
        shown += [text[at:start], _mask(text[start:end])]
        at = end
    return "".join([*shown, text[at:]])


def _mask(value: str) -> str:
    """Return a mask with as many lines as `value`."""
    return value and MASK + f"\n{MASK}" * value.count("\n")


def _masked_probable(text: str) -> str:
    return re.sub(_PROBABLE, lambda found: found["name"] + _mask(found["value"]), text, flags=re.DOTALL)
