"""IPython's own syntax: what a cell says with %, %% and !, as the Python that IPython makes of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from string import Formatter
from typing import NamedTuple

from taoshell.errors import TaoshellError

_TARGET = re.compile(r"[\w.\[\]'\", \t]+")
_PLAIN = re.compile(r"([ \t]*)(%|!!?)(?!=)(.*)", re.DOTALL)
_MARKS = re.compile(r"'''|\"\"\"|['\"#()\[\]{}]")
_RUNS_THE_BODY = ("capture", "time", "timeit", "prun")


class Cell(NamedTuple):
    """A code cell. `number` counts the code cells from 1; it is 0 if the whole file is one."""

    number: int
    text: str


class CellMagic(NamedTuple):
    """The %% line of a cell, whose body is not Python."""

    name: str
    argument: str
    body: str


def as_python(text: str) -> str | CellMagic:
    """Return the Python of a cell, with as many lines; or its cell magic, if IPython would not run it as Python."""
    first = text.lstrip()
    if first.startswith("%%"):
        line, _, body = first.partition("\n")
        name, _, argument = line[2:].strip().partition(" ")
        if name not in _RUNS_THE_BODY:
            return CellMagic(name, argument.strip(), body)
        text = "\n" * (text[: len(text) - len(first)].count("\n") + 1) + body
    return "\n".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of `text`. In place of a line that begins with % or !, yield the call that IPython makes."""
    quote, depth, is_continued = "", 0, False
    pending = iter(text.split("\n"))
    for line in pending:
        if not quote and not depth and not is_continued:
            magic = _magic(line)
            if magic:
                before, kind, rest = magic
                count = 0
                while rest.endswith("\\") and (more := next(pending, None)) is not None:
                    rest, count = rest[:-1] + more, count + 1
                yield before + _call(kind, rest, is_assigned=bool(before.strip()))
                yield from [""] * count
                continue
        quote, depth = _after(line, quote, depth)
        is_continued = line.endswith("\\")
        yield line


def _magic(line: str) -> tuple[str, str, str] | None:
    """Return what is before the % or ! of a line, the sign, and what follows; None if it is plain Python."""
    if found := _PLAIN.fullmatch(line):
        return found[1], found[2], found[3]
    target, sign, value = line.partition("=")
    value = value.lstrip()
    if sign and value.startswith(("%", "!")) and not value.startswith("!=") and _TARGET.fullmatch(target):
        return f"{target}= ", value[0], value[1:]
    return None


def _call(kind: str, rest: str, *, is_assigned: bool) -> str:
    if kind != "%":
        return f"get_ipython().{'getoutput' if is_assigned or kind == '!!' else 'system'}({rest!r})"
    name, _, argument = rest.strip().partition(" ")
    return f"get_ipython().run_line_magic({name!r}, {argument.strip()!r})"


def _after(line: str, quote: str, depth: int) -> tuple[str, int]:
    """Return the open quote and the number of open brackets after `line`, which begins with `quote` and `depth`."""
    at = 0
    while at < len(line):
        if quote:
            end = line.find(quote, at)
            back = line.find("\\", at)
            if back >= 0 and (end < 0 or back < end):
                at = back + 2
                continue
            if end < 0:
                break
            at, quote = end + len(quote), ""
        else:
            found = _MARKS.search(line, at)
            if found is None or found[0] == "#":
                break
            at = found.end()
            if found[0][0] in "'\"":
                quote = found[0]
            else:
                depth = max(0, depth + (found[0] in "([{") - (found[0] in ")]}"))
    if len(quote) == 1 and not line.endswith("\\"):  # the line is no valid Python; the parser will say so
        quote = ""
    return quote, depth


def assigned(argument: str) -> tuple[str, str] | None:
    """Return the name and the value that `%env ARGUMENT` sets, as IPython splits them; None if it sets nothing.

    >>> assigned("KEY = 'a' # mine"), assigned("A b c")
    (('KEY', "'a' # mine"), ('A', 'b c'))
    """
    name, sign, value = argument.partition("=" if "=" in argument else " ")
    name = name.strip()
    return (name, value.strip()) if sign and name and not re.search(r"\s", name) else None


def expanded(text: str, value: Callable[[str], str]) -> str:
    """Return the argument of a magic after IPython has put Python values in for $name and {expression}.

    `value` returns the text of an expression. If it raises TaoshellError, IPython would fail, and change nothing.
    """
    try:
        return "".join(_pieces(text, value))
    except (ValueError, TaoshellError):  # a single brace, or an expression that fails
        return text


def _pieces(text: str, value: Callable[[str], str]) -> Iterator[str]:
    for literal, field, spec, conversion in Formatter().parse(text):
        at = 0
        for found in re.finditer(r"\$(\$?)([\w.]+)", literal):
            if literal.count("'", found.end()) % 2:  # inside single quotes
                continue
            yield literal[at : found.start()]
            yield f"${found[2]}" if found[1] else value(found[2])
            at = found.end()
        yield literal[at:]
        if field is not None:
            yield value(field + (f":{spec}" if spec else "") + (f"!{conversion}" if conversion else ""))
