"""Reading a project from the disk: its sources, whole and at one moment, and what they define."""

from __future__ import annotations

import getpass
import os
import stat
import time
from dataclasses import dataclass

from taoshell.actions import find
from taoshell.errors import TaoshellError, Where, printable
from taoshell.project import build
from taoshell.project.build import Project
from taoshell.project.machine import Machine
from taoshell.text import dotenv
from taoshell.text.dotenv import Dotenv

_CLOCK_TICK_NS = 20_000_000  # file times move on in steps of up to 10 ms (CONFIG_HZ=100)
_LOOKS = 100  # 2 s: what something writes all the time cannot be approved


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a project is compiled from. `mtime_ns` is None where it does not exist.

    `problem` says why it cannot be read, so that a project can be blocked until it changes.
    """

    stamp: str
    path: str
    data: bytes | None = None
    mtime_ns: int | None = None
    problem: TaoshellError | None = None

    def is_current(self) -> bool:
        """Is the file still as it was read?"""
        try:
            return os.stat(self.path).st_mtime_ns == self.mtime_ns
        except FileNotFoundError:
            return self.mtime_ns is None


@dataclass(frozen=True, slots=True)
class Sources:
    """All of them, as they were read."""

    root: str
    toml: Source
    env: Source

    @property
    def all(self) -> tuple[Source, ...]:
        """In the order in which the shell looks at them."""
        return (self.toml, self.env)

    def require(self) -> None:
        """Raises TaoshellError where one of them cannot be read."""
        for source in self.all:
            if source.problem is not None:
                raise source.problem
        if self.toml.data is None:
            raise TaoshellError("the file is gone", "run: taoshell init", at=Where(self.toml.path))

    def dotenv(self) -> Dotenv:
        """The parsed `.env`. Raises TaoshellError with file and line."""
        return dotenv.parse(decoded(self.env), self.env.path)

    def inputs(self) -> dict[str, bytes]:
        """What an approval is given for: everything but the block in `.env`, which is output.

        Raises TaoshellError where one cannot be read.
        """
        self.require()
        return {find.TOML: self.toml.data or b"", find.ENV: self.dotenv().user_text.encode()}


def read_sources(root: str) -> Sources:
    """The sources of the project in `root`; what cannot be read says so in its `problem`."""
    return Sources(root, _read(os.path.join(root, find.TOML), "toml"), _read(find.env_path(root, os.environ), "env"))


def define(sources: Sources) -> Project:
    """What the sources define. Raises TaoshellError with file and line."""
    sources.require()
    dotenv = sources.dotenv()
    values = {item.name: (item.value, item.line) for item in dotenv.assignments if item.name not in dotenv.ignored}
    return build.build(sources.root, decoded(sources.toml), values, machine(), sources.toml.path, sources.env.path)


def machine() -> Machine:
    """What a project needs to know of this machine and user."""
    uid = os.getuid()
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a uid without a name
        user = str(uid)
    return Machine(
        home=os.path.expanduser("~"), user=user, uid=uid, gid=os.getgid(), real=os.path.realpath, exists=os.path.exists
    )


def _read(path: str, stamp: str) -> Source:
    """One source, read at a moment after which any further edit shows in its time."""
    for _look in range(_LOOKS):
        try:
            found = os.stat(path)
        except FileNotFoundError:
            problem = TaoshellError("the link ends nowhere", "mend or remove it", at=Where(path))
            return Source(stamp, path, problem=problem if os.path.islink(path) else None)
        except OSError as error:  # a loop of links, a folder that may not be searched
            return Source(stamp, path, problem=_unreadable(path, error))
        age = time.time_ns() - found.st_mtime_ns
        if 0 <= age < _CLOCK_TICK_NS:  # the same tick could still bring an edit that its time does not show
            time.sleep((_CLOCK_TICK_NS - age) / 1e9)
            continue
        try:
            data = _regular_bytes(path)
            again = os.stat(path)
        except TaoshellError as problem:
            return Source(stamp, path, mtime_ns=found.st_mtime_ns, problem=problem)
        except FileNotFoundError:  # removed between two looks
            continue
        if (again.st_mtime_ns, again.st_ino) == (found.st_mtime_ns, found.st_ino):
            return Source(stamp, path, data, found.st_mtime_ns)
    busy = TaoshellError("something writes it all the time", "stop that", at=Where(path))
    return Source(stamp, path, mtime_ns=0, problem=busy)


def _regular_bytes(path: str) -> bytes:
    """Raises TaoshellError where it is no file that can be read, FileNotFoundError where it is gone."""
    try:
        # Non-blocking: a FIFO in place of the file must not hold up a prompt.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            mode = os.fstat(handle).st_mode
            if not stat.S_ISREG(mode):
                kind = "a folder" if stat.S_ISDIR(mode) else "no regular file"
                raise TaoshellError(f"this is {kind}", "put a regular file in its place", at=Where(path))
            with open(handle, "rb", closefd=False) as file:
                return file.read()
        finally:
            os.close(handle)
    except FileNotFoundError:
        raise
    except PermissionError:
        raise TaoshellError("you may not read it", f"chmod u+r {printable(path)}", at=Where(path)) from None
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: str, error: OSError) -> TaoshellError:
    return TaoshellError(f"it cannot be read: {error.strerror}", "put a regular file in its place", at=Where(path))


def read_text(path: str) -> str:
    """The text of another file of the project; "" where there is none. Raises TaoshellError where it is no text."""
    source = _read(path, "")
    if source.problem is not None:
        raise source.problem
    return decoded(source)


def decoded(source: Source) -> str:
    """A source as text. Raises TaoshellError, with the line, where it is not UTF-8."""
    try:
        return (source.data or b"").decode()
    except UnicodeDecodeError as error:
        line = (source.data or b"").count(b"\n", 0, error.start) + 1
        raise TaoshellError("this is not UTF-8", "save it as UTF-8", at=Where(source.path, line)) from error
