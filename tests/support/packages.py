"""taoshell in its own virtual environment, as pipx installs it. A test may upgrade, move and remove it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path

from tests.support.clone import CLONE


class Package:
    """The virtual environment in `folder`. It uses the dependencies of the running environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        venv.create(folder, symlinks=True)
        self.program = folder / "bin/taoshell"
        (self.site,) = folder.glob("lib/python*/site-packages")
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(CLONE / "taoshell", self.site / "taoshell", ignore=ignored)
        shutil.copytree(CLONE / "shell", self.site / "taoshell/_shell")
        self._put_program()

    def run(self, env: Mapping[str, str], *arguments: str) -> str:
        """Run `taoshell ARGUMENTS`, which must succeed; return what it printed on stderr."""
        done = subprocess.run(
            [self.program, *arguments], env=dict(env), cwd=env["HOME"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    def upgrade(self, version: str, script: str = "", more: str = "") -> None:
        """Replace the package by another version, with `more` appended to the shell script `script`."""
        self._replace(self.site / "taoshell/__init__.py", f'__version__ = "{version}"\n')
        for path in [path for path in (self.site / "taoshell/_shell").rglob("*") if path.is_file()]:
            self._replace(path, path.read_text() + (more if path.name == script else ""))

    def move(self, name: str) -> None:
        """Move the package as pipx does after an upgrade of the system's Python: a new lib/python3.N, the same bin."""
        self.site = self.site.rename(self.folder / name)
        self._put_program()

    def remove(self) -> None:
        shutil.rmtree(self.folder)

    def _replace(self, path: Path, text: str) -> None:
        """Write a file as pip and git do: a new file, renamed over the old one."""
        new = path.with_name(path.name + ".new")
        new.write_text(text)
        os.replace(new, path)

    def _put_program(self) -> None:
        """Write the program in sh, because a `#!` line cannot hold a path with a space."""
        paths = ":".join([str(self.site), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
        text = f'#!/bin/sh\nPYTHONPATH="{paths}" exec "{self.folder}/bin/python" -m taoshell "$@"\n'
        self.program.write_text(text)
        self.program.chmod(0o755)
        dependencies = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
        site = next(self.folder.glob("lib/python*")) / "site-packages"
        site.mkdir(exist_ok=True)
        (site / "zz-dependencies.pth").write_text("\n".join(dependencies))
