"""What a command will do to a project: planned and checked in full, shown to the user, and only then carried out."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from typing import NamedTuple

from taoshell.actions import find, record
from taoshell.actions.record import Record
from taoshell.actions.sources import Sources, decoded, define
from taoshell.cures import cure
from taoshell.errors import TaoshellError, Where
from taoshell.project.build import require_mount_folders
from taoshell.project.hiding import hide_values
from taoshell.project.model import Project
from taoshell.project.mounts import below
from taoshell.project.names import secret_values
from taoshell.project.variables import variables_of
from taoshell.state.paths import State
from taoshell.text import dotenv

_LONGEST = 4095 - 100  # bytes: PATH_MAX without its NUL, less the names of the files in a project's state folder


class Replacement(NamedTuple):
    """A file to replace. `path` is real, `before` what was read there (None: no file), `mode` the new file's."""

    path: str
    before: bytes | None
    after: bytes
    mode: int


class Change(NamedTuple):
    """The sources of a project as they were read and as they will be, and the project that they then define.

    `files` are all files that differ. `folders` are mount folders to create.
    """

    now: Sources
    then: Sources
    project: Project
    files: tuple[Replacement, ...]
    folders: tuple[str, ...] = ()

    @property
    def env_text(self) -> str:
        """The text of `.env` as it will be."""
        return decoded(self.then.env)

    def difference(self) -> list[str]:
        """Return what changes in an approved project as lines of a diff; none if nothing changes."""
        return record.difference(self.now, self.then, self.project)

    def with_folders(self) -> Change:
        """Return the change that also creates the missing mount folders.

        Raises TaoshellError if a symlink in the project leads one of them out of it: a repository can contain that.
        """
        for mount in self.project.mapping.mounts:
            path, real = mount.source, os.path.realpath(mount.source)
            is_missing = real in self.project.missing_mount_folders
            if is_missing and below(path, self.now.root) and not below(real, self.now.root):
                cause = f"a symlink leads to {real}, outside the project, and there is no such folder"
                error = TaoshellError(cause, cure("missing-folder-outside", folder=real), at=Where(path))
                raise hide_values(error, secret_values(self.project.variables))
        return self._replace(folders=self.project.missing_mount_folders)

    def require_folders(self) -> None:
        """Raise TaoshellError if a mount folder is missing and is not created."""
        if self.folders:
            return
        try:
            require_mount_folders(self.project)
        except TaoshellError as error:
            hide_values(error, secret_values(self.project.variables))
            if self.now.toml.data is not None:
                raise
            raise TaoshellError(error.cause, f"add --mkdir, or {error.cure}") from error  # there is no such line yet


def plan(state: State, now: Sources, *, toml: str | None = None, env: str | None = None) -> Change:
    """Plan to give the two files these texts (None: as they are) and to write the block into `.env`.

    Raises TaoshellError with file and line if the project would be wrong.
    """
    find.require_root(now.root)
    if len(os.fsencode(state.project(now.root).folder)) > _LONGEST:
        raise TaoshellError("the path is too long for taoshell's state folder", "use a shorter one", at=Where(now.root))
    now.require_readable()
    edited = now
    if toml is not None:
        edited = edited._replace(toml=now.toml._replace(data=toml.encode()))
    if env is not None:
        edited = edited._replace(env=now.env._replace(data=env.encode()))
    project = define(edited)
    _require_own_block(state, edited, project)
    text = dotenv.with_block(decoded(edited.env), variables_of(project.places), edited.env.path)
    then = edited._replace(env=edited.env._replace(data=text.encode()))
    folder = os.path.dirname(now.env.path)  # of the private `.env`, or the project's
    pairs = ((now.toml, then.toml, now.root, 0o644), (now.env, then.env, folder, 0o600))
    for old, new in zip(now.all, edited.all, strict=True):  # without the block, which is taoshell's own
        if old.data is not None and old.data != new.data:
            find.require_writable(old.path)
    files = (replacement(old.path, old.data, new.data or b"", within, mode) for old, new, within, mode in pairs)
    return Change(now, then, project, tuple(file for file in files if file is not None))


def replacement(path: str, before: bytes | None, after: bytes, folder: str, mode: int) -> Replacement | None:
    """Return how to replace `path`, which must be inside `folder`; None if nothing changes.

    A file keeps its mode, unless `mode` keeps it from others.
    """
    real = find.writable(path, folder) if before != after or mode == 0o600 else path
    found = os.stat(real) if before is not None else None
    if found is not None:
        is_open = mode == 0o600 and found.st_uid == os.geteuid() and found.st_mode & 0o077
        if before == after and not is_open:
            return None
        is_read_only = not found.st_mode & stat.S_IWUSR  # a `.env` that gets the block stays so
        mode = found.st_mode & 0o777 if mode != 0o600 else 0o400 if is_read_only else mode
    return Replacement(real, before, after, mode)


def _require_own_block(state: State, sources: Sources, project: Project) -> None:
    """Raise TaoshellError if the block is none that taoshell wrote: the user's edit would contradict the mounts."""
    last, block = record.read(state, sources.root), sources.dotenv().block
    if last is None or block is None or block == variables_of(project.places) or last.wrote(block):
        return
    if _record_of(state, block) is not None:  # a moved project, or a copy
        return
    names = [name for name in {**block, **last.block} if block.get(name) != last.block.get(name)]
    raise TaoshellError(
        f"{', '.join(names)} in taoshell's block is not as taoshell wrote it",
        "delete the block with its two marker lines; a line of your own goes above it",
        at=Where(sources.env.path, dotenv.block_line(decoded(sources.env))),
    )


def is_moved(state: State, sources: Sources) -> bool:
    """Whether this `.env` is, line for line, the one that the user approved in another folder: a moved project."""
    try:
        parsed = sources.dotenv()
    except TaoshellError:  # never approved
        return False
    last = None if parsed.block is None else _record_of(state, parsed.block)
    return last is not None and last.inputs.get(find.ENV) == parsed.user_text


def _record_of(state: State, block: Mapping[str, str]) -> Record | None:
    """Return the record of the other project for which taoshell wrote `block`; None if there is none."""
    # A repository can contain a block with any path: one with `..` would leave the state folder.
    roots = (path for path in block.values() if path == os.path.abspath(path))
    records = (record.read(state, root) for root in roots if record.exists(state, root))
    return next((other for other in records if other is not None and other.block == block), None)
