"""Run the user's own command that prints KEY. Its answer goes into `.env` and is never shown."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping

from taoshell.errors import TaoshellError
from taoshell.project.defaults import Default
from taoshell.state import processes
from taoshell.state.paths import for_other_programs, home_of

SECONDS = 60  # it may ask for a passphrase
_LONGEST = 4096  # bytes
_LOOK = 0.1  # seconds between two looks at the process: another one that it has started may keep its output open


def answer(command: Default, environ: Mapping[str, str]) -> str:
    """Run `command` in the home folder, and return the one line that it prints.

    It may ask at the terminal, but reads nothing of our standard input. Raises TaoshellError if it fails, or if it does
    not print exactly one line; it is then ended, with all that it has started.
    """
    words = [*command.value]

    def error(what: str, cure: str) -> TaoshellError:
        return TaoshellError(f"the command of key, {command.shown}, {what}", cure, at=command.at)

    env = for_other_programs(environ)
    home = home_of(environ)
    words[0] = os.path.join(home, words[0][2:]) if words[0].startswith("~/") else words[0]
    try:
        child = subprocess.Popen(words, cwd=home, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise error(f"cannot be run: {reason}", "correct it, or install the program") from problem
    with child:
        try:
            data, status = _output(child)
        finally:
            _end(child)
    if len(data) > _LONGEST:
        raise error(f"printed more than {_LONGEST} bytes", "let it print nothing but the key")
    if status is None:
        raise error(f"did not end within {SECONDS} seconds", "run it by hand to see what it waits for")
    if status != 0:
        how = f"ended with exit status {status}" if status > 0 else f"was ended by signal {-status}"
        raise error(how, "run it by hand to see why")
    try:
        text = data.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise error("printed something that is not UTF-8", "let it print nothing but the key") from None
    if not text:
        raise error("printed nothing", "run it by hand to see why")
    if {"\n", "\r", "\0"} & {*text}:
        first = json.dumps(["sh", "-c", f"{command.shown} | head -n 1"], ensure_ascii=False)
        raise error("printed more than one line", f"for the first line alone: command = {first}")
    return text


def _output(child: subprocess.Popen[bytes]) -> tuple[bytes, int | None]:
    """Return what `child` prints, which may be cut if it is too long, and its exit status: None if it did not end."""
    assert child.stdout is not None
    data, is_open, end = b"", True, time.monotonic() + SECONDS
    while time.monotonic() < end and len(data) <= _LONGEST:
        if not is_open:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return data, child.wait(_LOOK)
        elif select.select([child.stdout], [], [], _LOOK)[0]:
            part = os.read(child.stdout.fileno(), _LONGEST)
            data, is_open = data + part, bool(part)
        elif child.poll() is not None:
            return data, child.returncode
    return data, None


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill `child` and all that it has started, unless it has ended: what a command leaves running may go on."""
    to_end = [] if child.poll() is not None else [child.pid]
    for pid in to_end:
        _signal(pid, signal.SIGSTOP)  # it starts nothing more, and its children keep it as their parent
        to_end += processes.children(pid)
    for pid in to_end:
        _signal(pid, signal.SIGKILL)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended, or is another user's (sudo)
        os.kill(pid, number)
