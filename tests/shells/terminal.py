"""A real interactive shell at a pseudo-terminal: type lines, and see what they print and set.

Lines are typed as a user types them. The driver waits for the prompt, which shows the exit status.
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
from tests.support.waiting import SECONDS

_MARK = re.escape(PROMPT % "status").replace("status", r"(\d+)").encode()
_COMMAND_OUTPUT = re.compile(re.escape(BEGIN).encode() + rb"(.*?)" + _MARK, re.DOTALL)
_AFTER_NEWLINE = re.compile(rb"\n(.*?)" + _MARK, re.DOTALL)  # fish draws a prompt twice, but on one line
_BEGIN = re.compile(re.escape(BEGIN).encode())
_PROMPT = re.compile(_MARK)
_CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>])")
_FISH_ABOUT_NEWLINE = re.compile("⏎ *\r")  # shows where a command's output ended without one


class Stuck(AssertionError):
    """After a Ctrl-C the shell shows no prompt any more, or has ended."""


@dataclass(frozen=True)
class Result:
    """What one typed line printed to the terminal, its hooks' lines included, and its exit status."""

    output: str
    status: int

    @property
    def lines(self) -> list[str]:
        return self.output.splitlines()


class Terminal:
    """One shell. `env` is its whole environment; `apart` redirects `shell.aside` from the terminal to a file.

    `argv` starts it (an editor, ssh); without `argv` it starts without the user's start files.
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
        self._scratch.chmod(0o777)  # a nested shell may be another user's, by su
        self._numbers = itertools.count()
        self._setup = self._scratch / "setup"
        aside = self.aside if apart else None
        self._setup.write_text("\n".join([shell.setup(aside), before, shell.hook if hook else "", ""]))
        argv = list(argv) or shell.command()
        if apart and shell.aside == "stderr":
            argv = ["/bin/sh", "-c", f"exec {shlex.join(argv)} 2>{shlex.quote(str(self.aside))}"]
        # Wide enough that no line wraps.
        self._child = pexpect.spawn(
            argv[0], argv[1:], env=dict(env), cwd=str(cwd), dimensions=(50, 5000), timeout=SECONDS, maxread=65536
        )
        self._child.delaybeforesend = None
        self._child.ptyproc.delayafterclose = 0
        self.typed = ""  # the echo of the last line, and what was printed while it was typed
        self.raw = b""  # what the last line printed, including control sequences
        self.opening = ""  # everything before the first prompt
        self.greeting = self._start()  # everything before the second one

    def _start(self) -> str:
        self._type(f". {self.shell.quote(str(self._setup))}")
        self._wait(_PROMPT)
        self.opening = _text(self._child.before)
        # zsh prints nothing before the second prompt. (This also skips a prompt that fish draws twice.)
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
        """Start a nested shell (by `line`, if given), and set it up like this one.

        `shell`: its kind, if it is another one. Then use `back_in` to return.
        """
        line = line or shlex.join((shell or self.shell).command())
        if shell is not None:
            self.shell = shell
            self._setup = self._new_file()
            self._setup.write_text("\n".join([shell.setup(None), shell.hook, ""]))
        self.begin(line)  # after this line, prompts are no longer this shell's
        return self._start()

    def back_in(self, shell: Shell) -> Result:
        """Type `exit` to return to the outer shell, whose kind is `shell`."""
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

    def send_susp(self) -> None:
        """Press Ctrl-Z."""
        self._child.send(b"\x1a")

    def send_eof(self) -> None:
        """Press Ctrl-D."""
        self._child.send(b"\x04")

    def recover(self) -> Result:
        """Get back to a prompt after Ctrl-C at an unknown moment, with a line of a known exit status. Raises Stuck.

        `typed` is then all that was printed before that line's output.

        An interrupt makes the terminal drop what was typed and printed before it. So a line or a prompt may be lost,
        and half a line may be left over (Ctrl-U removes it). bash even loses the next few characters.
        """
        for attempt in range(10):
            status = 50 + next(self._numbers) % 50  # of this attempt: the line of an earlier one may still be answered
            seen = re.compile(f"{BEGIN}(.*?){re.escape(PROMPT % status)}".encode(), re.DOTALL)
            if self._child.expect([pexpect.TIMEOUT, pexpect.EOF], timeout=0.03) == 1:
                raise Stuck(self._story("the shell ended"))
            self._type(f"\x15sh -c exit\\ {status}")
            # Wait longer each time: on a slow machine the next Ctrl-C would end the hook's call again and again.
            found = self._child.expect([seen, pexpect.TIMEOUT, pexpect.EOF], timeout=1 + attempt)
            if found == 2:
                raise Stuck(self._story("the shell ended"))
            if found == 0:
                self.typed = _text(self._child.before)
                return Result(_text(self._child.match[1]), status)
            self.send_intr()
        raise Stuck(self._story("no prompt after an interrupt"))

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
        """Return the environment of a program started from this shell."""
        path = self._new_file()
        self.run(f"{shutil.which('env')} -0 >{self.shell.quote(str(path))}")
        pairs = (entry.partition(b"=") for entry in path.read_bytes().split(b"\0") if entry)
        return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}

    def value(self, name: str) -> str | None:
        """Return an exported variable as a program gets it; None if it is not exported."""
        return self.environment().get(name)

    def variable(self, name: str) -> str | None:
        """Return a variable of the shell itself, exported or not; None if it is unset."""
        path = self._new_file()
        self.run(self.shell.write_variable(name, path))
        return os.fsdecode(path.read_bytes()) if path.exists() else None

    def _new_file(self) -> Path:
        return self._scratch / str(next(self._numbers))

    # -- the end -----------------------------------------------------------------------------

    def exit(self) -> str:
        """Type `exit` and wait until the shell has ended; return what it printed at its end."""
        self._type("exit")
        return self.end()

    def end(self) -> str:
        """Wait until the shell has ended, after a line that ends it; return what it printed since the last look."""
        self._child.expect(pexpect.EOF)
        printed = self.typed = _text(self._child.before)
        self._child.wait()
        self.close()
        return printed

    def kill(self) -> None:
        """End the shell by SIGKILL, as the kernel does when memory runs out."""
        os.kill(self.pid, signal.SIGKILL)
        self._child.wait()
        self.close()

    def close(self) -> None:
        """End the shell, whatever its state, and clean up."""
        if self._child.isalive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self._child.wait()
        self._child.close()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _text(raw: bytes) -> str:
    """Return the visible text: without control sequences, with plain line ends."""
    text = _FISH_ABOUT_NEWLINE.sub("", _CONTROL.sub("", raw.decode(errors="surrogateescape")))
    return text.replace("\r\n", "\n").replace("\r", "")
