"""Docker, Compose and Podman, all of them real (make test-engines)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.bench import SETUP, Bench
from tests.support.needs import need

UNAVAILABLE = 3  # setup.sh: the engines cannot run on this machine


@pytest.fixture(scope="session")
def engines() -> None:
    """Engines that run: the setup starts them unless they do."""
    done = subprocess.run([SETUP], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode == UNAVAILABLE:
        need(None, f"an engine of its own ({done.stderr.strip()})")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def bench(home: Path, engine: str, engines: None) -> Iterator[Bench]:
    """A user with a project on this engine. Afterwards no container is left, whatever happened."""
    bench = Bench(home, engine)
    yield bench
    left = bench.ours()
    for name in left:
        subprocess.run([bench.program, "rm", "--force", name], env=bench.user.environ, check=False)
    assert left == []
