"""Reading a project from the disk: its two files, each complete and unchanged while it was read, and the project."""

from __future__ import annotations

import getpass
import os
import time
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from taoshell.actions import find
from taoshell.cures import cure
from taoshell.errors import ChangedMeanwhile, TaoshellError, Where, irregular
from taoshell.project import build
from taoshell.project.machine import Machine
from taoshell.project.model import Project
from taoshell.text import dotenv
from taoshell.text.dotenv import Dotenv

_STAMPS = ("toml", "env")  # the names of the stamps, in the order of the sources
_CLOCK_TICK_NS = 20_000_000  # mtimes advance in steps of up to 10 ms (CONFIG_HZ=100),
_COARSE_TICK_NS = 2_000_000_000  # or of 1 or 2 s if the file system keeps whole seconds
_LOOKS = 100  # 2 s: a file that changes all the time cannot be approved
_LARGEST, _LARGEST_OTHER = 1 << 16, 1 << 24  # bytes: of the two files, whose parsers are slow, and of any other file
_REPLACE = "put a regular file in its place"

_parsed = lru_cache(maxsize=4)(dotenv.parse)  # a command parses the same text several times


class Source(NamedTuple):
    """A file that a project is compiled from. `mtime_ns` is None if the file does not exist.

    `problem` says why the file cannot be read, so that the project can be blocked until the file changes.
    """

    stamp: str
    path: str
    data: bytes | None = None
    mtime_ns: int | None = None
    problem: TaoshellError | None = None

    def is_same(self, other: Source) -> bool:
        """Whether both readings found the same file and content, whatever the mtime."""
        return (self.path, self.data, str(self.problem)) == (other.path, other.data, str(other.problem))


class Sources(NamedTuple):
    """The two files of a project, as they were read."""

    root: str
    toml: Source
    env: Source

    @property
    def all(self) -> tuple[Source, ...]:
        """Both files, in the order in which the shell checks them."""
        return (self.toml, self.env)

    def require(self) -> None:
        """Raise TaoshellError if one of the files cannot be read, or if there is no taoshell.toml."""
        self.require_readable()
        if self.toml.data is None:
            raise TaoshellError("the file is gone", cure("file-gone", root=self.root), at=Where(self.toml.path))

    def require_readable(self) -> None:
        """Raise TaoshellError if one of the files exists and cannot be read."""
        for source in self.all:
            if source.problem is not None:
                raise source.problem

    def dotenv(self) -> Dotenv:
        """Return the parsed `.env`. Raises TaoshellError with file and line."""
        return _parsed(decoded(self.env), self.env.path)

    def inputs(self) -> dict[str, bytes]:
        """Return what the user approves: everything except the block in `.env`, which taoshell writes itself.

        Raises TaoshellError if a file cannot be read.
        """
        self.require()
        return {find.TOML: self.toml.data or b"", find.ENV: self.dotenv().user_text.encode()}

    def require_unchanged(self) -> Sources:
        """Read both files again and return them. Raises ChangedMeanwhile if one of them is not as it was."""
        again = read_sources(self.root)
        for source, now in zip(self.all, again.all, strict=True):
            if not source.is_same(now):
                raise ChangedMeanwhile(source.path)
        return again


def read_sources(root: str) -> Sources:
    """Read the two files of the project in `root`. If a file cannot be read, its `problem` says why."""
    paths = (os.path.join(root, find.TOML), find.env_path(root, os.environ))
    return Sources(root, *map(_read, paths, _STAMPS))


def define(sources: Sources) -> Project:
    """Return the project that `sources` define. Raises TaoshellError for the first problem, with file and line."""
    return built(sources).require()


def built(sources: Sources) -> build.Built:
    """Return the project that `sources` define, or its problems. Raises TaoshellError if a file cannot be read."""
    sources.require()
    lines = sources.dotenv().exported
    return build.build(sources.root, decoded(sources.toml), sources.toml.path, lines, machine())


