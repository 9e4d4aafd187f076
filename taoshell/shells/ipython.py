"""The hook of IPython, and so of Jupyter's kernels: it keeps the environment that of the project the notebook is in.

`taoshell install jupyter` copies this file, and IPython runs the copy when it starts. A kernel has a Python of its own,
so this file needs only Python 3.7, and nothing else of taoshell. `%load_ext taoshell` imports it.

It looks before each cell, as a shell's hook does at a prompt, and calls taoshell only if something is new or changed. A
kernel is no session: it never takes the mounts file. Outside of projects, or without taoshell, it does nothing.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_VERSION = 1  # of what `taoshell export kernel` prints
_SECONDS = 30  # until we go on without an answer
_TICK_NS = 10**8  # a file's mtime may be that much before the clock


def start(ipython: Any, program: Sequence[str]) -> None:
    """Keep `ipython` in the project of its folder. `program` are the words that start taoshell."""
    if "taoshell" in ipython.magics_manager.magics["line"]:  # the startup file has done it, and now comes %load_ext
        return
    hook = _Hook(ipython, program)
    hook.look()
    ipython.events.register("pre_run_cell", hook.before_cell)
    ipython.events.register("post_run_cell", hook.after_cell)
    ipython.register_magic_function(hook.magic, magic_name="taoshell")


class _Hook:
    def __init__(self, ipython: Any, program: Sequence[str]) -> None:
        self._ipython = ipython
        self._program = program
        self._is_kernel = hasattr(ipython, "kernel")
        self._at_start = _working_folder()
        self._answer: dict[str, Any] = {}
        self._seen: object = None
        self._said: object = None
        self._news: list[str] = []  # what is well, as Jupyter shows stderr in red
        self._to_say: list[str] = []  # nobody sees what is printed before the first cell
        self._mounts_file: object = None
        self._since_ns = 0

    # -- events ------------------------------------------------------------------------------------

    def before_cell(self, _info: object = None) -> None:
        """Act before each cell, as a shell's hook does at each prompt."""
        self.look()
        self._say()
        self._since_ns = time.time_ns() - _TICK_NS
        self._mounts_file = _stamp(self._answer.get("mounts_file", ""))

    def after_cell(self, result: Any = None) -> None:
        """Name the cell if it wrote the mounts file: nothing in this notebook reads that."""
        path = self._answer.get("mounts_file", "")
        now = _stamp(path)
        if now in (None, self._mounts_file) or os.stat(path).st_mtime_ns < self._since_ns or _is_compiled(path):
            return
        number = getattr(result, "execution_count", None)
        self._to_say.append(f"cell [{number}] {self._answer['overwritten']}")
        kept = self._run("_settle", "")  # as the next prompt of a shell would do
        lines = kept.stderr.splitlines() if kept else []
        self._to_say += [line.replace("taoshell: ", "", 1) for line in lines] or [self._answer["to_adopt"]]
        self._say()

    def magic(self, line: str) -> None:
        """Run taoshell in the notebook's folder: %taoshell status."""
        try:
            words = shlex.split(line) or ["status"]
        except ValueError as error:  # a quote is open
            self._to_say.append(f"{line}: {error}")
        else:
            refusal = _refusal(words, self._folder())
            if refusal:
                self._to_say.append(refusal)
            else:
                self._show(words)
        self.look()
        self._say()

    def _show(self, words: list[str]) -> None:
        """Run taoshell as long as it takes, and show what it prints at once."""
        # as a shell's hook does, say that this process has one; and a notebook is always UTF-8
        environ = {**os.environ, "TAOSHELL_HOOK": str(os.getpid()), "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
        try:
            child = subprocess.Popen(
                [*self._program, *words],
                cwd=self._folder(),
                env=environ,
                stdin=subprocess.DEVNULL,
                encoding="utf-8",
                errors="replace",
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError:  # it was removed
            return
        with child:
            errors = threading.Thread(target=_copy, args=(child.stderr, sys.stderr))
            errors.start()
            try:
                _copy(child.stdout, sys.stdout)
            except KeyboardInterrupt:
                child.terminate()
                raise
            finally:
                errors.join()

    # -- the environment ---------------------------------------------------------------------------

    def look(self) -> None:
        """Ask taoshell for the environment, if the project or one of its files is another than when we last asked."""
        folder = self._folder()
        root = _project_around(folder)
        if self._now(root) == self._seen:
            return
        if root or "TAOSHELL_GENERATION" in os.environ:
            self._ask(folder)
        self._seen = self._now(root)

    def _now(self, root: str) -> object:
        return root, [_stamp(path) for path in self._answer.get("watch", ())]

    def _ask(self, folder: str) -> None:
        self._answer = {}
        done = self._run("export", "kernel", folder)
        if done is None:
            return
        if done.returncode != 0:
            # without the prefix there is no taoshell any more, only what is left of its program
            lines = [line for line in done.stderr.splitlines() if line.startswith("taoshell: ")]
            self._to_say += [line.replace("taoshell: ", "", 1) for line in lines]
            return
        answer = json.loads(done.stdout)
        if answer["version"] != _VERSION:
            self._to_say.append("taoshell was upgraded: restart the kernel")
            return
        self._answer = answer
        for name in answer["unset"]:
            os.environ.pop(name, None)
        os.environ.update(answer["set"])
        if answer["set"] or answer["unset"] or answer["say"] != self._said:
            (self._news if answer["loaded"] or not answer["project"] else self._to_say).extend(answer["say"])
        self._said = answer["say"]

    def _folder(self) -> str:
        """Return the notebook's folder: a kernel is started there, but VS Code names the notebook after the start.

        JPY_SESSION_NAME does not count: a kernel that a cell starts, as papermill does, inherits its starter's.
        """
        path = self._ipython.user_ns.get("__vsc_ipynb_file__")
        if isinstance(path, str) and os.path.isabs(path) and os.path.isdir(os.path.dirname(path)):
            return os.path.dirname(path)
        return self._at_start if self._is_kernel else _working_folder()

    def _run(self, *words: str) -> Any:
        """Run taoshell. Return None if it is not there or does not answer."""
        try:
            return subprocess.run(
                [*self._program, *words],
                cwd="/",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            self._to_say.append(f"no answer in {_SECONDS} seconds, so nothing changes in this notebook")
        except OSError:  # it was removed
            return None
        return None

    def _say(self) -> None:
        for lines, file in ((self._news, sys.stdout if self._is_kernel else sys.stderr), (self._to_say, sys.stderr)):
            for line in lines:
                print(f"taoshell: {line}", file=file)
            lines.clear()


def _refusal(words: list[str], folder: str) -> str:
    """Return why a notebook cannot run this command; "" if it can."""
    name, options = words[0], words[1:]
    if "--help" in options or "-h" in options:
        return ""
    if name in ("on", "off"):
        return f"{name} is for shells: a notebook always has the project of its folder"
    if name == "edit" or (name == "config" and "--edit" in options):
        return f"{' '.join(words)} opens an editor, so it needs a terminal; run it in one, in {folder}"
    return ""


def _copy(lines: Any, file: Any) -> None:
    for line in lines:
        file.write(line)
        file.flush()


def _working_folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was deleted
        return "/"


def _project_around(folder: str) -> str:
    """Return the nearest folder with a taoshell.toml, as a shell's hook does; "" if there is none."""
    folder = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(folder, "taoshell.toml")):
        if folder == os.path.dirname(folder):
            return ""
        folder = os.path.dirname(folder)
    return folder


def _stamp(path: str) -> object:
    """Return what differs after a change of the file `path`, and of the symlink if it is one; None if it is missing."""
    try:
        both = os.lstat(path), os.stat(path)
    except OSError:
        return None
    return [(found.st_ino, found.st_mtime_ns, found.st_size) for found in both]


def _is_compiled(mounts_file: str) -> bool:
    """Whether the mounts file leads to a mapping just as taoshell compiled it: as old as its twin."""
    real = os.path.realpath(mounts_file)
    twin = os.path.join(os.path.dirname(real), "mounts.json")
    is_shared = os.path.basename(real) == "shared.json" and os.path.exists(twin)
    return is_shared and os.stat(real).st_mtime_ns == os.stat(twin).st_mtime_ns


if __name__ == "__main__":  # the copy, run by the startup file
    from IPython import get_ipython

    start(get_ipython(), [os.path.join(os.path.dirname(os.path.abspath(__file__)), "taoshell")])
