"""A user, and changes to their home that cause problems."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.shells.desk import Desk
from tests.shells.dialects import Shell
from tests.shells.projects import Home
from tests.shells.starts.machine import Machine
from tests.shells.terminal import Terminal
from tests.support.children import command, in_child
from tests.support.needs import need
from tests.support.trees import Entry, snapshot

UID = 65534  # the user nobody, on every Linux; the group has the same number
_NOT_THE_USERS = ("/.local", "/.config", "/.cache", "/.bash_history")  # taoshell's or the shell's


class User(Desk):
    """A user with the uid `UID` and only the group `UID`."""

    def __init__(self, home: Home, shell: Shell, machine: Machine, stock: Path) -> None:
        super().__init__(home, shell)
        self._machine = machine
        self._stock = stock
        self._undo: list[Callable[[], object]] = []
        self._move_in()

    def _move_in(self) -> None:
        """Restore the home from the stock, and make the user its owner."""
        self.home.restock(self._stock)
        self.give(self.home.path, *self.home.path.rglob("*"))

    def give(self, *paths: Path) -> None:
        for path in paths:
            os.chown(path, UID, UID, follow_symlinks=False)

    # -- at work ---------------------------------------------------------------------------------------------

    def sits_down(self) -> Terminal:
        become = [need(shutil.which("setpriv"), "setpriv"), f"--reuid={UID}", f"--regid={UID}", "--clear-groups"]
        return self.terminal(argv=self._machine.command([*become, *self.shell.command()], self.home.path))

    def state_folders(self) -> list[Path]:
        found = [self.home.state, *self.home.state.rglob("*")]
        return [path for path in found if path.is_dir() and not path.is_symlink()]

    def keeps_state_elsewhere(self) -> None:
        """Move the state folder to another file system, and approve the projects there."""
        is_another = os.access("/dev/shm", os.W_OK) and os.stat("/dev/shm").st_dev != os.stat(self.home.path).st_dev
        elsewhere = Path(tempfile.mkdtemp(dir=need("/dev/shm" if is_another else None, "a second file system")))
        self._undo.append(lambda: shutil.rmtree(elsewhere))
        self.give(elsewhere)
        shutil.rmtree(self.home.state)
        self.home.env["XDG_STATE_HOME"] = str(elsewhere)
        self.home.state = elsewhere / "taoshell"
        for name in ("a", "b"):
            done = in_child(command("allow", "--yes", self.home.path / name), self.home.env, self.home.path, uid=UID)
            assert done.status == 0, done.err

    # -- the disk --------------------------------------------------------------------------------------------

    def gets_a_disk(self) -> None:
        """Move the home to its own small disk."""
        disk = self.home.path.parent
        mount = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "small", str(disk)]
        subprocess.run(mount, check=True)
        self._undo.append(lambda: subprocess.run(["umount", "--lazy", str(disk)], check=True))
        self._move_in()

    def remounts(self, option: str, terminal: Terminal | None = None) -> None:
        """Remount the disk read-only (ro) or writable (rw), for this terminal or for all later ones."""
        where = ["nsenter", "--mount", f"--target={terminal.pid}"] if terminal else []
        subprocess.run([*where, "mount", "-o", f"remount,{option}", str(self.home.path.parent)], check=True)

    # -- what there is ---------------------------------------------------------------------------------------

    def belongings(self) -> dict[str, tuple[int, Entry]]:
        """Return the user's own files in the home, with their inodes."""
        found = snapshot(self.home.path)
        del found[str(self.home.path)]
        skipped = tuple(f"{self.home.path}{name}" for name in _NOT_THE_USERS)
        return {path: (os.lstat(path).st_ino, entry) for path, entry in found.items() if not path.startswith(skipped)}

    def in_force(self) -> bytes | None:
        """Return what a reader of ~/.tao_mounts.json gets; None if there is no file."""
        return self.home.mounts_file.read_bytes() if self.home.mounts_file.is_file() else None

    def close(self) -> None:
        super().close()
        for undo in reversed(self._undo):
            undo()
