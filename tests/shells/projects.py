"""A home with sample projects made by the real command line, and the values that each project must set."""

from __future__ import annotations

import copy
import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taoshell.errors import printable
from taoshell.text.dotenv import with_assignment
from tests.support.clone import CLONE
from tests.support.live_processes import end_processes_in

CONTAINER = "/workspace/tao-experiments"
NETWORK = "detectnet_v2"


class Home:
    """An isolated HOME with the `taoshell` command of `clone`."""

    def __init__(self, path: Path, clone: Path = CLONE) -> None:
        self.path = path
        self.clone = clone
        path.mkdir(parents=True)
        # Otherwise the first fish in this home reads all manual pages, in the background of the test.
        (path / ".local/share/fish/generated_completions").mkdir(parents=True)
        self.state = path / ".local/state/taoshell"
        self.backups = self.state / "backups"
        self.mounts_file = path / ".tao_mounts.json"
        self.env = {
            "HOME": str(path),
            "PATH": f"{self._command()}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "USER": "tester",
        }

    def at(self, path: Path) -> Home:
        """Return this home after it was renamed to `path`."""
        there = copy.copy(self)
        there.path = path
        there.state = path / ".local/state/taoshell"
        there.backups = there.state / "backups"
        there.mounts_file = path / ".tao_mounts.json"
        there.env = {**self.env, "HOME": str(path), "PATH": f"{path}/.bin:{os.environ['PATH']}"}
        return there

    def restock(self, stock: Path) -> None:
        """Restore this home from `stock`, a copy of it: every file, link and time.

        A shell may outlive its test, for example at the other end of ssh. End it first: it could still write.
        """
        end_processes_in(self.path)
        if self.path.exists():
            shutil.rmtree(self.path)
        shutil.copytree(stock, self.path, symlinks=True)

    def _command(self) -> Path:
        """Make a folder with a command `taoshell` that runs the code of `clone` with this Python."""
        folder = self.path / ".bin"
        folder.mkdir()
        command = folder / "taoshell"
        python, clone = shlex.quote(sys.executable), shlex.quote(str(self.clone))
        command.write_text(f'#!/bin/sh\nPYTHONPATH={clone} exec {python} -m taoshell "$@"\n')
        command.chmod(0o755)
        return folder

    def taoshell(self, *arguments: str | Path, stdin: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `taoshell ARGUMENTS` as if in another terminal, without the hook."""
        done = subprocess.run(
            [sys.executable, "-m", "taoshell", *map(str, arguments)],
            env={**self.env, "PYTHONPATH": str(self.clone)},
            cwd=self.path,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, f"taoshell {arguments}: {done.stdout}{done.stderr}"
        return done

    def project(self, where: str | Path = "a") -> Project:
        """Return the approved sample project at `where`, of the classic layout; `a` and `b` exist from the start."""
        root = self.path / where
        if (root / "taoshell.toml").exists():
            return Project(self, root)
        root.mkdir(parents=True, exist_ok=True)
        self.taoshell("init", root, "--network", NETWORK, "--gpus", "1", "--key", "tlt_encode", "--yes", "--mkdir")
        return Project(self, Path(os.path.realpath(root)))

    def mapping(self) -> Any:
        """Return what a reader of ~/.tao_mounts.json gets; None if there is no such file."""
        return json.loads(self.mounts_file.read_text()) if self.mounts_file.exists() else None

    def backed_up(self) -> list[str]:
        return [path.read_text() for path in sorted(self.backups.iterdir())] if self.backups.exists() else []


@dataclass(frozen=True)
class Project:
    """A project made by `init`, and the article's values for it."""

    home: Home
    root: Path

    @property
    def name(self) -> str:
        return self.root.name

    @property
    def toml(self) -> Path:
        return self.root / "taoshell.toml"

    @property
    def env_file(self) -> Path:
        return self.root / ".env"

    @property
    def kept(self) -> Path:
        """The project's folder in the state folder."""
        return Path(f"{self.home.state}/projects{self.root}/+")

    def stamps(self, name: str = "*") -> list[Path]:
        """The stamps of the generation in force, or those of one source."""
        generation = os.path.basename(os.readlink(self.kept / "current"))
        return sorted((self.home.state / "stamps").glob(f"{generation}.{name}[-+]"))

    @property
    def variables(self) -> dict[str, str]:
        """The article's seven variables, KEY and NUM_GPUS, as `init` writes them."""
        return {
            "KEY": "tlt_encode",
            "NUM_GPUS": "1",
            "LOCAL_PROJECT_DIR": f"{self.root}",
            "LOCAL_DATA_DIR": f"{self.root}/data",
            "LOCAL_EXPERIMENT_DIR": f"{self.root}/{NETWORK}",
            "LOCAL_SPECS_DIR": f"{self.root}/specs",
            "DATA_DOWNLOAD_DIR": f"{CONTAINER}/data",
            "USER_EXPERIMENT_DIR": f"{CONTAINER}/{NETWORK}",
            "SPECS_DIR": f"{CONTAINER}/{NETWORK}/specs",
        }

    @property
    def mapping(self) -> dict[str, Any]:
        """The article's two mounts."""
        return {
            "Mounts": [
                {"source": f"{self.root}", "destination": CONTAINER},
                {"source": f"{self.root}/specs", "destination": f"{CONTAINER}/{NETWORK}/specs"},
            ]
        }

    @property
    def tombstone(self) -> dict[str, Any]:
        """The mounts file that replaces the mapping while the project is blocked."""
        return {"Mounts": [], f"(taoshell: {self.root} is not approved; run: taoshell allow)": 0}

    @property
    def entered(self) -> str:
        """The line that the hook prints on entering."""
        return f"taoshell: {printable(self.name)} ({NETWORK}): 9 variables, 2 mounts\n"

    @property
    def left(self) -> str:
        """The line that the hook prints on leaving."""
        return f"taoshell: left {printable(self.name)}\n"

    @property
    def unapproved(self) -> str:
        return f"taoshell: {printable(self.root)} is not approved; run: taoshell allow\n"

    def set(self, name: str, value: str) -> None:
        """Edit the user's line in `.env`, like an editor."""
        self.env_file.write_text(with_assignment(self.env_file.read_text(), name, value))

    def append_toml(self, text: str) -> None:
        self.toml.write_text(f"{self.toml.read_text()}{text}\n")

    def allow(self) -> None:
        self.home.taoshell("allow", "--yes", self.root)

    def copy(self, where: str) -> Project:
        """Copy the project's folder, like `cp -a`."""
        root = self.home.path / where
        shutil.copytree(self.root, root, symlinks=True)
        return Project(self.home, Path(os.path.realpath(root)))
