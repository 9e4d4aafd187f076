"""Run runc, after lowering what a container asks for to what this machine allows.

    fit.py RUNC LOG RUNC-ARGUMENT...

Without CAP_SYS_RESOURCE, runc can neither raise a limit above our own ("ulimits": {"memlock": -1}) nor give that
capability to a container ("privileged": true); it would refuse the container. LOG gets a line for each lowered
container.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

CAP_SYS_RESOURCE = 24


def specification(arguments: list[str]) -> Path | None:
    """Return the file that describes the process to start, in a new container or by `docker exec`."""
    if "create" in arguments:
        return Path(arguments[arguments.index("--bundle") + 1], "config.json")
    if "exec" in arguments:
        return Path(arguments[arguments.index("--process") + 1])
    return None


def lower(process: dict[str, Any]) -> list[str]:
    """Lower the demands of `process` in place; return what was lowered."""
    said = []
    for limit in process.get("rlimits") or []:
        ours = resource.getrlimit(getattr(resource, limit["type"]))[1]
        if ours != resource.RLIM_INFINITY and limit["hard"] > ours:
            said.append(f"{limit['type']} {limit['hard']} -> {ours}")
            limit["hard"], limit["soft"] = ours, min(limit["soft"], ours)
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    if not int(status["CapBnd"], 16) >> CAP_SYS_RESOURCE & 1:
        for held in (process.get("capabilities") or {}).values():
            if "CAP_SYS_RESOURCE" in (held or []):
                held.remove("CAP_SYS_RESOURCE")
                said.append("no CAP_SYS_RESOURCE")
    return list(dict.fromkeys(said))


def main(runc: str, log: str, *arguments: str) -> None:
    path = specification(list(arguments))
    if path is not None:
        wanted = json.loads(path.read_text())
        said = lower(wanted.get("process", wanted))  # exec's file is the process itself
        if said:
            path.write_text(json.dumps(wanted))
            with Path(log).open("a") as lines:
                print(time.strftime("%F %T"), arguments[-1][:12], "; ".join(said), file=lines)
    os.execv(runc, [runc, *arguments])


if __name__ == "__main__":
    main(*sys.argv[1:])
