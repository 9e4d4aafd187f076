"""The marked block that `install` puts into a shell's start file; every other byte stays as it is. Pure.

Texts are bytes decoded with `surrogateescape` and no translation of line ends, so that they go back as the same bytes.
What the block's coming has changed beside it, a line end or the file itself, is noted in it, and taken back with it.
"""

from __future__ import annotations

import re

from taoshell.errors import TaoshellError, Where

BEGIN = "# >>> taoshell >>>"
END = "# <<< taoshell <<<"
_ABOUT = "# Written by `taoshell install`; `taoshell uninstall` takes it away."
_FILE_IS_OURS = "# This file was made for it."
_LINE_END_IS_OURS = "# The line above had no end before."

_BLOCK = re.compile(rf"^{BEGIN}\r?\n(?P<inside>(?:(?!^{BEGIN}).)*?)^{END}(?:\r?\n|\Z)", re.MULTILINE | re.DOTALL)
_MARK = re.compile(rf"^(?:{BEGIN}|{END})", re.MULTILINE)
_HAND_WRITTEN = re.compile(r"^(?![ \t]*#).*\btaoshell[ \t]+hook\b", re.MULTILINE)


def with_block(text: str | None, body: str, where: str) -> str:
    """`text` (None: no such file) with the lines `body` in a block at its end, or where a block is already.

    Raises TaoshellError, with `where` and a line, where only half a block is left.
    """
    if text is None:
        return _block(body, _FILE_IS_OURS)
    _require_whole(text, where)
    first = _BLOCK.search(text)
    if first is None:
        open_end = bool(text) and not text.endswith("\n")
        return text + ("\n" if open_end else "") + _block(body, _LINE_END_IS_OURS if open_end else "")
    rest = _BLOCK.sub("", text[first.end() :])  # one is enough, however many there are
    return text[: first.start()] + _block(body, _note(first["inside"])) + rest


def without_block(text: str, where: str) -> str | None:
    """`text` as it was before `install`; None: there was no such file. Raises as `with_block`."""
    _require_whole(text, where)
    is_ours = False
    for found in reversed(list(_BLOCK.finditer(text))):
        note = _note(found["inside"])
        is_ours = is_ours or note == _FILE_IS_OURS
        before, after = text[: found.start()], text[found.end() :]
        if note == _LINE_END_IS_OURS and not after:  # what was appended since needs the line end
            before = before.removesuffix("\n")
        text = before + after
    return None if is_ours and not text else text


def has_block(text: str) -> bool:
    """Is there a block, whole or not?"""
    return _MARK.search(text) is not None


def hand_written(text: str) -> int | None:
    """The line, from 1, in which the user loads the hook by `taoshell hook`; None where there is none."""
    return _line(_HAND_WRITTEN, _blanked(text))


def sources(text: str, name: str) -> bool:
    """Does a line that is no comment read the start file `name`, in a way that can be seen?"""
    return (
        re.search(rf"^(?![ \t]*#)(?:.*[\s;&|{{(])?(?:\.|source)[ \t]+\S*{re.escape(name)}(?![\w.-])", text, re.M)
        is not None
    )


def _block(body: str, note: str) -> str:
    return "".join(f"{line}\n" for line in (BEGIN, _ABOUT, note, body, END) if line)


def _note(inside: str) -> str:
    return next((note for note in (_FILE_IS_OURS, _LINE_END_IS_OURS) if note in inside.splitlines()), "")


def _require_whole(text: str, where: str) -> None:
    line = _line(_MARK, _blanked(text))
    if line is not None:
        raise TaoshellError(
            "only half of taoshell's block is left here",
            f"delete what is left of it, from {BEGIN!r} to {END!r}",
            at=Where(where, line),
        )


def _line(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _blanked(text: str) -> str:
    """`text` with nothing but line ends where whole blocks are: the lines keep their numbers."""
    return _BLOCK.sub(lambda block: "\n" * block[0].count("\n"), text)
