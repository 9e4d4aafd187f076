"""What a path must be so that TAO's launcher and Docker do with it what it says.

Each rule is a trap of the launcher 6.26.3 or of Docker (tests/launcher shows the traps with NVIDIA's own code). Nearly
all of the traps are silent there, so taoshell refuses such a path.
"""

from __future__ import annotations

import os
import re

from taoshell.errors import Where
from taoshell.project.machine import Machine, RealPath
from taoshell.project.model import Given
from taoshell.project.problems import Refused

PLACEHOLDER = "FIXME"
_PLACEHOLDER_PATH = re.compile(rf"{PLACEHOLDER}|(^|/)path/to(/|$)")  # what NVIDIA's notebooks hold for a path
_RENAME = "rename the folder, or use another"


def host_path(given: Given, root: str, machine: Machine) -> Given:
    """The absolute, normalised host path that a user means: ~ is the home, and a relative path starts at `root`."""
    _require_filled_in(given)
    text = given.text
    if text.startswith("~"):
        if text != "~" and not text.startswith("~/"):
            raise Refused(
                "home-of-another-user",
                f"{text} begins with another user's home, which taoshell does not look up",
                "write the whole path",
                given.at,
            )
        text = machine.home + text[1:]
    path = os.path.join(root, text)
    _require_one_line(path, given.at)
    return mountable(Given(_normalised(path, machine.real), given.at), machine.real)


def container_path(given: Given) -> Given:
    """`given`, if it is an absolute, normalised path in the container."""
    require_literal(given)
    _require_filled_in(given)
    text = given.text
    normal = os.path.normpath("/" + text.lstrip("/"))
    for char in "~:\n\0":
        if char in text:
            raise Refused(
                "container-path-with-special-character",
                f"the container path {text} contains {char!r}",
                "use a path without it",
                given.at,
            )
    if not text.startswith("/"):
        raise Refused(
            "relative-container-path",
            f"the container path {text} is relative, so the launcher would use it as a path on this machine",
            f"did you mean {normal}?",
            given.at,
        )
    if normal == "/":
        cause = "the container path / would hide the whole container"
        raise Refused("container-root", cause, "use a folder, such as /data", given.at)
    if text != normal:
        raise Refused(
            "long-container-path", f"the container path {text} is not in its shortest form", f"write {normal}", given.at
        )
    return given


def require_literal(given: Given) -> None:
    """Refuse a path that contains a variable."""
    if "$" in given.text:
        raise Refused(
            "variable-in-path",
            f"{given.text} contains a variable, which taoshell does not expand",
            "write the path itself; it may begin with ~",
            given.at,
        )


def mountable(path: Given, real: RealPath) -> Given:
    """`path`, if Docker can mount this absolute host path and the real path behind it."""
    for form in dict.fromkeys((path.text, real(path.text))):  # the launcher gives Docker the real path
        if form == "/":
            raise Refused("host-root", "the host path / is the whole machine", "use a folder", path.at)
        if ":" in form:
            raise Refused("colon-in-host-path", f"Docker cannot mount {form}, as it contains ':'", _RENAME, path.at)
        _require_one_line(form, path.at)
        try:
            form.encode()
        except UnicodeEncodeError as error:
            cause = f"the host path {form} is not UTF-8, as a mounts file must be"
            raise Refused("host-path-not-utf8", cause, _RENAME, path.at) from error
    return path


def require_same_on_host(destination: Given, real: RealPath) -> None:
    """Refuse a container path that the launcher would rewrite, because it follows the symlinks of this machine."""
    there = real(destination.text)
    if there != destination.text:
        raise Refused(
            "container-path-behind-symlink",
            f"this machine has a symlink on the container path {destination.text}, "
            f"so the launcher would mount at {there}",
            "use a container path that is not behind a symlink on this machine",
            destination.at,
        )


def _require_one_line(path: str, at: Where) -> None:
    """Refuse what no mount can carry. A NUL must not get to `real`, which os.path refuses with a ValueError."""
    if "\n" in path or "\0" in path:
        cause = f"the host path {path} contains a line break or a NUL character"
        raise Refused("line-break-in-host-path", cause, _RENAME, at)


def _require_filled_in(given: Given) -> None:
    if not given.text:
        raise Refused("empty-path", "the path is empty", "write a path, or remove the line", given.at)
    if _PLACEHOLDER_PATH.search(given.text):
        raise Refused("placeholder-path", f"{given.text} is a placeholder", "write your own path", given.at)


def _normalised(path: str, real: RealPath) -> str:
    """`path` in its shortest form. The part before the last '..' is resolved: 'link/..' is the target's parent."""
    parts = path.split("/")
    if ".." in parts:
        after = len(parts) - parts[::-1].index("..")
        path = "/".join([real("/".join(parts[:after])), *parts[after:]])
    return "/" + os.path.normpath(path).lstrip("/")  # normpath keeps two slashes at the start
