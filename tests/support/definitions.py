"""Projects built from texts and tables, without files."""

from __future__ import annotations

from collections.abc import Mapping

from taoshell.errors import Where
from taoshell.project.build import Built, build
from taoshell.project.machine import Machine, RealPath
from taoshell.project.model import Given, Project

ROOT = "/home/ann/cars"
TOML = f"{ROOT}/taoshell.toml"
ENV = f"{ROOT}/.env"
FIRST = 'network = "detectnet_v2"\n'


class Disk:
    """`realpath` and `exists` as in os.path, on an imaginary disk with these symlinks and missing paths.

    Everything belongs to uid 1000, except what `owners` names.
    """

    def __init__(
        self,
        links: Mapping[str, str] | None = None,
        missing: frozenset[str] = frozenset(),
        owners: Mapping[str, int] | None = None,
        repositories: frozenset[str] = frozenset(),
        modes: Mapping[str, int] | None = None,
        conda: Mapping[str, str] | None = None,
    ) -> None:
        self.links = dict(links or {})
        self.missing = missing
        self.owners = dict(owners or {})
        self.repositories = repositories
        self.modes = dict(modes or {})
        self.conda = dict(conda or {})

    def link_owner(self, path: str) -> int | None:
        return self.owners.get(path, 1000)

    def owner(self, path: str) -> int | None:
        return self.owners.get(self.real(path), 1000) if self.exists(path) else None

    def mode(self, path: str) -> int | None:
        return self.modes.get(self.real(path), 0o40755) if self.exists(path) else None

    def real(self, path: str) -> str:
        done: list[str] = []
        parts = [part for part in path.split("/") if part not in ("", ".")]
        for _ in range(200):
            if not parts:
                return "/" + "/".join(done)
            part = parts.pop(0)
            if part == "..":
                del done[-1:]
                continue
            target = self.links.get("/" + "/".join([*done, part]))
            if target is None:
                done.append(part)
                continue
            if target.startswith("/"):
                done = []
            parts = [step for step in target.split("/") if step not in ("", ".")] + parts
        return path  # a loop

    def exists(self, path: str) -> bool:
        return self.real(path) not in self.missing


def machine(home: str = "/home/ann", *, disk: Disk | None = None, uid: int = 1000, gid: int = 100) -> Machine:
    """Return the machine of the user whose home is `home`."""
    disk = disk or Disk()
    return Machine(
        home=home,
        user=home.rpartition("/")[2],
        uid=uid,
        gid=gid,
        real=disk.real,
        exists=disk.exists,
        link=disk.links.get,
        link_owner=disk.link_owner,
        owner=disk.owner,
        mode=disk.mode,
        is_repository=lambda path: path in disk.repositories,
        conda=disk.conda.get,
    )


def built(
    toml: str = "",
    env: Mapping[str, str] | None = None,
    *,
    root: str = ROOT,
    disk: Disk | None = None,
    uid: int = 1000,
    first: str = FIRST,
    real: RealPath | None = None,
) -> Built:
    """Return what Ann, whose home is /home/ann, gets. `toml` follows `first`; `env` has a line for each name."""
    ann = machine(disk=disk, uid=uid)
    if real is not None:
        ann = ann._replace(real=real)
    lines = {
        name: Given(value, Where(f"{root}/.env", line))
        for line, (name, value) in enumerate((env or {}).items(), start=1)
    }
    return build(root, first + toml, f"{root}/taoshell.toml", lines, ann)


def define(
    toml: str = "",
    env: Mapping[str, str] | None = None,
    *,
    root: str = ROOT,
    disk: Disk | None = None,
    uid: int = 1000,
    first: str = FIRST,
) -> Project:
    """Return Ann's project. Raises TaoshellError for its first problem."""
    return built(toml, env, root=root, disk=disk, uid=uid, first=first).require()
