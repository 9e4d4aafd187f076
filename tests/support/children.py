"""Commands in a forked child: a process with its own streams, environment and user, but without a new Python.

This is ten times as fast as a new Python, and works for a user who cannot read the Python of the tests.
"""

from __future__ import annotations

import codecs
import functools
import importlib
import os
import pkgutil
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import taoshell
from taoshell.__main__ import main
from tests.support.waiting import SECONDS


@dataclass(frozen=True)
class Done:
    """What a process printed, and its exit status, which is -N if signal N killed it."""

    status: int
    out: str
    err: str


def command(*words: str | Path) -> Callable[[], None]:
    """Return an action for `in_child`: `taoshell WORDS`."""

    def act() -> None:
        sys.argv = ["taoshell", *map(str, words)]
        main()

    return act


def in_child(
    action: Callable[[], object], environ: Mapping[str, str], cwd: str | Path, stdin: str = "", uid: int | None = None
) -> Done:
    """Do `action` in exactly this environment, as the user `uid` (None: our own user)."""
    _load_everything()
    with (
        tempfile.TemporaryFile("w+") as given,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
    ):
        given.write(stdin)
        given.seek(0)
        child = os.fork()
        if child == 0:
            signal.alarm(int(SECONDS))
            for number, stream in enumerate((given, out, err)):
                os.dup2(stream.fileno(), number)
            os._exit(_become(action, environ, cwd, uid))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        err.seek(0)
        return Done(status, out.read(), err.read())


def _become(action: Callable[[], object], environ: Mapping[str, str], cwd: str | Path, uid: int | None) -> int:
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
    try:
        if uid is not None:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
        os.environ.clear()
        os.environ.update(environ)
        os.chdir(cwd)
        action()
        return 0
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 1
    except BaseException as error:  # noqa: BLE001  an exception would make the child a second pytest
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 99
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


@functools.cache
def _load_everything() -> None:
    for module in pkgutil.walk_packages(taoshell.__path__, "taoshell."):
        importlib.import_module(module.name)
    for name in ("ctypes", "difflib", "shutil", "subprocess"):  # imported when needed; another user may not read them
        importlib.import_module(name)
    for encoding in ("ascii", "unicode_escape"):  # Python imports an encoding when it is first used
        codecs.lookup(encoding)
