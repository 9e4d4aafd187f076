"""Another user than root, with a home of their own; root itself is never told no by the system."""

from __future__ import annotations

import importlib
import io
import os
import pkgutil
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

import taoshell
from taoshell.__main__ import main
from tests.accounts import Account
from tests.commands.conftest import Done
from tests.needs import need

UID = GID = 65534  # nobody's, on every Linux
SECONDS = 20


class Other:
    """The user `UID` with the home `home`. What they do happens in a forked child that has become them: they may well
    not be able to read the Python that runs the tests, so all that they need is loaded before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.environ: dict[str, str] = {"HOME": str(self.home), "PATH": os.environ["PATH"]}
        self.does(lambda: self.home.mkdir(mode=0o700))

    def types(self, *words: str | Path, cwd: Path | None = None, uid: int = UID) -> Done:
        """`taoshell WORDS`."""

        def command() -> None:
            sys.argv = ["taoshell", *map(str, words)]
            main()

        return self._in_child(command, cwd or self.folder, uid)

    def must(self, *words: str | Path, cwd: Path | None = None) -> Done:
        done = self.types(*words, cwd=cwd)
        assert done.status == 0, done.err
        return done

    def does(self, action: Callable[[], object]) -> None:
        """Whatever else a user does, or a program of theirs."""
        done = self._in_child(action, self.folder, UID)
        assert done.status == 0, done.err

    def settles(self, account: Account) -> None:
        self.does(account.settle)

    def _in_child(self, action: Callable[[], object], cwd: Path, uid: int) -> Done:
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            child = os.fork()
            if child == 0:
                os._exit(self._become(action, cwd, uid, (out.fileno(), err.fileno())))
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            out.seek(0)
            err.seek(0)
            return Done(status, out.read(), err.read())

    def _become(self, action: Callable[[], object], cwd: Path, uid: int, streams: tuple[int, int]) -> int:
        signal.alarm(SECONDS)
        for number, name in zip(streams, ("stdout", "stderr"), strict=True):
            setattr(sys, name, os.fdopen(os.dup(number), "w"))
        try:
            os.setgroups([])
            os.setgid(GID if uid else 0)
            os.setuid(uid)
            os.environ.clear()
            os.environ.update(self.environ)
            os.chdir(cwd)
            action()
            return 0
        except SystemExit as exit_:
            return exit_.code if isinstance(exit_.code, int) else 1
        except BaseException as error:  # noqa: BLE001  a child that raised would go on as a second pytest
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            return 99
        finally:
            sys.stdout.flush()
            sys.stderr.flush()


@pytest.fixture
def other() -> Iterator[Other]:
    need("yes" if os.geteuid() == 0 else None, "a way to act as another user (the tests are not run as root, which)")
    _load_everything()
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    os.chown(folder, UID, GID)
    yield Other(folder)
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(folder)


def _load_everything() -> None:
    for module in pkgutil.walk_packages(taoshell.__path__, "taoshell."):
        importlib.import_module(module.name)
    table = Table(box=None)
    table.add_row("x")
    Console(file=io.StringIO()).print(table)  # rich loads some of itself only when it prints
