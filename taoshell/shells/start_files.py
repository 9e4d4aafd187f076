"""Shells' start files: what `install` and `uninstall` change in them, whichever shell it is."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from taoshell.errors import TaoshellError, Where
from taoshell.shells import NAMES, Shell, shell
from taoshell.state.files import read_or_none, replace_user_file, report_errors_at
from taoshell.state.paths import State, home_of
from taoshell.text import diff, rc_block

_PLAIN = re.compile(r"[\w./-]+", re.ASCII)  # means the same in every shell, in double quotes or without quotes


class LoadedByHand(TaoshellError):
    """The user already has a line that loads the hook."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A start file's content before and after; None if there is no file."""

    path: str
    before: str | None
    after: str | None


def to_install(state: State, name: str, environ: Mapping[str, str]) -> list[Edit]:
    """What `install` must change for the shell `name`; empty if nothing.

    Raises LoadedByHand if the user loads the hook already, TaoshellError if a file cannot be changed.
    """
    target = shell(name)
    texts = {path: _read(path) for path in target.start_files(environ)}
    must_load = target.must_load({path: text or "" for path, text in texts.items()})
    body = target.load(_word(target, state.hook(name), environ))
    edits = []
    for path, text in texts.items():
        line = rc_block.hand_written(text or "")
        if line is not None:
            cure = "delete this line, then run again: taoshell install"
            raise LoadedByHand("the hook is loaded here already", cure, at=Where(path, line))
        if path in must_load or rc_block.has_block(text or ""):
            edits.append(Edit(path, text, rc_block.with_block(text, body, path)))
    return _changes(edits, body)


def to_uninstall(environ: Mapping[str, str]) -> list[Edit]:
    """What `uninstall` must change in the start files of all shells. Raises TaoshellError like `to_install`."""
    edits = [
        Edit(path, text, rc_block.without_block(text, path))
        for path, text in _all_start_files(environ)
        if rc_block.has_block(text)
    ]
    return _changes(edits, "")


def by_hand(environ: Mapping[str, str]) -> list[str]:
    """The user's own lines that load the hook, each as "FILE:LINE"."""
    lines = [(path, rc_block.hand_written(text)) for path, text in _all_start_files(environ)]
    return [f"{path}:{line}" for path, line in lines if line is not None]


def difference(edits: Sequence[Edit]) -> list[str]:
    """The lines of a unified diff, safe to print."""
    before, after = {edit.path: edit.before or "" for edit in edits}, {edit.path: edit.after or "" for edit in edits}
    return diff.between(before, after, sides=("is", "will be"))


def put(edits: Sequence[Edit]) -> None:
    """Make the changes. Each file is replaced as a whole; if it is a symlink, its target is.

    Raises TaoshellError if a file was changed since it was read.
    """
    for edit in edits:
        if _read(edit.path) != edit.before:
            raise TaoshellError("the file was changed in the meantime", "run the command again", at=Where(edit.path))
        if edit.after is None:
            with report_errors_at(edit.path):
                os.unlink(os.path.realpath(edit.path))
        else:
            replace_user_file(edit.path, edit.after.encode(errors="surrogateescape"), new_mode=0o644)


def _all_start_files(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Path and content of each start file of any shell that exists."""
    for path in dict.fromkeys(path for name in NAMES for path in shell(name).start_files(environ)):
        text = _read(path)
        if text is not None:
            yield path, text


def _word(target: Shell, path: str, environ: Mapping[str, str]) -> str:
    """`path` quoted for the shell. It begins with $HOME if possible, for start files that several machines share."""
    home = home_of(environ).rstrip("/") + "/"
    if not path.startswith(home):
        return target.quote(path)
    rest = path[len(home) - 1 :]
    return f'"$HOME{rest}"' if _PLAIN.fullmatch(rest) else f'"$HOME"{target.quote(rest)}'


def _read(path: str) -> str | None:
    if not os.path.isfile(path):  # users do link start files to /dev/null
        return None
    with report_errors_at(path):
        data = read_or_none(path)
    return None if data is None else data.decode(errors="surrogateescape")


def _changes(edits: Sequence[Edit], body: str) -> list[Edit]:
    """The edits that change something. Raises TaoshellError if a file cannot be written."""
    needed = [edit for edit in edits if edit.after != edit.before]
    for edit in needed:
        real = os.path.realpath(edit.path)
        if os.path.exists(real) and not os.path.isfile(real):
            raise TaoshellError("this is not a regular file", "move it away", at=Where(edit.path))
        if os.path.exists(real) and not (os.stat(real).st_mode & 0o222 and os.access(real, os.W_OK)):
            cure = f"add this line by hand: {body}" if body else "delete taoshell's block by hand"
            raise TaoshellError("the file is read-only", f"make it writable, or {cure}", at=Where(edit.path))
    return needed
