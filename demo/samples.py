"""The start of the demo: a user's home folder, and two projects with the mapping that taoshell must make of them."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from demo.terminal import RC

LAUNCHER = Path(__file__).resolve().parents[1] / ".cache" / "launcher-venv" / "bin"
CONTAINER = "/workspace/tao-experiments"
OWN_MAPPING = '{"Mounts": [{"source": "/mnt/mine", "destination": "/mine"}]}\n'
BASHRC = """\
export NUM_GPUS=8
eval "$(taoshell hook bash)"
PS1='\\w${TAOSHELL_PROMPT:+ [$TAOSHELL_PROMPT]} $ '
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """A project, and the expected result, written out: the mapping that NVIDIA's notebooks need."""

    home: str
    name: str
    network: str
    gpus: int

    @property
    def variables(self) -> list[str]:
        root = f"{self.home}/{self.name}"
        return [
            f"DATA_DOWNLOAD_DIR={CONTAINER}/data",
            "KEY=tlt_encode",
            f"LOCAL_DATA_DIR={root}/data",
            f"LOCAL_EXPERIMENT_DIR={root}/{self.network}",
            f"LOCAL_PROJECT_DIR={root}",
            f"LOCAL_SPECS_DIR={root}/specs",
            f"NUM_GPUS={self.gpus}",
            f"SPECS_DIR={CONTAINER}/{self.network}/specs",
            f"USER_EXPERIMENT_DIR={CONTAINER}/{self.network}",
        ]

    @property
    def mounts(self) -> list[dict[str, str]]:
        root = f"{self.home}/{self.name}"
        return [
            {"source": root, "destination": CONTAINER},
            {"source": f"{root}/specs", "destination": f"{CONTAINER}/{self.network}/specs"},
        ]

    @property
    def sources(self) -> list[str]:
        """The lines that `grep source` prints for a mounts file."""
        return [f'"source": "{mount["source"]}",' for mount in self.mounts]

    @property
    def init(self) -> str:
        """The command that makes the folder a project."""
        return f"taoshell init {self.name} --network {self.network} --gpus {self.gpus} --key tlt_encode --yes --mkdir"

    @property
    def entered(self) -> str:
        return f"taoshell: {self.name} ({self.network}): 9 variables, 2 mounts"


def make_home(home: str, extra: str) -> tuple[str, dict[str, str]]:
    """Fill `home` with the user's mounts file and start file; return the terminals' rc file and environment."""
    programs = Path(sys.executable).parent
    if not (programs / "taoshell").exists():  # not installed for this Python: run the clone
        programs = Path(home, ".local", "bin")
        programs.mkdir(parents=True)
        main_file = Path(__file__).resolve().parents[1] / "taoshell" / "__main__.py"
        (programs / "taoshell").write_text(f"#!/bin/sh\nexec '{sys.executable}' '{main_file}' \"$@\"\n")
        (programs / "taoshell").chmod(0o755)
    Path(home, ".tao_mounts.json").write_text(OWN_MAPPING)
    Path(home, ".bashrc").write_text(BASHRC)
    rc = Path(home, ".demo-rc")
    rc.write_text(f"{RC}{extra}\n")
    path = os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath), str(LAUNCHER)])
    return str(rc), {"HOME": home, "PATH": path, "TERM": "xterm", "LANG": "C.UTF-8", "SHELL": "bash"}
