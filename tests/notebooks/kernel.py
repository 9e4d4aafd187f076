"""Run the cells of a notebook in IPython for real, one after another, and print what they have set.

    python kernel.py < {"cells": [[NUMBER, TEXT]…], "script": bool}

Commands with ! do nothing. This prints JSON: {"environ": {…}, "files": {path: text}, "failed": [NUMBER…]}.
It must be started in a sandbox: an ordinary user without a network, in a folder of its own that is also its HOME.
"""

from __future__ import annotations

import glob
import io
import json
import os
import subprocess
import sys
from typing import Any, NoReturn


class Stopped(RuntimeError):
    """The cell started a program, which the sandbox does not have."""


def _refuse(*_args: object, **_keywords: object) -> NoReturn:
    raise Stopped


def _mounts_files(folders: list[str]) -> dict[str, str]:
    """Return the JSON files, hidden ones too, at the top of `folders`."""
    paths = [path for folder in folders for path in glob.glob(f"{folder}/*.json") + glob.glob(f"{folder}/.*.json")]
    found = {}
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as file:
            found[path] = file.read()
    return found


def main() -> None:
    job = json.load(sys.stdin)
    real_stdout, sys.stdout, sys.stderr = sys.stdout, io.StringIO(), io.StringIO()
    from IPython.core.interactiveshell import InteractiveShell

    shell: Any = InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.system = shell.system_raw = shell.system_piped = lambda _command: None
    shell.getoutput = lambda _command, split=True, depth=0: [] if split else ""
    vars(os)["system"] = lambda _command: 0
    vars(subprocess)["Popen"] = _refuse
    if job.get("script"):
        shell.user_ns["__file__"] = job["script"]
    before = dict(os.environ)
    failed = []
    for number, text in job["cells"]:
        result = shell.run_cell(text, store_history=False)
        if not result.success:
            failed.append(number)
    environ = {name: value for name, value in os.environ.items() if before.get(name) != value}
    removed = [name for name in before if name not in os.environ]
    files = _mounts_files([os.path.expanduser("~"), job["folder"]])
    json.dump({"environ": environ, "removed": removed, "files": files, "failed": failed}, real_stdout)


if __name__ == "__main__":
    main()
