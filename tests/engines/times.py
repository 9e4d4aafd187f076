"""How long `run` and `try` take, compared with the engine alone: `make bench-engines` writes bench/engines.md.

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
from tests.support.clone import CLONE

ROUNDS = 15
_EMPTY, _LINE, _RUN, _TRY = "docker run of an image", "docker run of the project's line", "taoshell run", "taoshell try"
_PAGE = """# What `run` and `try` cost

Written by `make bench-engines` on Docker. Each figure is the shortest of {rounds} runs, which take turns: other
programs can only add to it.

| | seconds |
|---|---:|
{rows}

- `taoshell run` adds {added:.0f} ms to the `docker run` that it starts (goal: at most 150 ms).
- `taoshell try` takes {times:.2f} times as long as an empty `docker run` (goal: at most 2).
"""


def main() -> None:
    """Measure, print the page and write it."""
    best = measured()
    page = _PAGE.format(
        rounds=ROUNDS,
        rows="\n".join(f"| {name} | {seconds:.3f} |" for name, seconds in best.items()),
        added=1000 * (best[_RUN] - best[_LINE]),
        times=best[_TRY] / best[_EMPTY],
    )
    print(page)
    (CLONE / "bench/engines.md").write_text(page)


def measured() -> dict[str, float]:
    """Return the shortest time of each command, in seconds."""
    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o755)
        bench = Bench(Path(home), "docker")
        line = bench.run("--dry-run", "dino", "run", "true").out.replace("--name", "--label")
        commands = {
            _EMPTY: ["docker", "run", "--rm", IMAGE, "true"],
            _LINE: shlex.split(line),
            _RUN: [*COMMAND, "run", "dino", "run", "true"],
            _TRY: [*COMMAND, "try"],
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
    return best


if __name__ == "__main__":
    main()
