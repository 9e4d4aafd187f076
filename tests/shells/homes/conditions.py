"""Problems of the home and of the state folder, and their cures."""

from __future__ import annotations

import os

from tests.shells.homes.mounts_files import absent, ordinary
from tests.shells.homes.user import User
from tests.shells.terminal import Terminal


def owned_by_root(user: User) -> None:
    ordinary(user)
    os.chown(user.home.path, 0, 0)


def sticky_with_a_file_of_root(user: User) -> None:
    owned_by_root(user)
    os.chown(user.home.mounts_file, 0, 0)
    user.home.path.chmod(0o1777)


def give(user: User, _terminal: Terminal) -> None:
    user.give(user.home.path)
    user.home.path.chmod(0o700)


def protect(user: User) -> None:
    user.home.path.chmod(0o555)


def protected(user: User) -> None:
    ordinary(user)
    protect(user)


def protected_without_the_file(user: User) -> None:
    absent(user)
    protect(user)


def protect_with_the_state(user: User) -> None:
    for path in [user.home.path, *user.state_folders()]:
        path.chmod(0o555)
    for path in (user.home.state / "sessions").iterdir():
        path.chmod(0o400)


def protected_with_the_state(user: User) -> None:
    ordinary(user)
    protect_with_the_state(user)


def unprotect(user: User, _terminal: Terminal) -> None:
    for path in [user.home.path, *user.state_folders()]:
        path.chmod(0o700)
    for path in (user.home.state / "sessions").iterdir():
        path.chmod(0o600)


def on_a_small_disk(user: User) -> None:
    user.gets_a_disk()
    ordinary(user)


def on_a_read_only_disk(user: User) -> None:
    on_a_small_disk(user)
    user.remounts("ro")


def remount(user: User, terminal: Terminal) -> None:
    user.remounts("rw", terminal)


def fill(user: User) -> None:
    """Fill the disk completely."""
    with (user.home.path / "filler").open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue


def on_a_full_disk(user: User) -> None:
    on_a_small_disk(user)
    fill(user)


def make_room(user: User, _terminal: Terminal) -> None:
    (user.home.path / "filler").unlink()


def with_the_state_on_another_disk(user: User) -> None:
    ordinary(user)
    user.keeps_state_elsewhere()


def protected_and_the_state_on_another_disk(user: User) -> None:
    with_the_state_on_another_disk(user)
    user.home.path.chmod(0o555)
