"""Taking the mounts file over and giving it back: no step loses a file."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from unittest import mock

import pytest

from taoshell.errors import TaoshellError
from taoshell.mounts import link
from taoshell.mounts.link import give_back, is_ours, names_project, take_over
from taoshell.state import exchange, files
from tests.support.accounts import FOREIGN, LATER, OWN, Account, Identity
from tests.support.trees import names_of, snapshot


@contextlib.contextmanager
def without_renameat2() -> Iterator[None]:
    """Simulate a C library or file system that cannot exchange two names."""
    with mock.patch.object(ctypes, "CDLL", return_value=object()):
        yield


@pytest.fixture(params=["renameat2", "without renameat2"])
def account(home: Path, request: pytest.FixtureRequest) -> Iterator[Account]:
    account = Account(home)
    files.ensure(account.state)
    with without_renameat2() if request.param == "without renameat2" else contextlib.nullcontext():
        yield account


def hold(account: Account) -> str:
    """Let a project hold the mounts file; return the project's root."""
    root = account.project()
    take_over(account.state)
    files.replace_link(account.state.cur, account.state.from_home(account.state.project(root).shared))
    assert account.holds(root)
    return root


# -- the first time --------------------------------------------------------------------------------


def test_the_users_own_mapping_is_moved_aside_as_the_same_inode(account: Account) -> None:
    own = account.write_own()
    (line,) = take_over(account.state)
    assert is_ours(account.state)
    assert os.readlink(account.cur) == account.original.name
    assert Identity.of(account.original) == own
    assert account.in_force() == OWN
    assert ".tao_mounts.original.json" in line


def test_without_an_own_mapping_the_mounts_file_is_a_broken_link(account: Account) -> None:
    assert take_over(account.state) == []
    assert is_ours(account.state)
    assert account.in_force() is None


def test_what_is_written_through_that_link_is_the_users_own(account: Account) -> None:
    take_over(account.state)
    inode = account.write_in_place(FOREIGN)
    assert names_of(inode, account.home) == [account.original]
    give_back(account.state)
    assert names_of(inode, account.home) == [account.mounts_file]


def test_taking_over_twice_changes_nothing(account: Account) -> None:
    account.write_own()
    take_over(account.state)
    before = snapshot(account.home)
    assert take_over(account.state) == []
    assert snapshot(account.home) == before


def test_a_mounts_file_that_is_a_link_keeps_its_target(account: Account) -> None:
    dotfiles = account.home / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "tao.json").write_bytes(OWN)
    account.mounts_file.symlink_to("dotfiles/tao.json")
    take_over(account.state)
    assert os.readlink(account.original) == "dotfiles/tao.json"
    assert account.in_force() == OWN
    give_back(account.state)
    assert os.readlink(account.mounts_file) == "dotfiles/tao.json"


@pytest.mark.parametrize("text", [b"", b"not JSON", b"\x00\xff"])
def test_its_content_does_not_matter(account: Account, text: bytes) -> None:
    own = account.write_own(text)
    take_over(account.state)
    assert Identity.of(account.original) == own
    give_back(account.state)
    assert Identity.of(account.mounts_file) == own


@pytest.mark.parametrize("kind", ["a folder", "not a regular file", "a link to a folder"])
def test_what_is_not_a_file_is_refused_and_left_alone(account: Account, kind: str) -> None:
    match kind:
        case "a folder":
            account.mounts_file.mkdir()
        case "not a regular file":
            os.mkfifo(account.mounts_file)
        case _:
            account.mounts_file.symlink_to(account.home)
    what = kind.removeprefix("a link to ")
    before = {path: entry for path, entry in snapshot(account.home).items() if "/.local" not in path}
    with pytest.raises(TaoshellError, match=f"{account.mounts_file}: the mounts file is {what}.*; move it away"):
        take_over(account.state)
    assert {path: entry for path, entry in snapshot(account.home).items() if "/.local" not in path} == before


# -- something replaces our link ---------------------------------------------------------------------


def test_a_file_that_replaced_our_link_inside_a_project_goes_to_the_backups(account: Account) -> None:
    own = account.write_own()
    root = hold(account)
    foreign = account.replace()
    assert names_project(account.state)
    (line,) = take_over(account.state)
    assert account.holds(root)
    assert account.backed_up() == [FOREIGN]
    (backup,) = names_of(foreign.inode, account.home)
    assert Identity.of(backup) == foreign
    assert str(backup) in line
    assert line.count("taoshell adopt") == 1
    assert Identity.of(account.original) == own


