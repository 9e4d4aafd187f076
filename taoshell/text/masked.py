"""The text of a project's files without the values of secrets: nothing else is masked, and no line is lost. Pure.

The parsers say where a value is. An approval must show every other byte that acts, so a name that only looks secret
hides nothing that a project can have. A project with a secret in taoshell.toml is refused, and so is text that does not
parse: there, everything that may be a secret is masked. So it is in comments, which do nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from taoshell.errors import TaoshellError
from taoshell.project import toml
from taoshell.project.names import MASK, is_secret, secrets, without_assignments
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
_SECRET = rf"""(?<!\w)(?P<name>(?i:\w*(?:{"|".join(ENDINGS)}))(?!\w)["']?[ \t]*"""
_PROBABLE = (
    _SECRET + r"[=:]?[ \t]*)"
    r"""(?P<value>(?:"{3}.*?"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')?[^\n]*)"""
)
_IN_COMMENT = rf"{_SECRET}[=:][ \t]*)(?P<value>[^\r\n]*)"


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
        hidden = secrets(*({_bare(item.name): item.value or ""} for item in statements(text[start:], "") if item.name))
        for item in statements(text[start:], ""):
            value, rest = item.raw[item.start : item.end], item.raw[item.end :]
            if item.name is None:
                shown.append(_masked_comment(item.raw))
            elif _bare(item.name) in hidden:
                shown += [item.raw[: item.start], _mask(value), _without_comment(rest)]
            else:
                shown += [item.raw[: item.start], without_assignments(value), _masked_comment(rest)]
            start += len(item.raw)
    except TaoshellError:
        del shown[1:]
        start = len(shown[0])
        shown.append(_masked_probable(text[start:]))
    return "".join(shown)


def _masked_toml(text: str) -> str:
    try:
        has_secrets = any(_is_hidden(path, value) for path, value in _scalars(toml.parse(text, "").values))
        if not has_secrets and not ("#" in text and any(ending in text.upper() for ending in ENDINGS)):
            return text  # without a reading of ours
        reader = _Reader(text)
        reader.read()
    except (Problem, ValueError, IndexError, RecursionError):
        return _masked_probable(text)
    return _without(text, reader.secrets)


def _scalars(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield each value that is neither table nor list, with the keys that lead to it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _scalars(inner, (*path, str(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from _scalars(inner, path)
    else:
        yield path, value


def _is_hidden(path: tuple[str, ...], value: object) -> bool:
    """Whether the value at `path` may be a secret, by the names on the way to it: no project can have such a value."""
    for table in _TABLES:
        if path[: len(table)] == table and any(map(is_secret, path[len(table) :])):
            return path[-1] != "from" or value != ".env"
    is_path = path[0] == "cluster" and path[2:-1] == ("places",) and str(value).startswith("/")
    return is_secret(path[-1]) and not is_path


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
        start = self._at
        space = self._take(_SPACE)[0]
        self.secrets += (
            (start + found.start("value"), start + found.end("value"))
            for comment in re.finditer(r"#[^\n]*", space)
            for found in re.compile(_IN_COMMENT).finditer(space, comment.start(), comment.end())
        )
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
            found = self._take(_SCALAR)
            if _is_hidden(path, found[0].strip("\"'")):
                self.secrets += [found.span(), *self._comment()]
            return
        self._at += 1
        while self._next() not in ("]", "}"):
            if opening == "[":
                self._value(path)
            else:
                self._pair(path)
        self._at += 1

    def _comment(self) -> Iterator[tuple[int, int]]:
        """Yield the text of the comment behind a secret: it may be the secret before. Skip it."""
        found = re.compile(r"[ \t]*#[ \t]*([^\r\n]*)").match(self._text, self._at)
        if found is not None:
            self._at = found.end()
            yield found.span(1)

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


def _masked_comment(text: str) -> str:
    return re.sub(_IN_COMMENT, lambda found: found["name"] + _mask(found["value"]), text)


def _without_comment(text: str) -> str:
    """Return what follows a secret on its line, without the words of a comment: they may be the secret before."""
    return re.sub(r"(#[ \t]*)[^\r\n]+", rf"\1{MASK}", text)


def _bare(name: str) -> str:
    return name.strip("\"'")


def _masked_probable(text: str) -> str:
    return re.sub(_PROBABLE, lambda found: found["name"] + _mask(found["value"]), text, flags=re.DOTALL)
