"""Faults in what taoshell asks of the system: the n-th call fails, or the process is killed just before or after it.

Only calls that change something count, and those that open a file where the fault is one of opening. A kill happens
in a forked child, so that no `finally` runs that a real one would not run.
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

from taoshell.errors import TaoshellError

_CALLS = ("chmod", "fchmod", "fdopen", "link", "mkdir", "open", "rename", "rmdir", "symlink", "unlink", "utime")
_OF_OPENING = {errno.EACCES, errno.EIO, errno.EMFILE}


class _Meter:
    """Counts the calls and does something at one of them."""

    def __init__(self, at: int, act: Callable[[], None], *, after: bool = False, reading: bool = False) -> None:
        self.hit = ""
        self._left = at
        self._act = act
        self._after = after
        self._reading = reading

    def wrap(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if not self._counts(name, arguments):
                return real(*arguments, **options)
            self._left -= 1
            now = self._left == -1
            if now:
                self.hit = name
                if not self._after:
                    self._act()
            result = real(*arguments, **options)
            if now and self._after:
                self._act()
            return result

        return call

    def _counts(self, name: str, arguments: tuple[Any, ...]) -> bool:
        if name == "mkdir":
            return not os.path.isdir(arguments[0])
        if name == "open" and not self._reading:
            how = arguments[1] if len(arguments) > 1 else "r"
            return bool(how & (os.O_WRONLY | os.O_RDWR) if isinstance(how, int) else how.strip("bt") != "r")
        return True


@contextlib.contextmanager
def _patched(meter: _Meter, renameat2: bool) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for name in _CALLS:
            stack.enter_context(mock.patch.object(os, name, meter.wrap(name, getattr(os, name))))
        stack.enter_context(mock.patch.object(builtins, "open", meter.wrap("open", open)))
        stack.enter_context(mock.patch.object(ctypes, "CDLL", return_value=_Libc(meter, renameat2)))
        yield


class _Libc:
    """The C library, of which takeover uses one function."""

    def __init__(self, meter: _Meter, renameat2: bool) -> None:
        if renameat2:
            self.renameat2 = self._reported(meter.wrap("renameat2", _LIBC.renameat2))

    @staticmethod
    def _reported(call: Callable[..., int]) -> Callable[..., int]:
        def report(*arguments: Any) -> int:
            try:
                return call(*arguments)
            except OSError as error:  # the C library says it with a number
                ctypes.set_errno(error.errno or 0)
                return -1

        return report


_LIBC = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def failing(at: int, error: int, *, renameat2: bool = True) -> Iterator[_Meter]:
    """Call number `at`, from 0, raises OSError `error`; `hit` names it, or is "" where there were fewer calls."""

    def fail() -> NoReturn:
        raise OSError(error, os.strerror(error))

    meter = _Meter(at, fail, reading=error in _OF_OPENING)
    with _patched(meter, renameat2):
        yield meter


@contextlib.contextmanager
def many_homes() -> Iterator[Path]:
    """A folder for a few hundred of them: in memory where that can be, and with a short path, as each part of it is a
    folder more in the state."""
    path = tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    try:
        yield Path(path)
    finally:
        shutil.rmtree(path)


@contextlib.contextmanager
def without_renameat2() -> Iterator[None]:
    """As on a C library or a file system that cannot exchange two names."""
    with mock.patch.object(ctypes, "CDLL", return_value=object()):
        yield


def killed(at: int, action: Callable[[], object], *, after: bool, renameat2: bool = True) -> bool:
    """Run `action` in a child that is killed at call number `at`; False where it ended before that."""
    child = os.fork()
    if child == 0:
        meter = _Meter(at, lambda: os._exit(9), after=after)
        with _patched(meter, renameat2), contextlib.suppress(OSError, TaoshellError):
            action()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 9), f"the child ended with {code}"
    return code == 9
