"""Settle: the newest live shell holds the mounts file, and nothing that another program wrote is lost."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from taoshell.errors import TaoshellError
from taoshell.mounts.release import release, take
from taoshell.state import processes, sessions
from tests.support.accounts import FOREIGN, INIT, LATER, LONG_AGO_NS, OWN, PARENT, SELF, Account, Identity, mapping_of
from tests.support.trees import names_of, snapshot


@pytest.fixture
def account(home: Path) -> Account:
    return Account(home)


# -- one shell -------------------------------------------------------------------------------------


def test_entering_puts_the_projects_mapping_in_force(account: Account) -> None:
    own = account.write_own()
    root = account.project()
    to_say = account.go(root)
    assert account.holds(root)
    assert Identity.of(account.original) == own
    assert len(to_say) == 1
    assert ".tao_mounts.original.json" in to_say[0]


def test_leaving_puts_the_users_own_in_force(account: Account) -> None:
    own = account.write_own()
    account.go(account.project())
    assert account.go("") == []
    assert account.in_force() == OWN
    assert Identity.of(account.original) == own


def test_leaving_leaves_no_mapping_if_the_user_has_none(account: Account) -> None:
    account.go(account.project())
    account.go("")
    assert account.in_force() is None


def test_settling_again_changes_nothing(account: Account) -> None:
    account.write_own()
    account.go(account.project())
    before = snapshot(account.home)
    assert account.settle() == []
    assert snapshot(account.home) == before


def test_outside_projects_the_mounts_file_is_left_alone(account: Account) -> None:
    own = account.write_own()
    account.go("")
    assert Identity.of(account.mounts_file) == own
    assert not os.path.lexists(account.cur)


# -- many shells -----------------------------------------------------------------------------------


def test_the_newest_shell_holds_the_mounts_file(account: Account) -> None:
    a, b = account.project("a"), account.project("b")
    account.go(a, SELF)
    account.go(b, INIT)
    assert account.holds(b)
    account.go("", INIT)
    assert account.holds(a)
    account.go("", SELF)
    assert account.in_force() is None


def test_at_equal_times_the_higher_pid_holds_it(account: Account) -> None:
    a, b, now = account.project("a"), account.project("b"), time.time_ns()
    account.enter(a, SELF, now)
    account.enter(b, INIT, now)
    account.settle()
    assert account.holds(a)


def test_a_killed_shell_no_longer_holds_it(account: Account) -> None:
    own = account.write_own()
    killed = account.enter(account.project("a"), SELF)
    account.settle()
    killed.rename(killed.with_name(f"{SELF}-1{processes.here()}"))  # an earlier process with this pid
    account.settle()
    assert account.in_force() == OWN
    assert Identity.of(account.original) == own
    assert os.listdir(account.state.sessions) == ["0-0"]


def test_a_shell_that_enters_after_the_clock_was_set_back_holds_it(account: Account) -> None:
    a, b = account.project("a"), account.project("b")
    account.enter(a, INIT, time.time_ns() + 10**12)
    account.go(b, SELF)
    assert account.holds(b)


def test_a_shell_that_enters_while_we_settle_is_noticed(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shells do not wait for Python's lock, so settle checks a second time."""
    a, b = account.project("a"), account.project("b")
    account.enter(a, SELF)
    holder = sessions.holder
    calls: list[Path] = []

    def slow(state: object) -> sessions.Session | None:
        found = holder(account.state)
        if not calls:
            calls.append(account.enter(b, INIT))
        return found

    monkeypatch.setattr(sessions, "holder", slow)
    account.settle()
    assert account.holds(b)


# -- other writers ---------------------------------------------------------------------------------


def test_a_notebooks_write_inside_a_project_goes_to_the_backups_as_the_same_inode(account: Account) -> None:
    own = account.write_own()
    root = account.project()
    account.go(root)
    inode = account.write_in_place()
    (line,) = account.settle()
    (backup,) = names_of(inode, account.home)
    assert backup.parent == account.backups
    assert backup.read_bytes() == FOREIGN
    assert str(backup) in line
    assert account.holds(root)
    assert Identity.of(account.original) == own
    assert account.settle() == []


def test_a_notebooks_write_outside_projects_becomes_the_users_own(account: Account) -> None:
    own = account.write_own()
    account.go(account.project())
    account.go("")
    assert account.write_in_place() == own.inode
    assert account.settle() == []
    assert account.in_force() == FOREIGN
    assert account.backed_up() == []


def test_a_write_by_a_notebook_that_opened_another_projects_file(account: Account) -> None:
    a, b = account.project("a"), account.project("b")
    account.go(a, INIT)
    with open(account.mounts_file, "r+b", buffering=0) as notebook:
        account.go(b, SELF)
        notebook.truncate()
        notebook.write(FOREIGN)
    assert len(account.settle()) == 1  # the first shell is still in a
    assert account.backed_up() == [FOREIGN]
    assert account.holds(b)
    account.go("", SELF)
    assert account.holds(a)


def test_a_late_write_by_a_notebook_that_opened_the_file_before_a_new_approval(account: Account) -> None:
    root = account.project()
    account.go(root)
    with open(account.mounts_file, "r+b", buffering=0) as notebook:
        account.expose(root, "second")
        account.settle()
        notebook.truncate()
        notebook.write(LATER)
    account.settle()
    assert account.backed_up() == [LATER]
    assert account.in_force() == mapping_of("second").encode()


