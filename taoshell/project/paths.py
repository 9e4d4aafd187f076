"""What a path must be like for TAO's launcher and Docker to use exactly that path.

Each rule avoids a trap of the launcher 6.26.3 or of Docker (tests/launcher shows the traps with NVIDIA's own code).
Most of the traps give no error there, so taoshell refuses such paths.
"""

from __future__ import annotations

import os
import re

from taoshell.errors import Where
from taoshell.project.links import leads_in_a_circle, passes_a_process
from taoshell.project.machine import Machine, RealPath
from taoshell.project.model import Given
from taoshell.project.problems import Problem

PLACEHOLDER = "FIXME"
_PLACEHOLDER_PATH = re.compile(rf"{PLACEHOLDER}|(^|/)path/to(/|$)")  # the paths in NVIDIA's notebooks
_VARIABLE = re.compile(r"[$`]|%[A-Za-z_][A-Za-z0-9_]*%")
LONGEST_PATH, _LONGEST_NAME = 4095, 255  # bytes: PATH_MAX without its NUL, NAME_MAX
_RENAME = "rename the folder, or use another"


def host_path(given: Given, root: str, machine: Machine) -> Given:
    """Return the absolute, normalised host path for `given`: ~ is the home, and a relative path starts at `root`."""
    _require_literal(given)
    _require_filled_in(given)
    text = given.text
    if text.startswith("~"):
        if text != "~" and not text.startswith("~/"):
            cause = f"{text} begins with another user's home, which taoshell does not look up"
            raise Problem("home-of-another-user", cause, "write the whole path", given.at)
        text = machine.home + text[1:]
    path = os.path.join(root, text)
    _require_possible(path, given.at)
    return mountable(Given(_normalised(path, machine.real), given.at), machine)


def container_path(given: Given) -> Given:
    """Return `given` if it is an absolute, normalised path in the container. Raises Problem if it is not."""
    _require_literal(given)
    _require_filled_in(given)
    text = given.text
    _require_short(text, given.at)
    special = next((char for char in "~:\n\0" if char in text), None)
    normal = os.path.normpath("/" + text.lstrip("/"))
    if special is not None:
        cause = f"the container path {text} contains {special!r}"
        raise Problem("container-path-with-special-character", cause, "use a path without it", given.at)
    if not text.startswith("/"):
        cause = f"the container path {text} is relative, so the launcher would use it as a path on this machine"
        raise Problem("relative-container-path", cause, f"did you mean {normal}?", given.at)
    if normal == "/":
        cause = "the container path / would hide the whole container"
        raise Problem("container-root", cause, "use a folder, such as /data", given.at)
    if text != normal:
        cause = f"the container path {text} is not in its shortest form"
        raise Problem("long-container-path", cause, f"write {normal}", given.at)
    return given


def _require_literal(given: Given) -> None:
    """Refuse a path that contains a variable or a command."""
    if _VARIABLE.search(given.text):
        cause = f"{given.text} contains a variable or a command, which taoshell does not expand"
        raise Problem("variable-in-path", cause, "write the path itself; it may begin with ~", given.at)


def mountable(path: Given, machine: Machine) -> Given:
    """Return the absolute host path `path` if Docker can mount it and its real path. Raises Problem if not."""
    if leads_in_a_circle(path.text, machine):
        cause = f"the symlinks on the way to {path.text} lead in a circle"
        raise Problem("symlink-loop", cause, "correct one of them", path.at)
    if passes_a_process(path.text, machine):
        cause = f"{path.text} leads through /proc or /dev/fd, where each process finds something else"
        raise Problem("path-through-a-process", cause, "write the path of the folder itself", path.at)
    for form in (path.text, machine.real(path.text)):  # the launcher gives Docker the real path
        if form == "/":
            raise Problem("host-root", "the host path / is the whole machine", "use a folder", path.at)
        if ":" in form:
            raise Problem("colon-in-host-path", f"Docker cannot mount {form}, as it contains ':'", _RENAME, path.at)
        _require_possible(form, path.at)
    return path


def _require_possible(path: str, at: Where) -> None:
    """Refuse a path that no mount can carry, before it reaches `real`: os.path raises ValueError for some of them."""
    _require_short(path, at)
    try:
        path.encode()
    except UnicodeEncodeError as error:
        cause = f"the host path {path} is not UTF-8, as a mounts file must be"
        raise Problem("host-path-not-utf8", cause, _RENAME, at) from error
    if "\n" in path or "\0" in path:
        cause = f"the host path {path} contains a line break or a NUL character"
        raise Problem("line-break-in-host-path", cause, _RENAME, at)


def _require_short(path: str, at: Where) -> None:
    """Refuse a path that no system call takes, before anybody tries."""
    if len(path.encode(errors="surrogatepass")) > LONGEST_PATH or any(
        len(name.encode(errors="surrogatepass")) > _LONGEST_NAME for name in path.split("/")
    ):
        cause = f"the path {path} is too long for Linux"
        cure = f"use at most {LONGEST_PATH} bytes, and {_LONGEST_NAME} between two slashes"
        raise Problem("path-too-long", cause, cure, at)


def _require_filled_in(given: Given) -> None:
    if not given.text:
        raise Problem("empty-path", "the path is empty", "write a path, or remove the line", given.at)
    if _PLACEHOLDER_PATH.search(given.text):
        raise Problem("placeholder-path", f"{given.text} is a placeholder", "write your own path", given.at)


def _normalised(path: str, real: RealPath) -> str:
    """Return `path` in its shortest form. It is resolved up to the last '..': 'link/..' is the parent of the target."""
    parts = path.split("/")
    if ".." in parts:
        after = len(parts) - parts[::-1].index("..")
        path = "/".join([real("/".join(parts[:after])), *parts[after:]])
    return "/" + os.path.normpath(path).lstrip("/")  # normpath keeps two slashes at the start
