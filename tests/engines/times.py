"""How long `run` and `try` take, compared with the engine alone: `python -m tests.engines.times`, after lab/setup.sh.

The machine must be quiet. `run` should add at most 150 ms, and `try` take at most twice as long as an empty container.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
import time
from pathlib import Path

from tests.commands.conftest import COMMAND
from tests.engines.bench import IMAGE, Bench

ROUNDS = 15


def main() -> None:
    """Print the shortest time of each command: other programs can only add to it."""
    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o755)
        bench = Bench(Path(home), "docker")
        line = bench.run("--dry-run", "dino", "run", "true").out.replace("--name", "--label")
        commands = {
            "docker run of an image": ["docker", "run", "--rm", IMAGE, "true"],
            "docker run of the project's line": shlex.split(line),
            "taoshell run": [*COMMAND, "run", "dino", "run", "true"],
            "taoshell try": [*COMMAND, "try"],
        }
        best = dict.fromkeys(commands, float("inf"))
        for _ in range(ROUNDS):
            for name, words in commands.items():
                start = time.monotonic()
                subprocess.run(
                    words, cwd=bench.sample.root, env=bench.user.environ, stdin=subprocess.DEVNULL,
                    capture_output=True, check=False,
                )  # fmt: skip
                best[name] = min(best[name], time.monotonic() - start)
        for name, seconds in best.items():
            print(f"{name:34} {seconds:.3f} s")


if __name__ == "__main__":
    main()
