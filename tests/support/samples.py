"""A sample project on the disk, before the user runs any command."""

from __future__ import annotations

import os
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
    def record(self) -> Path:
        """What was approved last."""
        return Path(self.state.record(str(self.root)))

    @property
    def kept(self) -> Path:
        """The project's folder in the state folder."""
        return Path(self.state.project(str(self.root)).folder)

    @property
    def script(self) -> str:
        """The script that a shell sources to enter the project."""
        return (self.kept / "current" / "posix-2.sh").read_text()

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
        generation = os.path.basename(os.readlink(self.kept / "current"))
        stamps = {self.toml: "toml", self.env: "env"}
        return all(
            self.stamp(generation, f"{name}-") < source.stat().st_mtime_ns < self.stamp(generation, f"{name}+")
            if source.exists()
            else "! -e " in self.script and self.stamp(generation, f"{name}+")
            for source, name in stamps.items()
        )

    def stamp(self, generation: str, name: str) -> int:
        """The mtime of a stamp of a generation; 0 if there is none."""
        path = Path(self.state.stamps) / f"{generation}.{name}"
        return path.stat().st_mtime_ns if path.exists() else 0
