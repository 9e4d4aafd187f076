"""Kinds of files that may exist at the path of the mounts file before the first project."""

from __future__ import annotations

import os

from tests.shells.homes.user import User
from tests.shells.terminal import Terminal

OWN = '{"Mounts": [{"source": "/mine", "destination": "/of/my/own"}]}\n'


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
    """Make the mounts file a symlink into a dotfiles repository that does not contain it yet."""
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


def link_to_itself(user: User) -> None:
    _link(user, "dotfiles/tao.json")
    (user.home.path / "dotfiles/tao.json").symlink_to("../.tao_mounts.json")


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