def test_a_file_that_replaced_our_link_outside_projects_becomes_the_users_own(account: Account) -> None:
    own = account.write_own()
    take_over(account.state)
    foreign = account.replace()
    to_say = take_over(account.state)
    assert Identity.of(account.original) == foreign
    assert account.in_force() == FOREIGN
    (backup,) = names_of(own.inode, account.home)
    assert Identity.of(backup) == own
    assert any(str(backup) in line for line in to_say)


def test_the_users_former_mapping_is_not_reported_as_written_by_another_program(account: Account) -> None:
    account.write_own()
    take_over(account.state)
    account.replace()
    assert not any("another program" in line for line in take_over(account.state))


def test_our_link_is_recreated_if_it_was_removed(account: Account) -> None:
    own = account.write_own()
    root = hold(account)
    account.mounts_file.unlink()
    assert take_over(account.state) == []
    assert account.holds(root)
    assert Identity.of(account.original) == own


# -- giving it back ------------------------------------------------------------------------------------


def test_giving_back_restores_the_users_own(account: Account) -> None:
    own = account.write_own()
    hold(account)
    give_back(account.state)
    assert Identity.of(account.mounts_file) == own
    assert not account.original.exists()
    assert not os.path.lexists(account.cur)


def test_giving_back_leaves_no_file_if_there_was_none(account: Account) -> None:
    hold(account)
    give_back(account.state)
    assert not os.path.lexists(account.mounts_file)
    assert [path.name for path in account.home.glob(".tao*")] == []


def test_giving_back_twice(account: Account) -> None:
    own = account.write_own()
    hold(account)
    give_back(account.state)
    give_back(account.state)
    assert Identity.of(account.mounts_file) == own


def test_a_file_that_was_never_taken_over_is_left_alone(account: Account) -> None:
    own = account.write_own()
    give_back(account.state)
    assert Identity.of(account.mounts_file) == own


def test_giving_back_keeps_what_the_user_put_there_outside_projects(account: Account) -> None:
    own = account.write_own()
    take_over(account.state)
    foreign = account.replace()
    give_back(account.state)
    assert Identity.of(account.mounts_file) == foreign
    assert len(names_of(own.inode, account.home)) == 1


def test_after_ten_round_trips_it_is_still_the_same_inode(account: Account) -> None:
    own = account.write_own()
    for _time in range(10):
        hold(account)
        give_back(account.state)
    assert Identity.of(account.mounts_file) == own
    assert [path.name for path in account.home.glob(".tao*")] == [".tao_mounts.json"]


# -- a writer in between ---------------------------------------------------------------------------------


def replaced_before_the_exchange(account: Account, monkeypatch: pytest.MonkeyPatch) -> list[Identity]:
    """Have another program replace the mounts file just before we first exchange names; return its file then."""
    exchanged = exchange.exchanged
    later: list[Identity] = []

    def slow(path: str, other: str) -> bool:
        if not later:
            later.append(account.replace(LATER))
        return exchanged(path, other)

    monkeypatch.setattr(link, "exchanged", slow)
    return later


