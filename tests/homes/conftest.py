"""A user other than root, with their own home. (Root would not get permission errors.)"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.accounts import Account
from tests.support.children import Done, command, in_child
from tests.support.needs import need

UID = 65534  # nobody, on every Linux; the group has the same number


class Other:
    """The user `UID` with the home `home`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.environ: dict[str, str] = {"HOME": str(self.home), "PATH": os.environ["PATH"]}
        self.does(lambda: self.home.mkdir(mode=0o700))

    def types(self, *words: str | Path, uid: int = UID) -> Done:
        """Run `taoshell WORDS`."""
        return in_child(command(*words), self.environ, self.folder, uid=uid)

    def must(self, *words: str | Path) -> Done:
        """Run `taoshell WORDS`, which must succeed."""
        done = self.types(*words)
        assert done.status == 0, done.err
        return done

    def does(self, action: Callable[[], object]) -> None:
        """Do anything else as this user."""
        done = in_child(action, self.environ, self.folder, uid=UID)
        assert done.status == 0, done.err

    def settles(self, account: Account) -> None:
        self.does(account.settle)


@pytest.fixture
def other() -> Iterator[Other]:
    need("root" if os.geteuid() == 0 else None, "root, which alone can act as another user,")
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    os.chown(folder, UID, UID)
    yield Other(folder)
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(folder)
