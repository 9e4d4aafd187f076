"""The lock file: one Python process at a time changes the state folder, and the file names that process."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import signal
import time
from collections.abc import Iterator

from taoshell.cures import cure
from taoshell.errors import REFUSED, TaoshellError, Where
from taoshell.state.processes import here, name_of, start_time

SECONDS = 5  # how long one process may have the lock before the others give up
BUSY = 75  # EX_TEMPFAIL of sysexits.h: a process of this machine has the lock; a hook then watches that process

_INTERVAL = 0.01  # seconds
_LOOKS = int(SECONDS / _INTERVAL)
_NAME = re.compile(r"([1-9][0-9]*)-([0-9]+)@([A-Za-z0-9._-]+)@[0-9a-z-]+-[0-9]+", re.ASCII)  # what name_of returns
_STOPS = {signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}


@contextlib.contextmanager
def held(path: str) -> Iterator[None]:
    """Hold the lock of the file `path`. A Ctrl-Z takes effect only when the lock is released.

    Raises TaoshellError if one process has the lock for SECONDS, or if the file system has no locks.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        if os.fstat(handle).st_mode & 0o777 != 0o600:
            os.fchmod(handle, 0o600)  # it is new, and the umask is odd
        _take(handle, path, unblocked)
        _sign(handle, f"{name_of(os.getpid())}\n")
        try:
            yield
        finally:
            _sign(handle, "")
    finally:
        os.close(handle)
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)


def _take(handle: int, path: str, unblocked: set[int]) -> None:
    """Wait for the lock, and return with the stop signals blocked.

    The looks are counted instead of the time: a process that is stopped while it waits does not lose its patience.
    """
    holder, looks = "", 0
    while not _try(handle, path):
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
        if (now := os.pread(handle, 4096, 0).decode(errors="replace").strip()) != holder:
            holder, looks = now, 0  # the lock is passed on, so nobody hangs
        if looks == _LOOKS:
            raise _busy(holder, path)
        looks += 1
        time.sleep(_INTERVAL)


def _try(handle: int, path: str) -> bool:
    """Take the lock if it is free. Blocks the stop signals first: a process that is stopped must not have the lock."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise TaoshellError(
            f"the file system cannot lock this file: {error.strerror}",
            "set XDG_STATE_HOME to a folder on another file system",
            at=Where(path),
        ) from error
    return True


def _sign(handle: int, text: str) -> None:
    """Write who has the lock. On a full disk the lock works without it."""
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, text.encode(), 0)


def _busy(holder: str, path: str) -> TaoshellError:
    """Return the error that names the process `holder`, as it signed.

    The cure is `kill -9`: a stopped process, or one that waits for a dead network mount, does not see another signal.
    """
    pid, started, host = match.groups() if (match := _NAME.fullmatch(holder)) else ("", "", "")
    is_here = holder.endswith(here())
    if not pid or (is_here and (started == "0" or start_time(int(pid)) != started)):
        # another program has the lock, or the name in the file is that of a process that was killed
        cause = f"another process has held the lock for {SECONDS} seconds"
        return TaoshellError(cause, cure("lock-held-by-another"), at=Where(path))
    where = "" if is_here else f" on {host}"
    return TaoshellError(
        f"another taoshell, process {pid}{where}, has held the lock for {SECONDS} seconds",
        cure("lock-held", pid=pid) if is_here else "wait for it, or end it there",
        at=Where(path),
        exit_code=BUSY if is_here else REFUSED,
    )
