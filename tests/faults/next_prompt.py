"""The next prompt after a fault, in a real shell with the real hook."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from taoshell.shells.render import render
from tests.support.accounts import Account
from tests.support.clone import CLONE
from tests.support.needs import need

_LOOK = 'eval "$1"; cd -- "$2" && _taoshell_hook; exec env -0'
_IMPATIENT = f"\n_taoshell_main={shlex.quote(str(CLONE / 'tests/faults/impatient.py'))}"


def environment_at(account: Account, folder: str | Path, *, is_impatient: bool = False) -> dict[str, str]:
    """Return the environment of a new bash with the hook, at its first prompt in `folder`."""
    hook = render("bash", account.state) + (_IMPATIENT if is_impatient else "")
    bash = need(shutil.which("bash"), "bash")
    done = subprocess.run(
        [bash, "--norc", "--noprofile", "-i", "-c", _LOOK, "bash", hook, str(folder)],
        env={"HOME": str(account.home), "PATH": os.environ["PATH"], "LC_ALL": "C"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    pairs = (entry.partition(b"=") for entry in done.stdout.split(b"\0") if entry)
    return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}
