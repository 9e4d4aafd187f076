"""Two sample projects with nine variables, the same for every tool. Each tool has its own home folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

CONTAINER = "/workspace/tao-experiments"


@dataclass(frozen=True, slots=True)
class Project:
    """The input of a project. Its nine variables follow from it, as in NVIDIA's notebooks."""

    root: Path
    network: str
    gpus: int
    key: str

    @property
    def variables(self) -> dict[str, str]:
        return {
            "KEY": self.key,
            "NUM_GPUS": str(self.gpus),
            "LOCAL_PROJECT_DIR": f"{self.root}",
            "LOCAL_DATA_DIR": f"{self.root}/data",
            "LOCAL_EXPERIMENT_DIR": f"{self.root}/{self.network}",
            "LOCAL_SPECS_DIR": f"{self.root}/specs",
            "DATA_DOWNLOAD_DIR": f"{CONTAINER}/data",
            "USER_EXPERIMENT_DIR": f"{CONTAINER}/{self.network}",
            "SPECS_DIR": f"{CONTAINER}/{self.network}/specs",
        }


@dataclass(frozen=True, slots=True)
class World:
    """A home folder with two projects, and the complete environment of a measured shell."""

    home: Path
    a: Project
    b: Project
    environment: dict[str, str]

    @classmethod
    def at(cls, home: Path, path: str, roots: tuple[Path, Path] | None = None) -> World:
        """Create a world at `home` with PATH `path`. Its projects are at `roots`, or else in `home`."""
        environment = {"HOME": str(home), "PATH": path, "TERM": "xterm", "LANG": "C.UTF-8", "USER": "user"}
        first, second = roots or (home / "a", home / "b")
        for folder in (home, first, second):
            folder.mkdir(parents=True, exist_ok=True)
        return cls(
            home,
            Project(first, "detectnet_v2", 1, "tlt_encode"),
            Project(second, "classification", 2, "other_encode"),
            environment,
        )


def search_path(*first: Path) -> str:
    """The PATH of a measured shell: short, and the same for every tool."""
    return os.pathsep.join([*map(str, first), "/usr/local/bin", "/usr/bin", "/bin"])
