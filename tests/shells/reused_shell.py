"""A shell that stays running and evaluates one script after another: a thousand examples take a second or two."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.shells.dialects import SHELLS

_END = b"\0<<end>>\0"


class Ended(AssertionError):
    """The shell has ended."""


class ReusedShell:
    """`options` come before -c. `setup`, a script in the shell's language, runs once, at the start."""

    def __init__(self, name: str, program: str, options: list[str], setup: str, env: Mapping[str, str]) -> None:
        self.name = name
        self.folder = Path(tempfile.mkdtemp(prefix="reused-shell-"))
        (self.folder / "setup").write_text(setup)
        self._file, self._stderr = self.folder / "file", self.folder / "stderr"
        stderr = os.open(self._stderr, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        self._process = subprocess.Popen(
            [program, *options, "-c", f". {self.folder}/setup\n{SHELLS[name].loop}"],
            env=dict(env),
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
        os.close(stderr)

    def evaluate(self, script: str) -> bytes:
        """Evaluate `script`; return what it prints on stdout."""
        self._file.write_bytes(os.fsencode(script))
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{self._file}\n".encode())
        self._process.stdin.flush()
        printed = b""
        while not printed.endswith(_END):
            more = os.read(self._process.stdout.fileno(), 1 << 20)
            if not more:
                raise Ended(self.name)
            printed += more
        return printed[: -len(_END)]

    @property
    def pid(self) -> int:
        return self._process.pid

    def said(self) -> str:
        """Return what has been printed on stderr since the last call."""
        text = os.fsdecode(self._stderr.read_bytes())
        os.truncate(self._stderr, 0)
        return text

    def end(self) -> None:
        """Let the shell come to its end: there are no more scripts."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdin = None

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
        shutil.rmtree(self.folder)


def environment(printed: bytes) -> dict[str, str]:
    """Return the environment that `env -0` printed, without the variables that the shell itself keeps changing."""
    pairs = (entry.partition(b"=") for entry in printed.split(b"\0") if entry)
    found = {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}
    return {
        name: value for name, value in found.items() if name not in {"_", "PWD", "OLDPWD", "SHLVL", "TAOSHELL_HOOK"}
    }
