"""A command at a pseudo-terminal, as a terminal window runs a shell."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

WAIT = "@ wait"
"""A script prints this line, and goes on after a line has been typed."""

WAITS = re.compile(WAIT.encode() + rb"\r?\n")


class Terminal:
    """A running command, what it has written to its terminal, and the keys that are typed there."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(environment.get("HOME", "/"))
                os.execve(argv[0], list(argv), dict(environment))
            finally:
                os._exit(127)  # the forked copy of this program must not go on
        self._unread = b""

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def read_until(self, pattern: re.Pattern[bytes], seconds: float) -> bytes:
        """Return what the command writes up to the first match of `pattern`; all that is left if it ends before.

        Raises TimeoutError if it has done neither after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while not (found := pattern.search(self._unread)):
            chunk = self._read(deadline)
            if not chunk:
                text, self._unread = self._unread, b""
                return text
            self._unread += chunk
        text, self._unread = self._unread[: found.end()], self._unread[found.end() :]
        return text

    def forget(self) -> None:
        """Read what has been written so far, and drop it."""
        self._unread = b""
        while select.select([self._terminal], [], [], 0)[0] and self._read(time.monotonic()):
            pass

    def close(self) -> None:
        """End the command, if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.close(self._terminal)
        os.waitpid(self.pid, 0)

    def _read(self, deadline: float) -> bytes:
        """Return the next chunk; an empty one at the end."""
        ready, _, _ = select.select([self._terminal], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError(self._unread.decode("utf-8", "replace"))
        try:
            return os.read(self._terminal, 65536)
        except OSError:  # EIO: the last process has closed this terminal
            return b""


@contextlib.contextmanager
def running(argv: Sequence[str], environment: Mapping[str, str]) -> Iterator[Terminal]:
    terminal = Terminal(argv, environment)
    try:
        yield terminal
    finally:
        terminal.close()


def transcript(
    argv: Sequence[str], environment: Mapping[str, str], *, seconds: float, waits: Iterable[object] = ()
) -> str:
    """Return all that `argv` writes to its terminal until it ends.

    Whenever it waits, take the next step of `waits` first, and then let it go on. Raises TimeoutError if nothing more
    comes for `seconds`.
    """
    text, steps = b"", iter(waits)
    with running(argv, environment) as terminal:
        while (part := terminal.read_until(WAITS, seconds)).rstrip().endswith(WAIT.encode()):
            text += part
            next(steps, None)
            terminal.type("\n")
    return (text + part).decode("utf-8", "replace").replace("\r\n", "\n")


def microseconds_until(text: str, argv: Sequence[str], environment: Mapping[str, str], *, seconds: float) -> float:
    """Return how long `argv` takes from its start until it has written `text`; then kill it.

    Raises TimeoutError if it has not written `text` after `seconds`, or ends before.
    """
    begun = time.perf_counter_ns()
    with running(argv, environment) as terminal:
        seen = terminal.read_until(re.compile(re.escape(text.encode())), seconds)
        took = (time.perf_counter_ns() - begun) / 1000
    if not seen.endswith(text.encode()):
        raise TimeoutError(seen.decode("utf-8", "replace"))
    return took
