"""A user's account: a home, a state folder, projects with a mapping, and live shells."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from taoshell.mounts import mapping
from taoshell.mounts.settle import settle
from taoshell.state import files, processes, sessions
from taoshell.state.paths import CURRENT_NAME, State
from tests.support.trees import contents

OWN = b'{"Mounts": [{"source": "/mine", "destination": "/of/my/own"}]}\n'
FOREIGN = b'{"Mounts": [{"source": "/theirs", "destination": "/from/a/notebook"}]}\n'
LATER = b'{"Mounts": [{"source": "/later", "destination": "/from/a/notebook"}]}\n'

SELF, PARENT, INIT = os.getpid(), os.getppid(), 1  # three processes that live as long as a test runs
LONG_AGO_NS = 1_600_000_000_123_456_789


def ended_pid() -> int:
    """The pid of a process that has just ended."""
    done = subprocess.Popen(["true"])
    done.wait()
    return done.pid


@dataclass(frozen=True)
class Identity:
    """A file's identity, which includes the inode: a copy is not equal."""

    inode: int
    mode: int
    mtime_ns: int
    content: bytes

    @classmethod
    def of(cls, path: Path) -> Identity:
        found = path.lstat()
        return cls(found.st_ino, found.st_mode, found.st_mtime_ns, path.read_bytes())


class Account:
    """The state folder is where the hook puts it, unless `state_root` is given."""

    def __init__(self, home: Path, state_root: Path | None = None) -> None:
        self.home = home
        self.mounts_file = home / ".tao_mounts.json"
        self.state = State(str(state_root or home / ".local/state/taoshell"), str(self.mounts_file))
        self.original = Path(self.state.original)
        self.cur = Path(self.state.cur)
        self.backups = Path(self.state.backups)

    # -- what the user and others do ---------------------------------------------------------

    def write_own(self, text: bytes = OWN) -> Identity:
        """The user has a mapping: not taoshell's, with an old mtime and another mode than ours."""
        self.mounts_file.write_bytes(text)
        self.mounts_file.chmod(0o640)
        os.utime(self.mounts_file, ns=(LONG_AGO_NS, LONG_AGO_NS))
        return Identity.of(self.mounts_file)

    def write_in_place(self, text: bytes = FOREIGN) -> int:
        """Write the mounts file as a notebook does; return the inode that was written."""
        with open(self.mounts_file, "wb") as file:
            file.write(text)
            return os.fstat(file.fileno()).st_ino

    def replace(self, text: bytes = FOREIGN) -> Identity:
        """Write the mounts file as an editor does: a new file, renamed over the old one."""
        new = self.home / ".tao_mounts.json.swp"
        new.write_bytes(text)
        new.rename(self.mounts_file)
        return Identity.of(self.mounts_file)

    # -- what allow and the shells do ----------------------------------------------------------

    def project(self, name: str = "p", source: str | None = None) -> str:
        """Create a project with a mapping in force; return its root."""
        root = str(self.home / name)
        self.expose(root, source or root)
        return root

    def expose(self, root: str, source: str) -> list[str]:
        files.ensure(self.state)
        project = self.state.project(root)
        files.ensure_project(project)
        return mapping.expose(self.state, project, mapping_of(source))

    def enter(self, root: str, pid: int = SELF, at_ns: int | None = None) -> Path:
        """Write a session: the shell `pid` is in the project `root` ("" for none)."""
        files.ensure(self.state)
        sessions.ensure_folder(self.state)
        path = Path(self.state.sessions, processes.name_of(pid))
        path.write_text(root + "\n")
        if at_ns is None:
            at_ns = time.time_ns()
        os.utime(path, ns=(at_ns, at_ns))
        return path

    def settle(self, own: str | Path = "") -> list[str]:
        return settle(self.state, str(own))

    def go(self, root: str, pid: int = SELF) -> list[str]:
        """Enter and settle, like a shell that leaves everything to Python."""
        return self.settle(self.enter(root, pid))

    # -- what is there -------------------------------------------------------------------------

    def in_force(self) -> bytes | None:
        """Return what a reader of ~/.tao_mounts.json gets; None if there is no such file."""
        return self.mounts_file.read_bytes() if self.mounts_file.exists() else None

    def holds(self, root: str) -> bool:
        """Whether readers get the mapping of the project in `root` through our links."""
        shared = self.state.project(root).shared
        return (
            self.mounts_file.is_symlink()
            and os.readlink(self.mounts_file) == CURRENT_NAME
            and os.path.join(self.home, os.readlink(self.state.cur)) == shared
            and self.in_force() == mapping_of(root).encode()
        )

    def backed_up(self) -> list[bytes]:
        return sorted(path.read_bytes() for path in self.backups.iterdir()) if self.backups.is_dir() else []

    def everything(self) -> list[bytes]:
        """Return the content of every file of the account."""
        return contents(self.home, Path(self.state.root))


def mapping_of(source: str) -> str:
    """Return a mounts file like the compiler's. Different sources give different files."""
    return json.dumps({"Mounts": [{"source": source, "destination": "/workspace"}]}, indent=4) + "\n"
