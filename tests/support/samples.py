"""A sample project on the disk, before the user runs any command."""

from __future__ import annotations

from pathlib import Path

from taoshell.actions import approve, change
from taoshell.actions.sources import read_sources
from taoshell.state.paths import State

TOML = 'layout = "classic"\nnetwork = "detectnet_v2"\n'
ENV = "KEY=tlt_encode\nNUM_GPUS=1\n"
CONTAINER = "/workspace/tao-experiments"


def approve_now(state: State, root: str | Path) -> approve.Allowed:
    """Approve the project in `root` as it is now."""
    return approve.allow(state, change.plan(state, read_sources(str(root))))


class Sample:
    """The project in `root`, and the user's state folder."""

    def __init__(self, home: Path, name: str = "p", *, toml: str = TOML, env: str | None = ENV) -> None:
        self.home = home
        self.root = home / name
        self.toml, self.env = self.root / "taoshell.toml", self.root / ".env"
        self.state = State.of({"HOME": str(home)})
        (self.root / "specs").mkdir(parents=True)
        self.toml.write_text(toml)
        if env is not None:
            self.env.write_text(env)
            self.env.chmod(0o600)

    def allow(self) -> approve.Allowed:
        return approve_now(self.state, self.root)

    def sync(self) -> list[str]:
        return approve.sync(self.state, str(self.root))

    @property
    def kept(self) -> Path:
        """The project's folder in the state folder."""
        return Path(self.state.project(str(self.root)).folder)

    @property
    def script(self) -> str:
        """The script that a shell sources to enter the project."""
        return (self.kept / "current" / "posix-1.sh").read_text()

    @property
    def mounts(self) -> str:
        """The content of the file that LAUNCHER_MOUNTS names."""
        return (self.kept / "mounts.json").read_text()

    @property
    def is_blocked(self) -> bool:
        """Whether a shell that enters gets only a mounts file that the launcher refuses."""
        alone = "LOCAL_PROJECT_DIR" not in self.script
        tombstone = "is not approved; run: taoshell allow" in self.mounts
        assert alone == tombstone, "half blocked"
        return alone

    @property
    def is_fresh(self) -> bool:
        """Whether a shell considers the generation in force up to date."""
        stamps = {self.toml: self.kept / "stamps/toml", self.env: self.kept / "stamps/env"}
        return all(
            stamp.exists() and stamp.stat().st_mtime_ns == source.stat().st_mtime_ns
            if source.exists()
            else "! -e " in self.script
            for source, stamp in stamps.items()
        )
