"""A machine with its own accounts, for the real `su`, `sudo` and `sshd`.

Only the real programs show what they do to an environment, and they read /etc. So they run in a mount namespace where
the test provides the few files that they need. Nothing outside the namespace sees these.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.clone import CLONE
from tests.support.needs import need

_SCRIPT = str(Path(__file__).with_name("machine.sh"))


class Machine:
    """`accounts`: uid and home of each name. All accounts have the same `shell`. `folder` holds the files for /etc.

    Each account may run the Python of the tests, and may become root by `sudo`.
    """

    def __init__(self, folder: Path, accounts: dict[str, tuple[int, Path]], shell: str) -> None:
        need("root" if os.geteuid() == 0 else None, "root, who alone can mount,")
        self._unshare = need(shutil.which("unshare"), "unshare")
        self.folder = folder
        folder.mkdir()
        accounts = {**accounts, "sshd": (101, Path("/run/sshd"))}
        passwd = "".join(f"{name}:x:{uid}:{uid}::{home}:{shell}\n" for name, (uid, home) in accounts.items())
        (folder / "passwd").write_text(passwd)
        (folder / "group").write_text("".join(f"{name}:x:{uid}:\n" for name, (uid, _home) in accounts.items()))
        (folder / "shadow").write_text("".join(f"{name}:*:19000:0:99999:7:::\n" for name in accounts))
        if Path("/etc/sudoers").exists():
            (folder / "sudoers").write_text("Defaults env_reset\nALL ALL = (ALL) NOPASSWD:SETENV: ALL\n")
            (folder / "sudoers").chmod(0o440)
        probe = subprocess.run(self.command(["true"]), capture_output=True, text=True, check=False)
        need("mounts" if probe.returncode == 0 else None, f"the right to mount ({probe.stderr.strip()})")

    def command(self, words: Sequence[str], cwd: Path | str = "/") -> list[str]:
        """Return the command that runs `words` on this machine, as root, in `cwd`."""
        program = [os.path.realpath(sys.base_prefix), sys.prefix, str(CLONE)]
        closed = {folder for folder in map(_closed_above, program) if folder}
        assert len(closed) < 2, "more than one folder on the way is closed to other users"
        inside = [folder for folder in program if _closed_above(folder)]
        mounts = [_SCRIPT, str(self.folder), "".join(closed), *inside, "--"]
        return [self._unshare, "--mount", *mounts, str(cwd), *words]


def _closed_above(path: str) -> str:
    """Return the folder above `path` that other users cannot enter; "" if there is none."""
    above = [str(folder) for folder in Path(path).parents if not folder.stat().st_mode & 0o001]
    return above[-1] if above else ""
