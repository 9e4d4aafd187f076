"""The text of a project's files without the values of secrets: nothing else is masked, and no line is lost. Pure.

The parsers say where a value is. An approval must show every other byte that acts, so a name that only looks secret
hides nothing that a project can have. A project with a secret in taoshell.toml is refused, and so is text that does not
parse: there, everything that may be a secret is masked. So it is in comments, which do nothing: also the value of a
secret that `.env` has or had. In taoshell.toml, such a value is masked in the tables of variables too, but nowhere
else: mounts and options of the container are always shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from taoshell.errors import TaoshellError
from taoshell.project import toml
from taoshell.project.hiding import Span, after_names, mask, of_values, without
from taoshell.project.names import MASK, holds, is_secret, secret_values, secrets, without_assignments
from taoshell.project.problems import Problem
from taoshell.project.secret_names import STEMS
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
    r"""["']?[ \t]*[=:]?[ \t]*"""
    r"""(?P<value>(?:"{3}.*?"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')?[^\n]*)"""
)
_IN_COMMENT = r"""["']?[ \t]*[=:][ \t]*(?P<value>[^\r\n]*)"""


def masked(name: str, text: str, values: Collection[str] = ()) -> str:
    """Return the `text` of the file `name` without secrets. `values` are those of `.env`, now or before."""
    if name == SYMLINKS:
        return text
    if name == "taoshell.toml":
        return _masked_toml(text, values)
    return _masked_dotenv(text, {*values, *values_in(text)}) if name == ".env" else _masked_probable(text, values)


def values_in(dotenv: str) -> frozenset[str]:
    """Return the values of the secrets in the text of a `.env`; none if it does not parse."""
    return secret_values(*({name: value} for name, value in _pairs(dotenv)))


def secrets_in_toml(toml_text: str, dotenv: str) -> list[str]:
    """Return the names of the secrets in the text of a `.env` whose values are in that of taoshell.toml too."""
    known = {name: secret_values({name: value}) for name, value in _pairs(dotenv)}
    if not any(known.values()):
        return []
    values = [str(value) for _, value in _scalars(toml.parse(toml_text, "").values)]  # without the escapes of the text
    return [name for name, value in known.items() if any(of_values("\n".join([toml_text, *values]), value))]


def _pairs(dotenv: str) -> list[tuple[str, str]]:
    try:
        found = statements(dotenv.removeprefix(toml.BOM), "")
        return [(_bare(item.name), item.value or "") for item in found if item.name]
    except TaoshellError:
        return []


def _masked_dotenv(text: str, values: Collection[str]) -> str:
    start = len(toml.BOM) if text.startswith(toml.BOM) else 0
    shown = [text[:start]]
    try:
        hidden = secrets(
            *({_bare(item.name): item.value or ""} for item in statements(text[start:], "") if item.name),
            *({"KEY": value} for value in values),
        )
        for item in statements(text[start:], ""):
            value, rest = item.raw[item.start : item.end], item.raw[item.end :]
            if item.name is None:
                shown.append(_masked_comment(item.raw, values))
            elif _bare(item.name) in hidden:
                shown += [item.raw[: item.start], mask(value), _without_comment(rest)]
            else:
                shown += [item.raw[: item.start], without_assignments(value), _masked_comment(rest, values)]
            start += len(item.raw)
        shown.append(text[start:])  # a second byte order mark, which python-dotenv does not return
    except TaoshellError:
        del shown[1:]
        start = len(shown[0])
        shown.append(_masked_probable(text[start:], values))
    return "".join(shown)


def _masked_toml(text: str, values: Collection[str]) -> str:
    bom, text = text[: text.startswith(toml.BOM)], text.removeprefix(toml.BOM)
    return bom + _masked_values(text, values)


def _masked_values(text: str, values: Collection[str]) -> str:
    try:
        has_secrets = any(_is_hidden(path, value) for path, value in _scalars(toml.parse(text, "").values))
        may_have = ("#" in text and any(stem in text.upper() for stem in STEMS)) or any(of_values(text, values))
        if not has_secrets and not may_have:
            return text  # without a reading of ours
        reader = _Reader(text, values)
        reader.read()
    except (Problem, ValueError, IndexError, RecursionError):
        return _masked_probable(text, values)
    return without(text, reader.secrets)


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

    def __init__(self, text: str, values: Collection[str]) -> None:
        self._text = text
        self._values = values
        self._at = 0
        self.secrets: list[Span] = []

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
        for comment in re.finditer(r"#[^\n]*", space):
            self.secrets += (
                (start + comment.start() + one, start + comment.start() + end)
                for one, end in _in_comment(comment[0], self._values)
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
            if _is_hidden(path, found[0].strip("\"'")) or self._is_known(path, found[0]):
                self.secrets += [found.span(), *self._comment()]
            return
        self._at += 1
        while self._next() not in ("]", "}"):
            if opening == "[":
                self._value(path)
            else:
                self._pair(path)
        self._at += 1

    def _is_known(self, path: tuple[str, ...], scalar: str) -> bool:
        """Whether a variable has the value of a secret, or a long one inside its own."""
        if not self._values or not any(path[: len(table)] == table for table in _TABLES):
            return False
        value = toml.parse(f"value = {scalar}", "").values["value"]
        return isinstance(value, str) and holds(value, self._values)

    def _comment(self) -> Iterator[Span]:
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


def _in_comment(text: str, values: Collection[str]) -> list[Span]:
    return [*after_names(text, re.compile(_IN_COMMENT)), *of_values(text, values)]


def _masked_comment(text: str, values: Collection[str]) -> str:
    return without(text, _in_comment(text, values))


def _without_comment(text: str) -> str:
    """Return what follows a secret on its line, without the words of a comment: they may be the secret before."""
    return re.sub(r"(#[ \t]*)[^\r\n]+", rf"\1{MASK}", text)


def _bare(name: str) -> str:
    return name.strip("\"'")


def _masked_probable(text: str, values: Collection[str]) -> str:
    return without(text, (*after_names(text, re.compile(_PROBABLE, re.DOTALL)), *of_values(text, values)))
