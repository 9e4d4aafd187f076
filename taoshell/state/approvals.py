"""Approvals: this user has agreed to a project with exactly this content.

An approval is a file named by a hash of the project's path and of every input, each preceded by its length. So an
approved file copied elsewhere (direnv#83) is not approved, and neither are the same bytes split differently.

Below the home, the path counts as `~/…`. So approvals survive if the home is moved, restored under another name, or
seen at another path on another machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from taoshell.state.files import read_or_none, remove, replace_file
from taoshell.state.paths import State
from taoshell.state.sha256 import sha256

Inputs = Mapping[str, bytes]
"""The inputs of a project: a name ("taoshell.toml", ".env") and the bytes of it that an approval covers."""


def approve(state: State, root: str, inputs: Inputs) -> None:
    """Record that the user agreed to `inputs`."""
    portable = state.portable(root)
    replace_file(_approval(state, portable, inputs), os.fsencode(portable) + b"\n")


def is_approved(state: State, root: str, inputs: Inputs) -> bool:
    """Whether the user agreed to exactly these inputs."""
    return any(os.path.exists(_approval(state, name, inputs)) for name in _names(state, root))


def exist(state: State, root: str) -> bool:
    """Whether the user agreed to any content of the project in `root`."""
    return any(_of(state, root))


def revoke(state: State, root: str) -> int:
    """Remove every approval of the project in `root`; return how many there were."""
    approvals = list(_of(state, root))
    for path in approvals:
        remove(path)
    return len(approvals)


def _of(state: State, root: str) -> Iterator[str]:
    """Yield the path of each approval of the project in `root`."""
    contents = [os.fsencode(name) + b"\n" for name in _names(state, root)]
    for name in os.listdir(state.allowed) if os.path.isdir(state.allowed) else ():
        if read_or_none(f"{state.allowed}/{name}") in contents:
            yield f"{state.allowed}/{name}"


def _names(state: State, root: str) -> set[str]:
    """Return the names of `root` in approvals: 0.1.0 always wrote the absolute path."""
    return {state.portable(root), root}


def _approval(state: State, root: str, inputs: Inputs) -> str:
    digest = sha256(b"")
    for part in (b"1", os.fsencode(root), *(part for name in sorted(inputs) for part in (name.encode(), inputs[name]))):
        digest.update(len(part).to_bytes(8, "big") + part)
    return f"{state.allowed}/{digest.hexdigest()}"
