"""A real interactive shell at a pseudo-terminal: type a line, see what it printed and what it set.

Everything is typed as a user types it; the driver waits for the prompt, which carries the exit status.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shlex
import shutil
import signal
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pexpect

from tests.shells.dialects import BEGIN, PROMPT, Shell

SECONDS = 15.0  # far more than any step takes; a slow machine must not make a red test
_MARK = re.escape(PROMPT % "status").replace("status", r"(\d+)").encode()
_COMMAND_OUTPUT = re.compile(re.escape(BEGIN).encode() + rb"(.*?)" + _MARK, re.DOTALL)
_AFTER_NEWLINE = re.compile(rb"\n(.*?)" + _MARK, re.DOTALL)  # fish draws a prompt twice, but on one line
_BEGIN = re.compile(re.escape(BEGIN).encode())
_PROMPT = re.compile(_MARK)
_CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>])")
_FISH_ABOUT_NEWLINE = re.compile("⏎ *\r")  # shows where a command's output ended without one


@dataclass(frozen=True)
class Result:
    """What one typed line printed to the terminal, its hooks' lines included, and its exit status."""

    output: str
    status: int

    @property
    def lines(self) -> list[str]:
        return self.output.splitlines()


class Terminal:
    """One shell. `env` is its whole environment; `apart` keeps `shell.aside` out of the terminal, in a file.

    `argv` is what starts it (an editor, ssh); where there is none, it is started without the user's files.
    """

    def __init__(
        self,
        shell: Shell,
        env: Mapping[str, str],
        cwd: Path,
        *,
        hook: bool = True,
        before: str = "",
        apart: bool = False,
        argv: Sequence[str] = (),
    ) -> None:
        self.shell = shell
        self.aside = Path(tempfile.mkdtemp(prefix="terminal-")) / shell.aside
        self._scratch = self.aside.parent
        self._scratch.chmod(0o777)  # a shell in this one may be another user's, by su
        self._numbers = itertools.count()
        self._setup = self._scratch / "setup"
        aside = self.aside if apart else None
        self._setup.write_text("\n".join([shell.setup(aside), before, shell.hook if hook else "", ""]))
        argv = list(argv) or shell.command()
        if apart and shell.aside == "stderr":
            argv = ["/bin/sh", "-c", f"exec {shlex.join(argv)} 2>{shlex.quote(str(self.aside))}"]
        # As wide as a line can get here: nothing wraps.
        self._child = pexpect.spawn(
            argv[0], argv[1:], env=dict(env), cwd=str(cwd), dimensions=(50, 5000), timeout=SECONDS, maxread=65536
        )
        self._child.delaybeforesend = None
        self._child.ptyproc.delayafterclose = 0
        self.typed = ""  # the last line as the terminal showed it while it was typed, and what was printed meanwhile
        self.raw = b""  # what the last line printed, control sequences included
        self.opening = ""  # all until the first prompt was drawn
        self.greeting = self._start()  # and until the second one

    def _start(self) -> str:
        self._type(f". {self.shell.quote(str(self._setup))}")
        self._wait(_PROMPT)
        self.opening = _text(self._child.before)
        # Nothing is said before the second prompt. (And what fish draws again is not taken for the next one.)
        self._type("true")
        self._wait(_COMMAND_OUTPUT)
        return self.opening + _text(self._child.before + self._child.match[1])

    @property
    def pid(self) -> int:
        return int(self._child.pid)

    # -- typing ------------------------------------------------------------------------------

    def run(self, line: str, *, timeout: float = SECONDS) -> Result:
        """Type `line` and wait for the prompt after it."""
        assert "\n" not in line, "one line, as it is typed"
        self._type(line)
        self._wait(_COMMAND_OUTPUT, timeout)
        self.typed = _text(self._child.before)
        self.raw, status = self._child.match.groups()
        return Result(_text(self.raw), int(status))

    def enter(self) -> Result:
        """Press Enter at an idle prompt."""
        self._type("")
        self._wait(_AFTER_NEWLINE)
        output, status = self._child.match.groups()
        return Result(_text(output), int(status))

    def nest(self, line: str = "", shell: Shell | None = None) -> str:
        """Start a shell of the same kind inside this one (or by `line`), and set it up as this one was.

        After one of another kind, `shell`, say by `back_in` which it is again.
        """
        line = line or shlex.join((shell or self.shell).command())
        if shell is not None:
            self.shell = shell
            self._setup = self._new_file()
            self._setup.write_text("\n".join([shell.setup(None), shell.hook, ""]))
        self.begin(line)  # behind it, no prompt is this shell's any more
        return self._start()

    def back_in(self, shell: Shell) -> Result:
        """Type `exit`, to be in the outer shell again, which is a `shell`."""
        self.shell = shell
        return self.run("exit")

    def begin(self, line: str, until: str = "") -> None:
        """Type `line` and wait only until the shell has begun to run it, and it has printed `until`."""
        self._type(line)
        self._wait(_BEGIN)
        self._wait(re.compile(re.escape(until).encode()))

    def press(self, keys: str) -> Result:
        """Press keys that bring the prompt back, as Ctrl-Z does."""
        self._child.send(keys.encode())
        self._wait(_AFTER_NEWLINE)
        output, status = self._child.match.groups()
        return Result(_text(output), int(status))

    def send_intr(self) -> None:
        """Press Ctrl-C."""
        self._child.send(b"\x03")

    def recover(self) -> Result:
        """After Ctrl-C at an unknown moment: come to a prompt again, by way of a line with a known exit status.

        An interrupt makes the terminal throw away what was typed and printed before it, so a line or a prompt may
        get lost, and half a line may be left over (Ctrl-U takes that away). bash even loses the next few characters.
        """
        status = 50 + next(self._numbers) % 50
        seen = re.compile(f"{BEGIN}(.*?){re.escape(PROMPT % status)}".encode(), re.DOTALL)
        for _attempt in range(20):
            self._child.expect(pexpect.TIMEOUT, timeout=0.03)
            self._type(f"\x15sh -c exit\\ {status}")
            if self._child.expect([seen, pexpect.TIMEOUT], timeout=1) == 0:
                return Result(_text(self._child.match[1]), status)
            self.send_intr()
        raise AssertionError(self._story("no prompt after an interrupt"))

    def _type(self, line: str) -> None:
        self._child.send(f"{line}\r".encode())

    def _wait(self, pattern: re.Pattern[bytes], timeout: float = SECONDS) -> None:
        try:
            self._child.expect(pattern, timeout=timeout)
        except pexpect.EOF:
            raise AssertionError(self._story("the shell ended")) from None
        except pexpect.TIMEOUT:
            raise AssertionError(self._story("no prompt")) from None

    def _story(self, what: str) -> str:
        return f"{self.shell.name}: {what}; the terminal shows:\n{_text(self._child.before or b'')}"

    # -- looking -----------------------------------------------------------------------------

    def environment(self) -> dict[str, str]:
        """What a program started from this shell gets, byte for byte."""
        path = self._new_file()
        self.run(f"{shutil.which('env')} -0 >{self.shell.quote(str(path))}")
        pairs = (entry.partition(b"=") for entry in path.read_bytes().split(b"\0") if entry)
        return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}

    def value(self, name: str) -> str | None:
        """An exported variable as a program gets it; None: there is none."""
        return self.environment().get(name)

    def variable(self, name: str) -> str | None:
        """A variable as the shell itself has it, exported or not; None: unset."""
        path = self._new_file()
        self.run(self.shell.write_variable(name, path))
        return os.fsdecode(path.read_bytes()) if path.exists() else None

    def _new_file(self) -> Path:
        return self._scratch / str(next(self._numbers))

    # -- the end -----------------------------------------------------------------------------

    def exit(self) -> None:
        """Type `exit` and wait until the shell is gone; what it does on the way out is done then."""
        self._type("exit")
        self._child.expect(pexpect.EOF)
        self._child.wait()
        self.close()

    def kill(self) -> None:
        """End the shell as the kernel does when memory is out: it can do nothing about it."""
        os.kill(self.pid, signal.SIGKILL)
        self._child.wait()
        self.close()

    def close(self) -> None:
        """Whatever state it is in: end it and clean up."""
        if self._child.isalive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self._child.wait()
        self._child.close()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _text(raw: bytes) -> str:
    """What a reader of the terminal sees: no control sequences, plain line ends."""
    text = _FISH_ABOUT_NEWLINE.sub("", _CONTROL.sub("", raw.decode(errors="surrogateescape")))
    return text.replace("\r\n", "\n").replace("\r", "")
