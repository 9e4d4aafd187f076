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


class State:
    """The state folder `root` of one user, and the mounts file that it manages."""

    def __init__(self, root: str, mounts_file: str) -> None:
        self.root = root
        self.mounts_file = mounts_file
        self.original = os.path.join(os.path.dirname(mounts_file), ORIGINAL_NAME)
        self.spare = f"{mounts_file}.taoshell"
        self.cur = os.path.join(root, "cur")
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
        """Return the state that `environ` names: TAOSHELL_… as set by a hook, else XDG_STATE_HOME, else the default."""
        default = os.path.join(xdg_folder(environ, "XDG_STATE_HOME", ".local/state"), "taoshell")
        mounts_file = environ.get("TAOSHELL_MOUNTS_FILE") or os.path.join(home_of(environ), MOUNTS_NAME)
        return cls(environ.get("TAOSHELL_STATE") or default, mounts_file)

    def hook(self, name: str) -> str:
        """Return the hook file that `taoshell install` makes the shell `name` source."""
        return f"{self.hooks}/{name}"

    def project(self, root: str) -> ProjectFolder:
        """Return the folder for the project in `root` (a real path)."""
        return ProjectFolder(root, f"{self._projects}{root}/+")

    def project_folders(self) -> Iterator[ProjectFolder]:
        """Yield every project folder there is, of forgotten projects too."""
        for folder, names, _ in os.walk(self._projects):
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
        self.stamps = f"{folder}/stamps"
        self.mounts = f"{folder}/mounts.json"
        self.shared = f"{folder}/shared.json"
        self.inputs = f"{folder}/inputs.json"
        self.retired = f"{folder}/retired"
        self.replaced = f"{folder}/replaced"


def xdg_folder(environ: Mapping[str, str], variable: str, default: str) -> str:
    """Return the folder that `variable` names, or else `default` below the home.

    A relative path is ignored, as the XDG Base Directory Specification demands.
    """
    folder = environ.get(variable, "")
    return folder if os.path.isabs(folder) else os.path.join(home_of(environ), default)


def home_of(environ: Mapping[str, str]) -> str:
    """Return the home folder of the user."""
    return environ.get("HOME") or os.path.expanduser("~")
