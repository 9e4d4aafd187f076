"""Run a command at a pseudo-terminal, as the shell of a terminal window is run."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from collections.abc import Mapping, Sequence


def transcript(argv: Sequence[str], environment: Mapping[str, str], *, seconds: float) -> str:
    """All that `argv` writes to its terminal, until it ends.

    Raises TimeoutError when it has not ended after `seconds`; it is killed then.
    """
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            os.execve(argv[0], list(argv), dict(environment))
        finally:
            os._exit(127)  # the copy of this program must not go on
    try:
        return _read_to_the_end(terminal, time.monotonic() + seconds).decode("utf-8", "replace").replace("\r\n", "\n")
    except TimeoutError:
        os.kill(pid, signal.SIGKILL)
        raise
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)


def _read_to_the_end(terminal: int, deadline: float) -> bytes:
    chunks: list[bytes] = []
    while True:
        ready, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError(b"".join(chunks).decode("utf-8", "replace"))
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # EIO: the last process at this terminal has closed it
            chunk = b""
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
