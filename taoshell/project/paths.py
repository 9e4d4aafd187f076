"""What a path must be for TAO's launcher and Docker to do with it what it says.

Each rule is a trap of the launcher 6.26.3 or of Docker (tests/launcher shows them with NVIDIA's own code): nearly all
are silent there, so they are refused here.
"""

from __future__ import annotations

import os
import re

from taoshell.project.machine import Machine
from taoshell.project.mounts import RealPath
from taoshell.project.toml import Complain

# What NVIDIA's notebooks hold where a path is to be filled in.
_PLACEHOLDER = re.compile(r"FIXME|(^|/)path/to(/|$)")


def host_path(text: str, root: str, machine: Machine, complain: Complain) -> str:
    """The absolute, normalised host path that a user means by `text`: ~ is the home, a relative one starts at `root`.

    Raises TaoshellError where it cannot be one.
    """
    _require_filled_in(text, complain)
    if text.startswith("~"):
        if text != "~" and not text.startswith("~/"):
            raise complain(f"{text} starts with another user's ~, which is not looked up", "write the whole path")
        text = machine.home + text[1:]
    return _normalised(os.path.join(root, text), machine.real)


def container_path(text: str, complain: Complain) -> str:
    """`text`, which must be an absolute, normalised path in the container. Raises TaoshellError where it is not."""
    _require_filled_in(text, complain)
    normal = os.path.normpath("/" + text.lstrip("/"))
    for char in "~:\n\0":
        if char in text:
            raise complain(f"the container path {text} has {char!r} in it", "the container needs a path without it")
    if not text.startswith("/"):
        raise complain(
            f"the container path {text} is relative: the launcher would take it for one of this machine",
            f"did you mean {normal}?",
        )
    if normal == "/":
        raise complain("the container path / would hide the whole container", "use a folder such as /data")
    if text != normal:
        raise complain(f"the container path {text} is not in its shortest form", f"write {normal}")
    return text


def require_literal(text: str, complain: Complain) -> None:
    """Raises TaoshellError for a path with a variable in it."""
    if "$" in text:
        raise complain(f"{text} has a variable in it, which nothing expands", "write the path itself; ~ may begin it")


def require_mountable(path: str, real: RealPath, complain: Complain) -> None:
    """Raises TaoshellError where Docker cannot mount the absolute host path `path`, or what it leads to."""
    for form in dict.fromkeys((path, real(path))):  # the launcher hands Docker the real path
        if form == "/":
            raise complain("the host path / is this whole machine", "use a folder")
        if ":" in form:
            raise complain(f"Docker cannot mount {form}: it has a ':' in it", "rename the folder, or use another")
        if "\n" in form or "\0" in form:
            raise complain(f"the host path {form} has a line break or a NUL in it", "rename the folder, or use another")
        try:
            form.encode()
        except UnicodeEncodeError as error:
            raise complain(
                f"the host path {form} is not UTF-8, as a mounts file must be", "rename the folder, or use another"
            ) from error


def require_same_on_host(destination: str, real: RealPath, complain: Complain) -> None:
    """Raises TaoshellError where the launcher would rewrite `destination`: it follows the symlinks of this machine."""
    there = real(destination)
    if there != destination:
        raise complain(
            f"the container path {destination} runs through a symlink of the host: the launcher would mount at {there}",
            "use a container path that is no symlink on this machine",
        )


def _require_filled_in(text: str, complain: Complain) -> None:
    if not text:
        raise complain("the path is empty", "write a path, or remove the line")
    if _PLACEHOLDER.search(text):
        raise complain(f"{text} is a placeholder", "write your own path")


def _normalised(path: str, real: RealPath) -> str:
    """`path` in its shortest form. What comes before the last '..' is resolved: 'link/..' is where the link leads."""
    parts = path.split("/")
    if ".." in parts:
        after = len(parts) - parts[::-1].index("..")
        path = "/".join([real("/".join(parts[:after])), *parts[after:]])
    return "/" + os.path.normpath(path).lstrip("/")  # normpath keeps two slashes at the start
