"""The symlinks on the way to a project's places. An approval covers those that somebody else could change.

Every step inside the project counts, and inside any git repository: `git pull` can make it a symlink. Elsewhere, a
symlink is part of the machine (/home, automounts, /data), if root or the user owns it. A stranger's symlink counts, and
so does every step from a stranger's folder on: the stranger can make it a symlink. Pure: only `Machine` knows the disk.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterable, Iterator

from taoshell.project.machine import Machine
from taoshell.project.model import Step
from taoshell.project.mounts import below

_MOST_LINKS = 40  # as in the Linux kernel: more are a loop


def steps_to(hosts: Iterable[str], root: str, machine: Machine) -> tuple[Step, ...]:
    """Return the steps that count on the way from / to each of the absolute paths `hosts`, each step once."""
    found = {step.path: step for host in hosts for step in _steps(host, root, machine)}
    return tuple(found[path] for path in sorted(found))


def leads_in_a_circle(path: str, machine: Machine) -> bool:
    """Whether the symlinks in `path` have no end: then `real` leaves one of them in its answer."""
    real = machine.real(path)
    while real != "/" and machine.link(real) is None:
        real = os.path.dirname(real)
    return real != "/"


def passes_a_process(path: str, machine: Machine) -> bool:
    """Whether the way to `path` leads through /proc or /dev/fd, where each process finds something else."""
    return any(below(step, folder) for step, _ in walk(path, machine) for folder in ("/proc", "/dev/fd"))


def others_can_change(path: str, machine: Machine) -> tuple[str, str] | None:
    """Return the first component on the way to the folder `path` that another user can change, and why; None if none.

    In a folder with the sticky bit, such as /tmp, others cannot replace what is there; but what has been removed, as by
    a restart, they can make anew. That does not count for a folder that the whole home is in.
    """
    own = (None, 0, machine.uid, machine.owner("/"))  # in some containers, what belongs to root belongs to "nobody"
    end = machine.real(path)
    for step, target in walk(path, machine):
        owner, mode = machine.link_owner(step), machine.mode(step) or 0
        if owner not in own:
            return step, f"belongs to uid {owner}"
        is_around_home = step != end and mode & stat.S_ISVTX and below(machine.home, step) is not None
        if target is None and mode & stat.S_IWOTH and not is_around_home:
            return step, "can be written by every user"
    return None


def _steps(host: str, root: str, machine: Machine) -> Iterator[Step]:
    """Yield each component that counts, with its target if it is a symlink."""
    others = ""  # the folder that others can change, if the way is in one: a stranger's, or a repository
    for path, target in walk(host, machine):
        if below(path, others or path) is None:  # a symlink led out of it
            others = ""
        if others or below(path, root):
            yield Step(path, target)
        elif machine.link_owner(path) not in (0, machine.uid, None):
            others = path
            yield Step(path, target)
        elif machine.is_repository(path):
            others = path


def end_of(path: str, machine: Machine) -> str | None:
    """Return where the absolute `path` leads, without symlinks and '..'; None if it leads in a circle."""
    steps, followed = walk(path, machine), 0
    while followed <= _MOST_LINKS:
        try:
            followed += next(steps)[1] is not None
        except StopIteration as stop:
            return str(stop.value)
    return None


def walk(host: str, machine: Machine) -> Generator[tuple[str, str | None], None, str]:
    """Yield each component on the way to `host`, and its target if it is a symlink, which is then followed.

    Return the path at the end of the way.
    """
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
        yield path, target
        if target is None:
            done = path
        else:
            followed += 1
            todo = target.split("/") + todo
            done = "/" if target.startswith("/") else done
    return done
