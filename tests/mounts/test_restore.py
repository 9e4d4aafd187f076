"""Restoring makes another mapping the user's own and keeps the former one in the backups, or changes nothing."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from taoshell.mounts import link
from taoshell.mounts.restore import restore
from taoshell.state.exchange import exchanged
from tests.mounts.test_link import account
from tests.support.accounts import FOREIGN, LATER, OWN, Account, Identity
from tests.support.trees import snapshot

__all__ = ["account"]  # with and without renameat2


def foreign(account: Account) -> Path:
    path = account.home / "foreign.json"
    path.write_bytes(FOREIGN)
    return path


def test_the_former_mapping_is_kept_as_the_same_inode(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    own = account.write_own()
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    to_say = restore(account.state, str(foreign(account)))
    assert synced == [len(FOREIGN)]  # the user's own file is on the disk before it has its name
    (kept,) = account.backups.iterdir()
    assert Identity.of(kept) == own
    assert account.in_force() == FOREIGN
    assert f"to get it back: taoshell mounts restore {kept.name}" in to_say[0]


def test_nothing_changes_if_the_former_mapping_cannot_be_kept(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = account.write_own()
    wanted = str(foreign(account))
    before = snapshot(account.home)

    def refuse(*_arguments: object, **_options: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(link, "set_aside", refuse)
    with pytest.raises(OSError, match="No space"):
        restore(account.state, wanted)
    assert {path for path in snapshot(account.home) if "lock" not in path} == set(before)
    assert (Identity.of(account.mounts_file), account.in_force()) == (own, OWN)


def test_a_ctrl_c_between_the_exchange_and_its_result_loses_nothing(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = account.write_own()
    wanted = str(foreign(account))

    def interrupted(*paths: str) -> NoReturn:
        exchanged(*paths)
        raise KeyboardInterrupt

    monkeypatch.setattr(link, "exchanged", interrupted)
    with pytest.raises(KeyboardInterrupt):
        restore(account.state, wanted)
    assert (Identity.of(account.mounts_file), account.in_force()) == (own, OWN)
    assert not os.path.lexists(account.state.spare)


def test_what_a_killed_process_left_under_the_spare_name_is_kept(account: Account) -> None:
    account.write_own()
    Path(f"{account.mounts_file}.taoshell").write_bytes(LATER)
    restore(account.state, str(foreign(account)))
    assert account.in_force() == FOREIGN
    assert account.backed_up() == sorted([LATER, OWN])
