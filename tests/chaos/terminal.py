"""A terminal and the shell that runs in it. The prompt of the shell contains its pid."""

from __future__ import annotations

import collections
import contextlib
import os
import pty
import re
import signal
import time

from tests.chaos.world import World
from tests.support.live_processes import Process

_PROMPT = re.compile(rb"<<(\d+):\d+>>")
_AFTER_A_LINE = re.compile(rb"\n.*?<<(\d+):\d+>>", re.DOTALL)  # the echo of the typed line ends with the newline
_REMEMBERED = 30  # events


class Terminal:
    """A pseudo-terminal.

    `busy`: no prompt has come since the last line. `shells`: the nested shells, the innermost last. `still`: no random
    user types into this terminal.
    """

    def __init__(self, number: int, kind: str, folder: str, world: World, *, still: bool = False) -> None:
        self.number = number
        self.still = still
        self.shells: list[Process] = []
        self.busy = True
        self.ended = False
        self.maimed = False  # a shell was killed, so the terminal may be in any state
        self.typed_ns, self.prompted_ns = time.time_ns(), 0
        self.events: collections.deque[str] = collections.deque(maxlen=_REMEMBERED)
        self._waiting_for, self._printed = _PROMPT, b""
        self._pid, self.fd = pty.fork()
        if self._pid == 0:
            try:
                os.chdir(folder)
                os.execve("/bin/sh", ["sh", "-c", f"stty cols 1000; exec in-{kind}"], world.home.env)
            finally:
                os._exit(127)
        os.set_inheritable(self.fd, False)
        os.set_blocking(self.fd, False)
        self.note(f"{kind} in {folder}: pid {self._pid}")

    def note(self, event: str) -> None:
        self.events.append(f"{time.monotonic():.4f} {event}")

    @property
    def kind(self) -> str:
        """The kind of the innermost shell."""
        return self.shell.name

    @property
    def shell(self) -> Process:
        """The innermost shell, which reads from the terminal."""
        return self.shells[-1]

    def type(self, line: str) -> None:
        self.busy, self.typed_ns = True, time.time_ns()
        self._waiting_for, self._printed = _AFTER_A_LINE, b""
        self.note(f"> {line}")
        os.write(self.fd, f"{line}\r".encode())

    def read(self) -> None:
        """Read what the shell has printed. This may show that it is idle or has ended."""
        try:
            self._printed = (self._printed + os.read(self.fd, 65536))[-65536:]
        except BlockingIOError:
            return
        except OSError:  # EIO: no process has the terminal open any more
            self._end()
            return
        if self.busy and (prompt := self._waiting_for.search(self._printed)):
            self.prompted_ns, self.busy = time.time_ns(), False
            self._arrived(int(prompt[1]))

    def _arrived(self, pid: int) -> None:
        known = [shell.pid for shell in self.shells]
        if pid in known:
            del self.shells[known.index(pid) + 1 :]
        else:
            self.shells.append(Process.of(pid))
        self.note(f"{pid}: {self.output()}")

    def output(self) -> str:
        return " | ".join(line.strip() for line in self._printed.decode(errors="replace").splitlines()[-3:])[-300:]

    def kill(self, shell: Process) -> None:
        """Send SIGKILL, as the kernel does when memory runs out."""
        if shell.lives:
            self.note(f"kill -9 {shell.pid}")
            self.maimed = True
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                os.kill(shell.pid, signal.SIGKILL)

    def has_died(self) -> bool:
        """Whether the first shell has ended. Nested shells may still be alive, but have lost their terminal."""
        if not self.ended and os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            self._end()
        return self.ended

    def _end(self) -> None:
        self.ended, self.busy = True, False
        self.note(f"ended: {self.output()}")

    def release(self) -> None:
        """End the shells and close the terminal."""
        if not self.ended:
            for shell in reversed(self.shells):
                self.kill(shell)
            os.kill(self._pid, signal.SIGKILL)
            self._end()
        os.close(self.fd)
        os.waitpid(self._pid, 0)
