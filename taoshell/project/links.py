"""The symlinks on the way to a project's places. An approval covers those that somebody else could change.

A symlink inside the project counts: `git pull` can change it. Outside the project, a symlink is part of the machine
(/home, automounts, /data), if root or the user owns it. Pure: only `Machine` knows the disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from taoshell.project.machine import Machine
from taoshell.project.model import Step
from taoshell.project.mounts import below

_MOST_LINKS = 40  # as in the Linux kernel: more are a loop


def steps_to(hosts: Iterable[str], root: str, machine: Machine) -> tuple[Step, ...]:
    """Return the steps that count on the way from / to each of the absolute paths `hosts`, each step once."""
    found = {step.path: step for host in hosts for step in _steps(host, root, machine)}
    return tuple(found[path] for path in sorted(found))


def _steps(host: str, root: str, machine: Machine) -> Iterator[Step]:
    """Yield each component inside the project, with its target if it is a symlink, and strangers' symlinks outside."""
    done, todo, followed = "/", host.split("/"), 0
    while todo and followed <= _MOST_LINKS:
        part = todo.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            done = os.path.dirname(done)
            continue
        path = os.path.join(done, part)
        target = machine.link(path)
        if below(path, root) or (target is not None and machine.link_owner(path) not in (0, machine.uid)):
            yield Step(path, target)
        if target is None:
            done = path
        else:
            followed += 1
            todo = target.split("/") + todo
            done = "/" if target.startswith("/") else done