@pytest.mark.parametrize("text", [FOREIGN, b"", mapping_of("/theirs").encode()])
def test_an_editors_file_inside_a_project_goes_to_the_backups(account: Account, text: bytes) -> None:
    root = account.project()
    account.go(root)
    foreign = account.replace(text)
    account.settle()
    assert account.holds(root)
    (backup,) = names_of(foreign.inode, account.home)
    assert Identity.of(backup) == foreign
    assert backup.parent == account.backups


def test_an_editors_file_goes_to_the_backups_even_if_we_were_killed_while_moving_it(account: Account) -> None:
    """Found by the model: after the exchange of the two names, nothing checked the spare name again."""
    root = account.project()
    account.go(root)
    foreign = account.replace()
    account.mounts_file.rename(f"{account.mounts_file}.taoshell")
    account.mounts_file.symlink_to(account.cur.name)
    assert len(account.settle()) == 1
    assert account.holds(root)
    (backup,) = account.backups.iterdir()
    assert Identity.of(backup) == foreign


def test_an_editors_file_outside_projects_becomes_the_users_own(account: Account) -> None:
    own = account.write_own()
    root = account.project()
    account.go(root)
    account.go("")
    foreign = account.replace()
    assert account.settle() == []
    assert Identity.of(account.mounts_file) == foreign
    account.go(root)
    assert account.holds(root)
    account.go("")
    assert Identity.of(account.original) == foreign
    assert account.in_force() == FOREIGN
    assert len(names_of(own.inode, account.backups)) == 1


def test_an_editors_file_found_only_on_leaving_goes_to_the_backups(account: Account) -> None:
    own = account.write_own()
    account.go(account.project())
    account.replace()
    account.go("")
    assert account.in_force() == OWN
    assert Identity.of(account.original) == own
    assert account.backed_up() == [FOREIGN]


def test_our_link_is_recreated_if_it_was_removed(account: Account) -> None:
    own = account.write_own()
    root = account.project()
    account.go(root)
    account.mounts_file.unlink()
    account.settle()
    assert account.holds(root)
    assert Identity.of(account.original) == own


# -- a file of ours is missing -----------------------------------------------------------------------


def test_a_removed_shared_file_is_recreated(account: Account) -> None:
    root = account.project()
    account.go(root)
    os.unlink(account.state.project(root).shared)
    account.settle()
    assert account.holds(root)


def test_a_removed_mapping_without_a_generation_becomes_a_tombstone(account: Account) -> None:
    """LAUNCHER_MOUNTS of shells names the file; if it were missing, a container would start without mounts."""
    root = account.project()
    account.go(root)
    os.unlink(account.state.project(root).mounts)
    account.settle()
    for path in (account.state.project(root).mounts, account.mounts_file):
        assert f"(taoshell: {root} is not approved; run: taoshell allow)" in Path(path).read_text()


def test_after_the_state_folder_was_wiped_the_users_own_is_in_force(account: Account) -> None:
    own = account.write_own()
    account.go(account.project())
    os.rename(account.state.root, f"{account.state.root}.gone")
    assert account.in_force() is None
    account.settle()
    assert account.in_force() == OWN
    assert Identity.of(account.original) == own


# -- released --------------------------------------------------------------------------------------------


def test_a_released_mounts_file_is_the_users_and_stays_so(account: Account) -> None:
    own = account.write_own()
    root = account.project()
    account.go(root)
    release(account.state)
    assert Identity.of(account.mounts_file) == own
    assert account.go(root) == []
    assert account.go("", INIT) == []
    assert Identity.of(account.mounts_file) == own


def test_a_mounts_file_taken_again_follows_the_projects(account: Account) -> None:
    own = account.write_own()
    root = account.project()
    account.go(root)
    release(account.state)
    take(account.state)
    assert account.holds(root)
    assert Identity.of(account.original) == own


def test_after_a_shells_late_swap_the_users_own_is_not_backed_up_as_foreign(account: Account) -> None:
    own = account.write_own()
    root = account.project()
    account.go(root)
    release(account.state)
    account.cur.symlink_to(account.state.project(root).shared)  # by a shell that checked before the release
    take(account.state)
    assert account.holds(root)
    assert Identity.of(account.original) == own
    assert account.backed_up() == []


def test_a_foreign_file_found_on_release_is_not_given_to_the_user(account: Account) -> None:
    own = account.write_own()
    account.go(account.project())
    account.replace()
    (line,) = release(account.state)
    assert Identity.of(account.mounts_file) == own
    assert account.backed_up() == [FOREIGN]
    assert "kept in" in line


def test_a_release_that_was_killed_is_completed(account: Account) -> None:
    own = account.write_own()
    account.go(account.project())
    Path(account.state.released).touch()
    account.settle()
    assert Identity.of(account.mounts_file) == own


# -- what cannot be taken over -------------------------------------------------------------------------


def test_a_folder_in_its_place_is_refused_with_a_cure_and_left_alone(account: Account) -> None:
    account.mounts_file.mkdir()
    root = account.project()
    with pytest.raises(TaoshellError, match=r"the mounts file is a folder.*; move it away"):
        account.go(root)
    assert account.mounts_file.is_dir()
    account.mounts_file.rmdir()
    account.settle()
    assert account.holds(root)


def test_old_sessions_count_while_their_shells_live(account: Account) -> None:
    root = account.project()
    account.enter(root, PARENT, LONG_AGO_NS)
    account.settle()
    assert account.holds(root)
