"""Which shells are alive, and which is the newest of them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from taoshell.state import files, processes, sessions
from tests.support.accounts import INIT, LONG_AGO_NS, PARENT, SELF, Account, ended_pid

SECOND_NS = 1_000_000_000
HOST = Path("/proc/sys/kernel/hostname").read_text().strip()
BOOT = Path("/proc/sys/kernel/random/boot_id").read_text().strip()


@pytest.fixture
def account(home: Path) -> Account:
    account = Account(home)
    files.ensure(account.state)
    return account


def holder_pid(account: Account) -> int | None:
    holder = sessions.holder(account.state)
    return holder.pid if holder else None


def test_a_name_says_which_machine_and_namespace_the_pid_belongs_to() -> None:
    here = f"@{HOST}@{BOOT}-{processes.start_time(1)}"
    assert processes.name_of(SELF) == f"{SELF}-{processes.start_time(SELF)}{here}"


def test_the_folder_always_contains_a_file_so_a_glob_matches(account: Account) -> None:
    for _again in range(2):
        sessions.ensure_folder(account.state)
        assert os.listdir(account.state.sessions) == ["0-0"]
    assert sessions.live(account.state) == []


# -- the newest --------------------------------------------------------------------------------


def test_without_shells_there_is_no_holder(account: Account) -> None:
    assert sessions.live(account.state) == []
    assert sessions.holder(account.state) is None


def test_the_newest_shell_holds(account: Account) -> None:
    root, now = account.project(), time.time_ns()
    account.enter(root, SELF, now - 1)
    account.enter(root, INIT, now)
    account.enter(root, PARENT, now - 2)
    assert [session.pid for session in sessions.live(account.state)] == [INIT, SELF, PARENT]
    assert holder_pid(account) == INIT


def test_a_tie_goes_to_the_higher_pid_as_a_number(account: Account) -> None:
    root, now = account.project(), time.time_ns()
    for pid in (SELF, PARENT, INIT):
        account.enter(root, pid, now)
    assert [session.pid for session in sessions.live(account.state)] == sorted([SELF, PARENT, INIT], reverse=True)


def test_pids_are_compared_as_numbers() -> None:
    assert sessions.Session("", 10, "", 1).order > sessions.Session("", 9, "", 1).order
    assert sessions.Session("", 9, "", 2).order > sessions.Session("", 10, "", 1).order


def test_a_shell_outside_projects_does_not_hold(account: Account) -> None:
    root = account.project()
    account.enter(root, INIT, LONG_AGO_NS)
    account.enter("", SELF)
    assert holder_pid(account) == INIT


def test_a_shell_in_a_forgotten_project_does_not_hold(account: Account) -> None:
    account.enter(account.project(), INIT, LONG_AGO_NS)
    account.enter(str(account.home / "pruned"), SELF)
    assert holder_pid(account) == INIT


def test_any_path_is_read_back_unchanged(account: Account) -> None:
    name = b" a 'b' \"c\" \\ $(d) `e` !\tf \xff\xc3\xa4 ".decode(errors="surrogateescape")
    root = account.project(name)
    session = Path(account.enter(""))
    session.write_bytes(os.fsencode(root) + b"\nrest of a longer path\n")  # written without truncation
    holder = sessions.holder(account.state)
    assert holder is not None
    assert holder.project == root


# -- dead shells -------------------------------------------------------------------------------


def test_a_reused_pid_is_not_mistaken_for_the_former_shell(account: Account) -> None:
    root = account.project()
    account.enter(root, INIT, LONG_AGO_NS)
    before = account.enter(root, SELF)
    before.rename(before.with_name(f"{SELF}-{int(processes.start_time(SELF)) - 1}{processes.here()}"))
    assert holder_pid(account) == INIT


def test_a_session_without_a_start_time_is_not_alive_forever(account: Account) -> None:
    account.project()
    path = account.enter(account.project())
    path.rename(path.with_name(f"{ended_pid()}-0{processes.here()}"))
    assert sessions.holder(account.state) is None


@pytest.mark.parametrize(
    "name",
    [
        "0-0",
        "x",
        "-",
        "12",
        "1-1",
        "x-1HERE",
        "-1-1HERE",
        "1-HERE",
        "١-1HERE",
        "1-xHERE",
        "1-1@@-1",
        "1-1@h@b",
        "cur.swp",
    ],
)
def test_other_file_names_are_ignored(account: Account, name: str) -> None:
    root = account.project()
    account.enter(root, INIT, LONG_AGO_NS)
    path = Path(account.state.sessions, name.replace("HERE", processes.here()))
    path.write_text(root + "\n")
    assert holder_pid(account) == INIT
    sessions.sweep(account.state)
    assert path.exists()


def test_only_dead_sessions_are_swept(account: Account) -> None:
    root = account.project()
    alive = account.enter(root)
    dead = account.enter(root, INIT)
    dead.rename(dead.with_name(f"{ended_pid()}-12345{processes.here()}"))
    sessions.sweep(account.state)
    assert sorted(os.listdir(account.state.sessions)) == sorted(["0-0", alive.name])


# -- other machines-------------------------------------------------------------------------------


def elsewhere(account: Account, root: str, *, host: str = HOST, boot: str = BOOT, start: str = "1") -> Path:
    """A session of a process on another machine or in a container, newer than all sessions written before it."""
    path = account.enter(root, SELF)
    other = path.with_name(f"7-7@{host}@{boot}-{start}")
    path.rename(other)
    return other


@pytest.mark.parametrize("where", [{"host": "other"}, {"host": "other", "boot": "another-boot"}, {}])
def test_a_shell_on_another_machine_or_in_a_container_counts_until_it_leaves(
    account: Account, where: dict[str, str]
) -> None:
    mine, theirs = account.project("mine"), account.project("theirs")
    account.enter(mine, PARENT, LONG_AGO_NS)
    path = elsewhere(account, theirs, **where)
    sessions.sweep(account.state)
    holder = sessions.holder(account.state)
    assert holder is not None
    assert (holder.project, holder.pid, holder.host) == (theirs, 7, where.get("host", HOST))
    assert holder.who == f"shell 7 on {holder.host}"
    path.write_text("")
    assert holder_pid(account) == PARENT


def test_a_session_from_before_a_reboot_is_dead(account: Account) -> None:
    root = account.project()
    account.enter(root, INIT, LONG_AGO_NS)
    path = elsewhere(account, root, boot="another-boot")
    before = (processes.boot_time() - 1) * SECOND_NS
    os.utime(path, ns=(before, before))
    assert holder_pid(account) == INIT
    sessions.sweep(account.state)
    assert not path.exists()


def test_a_session_of_a_machine_with_the_same_name_counts(account: Account) -> None:
    """Its boot is another one, too, but it was written since this machine was started."""
    root = account.project()
    account.enter(root, INIT, LONG_AGO_NS)
    path = elsewhere(account, root, boot="another-boot")
    sessions.sweep(account.state)
    assert path.exists()
    assert holder_pid(account) == 7


def test_a_session_of_another_machine_counts_for_a_week(account: Account) -> None:
    root = account.project()
    day_ns = 24 * 3600 * SECOND_NS
    for days, believed in ((6, True), (8, False)):
        path = elsewhere(account, root, host="other")
        then = time.time_ns() - days * day_ns
        os.utime(path, ns=(then, then))
        sessions.sweep(account.state)
        assert path.exists() == believed


def test_sessions_of_other_machines_can_be_forgotten(account: Account) -> None:
    root = account.project()
    own = account.enter(root, INIT)
    idle, inside = elsewhere(account, "", host="idle"), elsewhere(account, root, host="other")
    assert [session.host for session in sessions.forget_other_hosts(account.state)] == ["other"]
    assert (own.exists(), idle.exists(), inside.exists()) == (True, False, False)


# -- the clock -----------------------------------------------------------------------------------


def test_a_clock_set_back_does_not_keep_a_new_shell_from_holding(account: Account) -> None:
    root, hour = account.project(), 3600 * SECOND_NS
    account.enter(root, INIT, time.time_ns() + hour)
    account.enter(root, PARENT, time.time_ns() + 2 * hour)
    own = account.enter(root, SELF)
    assert holder_pid(account) == PARENT
    sessions.make_newest(account.state, str(own))
    assert holder_pid(account) == SELF
    assert Path(account.state.arrived).read_text() == ".", "a shell that searches just now must hear of it"


def test_a_shell_that_came_later_stays_the_newest(account: Account) -> None:
    root = account.project()
    own = account.enter(root, SELF, time.time_ns() - SECOND_NS)
    account.enter(root, INIT)
    before = own.stat().st_mtime_ns
    sessions.make_newest(account.state, str(own))
    assert own.stat().st_mtime_ns == before
    assert holder_pid(account) == INIT
    assert not Path(account.state.arrived).exists()


def test_a_missing_session_is_not_created(account: Account) -> None:
    root = account.project()
    account.enter(root, INIT, time.time_ns() + 3600 * SECOND_NS)
    own = account.enter(root, SELF)
    own.unlink()
    sessions.make_newest(account.state, str(own))
    assert not own.exists()


# -- arrivals ------------------------------------------------------------------------------------


def test_a_session_of_python_is_announced_like_that_of_a_shell(account: Account) -> None:
    sessions.ensure_folder(account.state)
    arrived = Path(account.state.arrived)
    for number in (1, 2):
        sessions.write(account.state, SELF, account.project())
        assert arrived.read_text() == "." * number
    assert arrived.stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_through_a_symlink_or_a_pipe_that_stands_for_arrivals(account: Account) -> None:
    sessions.ensure_folder(account.state)
    arrived, users = Path(account.state.arrived), account.home / "notes"
    users.write_text("mine\n")
    makes: list[Callable[[Path], None]] = [lambda path: path.symlink_to(users), os.mkfifo]
    for make in makes:
        make(arrived)
        sessions.write(account.state, SELF, "")
        assert users.read_text() == "mine\n"
        sessions.sweep(account.state)
        assert not os.path.lexists(arrived)
    arrived.mkdir()
    sessions.write(account.state, SELF, "")
    sessions.sweep(account.state)
    assert arrived.is_dir(), "a folder may contain something of the user's"
