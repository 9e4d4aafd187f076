"""Background processes: they write a log, one JSON object a line, and end at SIGTERM."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from tests.support.clone import CLONE


class Background:
    """A running process `python -m tests.chaos.MODULE LOG ARGUMENTS…`."""

    def __init__(self, module: str, log: Path, *arguments: object) -> None:
        self.log = log
        self._known = 0  # bytes
        log.touch()
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.chaos.{module}", str(log), *map(str, arguments)],
            cwd=CLONE,
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C reaches only the run, which then ends its background processes
        )

    def stop(self) -> None:
        """Ask the process to end; it finishes its current write or read first."""
        self._process.terminate()
        assert self._process.wait(timeout=30) == 0, f"{self._process.args!r} ended with {self._process.returncode}"

    def news(self) -> Iterator[dict[str, Any]]:
        """Return the records that the process has logged since the last call."""
        with self.log.open("rb") as file:
            file.seek(self._known)
            for line in file:
                if line.endswith(b"\n"):  # otherwise the process is still writing this line
                    self._known += len(line)
                    yield json.loads(line)


class Asked:
    """In the background process: becomes true when the process is asked to end."""

    def __init__(self) -> None:
        self._asked = False
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked = True

    def __bool__(self) -> bool:
        return self._asked


class Log:
    """The log, as the background process writes it."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "a", encoding="utf-8", buffering=1)  # noqa: SIM115  open until the process ends

    def write(self, **record: object) -> None:
        self._file.write(json.dumps(record) + "\n")
