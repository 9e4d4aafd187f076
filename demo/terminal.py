"""A real interactive bash at a pseudo-terminal: type a line, print what the terminal shows, and return the output."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass

COLUMNS, LINES = 100, 50
SECONDS = 20.0  # far longer than any line of the demo takes

# Invisible marks around the prompt, which terminals know as OSC 133, tell where it is.
_BEFORE_PROMPT, _AFTER_PROMPT = r"\e]133;A;$?\a", r"\e]133;B\a"
_PROMPT = re.compile(rb"\x1b\]133;A;(\d+)\x07(.*?)\x1b\]133;B\x07", re.DOTALL)
_CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>])")

RC = rf"""\
. ~/.bashrc
PS1='\[{_BEFORE_PROMPT}\]'"$PS1"'\[{_AFTER_PROMPT}\]'
bind 'set enable-bracketed-paste off'
unset HISTFILE
"""
"""The rc file that a Terminal needs: it reads the user's start file and adds the marks."""


class TerminalError(Exception):
    """The shell ended or printed no prompt in time; the text is the last output of its terminal."""


@dataclass(frozen=True, slots=True)
class Result:
    """The output of a typed line, including the hook's lines, and its exit status."""

    output: str
    status: int

    @property
    def lines(self) -> list[str]:
        return self.output.splitlines()


class Terminal:
    """A bash that has read the file `rc`, with `environment` as its complete environment. Close it after use."""

    def __init__(self, bash: str, rc: str, environment: Mapping[str, str], folder: str) -> None:
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            try:
                os.chdir(folder)
                os.execve(bash, [bash, "--rcfile", rc, "-i"], dict(environment))
            finally:
                os._exit(127)  # the forked copy of this program must not go on
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self._unread = b""
        self.prompt = ""
        self._wait_for_prompt()

    def run(self, line: str) -> Result:
        """Type `line`, and print the prompt, the line and its output exactly as the terminal shows them."""
        prompt = self.prompt
        os.write(self._terminal, line.encode() + b"\r")
        showed, status = self._wait_for_prompt()
        print(f"{prompt}{showed}", end="", flush=True)
        _echo, _, output = showed.partition("\n")
        return Result(output, status)

    def close(self) -> None:
        """Close the terminal: the shell gets SIGHUP, and SIGKILL if that does not end it."""
        os.close(self._terminal)
        deadline = time.monotonic() + 2
        while os.waitpid(self._pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(self._pid, signal.SIGKILL)
            time.sleep(0.01)

    def _wait_for_prompt(self) -> tuple[str, int]:
        """Return the output before the next prompt, and the exit status in the prompt's mark."""
        deadline = time.monotonic() + SECONDS
        while not (found := _PROMPT.search(self._unread)):
            ready, _, _ = select.select([self._terminal], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TerminalError(f"no prompt after {SECONDS:.0f} seconds:\n{_readable(self._unread)}")
            try:
                self._unread += os.read(self._terminal, 65536)
            except OSError as error:  # EIO: no process has the terminal open
                raise TerminalError(f"the shell has ended:\n{_readable(self._unread)}") from error
        showed = self._unread[: found.start()]
        self._unread = self._unread[found.end() :]
        self.prompt = _readable(found[2])
        return _readable(showed), int(found[1])


def _readable(raw: bytes) -> str:
    """Return what a reader of the terminal sees: no control sequences, plain line ends."""
    return _CONTROL.sub("", raw.decode(errors="replace")).replace("\r\n", "\n").replace("\r", "")
