"""What is odd about a home, what a shell then says beside its usual lines, and how the user puts it right."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from tests.shells.homes.user import User
from tests.shells.terminal import Terminal

OWN = '{"Mounts": [{"source": "/mine", "destination": "/of/my/own"}]}\n'
TAKEN = "~/.tao_mounts.json follows your projects now; your own is kept: ~/.tao_mounts.original.json"
_MAKE_WRITABLE = "; make it, and the folder it is in, writable for you"


@dataclass(frozen=True)
class Oddity:
    """`said` stands in the one line that comes with the first project ("": there is none).

    `follows`: the mounts file becomes that project's, else it does after `cure`.
    `later`: this happens when a project has had the mounts file.
    """

    make: Callable[[User], None]
    said: str = TAKEN
    follows: bool = True
    cure: Callable[[User, Terminal], None] | None = None
    later: Callable[[User], None] | None = None

    @property
    def name(self) -> str:
        return self.make.__name__ + (f"_{self.later.__name__}" if self.later else "")


# -- the mounts file -----------------------------------------------------------------------------------------


def ordinary(user: User) -> None:
    _write(user, OWN)
    user.home.mounts_file.chmod(0o640)
    os.utime(user.home.mounts_file, ns=(1_600_000_000_123_456_789, 1_600_000_000_123_456_789))


def _write(user: User, text: str) -> None:
    user.home.mounts_file.write_text(text)
    user.give(user.home.mounts_file)


def absent(user: User) -> None:
    assert not user.home.mounts_file.exists()


def empty(user: User) -> None:
    _write(user, "")


def not_json(user: User) -> None:
    _write(user, "{ not: JSON,\0")


def read_only(user: User) -> None:
    ordinary(user)
    user.home.mounts_file.chmod(0o400)


def without_permissions(user: User) -> None:
    ordinary(user)
    user.home.mounts_file.chmod(0o000)


def _link(user: User, target: str) -> None:
    """As a dotfiles repository has it; only the repository is there."""
    repository = user.home.path / "dotfiles"
    repository.mkdir()
    user.home.mounts_file.symlink_to(target)
    user.give(repository, user.home.mounts_file)


def relative_link(user: User) -> None:
    _link(user, "dotfiles/tao.json")
    (user.home.path / "dotfiles/tao.json").write_text(OWN)
    user.give(user.home.path / "dotfiles/tao.json")


def absolute_link(user: User) -> None:
    relative_link(user)
    user.home.mounts_file.unlink()
    user.home.mounts_file.symlink_to(user.home.path / "dotfiles/tao.json")
    user.give(user.home.mounts_file)


def link_into_what_is_read_only(user: User) -> None:
    relative_link(user)
    (user.home.path / "dotfiles/tao.json").chmod(0o444)
    (user.home.path / "dotfiles").chmod(0o555)


def dangling_link(user: User) -> None:
    _link(user, "dotfiles/tao.json")


def link_to_a_folder(user: User) -> None:
    _link(user, "dotfiles")


def folder(user: User) -> None:
    user.home.mounts_file.mkdir()
    (user.home.mounts_file / "x").write_text("x")
    user.give(user.home.mounts_file, user.home.mounts_file / "x")


def move_it_away(user: User, _terminal: Terminal) -> None:
    user.home.mounts_file.rename(user.home.path / "moved")


def of_root(user: User) -> None:
    ordinary(user)
    os.chown(user.home.mounts_file, 0, 0)


def of_root_and_secret(user: User) -> None:
    of_root(user)
    user.home.mounts_file.chmod(0o600)


# -- the home ------------------------------------------------------------------------------------------------


def home_of_root(user: User) -> None:
    ordinary(user)
    os.chown(user.home.path, 0, 0)


def sticky_home_with_a_file_of_root(user: User) -> None:
    home_of_root(user)
    os.chown(user.home.mounts_file, 0, 0)
    user.home.path.chmod(0o1777)


def give_the_home(user: User, _terminal: Terminal) -> None:
    user.give(user.home.path)
    user.home.path.chmod(0o700)


def protected(user: User) -> None:
    user.home.path.chmod(0o555)


def protected_home(user: User) -> None:
    ordinary(user)
    protected(user)


def protected_home_without_the_file(user: User) -> None:
    absent(user)
    protected(user)


def protected_with_the_state(user: User) -> None:
    for path in [user.home.path, *user.state_folders()]:
        path.chmod(0o555)
    for path in (user.home.state / "sessions").iterdir():
        path.chmod(0o400)


def protected_home_and_state(user: User) -> None:
    ordinary(user)
    protected_with_the_state(user)


def unprotect(user: User, _terminal: Terminal) -> None:
    for path in [user.home.path, *user.state_folders()]:
        path.chmod(0o700)
    for path in (user.home.state / "sessions").iterdir():
        path.chmod(0o600)


def small_disk(user: User) -> None:
    user.gets_a_disk()
    ordinary(user)


def read_only_disk(user: User) -> None:
    small_disk(user)
    user.remounts("ro")


def remount(user: User, terminal: Terminal) -> None:
    user.remounts("rw", terminal)


def full(user: User) -> None:
    """Until nothing more goes on the disk."""
    with (user.home.path / "filler").open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue


def full_disk(user: User) -> None:
    small_disk(user)
    full(user)


def make_room(user: User, _terminal: Terminal) -> None:
    (user.home.path / "filler").unlink()


# -- the state -----------------------------------------------------------------------------------------------


def state_on_another_disk(user: User) -> None:
    ordinary(user)
    user.keeps_state_elsewhere()


def state_on_another_disk_and_protected_home(user: User) -> None:
    state_on_another_disk(user)
    user.home.path.chmod(0o555)


ODDITIES = [
    Oddity(ordinary),
    Oddity(absent, said=""),
    Oddity(empty),
    Oddity(not_json),
    Oddity(read_only),
    Oddity(without_permissions),
    Oddity(relative_link),
    Oddity(absolute_link),
    Oddity(link_into_what_is_read_only),
    Oddity(dangling_link),
    Oddity(folder, "the mounts file is a folder, so projects cannot take it over; move it away", False, move_it_away),
    Oddity(link_to_a_folder, "the mounts file is a folder, so projects", False, move_it_away),
    Oddity(of_root),
    Oddity(of_root_and_secret),
    Oddity(home_of_root, f"mounts.json: Permission denied{_MAKE_WRITABLE}", False, give_the_home),
    Oddity(
        sticky_home_with_a_file_of_root,
        f"mounts.json: Operation not permitted{_MAKE_WRITABLE}",
        False,
        give_the_home,
    ),
    Oddity(protected_home, f"mounts.json: Permission denied{_MAKE_WRITABLE}", False, unprotect),
    Oddity(ordinary, "", cure=unprotect, later=protected),
    Oddity(protected_home_without_the_file, f"mounts.json: Permission denied{_MAKE_WRITABLE}", False, unprotect),
    Oddity(protected_home_and_state, f"Permission denied{_MAKE_WRITABLE}", False, unprotect),
    Oddity(ordinary, " cannot be written, so the mounts file does not", False, unprotect, protected_with_the_state),
    Oddity(read_only_disk, "Read-only file system; it can only be read there", False, remount),
    Oddity(full_disk, " cannot be written, so the mounts file does not", False, make_room),
    Oddity(small_disk, " cannot be written, so the mounts file does not", False, make_room, full),
    Oddity(state_on_another_disk),
    Oddity(
        state_on_another_disk_and_protected_home, f"mounts.json: Permission denied{_MAKE_WRITABLE}", False, unprotect
    ),
]
