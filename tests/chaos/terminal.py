"""One terminal, and whatever shell is running in it: by its prompt it says who it is."""

from __future__ import annotations

import collections
import os
import pty
import re
import signal
import time

from tests.chaos.observed import Process
from tests.chaos.world import World

_PROMPT = re.compile(rb"<<(\d+):\d+>>")
_AFTER_A_LINE = re.compile(rb"\n.*?<<(\d+):\d+>>", re.DOTALL)  # what was typed is echoed before the newline
_REMEMBERED = 30  # events


class Terminal:
    """`busy`: no prompt has come since the last line. `shells`: those that were started in each other, innermost last.
    `still`: nobody sits at it."""

    def __init__(self, number: int, kind: str, folder: str, world: World, *, still: bool = False) -> None:
        self.number = number
        self.still = still
        self.shells: list[Process] = []
        self.busy = True
        self.ended = False
        self.maimed = False  # a shell in it was killed: what state the terminal is in, is not ours to judge
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
    def shell(self) -> Process:
        """The one that has the terminal."""
        return self.shells[-1]

    def type(self, line: str) -> None:
        self.busy, self.typed_ns = True, time.time_ns()
        self._waiting_for, self._printed = _AFTER_A_LINE, b""
        self.note(f"> {line}")
        os.write(self.fd, f"{line}\r".encode())

    def read(self) -> None:
        """Take in what it has printed; afterwards it may be idle, or have ended."""
        try:
            self._printed = (self._printed + os.read(self.fd, 65536))[-65536:]
        except BlockingIOError:
            return
        except OSError:  # EIO: nobody has the terminal any more
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
        """As the kernel does when memory is out."""
        if shell.lives:
            self.note(f"kill -9 {shell.pid}")
            self.maimed = True
            os.kill(shell.pid, signal.SIGKILL)

    def has_died(self) -> bool:
        """Its first shell: the others may not notice, but their terminal is gone."""
        if not self.ended and os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            self._end()
        return self.ended

    def _end(self) -> None:
        self.ended, self.busy = True, False
        self.note(f"ended: {self.output()}")

    def release(self) -> None:
        """It has ended, or has to: the terminal goes."""
        if not self.ended:
            for shell in reversed(self.shells):
                self.kill(shell)
            os.kill(self._pid, signal.SIGKILL)
            self._end()
        os.close(self.fd)
        os.waitpid(self._pid, 0)
