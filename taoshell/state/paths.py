"""Paths of the state folder. Nothing here writes to the disk; `taoshell.state.files` does.

Paths are plain strings and nothing heavy is imported: `taoshell hook` runs whenever a shell starts.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOUNTS_NAME = ".tao_mounts.json"
ORIGINAL_NAME = ".tao_mounts.original.json"
CURRENT_NAME = ".tao_mounts.current.json"
_FOR_ONE_CALL = ("TAOSHELL_STATE", "TAOSHELL_MOUNTS_FILE")  # as the hook sets them, and for no other program
_RECORD = "inputs.json"


class State:
    """The state folder `root` of one user, and the mounts file that it manages."""

    def __init__(self, root: str, mounts_file: str) -> None:
        self.root = root = _without_double_slashes(root)
        self.mounts_file = _without_double_slashes(mounts_file)
        self.home = os.path.dirname(self.mounts_file)
        self.original = os.path.join(self.home, ORIGINAL_NAME)
        self.cur = os.path.join(self.home, CURRENT_NAME)
        self.spare = f"{self.mounts_file}.taoshell"
        self.old_cur = os.path.join(root, "cur")  # 0.1.0 had it here
        self.stamps = os.path.join(root, "stamps")
        self.arrived = os.path.join(root, "arrived")
        self.looks = os.path.join(root, "looks")
        self.mtimes = os.path.join(root, "mtimes")
        self.allowed = os.path.join(root, "allowed")
        self.sessions = os.path.join(root, "sessions")
        self.backups = os.path.join(root, "backups")
        self.refused = os.path.join(root, "refused.json")
        self.released = os.path.join(root, "released")
        self.hooks = os.path.join(root, "hooks")
        self.completions = os.path.join(self.hooks, "completions")
        self._projects = os.path.join(root, "projects")

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> State:
        """Return the state that `environ` names: TAOSHELL_… as set by a hook, else XDG_STATE_HOME, else the default.

        A hook sets both, for this call only. Whoever can forge them can as well set HOME or PATH, so they are not
        secured further: a folder of another user is refused, and what no hook would set is passed over.
        """
        default = os.path.join(xdg_folder(environ, "XDG_STATE_HOME", ".local/state"), "taoshell")
        root, mounts_file = (environ.get(name, "") for name in _FOR_ONE_CALL)
        if not (os.path.isabs(root) and os.path.isabs(mounts_file)):
            root, mounts_file = default, os.path.join(home_of(environ), MOUNTS_NAME)
        return cls(root, mounts_file)

    def hook(self, name: str) -> str:
        """Return the hook file that `taoshell install` makes the shell `name` source."""
        return f"{self.hooks}/{name}"

    def from_home(self, path: str) -> str:
        """Return `path` as a symlink in the home names it: relative if it is below the home, so that the home may move.

        It never begins with `..`: that would lead astray if a folder on the way is a symlink to another disk.
        """
        return path.removeprefix(os.path.join(self.home, ""))

    def portable(self, root: str) -> str:
        """Return the real path `root` as `~/…` if it is below the home, which may move or have several paths."""
        folder, home = root, _identity(self.home)
        while home is not None and folder != os.path.dirname(folder):
            folder = os.path.dirname(folder)
            if _identity(folder) == home:
                return f"~/{root[len(folder) :].lstrip('/')}"
        return root

    def record(self, root: str) -> str:
        """Return the file that says what was approved last of the project in `root`. It moves with the home."""
        portable = self.portable(root)
        return f"{self._projects}{'/' if portable.startswith('~') else ''}{portable}/+/{_RECORD}"

    def recorded_below_home(self) -> Iterator[str]:
        """Yield the root of every project below the home of which there is such a record."""
        top = f"{self._projects}/~"
        for folder, _, names in os.walk(top):
            if _RECORD in names and os.path.basename(folder) == "+":
                yield os.path.realpath(self.home) + os.path.dirname(folder)[len(top) :]

    def project(self, root: str) -> ProjectFolder:
        """Return the folder for the project in `root` (a real path)."""
        return ProjectFolder(root, f"{self._projects}{root}/+")

    def project_folders(self) -> Iterator[ProjectFolder]:
        """Yield every project folder there is, of forgotten projects too."""
        for folder, names, _ in os.walk(self._projects):
            if folder == self._projects and "~" in names:
                names.remove("~")  # it contains only records
            if "+" in names:
                names.remove("+")  # it contains no project folders
                yield self.project(folder[len(self._projects) :])


class ProjectFolder:
    """What the state folder keeps of the project in `root`; docs/architecture.md describes each file."""

    def __init__(self, root: str, folder: str) -> None:
        self.root = root
        self.folder = folder
        self.current = f"{folder}/current"
        self.generations = f"{folder}/gen"
        self.mounts = f"{folder}/mounts.json"
        self.shared = f"{folder}/shared.json"
        self.old_record = f"{folder}/{_RECORD}"  # where 0.1.0 had it; see State.record
        self.retired = f"{folder}/retired"
        self.replaced = f"{folder}/replaced"


def _without_double_slashes(path: str) -> str:
    """Return `path` in one spelling. A HOME that ends with a slash would otherwise give `~//…` and `~/…`."""
    return path if "//" not in path else _without_double_slashes(path.replace("//", "/"))


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:  # gone
        return None
    return found.st_dev, found.st_ino


def xdg_folder(environ: Mapping[str, str], variable: str, default: str) -> str:
    """Return the folder that `variable` names, or else `default` below the home.

    A relative path is ignored, as the XDG Base Directory Specification demands.
    """
    folder = environ.get(variable, "")
    return folder if os.path.isabs(folder) else os.path.join(home_of(environ), default)


def config_path(environ: Mapping[str, str]) -> str:
    """Return the path of the user's defaults, a file that may not exist."""
    return f"{xdg_folder(environ, 'XDG_CONFIG_HOME', '.config')}/taoshell/config.toml"


def is_root(path: str) -> bool:
    """Whether `path` can be the root of a project: a real path, with which the path of its project folder is made."""
    return path.startswith("/") and not {"", ".", "..", "+"} & set(path[1:].split("/")) and "\n" not in path


def for_other_programs(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` without what the hook sets for us alone."""
    return {name: value for name, value in environ.items() if name not in _FOR_ONE_CALL}


def home_of(environ: Mapping[str, str]) -> str:
    """Return the home folder of the user."""
    return environ.get("HOME") or os.path.expanduser("~")
