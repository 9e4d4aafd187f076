"""Write docs/reports/engines.md: `python -m tests.engines.page RESULTS`, the JUnit file of a run of these tests."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

from taoshell.engines import NAMES
from tests.engines.properties import PROPERTIES
from tests.support.clone import CLONE

PAGE = CLONE / "docs/reports/engines.md"
HEAD = """\
# Engines

Written by `make test-engines`. Do not edit it.

What `taoshell run`, `try`, `jobs`, `logs` and `stop` do on each engine. Each cell is a test on the real engine, with
real containers. The engines are those of Debian 12 (Docker 20.10, Podman 4.3) and Compose 5. The image is busybox, made
from a folder, and its entrypoint starts the command as NVIDIA's does. The machine has no GPU: a row about GPUs shows
what the engine is asked for, and that the container gets it.

"""
TAIL = """
What differs:

- **Podman** starts containers with catatonit as their first process. Without an entrypoint in the image, a command that
  does not exist has the exit status 1 there, and not 127.
- **Podman** gives GPUs to containers by the Container Device Interface, so a number means the first ones:
  `nvidia-ctk cdi generate` makes their names.
- **Compose** gets its file in memory, and makes no network.
- At a terminal, Ctrl-C goes to the container as a key. If the command then ends with 0, as NVIDIA's entrypoint does, so
  does `taoshell run`.
- Not tested here: Podman without root, SELinux, Docker Desktop, engines on other machines.
"""


def outcomes(results: str) -> dict[tuple[str, str], str]:
    """Return ✓ or ✗ for each engine and property that was tested."""
    found: dict[tuple[str, str], str] = {}
    for case in ElementTree.parse(results).iter("testcase"):
        match = re.fullmatch(r"test_engine\[(\w+)-(.*)\]", case.get("name", ""))
        if match and case.find("skipped") is None:
            failed = any(case.find(kind) is not None for kind in ("failure", "error"))
            key = (match[1], match[2])
            found[key] = "✗" if failed or found.get(key) == "✗" else "✓"
    return found


def page(found: dict[tuple[str, str], str]) -> str:
    """Return the page. A property without a test is a KeyError."""
    names = [name.capitalize() for name in NAMES]
    rows = [f"| | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    rows += [f"| {name} | {' | '.join(found[engine, name] for engine in NAMES)} |" for name in PROPERTIES]
    return HEAD + "\n".join(rows) + "\n" + TAIL


if __name__ == "__main__":
    tested = outcomes(sys.argv[1])
    if tested:
        PAGE.write_text(page(tested))
    print(f"{Path(PAGE).relative_to(CLONE)} is {'written' if tested else 'as before: no engine was tested'}")
