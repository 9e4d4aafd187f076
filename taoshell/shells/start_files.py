"""The start files of all shells and of IPython: what `install` and `uninstall` change in them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where, irregular
from taoshell.shells import NAMES, dialect, jupyter, shell
from taoshell.shells.render import home_word
from taoshell.state.files import read_or_none, replace_user_file, report_errors_at
from taoshell.state.paths import State, home_of
from taoshell.text import diff, rc_block


class LoadedByHand(TaoshellError):
    """The user already has a line that loads the hook."""


class Edit(NamedTuple):
    """A start file's content before and after; None if there is no file."""

    path: str
    before: str | None
    after: str | None


def to_install(state: State, name: str, environ: Mapping[str, str]) -> list[Edit]:
    """Return what `install` must change for the shell `name`.

    Raises LoadedByHand if the user loads the hook already, TaoshellError if a file cannot be changed.
    """
    target = shell(name)
    texts = {path: _read(path) for path in target.start_files(environ)}
    must_load = target.must_load({path: text or "" for path, text in texts.items()})
    # With $HOME: several machines may share a start file, and a home may be moved.
    body = target.load(home_word(dialect(name), state.hook(name), home_of(environ).rstrip("/")))
    absolute = target.load(dialect(name).quote(state.hook(name)))
    edits = []
    for path, text in texts.items():
        line = rc_block.hand_written(text or "")
        if line is not None:
            cure = "delete this line, then run the command again"
            raise LoadedByHand("the hook is loaded here already", cure, at=Where(path, line))
        if path in must_load or rc_block.has_block(text or ""):
            edits.append(Edit(path, text, rc_block.with_block(text, body, path, like=(absolute,))))
    return _changes(edits, body)


def to_install_in_jupyter(state: State, environ: Mapping[str, str]) -> list[Edit]:
    """Return what `install jupyter` must change in the startup files of IPython. Raises TaoshellError likewise."""
    jupyter.require_one_folder(environ)
    body = jupyter.load(state)
    texts = {path: _read(path) for path in jupyter.startup_files(environ)}
    return _changes([Edit(path, text, rc_block.with_block(text, body, path)) for path, text in texts.items()], body)


def to_uninstall(environ: Mapping[str, str]) -> list[Edit]:
    """Return what `uninstall` must change in the start files of all shells and of IPython.

    Raises TaoshellError like `to_install`.
    """
    edits = [
        Edit(path, text, rc_block.without_block(text, path))
        for path, text in _all_start_files(environ)
        if rc_block.has_block(text)
    ]
    return _changes(edits, "")


def by_hand(environ: Mapping[str, str]) -> list[str]:
    """Return the user's own lines that load the hook, each as "FILE:LINE"."""
    lines = [(path, rc_block.hand_written(text)) for path, text in _all_start_files(environ)]
    return [f"{path}:{line}" for path, line in lines if line is not None]


def replacing(name: str, environ: Mapping[str, str]) -> list[str]:
    """Return a message for each line that keeps the hook of the shell `name`, loaded above it, from being called."""
    target = shell(name)
    if not target.CALLED_BY:
        return []
    lines = [
        (path, rc_block.replaced(text, target.CALLED_BY))
        for path in target.start_files(environ)
        if (text := _read(path)) is not None
    ]
    cause = f"this line replaces {target.CALLED_BY}, so the hook is never called"
    cure = "move it above the line that loads taoshell's hook"
    return [str(TaoshellError(cause, cure, at=Where(path, line))) for path, line in lines if line is not None]


def difference(edits: Sequence[Edit]) -> list[str]:
    """Return the lines of a unified diff, safe to print."""
    before, after = {edit.path: edit.before or "" for edit in edits}, {edit.path: edit.after or "" for edit in edits}
    return diff.between(before, after, sides=("is", "will be"))


def put(edits: Sequence[Edit]) -> None:
    """Make the changes. Each file is replaced as a whole; if it is a symlink, its target is.

    Raises TaoshellError if a file has changed since it was read.
    """
    for edit in edits:
        if _read(edit.path) != edit.before:
            raise TaoshellError("the file changed meanwhile", "run the command again", at=Where(edit.path))
        if edit.after is None:
            with report_errors_at(edit.path):
                os.unlink(os.path.realpath(edit.path))
        else:
            replace_user_file(edit.path, edit.after.encode(errors="surrogateescape"), new_mode=0o644)


def _all_start_files(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the path and content of each existing start file of any shell, and of IPython."""
    of_shells = [path for name in NAMES for path in shell(name).start_files(environ)]
    for path in dict.fromkeys([*of_shells, *jupyter.startup_files(environ)]):
        text = _read(path)
        if text is not None:
            yield path, text


def _read(path: str) -> str | None:
    if not os.path.isfile(path):  # some users link start files to /dev/null
        return None
    with report_errors_at(path):
        data = read_or_none(path)
    return None if data is None else data.decode(errors="surrogateescape")


def _changes(edits: Sequence[Edit], body: str) -> list[Edit]:
    """Return the edits that change something. Raises TaoshellError if a file cannot be written."""
    needed = [edit for edit in edits if edit.after != edit.before]
    for edit in needed:
        if not os.path.exists(edit.path):
            continue
        mode = os.stat(edit.path).st_mode
        if kind := irregular(mode):
            raise TaoshellError(f"this is {kind}", "move it away", at=Where(edit.path))
        if not (mode & 0o222 and os.access(edit.path, os.W_OK)):
            cure = f"add this line by hand: {body}" if body else "delete taoshell's block by hand"
            raise TaoshellError("the file is read-only", f"make it writable, or {cure}", at=Where(edit.path))
    return needed