def test_a_file_written_just_before_the_exchange_is_the_one_that_is_kept(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = account.write_own()
    later = replaced_before_the_exchange(account, monkeypatch)
    take_over(account.state)
    assert Identity.of(account.original) == later[0]
    assert own.inode not in {later[0].inode}  # its writer replaced it, not we


def test_a_file_written_while_we_give_back_is_not_removed(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    own = account.write_own()
    hold(account)
    later = replaced_before_the_exchange(account, monkeypatch)
    give_back(account.state)
    assert len(names_of(own.inode, account.home)) == 1
    assert len(names_of(later[0].inode, account.home)) == 1


def test_a_file_written_just_before_our_link_is_made_is_left_for_the_next_check(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mounts file was missing when we checked; a symlink is never made over a file."""
    symlink = os.symlink

    def late(target: str, path: str) -> None:
        if path == account.state.mounts_file:
            account.replace(LATER)
        symlink(target, path)

    monkeypatch.setattr(os, "symlink", late)
    take_over(account.state)
    assert account.in_force() == LATER
    monkeypatch.undo()
    take_over(account.state)
    assert is_ours(account.state)
    assert account.original.read_bytes() == LATER


def test_without_renameat2_a_file_written_between_the_two_steps_is_kept(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = account.write_own()
    symlink = os.symlink
    written: list[Identity] = []

    def late(target: str, path: str) -> None:
        if path == account.state.mounts_file and not written:
            written.append(account.replace(LATER))
        symlink(target, path)

    with without_renameat2():
        monkeypatch.setattr(os, "symlink", late)
        take_over(account.state)
        assert Identity.of(account.mounts_file) == written[0]
        take_over(account.state)
    assert is_ours(account.state)
    assert Identity.of(account.original) == written[0]
    assert len(names_of(own.inode, account.backups)) == 1


def test_giving_back_never_renames_over_a_file_written_meanwhile(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = account.write_own()
    hold(account)
    rename_new = link._rename_new
    written: list[Identity] = []

    def late(path: str, name: str) -> None:
        if not written:
            written.append(account.replace(LATER))
        rename_new(path, name)

    monkeypatch.setattr(link, "_rename_new", late)
    with without_renameat2():
        give_back(account.state)
    assert Identity.of(account.mounts_file) == written[0]
    assert len(names_of(own.inode, account.home)) == 1


def test_if_our_link_cannot_be_removed_it_leads_to_the_users_own(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = account.write_own()
    hold(account)

    def refuse(*_arguments: object) -> NoReturn:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(link, "exchanged", refuse)
    with pytest.raises(PermissionError):
        give_back(account.state)
    assert is_ours(account.state)
    assert account.in_force() == OWN
    assert Identity.of(account.original) == own


# -- killed in between -----------------------------------------------------------------------------------
# Every state that a kill can leave, made by hand; tests/faults/test_faults.py kills real processes.


def test_killed_before_the_exchange(account: Account) -> None:
    own = account.write_own()
    files.replace_link(account.state.cur, account.original.name)
    account.original.symlink_to(account.cur.name)
    take_over(account.state)
    assert Identity.of(account.original) == own
    assert is_ours(account.state)


def test_killed_between_giving_back_and_cleaning_up(account: Account) -> None:
    own = account.write_own()
    hold(account)
    account.mounts_file.unlink()
    account.original.rename(account.mounts_file)
    account.original.symlink_to(account.cur.name)
    give_back(account.state)
    assert Identity.of(account.mounts_file) == own
    assert not os.path.lexists(account.original)


def test_killed_before_an_intruder_was_exchanged(account: Account) -> None:
    root = hold(account)
    account.replace()
    os.symlink(account.cur.name, f"{account.mounts_file}.taoshell")
    take_over(account.state)
    assert account.holds(root)
    assert account.backed_up() == [FOREIGN]


def test_killed_before_an_exchanged_intruder_was_set_aside(account: Account) -> None:
    root = hold(account)
    (account.home / ".tao_mounts.json.taoshell").write_bytes(FOREIGN)
    account.mounts_file.unlink()
    take_over(account.state)
    assert account.holds(root)
    assert account.backed_up() == [FOREIGN]


def test_killed_between_the_two_steps_of_taking_over(account: Account) -> None:
    own = account.write_own()
    files.replace_link(account.state.cur, account.original.name)
    account.mounts_file.rename(account.original)
    take_over(account.state)
    assert Identity.of(account.original) == own
    assert is_ours(account.state)


@pytest.mark.parametrize("linked", [False, True])
def test_killed_between_the_steps_of_giving_back(account: Account, linked: bool) -> None:
    own = account.write_own()
    hold(account)
    account.mounts_file.rename(f"{account.mounts_file}.taoshell")
    if linked:
        os.link(account.original, account.mounts_file)
    give_back(account.state)
    assert Identity.of(account.mounts_file) == own
    assert [path.name for path in account.home.glob(".tao*")] == [".tao_mounts.json"]
    assert account.backed_up() == []


def test_a_file_with_our_spare_name_is_never_removed(account: Account) -> None:
    spare = account.home / ".tao_mounts.json.taoshell"
    spare.write_bytes(LATER)
    account.write_own()
    take_over(account.state)
    assert account.backed_up() == [LATER]
    assert account.in_force() == OWN


def test_nothing_becomes_readable_for_others(account: Account) -> None:
    account.write_own()
    hold(account)
    account.replace()
    take_over(account.state)
    for folder in (account.backups, Path(account.state.root)):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("is_own", [True, False])
def test_the_line_about_a_mapping_that_may_be_the_users_own_names_restore(account: Account, is_own: bool) -> None:
    account.write_own()
    hold(account)
    if is_own:  # moved back by hand
        account.original.rename(account.mounts_file)
    else:
        (account.home / "new").write_bytes(FOREIGN)
        (account.home / "new").rename(account.mounts_file)
    (line,) = take_over(account.state)
    how = "if it is your own mapping: taoshell mounts restore " if is_own else "in a project: taoshell adopt "
    assert how in line
