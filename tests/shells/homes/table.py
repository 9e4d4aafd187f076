"""The type of the odd homes: the problem, the line that a shell prints about it, and the cure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.shells.homes import conditions as home
from tests.shells.homes import mounts_files as file
from tests.shells.homes.user import User
from tests.shells.terminal import Terminal

TAKEN = "~/.tao_mounts.json now follows your projects; your own mapping is kept in ~/.tao_mounts.original.json"
_ODD = "the mounts file is %s, so it cannot follow your projects; move it away (until then, LAUNCHER_MOUNTS works)"
_WRITABLE = "make it, and the folder it is in, writable for you, then cd away and back"
_DENIED = f"/.tao_mounts.json: Permission denied; {_WRITABLE}"
_UNWRITTEN = (
    "so the mounts file does not follow this shell (LAUNCHER_MOUNTS does); make room there, or make it writable"
)


@dataclass(frozen=True)
class Oddity:
    """`said`: a part of the additional line in the first project ("" if there is none).

    `follows`: whether the mounts file follows to that project at once; otherwise it does after `cure`.
    `later`: the problem begins only after a project has held the mounts file.
    """

    make: Callable[[User], None]
    said: str = TAKEN
    follows: bool = True
    cure: Callable[[User, Terminal], None] | None = None
    later: Callable[[User], None] | None = None

    @property
    def name(self) -> str:
        return self.make.__name__ + (f"_{self.later.__name__}" if self.later else "")


ODDITIES = [
    Oddity(file.ordinary),
    Oddity(file.absent, said=""),
    Oddity(file.empty),
    Oddity(file.not_json),
    Oddity(file.read_only),
    Oddity(file.without_permissions),
    Oddity(file.relative_link),
    Oddity(file.absolute_link),
    Oddity(file.link_into_what_is_read_only),
    Oddity(file.dangling_link),
    Oddity(file.folder, _ODD % "a folder", False, file.move_it_away),
    Oddity(file.link_to_a_folder, _ODD % "a folder", False, file.move_it_away),
    Oddity(file.link_to_itself, _ODD % "a symlink that leads to itself", False, file.move_it_away),
    Oddity(file.of_root),
    Oddity(file.of_root_and_secret),
    Oddity(home.owned_by_root, _DENIED, False, home.give),
    Oddity(home.sticky_with_a_file_of_root, f": Operation not permitted; {_WRITABLE}", False, home.give),
    Oddity(home.protected, _DENIED, False, home.unprotect),
    Oddity(home.protected_without_the_file, _DENIED, False, home.unprotect),
    Oddity(home.protected_with_the_state, f"Permission denied; {_WRITABLE}", False, home.unprotect),
    Oddity(file.ordinary, _DENIED, False, home.unprotect, later=home.protect),
    Oddity(file.ordinary, _UNWRITTEN, False, home.unprotect, later=home.protect_with_the_state),
    Oddity(home.on_a_read_only_disk, "Read-only file system; that file system is read-only", False, home.remount),
    Oddity(home.on_a_full_disk, _UNWRITTEN, False, home.make_room),
    Oddity(home.on_a_small_disk, _UNWRITTEN, False, home.make_room, later=home.fill),
    Oddity(home.with_the_state_on_another_disk),
    Oddity(home.protected_and_the_state_on_another_disk, _DENIED, False, home.unprotect),
]
