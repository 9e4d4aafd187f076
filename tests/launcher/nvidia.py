"""NVIDIA's launcher in the tests: what it reads in a mounts file."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.clone import CLONE
from tests.support.needs import need

READER = Path(__file__).with_name("reader.py")
# Read at import, because a test's environment has no TAOSHELL_ variables.
_PYTHON = Path(os.environ.get("TAOSHELL_LAUNCHER_PYTHON") or CLONE / ".cache/launcher-venv/bin/python")
OWN_ENVS = ["TAO_CLIENT_TYPE=launcher"]  # the launcher passes this to every container (6.26.3)


@dataclass(frozen=True)
class Reading:
    """The launcher's request to Docker, or why it stops before that (`error`, `text`)."""

    file: str
    mounts: dict[str, str] = field(default_factory=dict)
    modes: list[str] = field(default_factory=list)
    envs: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    text: str = ""


def launcher_python() -> str:
    """Return the Python of a virtual environment with the launcher: $TAOSHELL_LAUNCHER_PYTHON, or the one in .cache."""
    return need(str(_PYTHON) if _PYTHON.exists() else None, "NVIDIA's launcher (make .cache/launcher-venv/.installed)")


def read(*files: Path, env: Mapping[str, str], cwd: Path) -> list[Reading]:
    """Return what the launcher reads in each of `files`, run in `cwd`; without files, in the file that it chooses."""
    answer = subprocess.run(
        [launcher_python(), str(READER), *map(str, files)], env=env, cwd=cwd, capture_output=True, text=True, check=True
    )
    return [Reading(**entry) for entry in json.loads(answer.stdout)]
