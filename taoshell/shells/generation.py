"""What a generation does in a shell, before a dialect writes it as a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Check(NamedTuple):
    """A test that the shell makes at each prompt: `path` compared with `other` and `third`.

    `kind`: "between" (`path` is newer than `other` and older than `third`); "same_age" (equal mtimes); "not_newer", if
    the file system rounds mtimes; "exists"; "filled" (it is not empty); "absent"; "not_link" (`path` is no symlink);
    "link_to" (`path` is a symlink and leads to the same file as `other`); "dangling" (a symlink that leads nowhere);
    "not_yours" (`path` is no regular file of this user).
    """

    kind: str
    path: str
    other: str = ""
    third: str = ""


class Generation(NamedTuple):
    """A generation.

    `own` are the TAOSHELL_… variables, `variables` the project's. If all `checks` hold, the generation is in force.
    `brief` tests that too, and that its mapping is in force and unchanged; it is empty if coarse mtimes cannot show it.
    `search_path` is a folder that comes first in PATH, "" if there is none; `is_own` says whether it is the user's.
    On entering, the shell says `message`; if `is_error`, even if the user wants quiet. It says nothing if it was in a
    generation whose name begins with the same `content`.
    """

    name: str
    own: Mapping[str, str]
    variables: Mapping[str, str]
    checks: Sequence[Check]
    brief: Sequence[Check]
    message: str
    is_error: bool
    search_path: str = ""
    is_own: bool = True

    @property
    def content(self) -> str:
        """The first half of the name: generations of the same content have it, whatever version compiled them."""
        return self.name[:8]
