"""Where taoshell keeps what it knows. Nothing here touches the disk; taoshell.storage does.

Paths are plain strings and nothing heavy is imported: `taoshell hook` runs at each shell's start.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

MOUNTS_NAME = ".tao_mounts.json"
ORIGINAL_NAME = ".tao_mounts.original.json"


class State:
    """The state folder `root` of one user, and the mounts file that it cares for."""

    def __init__(self, root: str, mounts_file: str) -> None:
        self.root = root
        self.mounts_file = mounts_file
        self.original = os.path.join(os.path.dirname(mounts_file), ORIGINAL_NAME)
        self.cur = os.path.join(root, "cur")
        self.allowed = os.path.join(root, "allowed")
        self.sessions = os.path.join(root, "sessions")
        self.backups = os.path.join(root, "backups")
        self.refused = os.path.join(root, "refused.json")
        self.released = os.path.join(root, "released")
        self.hooks = os.path.join(root, "hooks")
        self.completions = os.path.join(self.hooks, "completions")

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> State:
        """The state that `environ` names: what a hook fixed (TAOSHELL_…), else XDG_STATE_HOME, else ~/.local/state."""
        home = environ.get("HOME") or os.path.expanduser("~")
        base = environ.get("XDG_STATE_HOME", "")
        if not os.path.isabs(base):  # the XDG specification: a relative path is ignored
            base = os.path.join(home, ".local", "state")
        return cls(
            environ.get("TAOSHELL_STATE") or os.path.join(base, "taoshell"),
            environ.get("TAOSHELL_MOUNTS_FILE") or os.path.join(home, MOUNTS_NAME),
        )

    def hook(self, name: str) -> str:
        """What `taoshell install` has the shell `name` source."""
        return f"{self.hooks}/{name}"

    def project(self, root: str) -> ProjectState:
        """The part that belongs to the project in folder `root` (a real path)."""
        return ProjectState(f"{self.root}/projects{root}/+")


class ProjectState:
    """What is kept of one project; see docs/architecture.md for what each file means."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.current = f"{folder}/current"
        self.generations = f"{folder}/gen"
        self.stamps = f"{folder}/stamps"
        self.mounts = f"{folder}/mounts.json"
        self.shared = f"{folder}/shared.json"
        self.inputs = f"{folder}/inputs.json"
        self.retired = f"{folder}/retired"
