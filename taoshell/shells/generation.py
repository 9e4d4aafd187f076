"""What a generation does in a shell, before a dialect writes it as a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """A test that the shell makes at each prompt: `path` compared with `other`.

    `kind`: "same_file"; "absent" (no `path`); "same_age" (equal mtimes); "not_newer", if the file system rounds mtimes;
    "not_link" (`path` is no symlink); "link_to" (`path` is a symlink and leads to the same file as `other`); "dangling"
    (`path` is a symlink that leads nowhere).
    """

    kind: str
    path: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation.

    `own` are the TAOSHELL_… variables, `variables` the project's; `shown` is what may be shown of each of the latter.
    If all `checks` hold, the generation is in force. On entering, the shell says `message`; if `is_error`, even if the
    user wants quiet. `mounts` has a line to say for each mount.
    """

    name: str
    own: Mapping[str, str]
    variables: Mapping[str, str]
    shown: Mapping[str, str]
    checks: Sequence[Check]
    message: str
    is_error: bool
    mounts: Sequence[str]
