"""The next prompt after a fault, in a real shell with the real hook."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from taoshell.shells.render import render
from tests.support.accounts import Account
from tests.support.needs import need

_LOOK = 'eval "$1"; cd -- "$2" && _taoshell_hook; exec env -0'


def environment_at(account: Account, folder: str | Path) -> dict[str, str]:
    """Return the environment of a new bash with the hook, at its first prompt in `folder`."""
    bash = need(shutil.which("bash"), "bash")
    done = subprocess.run(
        [bash, "--norc", "--noprofile", "-i", "-c", _LOOK, "bash", render("bash", account.state), str(folder)],
        env={"HOME": str(account.home), "PATH": os.environ["PATH"], "LC_ALL": "C"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    pairs = (entry.partition(b"=") for entry in done.stdout.split(b"\0") if entry)
    return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}
