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
    """A running `python -m tests.chaos.MODULE LOG ARGUMENTS…`."""

    def __init__(self, module: str, log: Path, *arguments: object) -> None:
        self.log = log
        self._known = 0  # bytes
        log.touch()
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.chaos.{module}", str(log), *map(str, arguments)],
            cwd=CLONE,
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C goes to the run only, which then ends them
        )

    def stop(self) -> None:
        """Ask it to end; it first finishes its current write or read."""
        self._process.terminate()
        assert self._process.wait(timeout=30) == 0, f"{self._process.args!r} ended with {self._process.returncode}"

    def news(self) -> Iterator[dict[str, Any]]:
        """The records that it has logged since the last call."""
        with self.log.open("rb") as file:
            file.seek(self._known)
            for line in file:
                if line.endswith(b"\n"):  # otherwise the line is still being written
                    self._known += len(line)
                    yield json.loads(line)


class Asked:
    """In the background process: true once it is asked to end."""

    def __init__(self) -> None:
        self._asked = False
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked = True

    def __bool__(self) -> bool:
        return self._asked


class Log:
    """In the background process: its log."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "a", encoding="utf-8", buffering=1)  # noqa: SIM115  open until the process ends

    def write(self, **record: object) -> None:
        self._file.write(json.dumps(record) + "\n")
