"""Where the former versions of a user's files are kept, because a program may still have them open and write.

A kept file is the original inode. Its name is STAMP-DIGEST-NAME: the digest is that of the content that taoshell
expects. If the content differs, another program wrote it; then DIGEST becomes `saved`, and the file is never removed.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time

from taoshell.errors import TaoshellError, Where, printable
from taoshell.state.exchange import content_of, rename_new
from taoshell.state.files import is_left_behind, make_folder, replace_file
from taoshell.state.sha256 import sha256

_NEWEST = 20  # kept versions of one file
_MINUTE = 60 * 1_000_000_000  # within it, a program that is about to write may have opened the file
_SAVED = "saved"
_KEPT = re.compile(rf"[-0-9]{{10}}T[.0-9]{{15}}-([0-9a-f]{{16}}|{_SAVED})-(.+)", re.ASCII | re.DOTALL)


class Kept:
    """The folder `path` that keeps former versions of the files of one project."""

    def __init__(self, path: str) -> None:
        self.path = path

    @classmethod
    def beside(cls, path: str) -> Kept:
        """Return the folder for `path` if the state folder is on another file system.

        It is the user's own, as colleagues may share the project.
        """
        return cls(f"{os.path.dirname(path)}/.taoshell-kept-{os.geteuid()}")

    def all_for(self, path: str) -> list[Kept]:
        """Return this folder, and the one beside `path` if that is on another file system.

        On the same one it is not ours: a repository may contain it.
        """
        try:
            is_near = os.stat(self.path).st_dev == os.stat(os.path.dirname(path)).st_dev
        except OSError:  # not there yet
            is_near = False
        return [self] if is_near else [self, Kept.beside(path)]

    def ensure(self) -> None:
        """Create the folder, private to the user and ignored by git: the files may hold secrets.

        Raises TaoshellError if it is not a folder of the user.
        """
        with contextlib.suppress(FileExistsError):
            make_folder(self.path)
        found = os.lstat(self.path)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            cause = "taoshell keeps former versions of your files here, but this is not a folder of yours"
            raise TaoshellError(cause, "move it away", at=Where(self.path))
        if found.st_mode & 0o077:
            os.chmod(self.path, 0o700)
        ignore = f"{self.path}/.gitignore"
        if content_of(ignore) != b"*\n":
            replace_file(ignore, b"*\n")

    def _entries(self) -> list[str]:
        """Return the names in the folder; none if it is not a folder of the user, such as a repository's symlink."""
        try:
            found = os.lstat(self.path)
            is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
            return sorted(os.listdir(self.path)) if is_own else []
        except OSError:  # missing, or not for us to read
            return []

    def remove_if_empty(self) -> None:
        """Remove the folder if nothing is kept in it."""
        if self._entries() == [".gitignore"]:
            os.unlink(f"{self.path}/.gitignore")
            os.rmdir(self.path)

    def new(self, name: str) -> str:
        """Return a temporary name for a file that is about to replace the file `name`."""
        return f"{self.path}/{name}.new.taoshell-{os.getpid()}"

    def old(self, name: str) -> str:
        """Return a temporary name for the file `name` while it is moved away and nothing is in its place."""
        return f"{self.path}/{name}.old.taoshell-{os.getpid()}"

    def keep(self, path: str, name: str, expected: bytes | None) -> str:
        """Keep `path`, a file in this folder, as a version of the file `name`; return its new path.

        `expected` is what we believe that it holds; None if another program wrote it.
        """
        mark = _SAVED if expected is None else _digest(expected)
        while os.path.lexists(kept := f"{self.path}/{_stamp()}-{mark}-{name}"):
            pass
        try:
            os.rename(path, kept)
        except OSError:
            return path  # the next `recover` keeps it
        return kept

    def recover(self, path: str) -> list[str]:
        """Take care of what a killed process left of the file `path`. Return the lines to say."""
        to_say: list[str] = []
        name = os.path.basename(path)
        for old in self._left_behind(f"{name}.old"):
            try:
                if rename_new(old, path):
                    continue
            except OSError:  # for example, the folder of `path` is gone
                pass
            to_say.append(self._say_left(path, self.keep(old, name, None)))
        for new in self._left_behind(f"{name}.new"):
            to_say.append(self._say_left(path, self.keep(new, name, None)))
        return to_say

    def _left_behind(self, stem: str) -> list[str]:
        """Return temporary files of killed processes; also those under our own pid, as we are at the beginning."""
        found = [f"{self.path}/{entry}" for entry in self._entries() if entry.startswith(f"{stem}.taoshell-")]
        return [path for path in found if path.endswith(f"-{os.getpid()}") or is_left_behind(path)]

    @staticmethod
    def _say_left(path: str, kept: str) -> str:
        return f"taoshell was killed while it replaced {printable(path)}; one version is kept in {printable(kept)}"

    def forget(self) -> None:
        """Remove the versions that taoshell replaced. Those that other programs wrote stay."""
        for entry in self._entries():
            found = _KEPT.fullmatch(entry)
            if found is not None and found[1] != _SAVED:
                os.unlink(f"{self.path}/{entry}")
        self.remove_if_empty()

    def collect(self, path: str) -> list[str]:
        """Find versions of `path` that were written since they were kept; remove old ones that were not.

        Return the lines to say.
        """
        name = os.path.basename(path)
        unchanged: list[tuple[int, str]] = []
        to_say: list[str] = []
        for entry in self._entries():
            found, kept = _KEPT.fullmatch(entry), f"{self.path}/{entry}"
            if found is None or found[2] != name or found[1] == _SAVED:
                continue
            content = content_of(kept)
            if content is not None and _digest(content) == found[1]:
                unchanged.append((os.lstat(kept).st_ctime_ns, kept))
            else:
                saved = self.keep(kept, name, None)
                what = f"another program wrote {printable(path)} while or after taoshell replaced it"
                to_say.append(f"{what}; its version is kept in {printable(saved)}")
        for kept_ns, kept in sorted(unchanged, reverse=True)[_NEWEST:]:
            if kept_ns < time.time_ns() - _MINUTE:
                os.unlink(kept)
        return to_say


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]


def _stamp() -> str:
    now = time.time_ns()
    return f"{time.strftime('%Y-%m-%dT%H.%M.%S', time.localtime(now // 10**9))}.{now // 1000 % 10**6:06}"