def machine() -> Machine:
    """Return what a project depends on besides its files: this machine and user."""
    uid = os.getuid()
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # this uid has no name
        user = str(uid)
    return Machine(
        home=os.path.expanduser("~"),
        user=user,
        uid=uid,
        gid=os.getgid(),
        real=os.path.realpath,
        exists=os.path.exists,
        link=_link,
        link_owner=lambda path: _owner(path, os.lstat),
        owner=lambda path: _owner(path, os.stat),
        mode=_mode,
        is_repository=lambda path: os.path.lexists(os.path.join(path, ".git")),
        conda=_conda,
    )


def _link(path: str) -> str | None:
    try:
        return os.readlink(path)
    except OSError:  # missing, not a symlink, or in a folder that this user may not enter
        return None


def _owner(path: str, status: Callable[[str], os.stat_result]) -> int | None:
    try:
        return status(path).st_uid
    except OSError:
        return None


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except OSError:
        return None


def _conda(name: str) -> str | None:
    from taoshell.actions.find_conda import environment  # only when needed: most projects name no conda environment

    return environment(name, os.environ)


def _read(path: str, stamp: str) -> Source:
    """Read one file at a moment after which every edit changes its mtime."""
    for _look in range(_LOOKS):
        mtime_ns = None
        try:
            found = os.stat(path)
            mtime_ns = found.st_mtime_ns
            since = time.time_ns() - mtime_ns
            tick = _CLOCK_TICK_NS if mtime_ns % 10**9 else _COARSE_TICK_NS
            if 0 <= since < tick:  # an edit within the same tick would not change the mtime
                time.sleep((tick - since) / 1e9)
                continue
            data = _regular_bytes(path, _LARGEST if stamp else _LARGEST_OTHER)
            again = os.stat(path)
        except FileNotFoundError:
            if mtime_ns is not None:  # removed while we read it
                continue
            problem = TaoshellError("the symlink is broken", "correct or remove it", at=Where(path))
            return Source(stamp, path, problem=problem if os.path.islink(path) else None)
        except OSError as error:
            return Source(stamp, path, mtime_ns=mtime_ns, problem=_unreadable(path, error))
        except TaoshellError as problem:
            return Source(stamp, path, mtime_ns=mtime_ns, problem=problem)
        if (again.st_mtime_ns, again.st_ino) == (mtime_ns, found.st_ino):
            return Source(stamp, path, data, mtime_ns)
    busy = TaoshellError("another program writes this file all the time", "stop that program", at=Where(path))
    return Source(stamp, path, mtime_ns=0, problem=busy)


def _regular_bytes(path: str, most: int) -> bytes:
    """Return the content of a regular file. Raises TaoshellError if it is too large or another kind, or OSError."""
    # Non-blocking: a FIFO in place of the file must not block a prompt.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if kind := irregular(os.fstat(handle).st_mode):
            raise TaoshellError(f"this is {kind}", _REPLACE, at=Where(path))
        with open(handle, "rb", closefd=False) as file:
            data = file.read(most + 1)  # files of /proc say that they have 0 bytes
        if len(data) > most:
            raise TaoshellError(f"this file has more than {most >> 10} KiB", "make it shorter", at=Where(path))
        return data
    finally:
        os.close(handle)


def _unreadable(path: str, error: OSError) -> TaoshellError:
    if isinstance(error, PermissionError) and os.path.exists(path):  # otherwise the folder forbids it
        is_own = os.stat(path).st_uid == os.geteuid()
        how = cure("unreadable", path=path) if is_own else "ask its owner"
        return TaoshellError("you may not read this file", how, at=Where(path))
    return TaoshellError(f"this cannot be read: {error.strerror}", _REPLACE, at=Where(path))


def read_file(path: str) -> Source:
    """Return another file of the project, which may not exist. Raises TaoshellError if it is not a regular file."""
    source = _read(path, "")
    if source.problem is not None:
        raise source.problem
    return source


def read_text(path: str) -> str:
    """Return the text of `path`, or "" if there is no such file.

    Raises TaoshellError if it is not a regular file or not UTF-8.
    """
    return decoded(read_file(path))


def decoded(source: Source) -> str:
    """Return the text of a source. Raises TaoshellError with the line if it is not UTF-8."""
    data = source.data or b""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        is_utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # as PowerShell's > writes
        cause = "this is UTF-16, and not UTF-8" if is_utf_16 else "this is not UTF-8"
        raise TaoshellError(cause, "save it as UTF-8", at=Where(source.path, line)) from error
