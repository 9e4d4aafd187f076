"""Text without the values of secrets: those that follow a secret name, and those that are known. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from taoshell.errors import TaoshellError
from taoshell.project.names import MASK, is_secret
from taoshell.project.secret_names import STEMS

Span = tuple[int, int]

_WORD = re.compile(r"\w+")
_LONG = 6  # characters; a shorter value is hidden only as a whole word
_ASSIGNED = re.compile(r"""["']?[ \t]*(?:=|:(?=[ "']))[ \t]*["']?(?P<value>[^\s"',;]+)""")


def after_names(text: str, rest: re.Pattern[str]) -> Iterator[Span]:
    """Yield where the group `value` of `rest` is, which follows a secret name, for each such name in `text`."""
    upper = text.upper()
    if not any(stem in upper for stem in STEMS):
        return
    at = 0
    for word in _WORD.finditer(text):
        if word.start() >= at and is_secret(word[0]) and (found := rest.match(text, word.end())):
            yield found.span("value")
            at = found.end()


def of_values(text: str, values: Collection[str]) -> Iterator[Span]:
    """Yield where one of `values` is in `text`, as it is or with the escapes of a text in quotes."""
    forms = {form for value in values for form in (value, value.replace("\\", "\\\\").replace('"', '\\"'))}
    present = sorted((form for form in forms if form in text), key=len, reverse=True)
    if present:
        words = (re.escape(form) if len(form) >= _LONG else rf"(?<!\w){re.escape(form)}(?!\w)" for form in present)
        yield from (found.span() for found in re.finditer("|".join(words), text))


def without(text: str, spans: Iterable[Span]) -> str:
    """Return `text` with a mask in place of each span that is not empty. No line is lost."""
    shown, at = [], 0
    for start, end in sorted(spans):
        if end > at:
            start = max(start, at)
            shown += [text[at:start], mask(text[start:end])]
            at = end
    return "".join([*shown, text[at:]])


def mask(value: str) -> str:
    """Return a mask with as many lines as `value`."""
    return value and MASK + f"\n{MASK}" * value.count("\n")


def message(text: str, values: Collection[str] = ()) -> str:
    """Return a message about a file without secrets: neither one of `values`, nor what is given to a secret name.

    >>> message("volume MY_KEY=abc is left out", [])
    'volume MY_KEY=•••• is left out'
    """
    return without(text, (*after_names(text, _ASSIGNED), *of_values(text, values)))


def hide_in(error: TaoshellError, values: Collection[str] = ()) -> TaoshellError:
    """Return `error`, whose words are now a `message`."""
    error.cause, error.cure = message(error.cause, values), message(error.cure, values)
    return error


def hide_values(error: TaoshellError, values: Collection[str]) -> TaoshellError:
    """Return `error`, whose words now have none of `values`. A cure with a mask can be read, and a secret cannot."""
    error.cause, error.cure = (without(text, of_values(text, values)) for text in (error.cause, error.cure))
    return error


def data(value: object, values: Collection[str]) -> object:
    """Return JSON data with each text in it as a `message`, and nothing of what a secret name has."""
    if isinstance(value, str):
        return message(value, values)
    if isinstance(value, dict):
        return {
            message(str(name), values): MASK if is_secret(str(name)) else data(inner, values)
            for name, inner in value.items()
        }
    return [data(inner, values) for inner in value] if isinstance(value, (list, tuple)) else value
