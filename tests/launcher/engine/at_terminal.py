"""Run a command with a terminal as its stdin, as `docker exec -it` requires; change nothing else.

    at_terminal.py SECONDS COMMAND [ARGUMENT...]

The exit status is the command's, or 124 after SECONDS (then the whole session is interrupted and, if need be, killed).
"""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys

OUT_OF_TIME = 124


def run(seconds: float, command: list[str]) -> int:
    """Run `command`; return its exit status, or OUT_OF_TIME."""
    _terminal, its_input = pty.openpty()
    process = subprocess.Popen(command, stdin=its_input, start_new_session=True)
    try:
        return process.wait(seconds) % 256
    except subprocess.TimeoutExpired:
        for number, patience in ((signal.SIGINT, 15), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(process.pid, number)
                process.wait(patience)
        return OUT_OF_TIME


if __name__ == "__main__":
    sys.exit(run(float(sys.argv[1]), sys.argv[2:]))
