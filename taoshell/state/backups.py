"""Backups: what other programs wrote into the mounts file, and former mappings of the user. Never deleted.

A backup is the original inode, not a copy, as its writer may not have finished. Its name says when it was set aside;
`.own` in the name means that it was the user's own mapping.
"""

from __future__ import annotations

import glob
import json
import os
import time
from collections.abc import Iterator

from taoshell.cures import cure
from taoshell.errors import TaoshellError, Where, counted, irregular, printable
from taoshell.state.paths import State

_STAMP = "%Y-%m-%dT%H.%M.%S"
_ANY = "????-??-??T??.??.??*.json"  # a stamp and the rest of the name
_LARGEST = 1 << 20  # bytes; no mounts file is longer


class Backup:
    """A kept file: its ctime, its mtime, its size in bytes.

    `kept_ns`, the ctime, is when it was set aside or last written since. `own`: it was the user's own mapping.
    """

    __slots__ = ("kept_ns", "own", "path", "size", "written_ns")

    def __init__(self, path: str, kept_ns: int, written_ns: int, size: int, own: bool) -> None:
        self.path = path
        self.kept_ns = kept_ns
        self.written_ns = written_ns
        self.size = size
        self.own = own

    @property
    def name(self) -> str:
        """The name that `taoshell mounts restore` takes."""
        return os.path.basename(self.path)


def set_aside(state: State, path: str, *, keep_name: bool = False, own: bool = False, is_lost: bool = False) -> str:
    """`put_away`, and return the line to say. `is_lost`: it may be the user's own mapping, moved back by hand."""
    path = put_away(state, path, keep_name=keep_name, own=own)
    name = os.path.basename(path)
    if own:
        what, then = "your previous mapping", cure("own-kept", name=name)
    else:
        what = "another program wrote the mounts file; its version"
        then = cure("own-moved", name=name) if is_lost else cure("foreign-kept", name=name)
    return f"{what} is kept in {printable(path)}; {printable(then)}"


def put_away(state: State, path: str, *, keep_name: bool = False, own: bool = False) -> str:
    """Move the file `path` into the backups, or keep it beside `path` if they are on another file system.

    With `keep_name`, `path` stays too if the file system has hard links, for a rename to replace.
    Return its new path.
    """
    stamp = time.strftime(_STAMP)
    backup, beside = _unused(f"{state.backups}/{stamp}", own), _unused(f"{path}.{stamp}", own)
    attempts = [(backup, True), (beside, True)] if keep_name else []  # these fail without hard links
    attempts += [(backup, False), (beside, False)]
    for name, keep in attempts[:-1]:
        try:
            _move(path, name, keep_name=keep)
        except OSError:
            continue
        return name
    name, keep = attempts[-1]
    _move(path, name, keep_name=keep)
    return name


def listed(state: State) -> list[Backup]:
    """Return all backups, the newest first; also those that had to be kept beside the original file."""
    kept_beside = [state.original, state.mounts_file, state.spare, state.cur]
    kept_beside += [project.shared for project in state.project_folders()]
    paths = glob.glob(glob.escape(state.backups) + "/*")
    for original in kept_beside:
        paths += glob.glob(glob.escape(f"{original}.") + _ANY)
    return sorted(map(_backup, paths), key=lambda backup: backup.kept_ns, reverse=True)


def find(state: State, name: str) -> str:
    """Return the path of the backup `name`, which may also be the path of any file.

    Raises TaoshellError if there is no such file.
    """
    for backup in listed(state):
        if backup.name == name:
            return backup.path
    if not os.path.lexists(name):
        raise TaoshellError("there is no such file or backup", cure("no-backup"), at=Where(name))
    return os.path.abspath(name)


def target(path: str) -> str | None:
    """Return the target of the symlink `path` as an absolute path; None if `path` is not a symlink."""
    return os.path.join(os.path.dirname(path), os.readlink(path)) if os.path.islink(path) else None


def content(path: str) -> str:
    """Describe the content of the mounts file `path` in a few words."""
    link = target(path)
    if link is None:
        return _content(path)
    return f"a link to {link}" + (f": {_content(path)}" if os.path.exists(path) else ", which does not exist")


def _content(path: str) -> str:
    try:
        found = os.stat(path)
        if kind := irregular(found.st_mode):
            return kind
        if not found.st_size:
            return "empty"
        if found.st_size > _LARGEST:
            return "too long for a mounts file"
        with open(path, "rb") as file:
            document = json.loads(file.read())
    except OSError as error:
        return error.strerror or "unreadable"
    except (ValueError, RecursionError):
        return "not JSON"
    mounts = document.get("Mounts") if isinstance(document, dict) else None
    if not isinstance(mounts, list):
        return "not a mounts file"
    return ", ".join([counted(len(mounts), "mount"), *_others(document)])


def _others(document: dict[str, object]) -> Iterator[str]:
    for name, value in document.items():
        if name == "Envs" and isinstance(value, list):
            yield counted(len(value), "variable")
        elif name == "DockerOptions":
            yield "Docker options"
        elif name != "Mounts":
            yield f"{name!r}, which the launcher refuses"


def _backup(path: str) -> Backup:
    found = os.lstat(path)
    return Backup(path, found.st_ctime_ns, found.st_mtime_ns, found.st_size, path.endswith(".own.json"))


def _unused(stem: str, own: bool) -> str:
    kind = ".own" if own else ""
    name, count = f"{stem}{kind}.json", 1
    while os.path.lexists(name):
        count += 1
        name = f"{stem}-{count}{kind}.json"
    return name


def _move(path: str, name: str, *, keep_name: bool) -> None:
    link = target(path)
    if link is not None and os.path.dirname(path) != os.path.dirname(name):  # elsewhere, its target may be another file
        os.symlink(link, name)
        if not keep_name:
            os.unlink(path)
    elif keep_name:
        os.link(path, name, follow_symlinks=False)
    else:
        os.rename(path, name)
