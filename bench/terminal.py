"""Run a command at a pseudo-terminal, as a terminal window runs a shell."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from collections.abc import Mapping, Sequence


def transcript(argv: Sequence[str], environment: Mapping[str, str], *, seconds: float) -> str:
    """Return all that `argv` writes to its terminal until it ends.

    Kills it and raises TimeoutError if it runs longer than `seconds`.
    """
    pid, terminal = _start(argv, environment)
    try:
        return _read_to_the_end(terminal, time.monotonic() + seconds).decode("utf-8", "replace").replace("\r\n", "\n")
    except TimeoutError:
        os.kill(pid, signal.SIGKILL)
        raise
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)


def microseconds_until(text: str, argv: Sequence[str], environment: Mapping[str, str], *, seconds: float) -> float:
    """Return how long `argv` takes from its start until it has written `text`; then kill it.

    Raises TimeoutError if it has not written `text` after `seconds`, or ends before.
    """
    begun = time.perf_counter_ns()
    pid, terminal = _start(argv, environment)
    seen = b""
    try:
        while text.encode() not in seen:
            chunk = _read(terminal, time.monotonic() + seconds)
            if not chunk:
                raise TimeoutError(seen.decode("utf-8", "replace"))
            seen += chunk
        return (time.perf_counter_ns() - begun) / 1000
    finally:
        os.kill(pid, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(pid, 0)


def _start(argv: Sequence[str], environment: Mapping[str, str]) -> tuple[int, int]:
    """Return its pid and our end of its terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            os.chdir(environment.get("HOME", "/"))
            os.execve(argv[0], list(argv), dict(environment))
        finally:
            os._exit(127)  # the forked copy of this program must not go on
    return pid, terminal


def _read_to_the_end(terminal: int, deadline: float) -> bytes:
    chunks: list[bytes] = []
    while True:
        try:
            chunk = _read(terminal, deadline)
        except TimeoutError:
            raise TimeoutError(b"".join(chunks).decode("utf-8", "replace")) from None
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)


def _read(terminal: int, deadline: float) -> bytes:
    """Return the next chunk; an empty one at the end."""
    ready, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
    if not ready:
        raise TimeoutError
    try:
        return os.read(terminal, 65536)
    except OSError:  # EIO: the last process has closed this terminal
        return b""
