"""The marked block that `install` writes into a shell's start file; every other byte stays. Pure.

Texts are bytes decoded with `surrogateescape` and without translation of line ends, so that every byte comes back.
The block notes whether `install` also added a line end or created the file; `uninstall` then undoes that too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from taoshell.errors import TaoshellError, Where

BEGIN = "# >>> taoshell >>>"
END = "# <<< taoshell <<<"
_ABOUT = "# Written by `taoshell install`; `taoshell uninstall` removes it."
# `uninstall` looks for these two notes, also in blocks that older versions wrote: they must not change.
_FILE_IS_OURS = "# This file was made for it."
_LINE_END_IS_OURS = "# The line above had no end before."

_BLOCK = re.compile(rf"^{BEGIN}\r?\n(?P<inside>(?:(?!^{BEGIN}).)*?)^{END}(?:\r?\n|\Z)", re.MULTILINE | re.DOTALL)
_MARK = re.compile(rf"^(?:{BEGIN}|{END})", re.MULTILINE)
# An assignment to a variable, or `unset`, at a place where a shell expects a command. In the value: arrays and `$(…)`,
# text in quotes, and the rest.
_ASSIGNMENT = (
    r"^(?![ \t]*#)(?:[^\n#]*[;&|({{)])?[ \t]*(?:(?:then|do|else|export|declare|typeset)[ \t]+(?:-\w+[ \t]+)*)*"
    r"(?P<it>unset[ \t]+(?:-v[ \t]+)?{variable}|{variable}="
    r"(?P<value>(?:\([^)]*\)|\"(?:\\.|[^\"\\])*\"|'[^']*'|\\.|[^\s;&|\"'()\\])*))(?=[ \t]*(?:$|[;&|#)}}]))"
)
_HAND_WRITTEN = re.compile(r"^(?![ \t]*#).*\btaoshell[ \t]+hook\b", re.MULTILINE)


def with_block(text: str | None, body: str, path: str, like: Sequence[str] = ()) -> str:
    """Return `text` with `body` in the block that it has, else in a new block at its end. None means no such file.

    A block with a line that is `like` the body, as it does the same, stays as it is.

    Raises TaoshellError, with `path` and the line, if only half of a block is left.
    """
    if text is None:
        return _block(body, _FILE_IS_OURS)
    _require_whole(text, path)
    first = _BLOCK.search(text)
    if first is None:
        open_end = bool(text) and not text.endswith("\n")
        return text + ("\n" if open_end else "") + _block(body, _LINE_END_IS_OURS if open_end else "")
    rest = _BLOCK.sub("", text[first.end() :])  # one block is enough
    if not {body, *like}.isdisjoint(first["inside"].splitlines()):  # another version may have written another comment
        return text[: first.end()] + rest
    return text[: first.start()] + _block(body, _note(first["inside"])) + rest


def without_block(text: str, path: str) -> str | None:
    """Return `text` as it was before `install`, or None if the file did not exist. Raises like `with_block`."""
    _require_whole(text, path)
    is_ours = False
    for found in reversed(list(_BLOCK.finditer(text))):
        note = _note(found["inside"])
        is_ours = is_ours or note == _FILE_IS_OURS
        before, after = text[: found.start()], text[found.end() :]
        if note == _LINE_END_IS_OURS and not after:  # text that was appended later needs the line end
            before = before.removesuffix("\n")
        text = before + after
    return None if is_ours and not text else text


def has_block(text: str) -> bool:
    """Whether there is a block, or half of one."""
    return _MARK.search(text) is not None


def hand_written(text: str) -> int | None:
    """Return the line, from 1, in which the user runs `taoshell hook`, or None if there is no such line."""
    return _line(_HAND_WRITTEN, _blanked(text))


def replaced(text: str, variable: str) -> int | None:
    """Return the line, from 1, after the one that loads the hook, that visibly replaces the value of `variable`.

    None if there is no such line. A line that keeps the old value in the new one does not count.
    """
    loaded = [found.end() for found in (*_BLOCK.finditer(text), *_HAND_WRITTEN.finditer(text))]
    if not loaded:
        return None
    for found in re.compile(_ASSIGNMENT.format(variable=variable), re.MULTILINE).finditer(text, max(loaded)):
        value = found["value"] or ""
        if variable not in value and "_taoshell_hook" not in value:
            return text.count("\n", 0, found.start("it")) + 1
    return None


def sources(text: str, name: str) -> bool:
    """Whether a line, other than a comment, visibly sources the start file `name`."""
    line = rf"^(?![ \t]*#)(?:.*[\s;&|{{(])?(?:\.|source)[ \t]+\S*{re.escape(name)}(?![\w.-])"
    return re.search(line, text, re.MULTILINE) is not None


def _block(body: str, note: str) -> str:
    return "".join(f"{line}\n" for line in (BEGIN, _ABOUT, note, body, END) if line)


def _note(inside: str) -> str:
    return next((note for note in (_FILE_IS_OURS, _LINE_END_IS_OURS) if note in inside.splitlines()), "")


def _require_whole(text: str, path: str) -> None:
    line = _line(_MARK, _blanked(text))
    if line is not None:
        cure = f"delete the rest of it, from {BEGIN!r} to {END!r}"
        raise TaoshellError("only half of taoshell's block is left here", cure, at=Where(path, line))


def _line(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _blanked(text: str) -> str:
    """Return `text` with whole blocks reduced to their line ends, so that lines keep their numbers."""
    return _BLOCK.sub(lambda block: "\n" * block[0].count("\n"), text)
