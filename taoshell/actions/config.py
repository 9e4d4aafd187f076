"""The user's own defaults, `~/.config/taoshell/config.toml`: find the file, trust it, read it.

Only commands that need a default read it: never a prompt, and no compiled project depends on it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from typing import NamedTuple

from taoshell.actions.sources import decoded, machine, read_file
from taoshell.cures import cure
from taoshell.errors import TaoshellError, Where
from taoshell.project.defaults import NAMES, Defaults, read_defaults
from taoshell.project.links import walk
from taoshell.state.paths import config_path, home_of

LOG = "TAOSHELL_LOG"
TEMPLATE = """\
# Your defaults for new TAO projects: `taoshell init` copies them into the project.
[defaults]
# layout    = "host"
# gpus      = 2                      # or "all", or a list such as [0, 1]
# data_root = "/mnt/data"            # the data of the project cars is then in /mnt/data/cars
# container = { user = "auto", shm_size = "32G" }
# engine    = "podman"               # of `taoshell run`; without it: docker, else podman
# key       = { command = ["pass", "show", "tao"] }
# log       = "quiet"                # or "line", or "full"
"""


class InForce(NamedTuple):
    """A setting: its value (None: there is none), as people read it, and where it comes from."""

    name: str
    value: str | tuple[str, ...] | None
    shown: str
    source: str
    line: int | None = None


def read(environ: Mapping[str, str]) -> Defaults:
    """Return the defaults; none if there is no file.

    Raises TaoshellError, with the line, if something in the file is wrong, or if others can change the file: it names a
    command to run.
    """
    path = config_path(environ)
    if not os.path.lexists(path):
        return Defaults(path)
    source = read_file(path)
    _require_own(path, home_of(environ))
    return read_defaults(decoded(source), path, machine())


def in_force(environ: Mapping[str, str]) -> list[InForce]:
    """Return every setting. Raises TaoshellError like `read`."""
    defaults = read(environ)
    found = [
        InForce(name, defaults[name].value, defaults[name].shown, "file", defaults[name].at.line)
        if name in defaults
        else InForce(name, None, "", "default")
        for name in NAMES
    ]
    given = environ.get(LOG)
    return [InForce("log", given, given, "environment") if item.name == "log" and given else item for item in found]


def log_for_hook(environ: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return the log level for new hooks ("" if the file gives none), and lines to say.

    A mistake in the file must not keep a shell from having its hook.
    """
    try:
        return read(environ).text("log"), []
    except TaoshellError as error:
        return "", [str(error)]


def _require_own(path: str, home: str) -> None:
    """Raise TaoshellError if anybody but the user and root can change what is at `path`.

    Each file, folder and symlink on the way counts, except the folders above the home: who can change these can change
    the start files of the user's shells, too.
    """
    homes = [f"{os.path.join(folder, '')}" for folder in (home, os.path.realpath(home))]
    for step, _ in walk(path, machine()):
        if any(above.startswith(f"{step}/") and above != f"{step}/" for above in homes):
            continue
        found = os.lstat(step)
        if found.st_uid not in (0, os.geteuid()):
            cause = f"{step} belongs to another user, who could make taoshell start programs"
            raise TaoshellError(cause, "put one of your own in its place", at=Where(path))
        if _others_write(found):
            cause = f"other users can write to {step}, and could make taoshell start programs"
            raise TaoshellError(cause, cure("config-writable", path=step), at=Where(path))


def _others_write(found: os.stat_result) -> bool:
    """Whether others may change this file, or replace what is in this folder."""
    if stat.S_ISLNK(found.st_mode) or (stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX):
        return False  # in a folder like /tmp, nobody can replace what belongs to another user
    return bool(found.st_mode & stat.S_IWOTH) or bool(found.st_mode & stat.S_IWGRP and not _is_of_one(found.st_gid))


def _is_of_one(gid: int) -> bool:
    """Whether this is a group of the user alone, as many systems give each user one (and files that it may write)."""
    import grp  # only when needed: most files are not writable for a group
    import pwd

    try:
        group, user = grp.getgrgid(gid), pwd.getpwuid(os.geteuid())
    except KeyError:  # a number without a name
        return False
    return gid == user.pw_gid and group.gr_name == user.pw_name and not {*group.gr_mem} - {user.pw_name}
