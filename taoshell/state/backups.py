"""Backups: what something else wrote into the mounts file, and what the user had before. Listed, and never deleted.

A backup is the inode itself and no copy, as its writer may not have finished. It is named by when it was kept; `.own`
in the name says that it was the user's own mapping.
"""

from __future__ import annotations

import glob
import json
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass

from taoshell.errors import TaoshellError, Where, printable
from taoshell.state.paths import State

_STAMP = "%Y-%m-%dT%H.%M.%S"
_ANY = "????-??-??T??.??.??*.json"  # what a stamp and what follows it look like
_LARGEST = 1 << 20  # bytes; no mounts file is that long


@dataclass(frozen=True, slots=True)
class Backup:
    """`kept_ns`: when it was kept, or written into since; `written_ns`: how old its content is; `size` in bytes.

    `own`: it was the user's own mapping, nothing foreign.
    """

    path: str
    kept_ns: int
    written_ns: int
    size: int
    own: bool

    @property
    def name(self) -> str:
        """What `taoshell mounts restore` knows it by."""
        return os.path.basename(self.path)


def set_aside(state: State, path: str, *, keep_name: bool = False, own: bool = False) -> str:
    """Move the file `path` into the backups. Returns the line that says so.

    With `keep_name` the old name stays as well, where that can be, for a rename to replace. Where the backups are on
    another file system, it is kept beside `path`.
    """
    stamp = time.strftime(_STAMP)
    backup, beside = _unused(f"{state.backups}/{stamp}", own), _unused(f"{path}.{stamp}", own)
    attempts = [(_link, backup), (_link, beside)] if keep_name else []  # not everywhere are there hard links
    attempts += [(_rename, backup), (_rename, beside)]
    while attempts:
        move, name = attempts.pop(0)
        try:
            move(path, name)
            break
        except OSError:
            if not attempts:
                raise
    if own:
        what = "the mapping that you had before"
        then = f"to have it back: taoshell mounts restore {os.path.basename(name)}"
    else:
        what, then = "something else wrote the mounts file; what it wrote", "to take it over: taoshell adopt"
    return f"{what} is kept in {printable(name)}; {printable(then)}"


def listed(state: State) -> list[Backup]:
    """All of them, the newest first; also those that could only be kept beside the file that they were."""
    return sorted(_found(state), key=lambda backup: backup.kept_ns, reverse=True)


def find(state: State, name: str) -> str:
    """The path of the backup `name`: its name, or the path of any file. Raises TaoshellError where there is none."""
    for backup in listed(state):
        if backup.name == name:
            return backup.path
    if not os.path.lexists(name):
        raise TaoshellError("there is no such backup", "to list them: taoshell mounts", at=Where(name))
    return os.path.abspath(name)


def target(path: str) -> str | None:
    """Where the link `path` leads, seen from any folder: an absolute path. None where it is no link."""
    return os.path.join(os.path.dirname(path), os.readlink(path)) if os.path.islink(path) else None


def content(path: str) -> str:
    """In a few words, what stands in the mounts file `path`, whatever it is."""
    link = target(path)
    if link is None:
        return _content(path)
    return f"a link to {link}" + (f": {_content(path)}" if os.path.exists(path) else ", which is not there")


def _content(path: str) -> str:
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            return "no file"
        if not found.st_size:
            return "empty"
        if found.st_size > _LARGEST:
            return "too long for a mounts file"
        with open(path, "rb") as file:
            document = json.loads(file.read())
    except OSError as error:
        return error.strerror or "not readable"
    except (ValueError, RecursionError):
        return "not JSON"
    mounts = document.get("Mounts") if isinstance(document, dict) else None
    if not isinstance(mounts, list):
        return "no mounts file"
    return ", ".join([_count(len(mounts), "mount"), *_others(document)])


def _others(document: dict[str, object]) -> Iterator[str]:
    for name, value in document.items():
        if name == "Envs" and isinstance(value, list):
            yield _count(len(value), "variable")
        elif name == "DockerOptions":
            yield "Docker options"
        elif name != "Mounts":
            yield f"{name!r}, which no launcher takes"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _found(state: State) -> Iterator[Backup]:
    paths = glob.glob(glob.escape(state.backups) + "/*")
    for stem in (f"{state.original}.", f"{state.mounts_file}.", f"{state.mounts_file}.taoshell."):
        paths += glob.glob(glob.escape(stem) + _ANY)
    for folder, names, _ in os.walk(f"{state.root}/projects"):
        if "+" in names:  # what is in there are no folders of projects
            names.remove("+")
            paths += glob.glob(glob.escape(f"{folder}/+/shared.json.") + _ANY)
    for path in paths:
        found = os.lstat(path)
        yield Backup(path, found.st_ctime_ns, found.st_mtime_ns, found.st_size, path.endswith(".own.json"))


def _unused(stem: str, own: bool) -> str:
    kind = ".own" if own else ""
    name, count = f"{stem}{kind}.json", 1
    while os.path.lexists(name):
        count += 1
        name = f"{stem}-{count}{kind}.json"
    return name


def _link(path: str, name: str) -> None:
    link = target(path)
    if link is None or os.path.dirname(path) == os.path.dirname(name):
        os.link(path, name, follow_symlinks=False)
    else:
        os.symlink(link, name)


def _rename(path: str, name: str) -> None:
    link = target(path)
    if link is None or os.path.dirname(path) == os.path.dirname(name):
        os.rename(path, name)
    else:
        os.symlink(link, name)
        os.unlink(path)
