"""`taoshell adopt`: take the mapping of another program's mounts file into a project."""

from __future__ import annotations

import os
import time
from typing import NamedTuple

from taoshell.actions import approve, change, from_file
from taoshell.actions.change import Change
from taoshell.actions.from_file import File
from taoshell.actions.sources import decoded, machine, read_file
from taoshell.errors import TaoshellError, Where, not_written
from taoshell.formats import mounts_file
from taoshell.formats.imported import Imported
from taoshell.mounts import link
from taoshell.project.mounts import below
from taoshell.state import backups
from taoshell.state.paths import State
from taoshell.text import merge
from taoshell.text.setting import Texts


class Adoption(NamedTuple):
    """The planned change, and lines to say about it."""

    change: Change
    to_say: list[str]


def plan(state: State, file: File, found: Imported) -> Adoption:
    """Plan to take `found`, what `file` says, into the project. Raises TaoshellError if it would be wrong."""
    root = file.root
    now = approve.require_approved(state, root)
    texts = Texts(decoded(now.now.toml), decoded(now.now.env))
    taken = merge.adopted(texts, found, now.project, file.path, machine())
    try:
        planned = change.plan(state, now.now, toml=taken.texts.toml, env=taken.texts.env)
        return Adoption(planned, [*taken.to_say, *from_file.to_say(found, root)])
    except TaoshellError as error:
        raise not_written(error, "not adopted") from error


def chosen(state: State, name: str) -> str:
    """Return the path of the mounts file that the user means by `name`: a backup, any file, or "" for the newest.

    The newest is what another program wrote while a project held the mounts file; if there is none, the user's own
    mapping. The user's own mapping is also meant by ~/.tao_mounts.json while that leads to a project's.
    Raises TaoshellError if there is no such file.
    """
    if name:
        path = backups.find(state, name)
        is_mounts_file = os.path.abspath(path) == state.mounts_file and link.is_ours(state)
        return _own(state) if is_mounts_file else path
    foreign = next((backup.path for backup in backups.listed(state) if not backup.own), None)
    return foreign or _own(state)


def described(path: str, root: str) -> str:
    """Return what the project in `root` takes if the user names no file: which one, when written, and of what."""
    written = time.strftime("%Y-%m-%d %H:%M", time.localtime(os.stat(path).st_mtime))
    try:
        sources = [mount.source for mount in mounts_file.read(decoded(read_file(path)), path).mounts]
    except TaoshellError:  # which is said when it is read
        sources = []
    line = f"reading {path}, written {written}"
    if sources:
        line += f", which mounts {sources[0]}" + (f" and {len(sources) - 1} more" if len(sources) > 1 else "")
        if all(below(os.path.realpath(os.path.expanduser(source)), root) is None for source in sources):
            line += "; nothing of it is in this project"
    return line


def _own(state: State) -> str:
    path = state.original if link.is_ours(state) else state.mounts_file
    if not os.path.exists(path):
        cause = "no other program's mounts file is kept, and you have no mapping of your own"
        raise TaoshellError(cause, "name a file", at=Where(state.backups))
    return path
