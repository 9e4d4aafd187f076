"""Which shells are alive, and which is the newest."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from taoshell.state import files, sessions
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


# -- a process ---------------------------------------------------------------------------------


def test_the_start_time_is_field_22(tmp_path: Path) -> None:
    fields = Path("/proc/self/stat").read_text().rpartition(") ")[2].split()
    assert sessions.start_time(SELF) == fields[22 - 3]
    assert sessions.start_time(ended_pid()) == "0"


def test_a_process_that_nobody_has_waited_for_has_ended() -> None:
    process = subprocess.Popen(["true"])
    while Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2][0] != "Z":
        time.sleep(0.001)
    assert sessions.start_time(process.pid) == "0"
    process.wait()


def test_a_commands_name_may_hold_spaces_and_brackets(tmp_path: Path) -> None:
    program = tmp_path / "a) b (c 9 9"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([program, "60"]) as process:
        while program.name[:15] not in Path(f"/proc/{process.pid}/comm").read_text():
            time.sleep(0.001)
        started = int(sessions.start_time(process.pid))
        process.kill()
    assert abs(started - int(sessions.start_time(SELF))) < 100 * 3600


def test_a_name_says_where_the_pid_means_something() -> None:
    here = f"@{HOST}@{BOOT}-{sessions.start_time(1)}"
    assert sessions.name_of(SELF) == f"{SELF}-{sessions.start_time(SELF)}{here}"


def test_the_folder_always_has_a_file_so_that_a_glob_matches(account: Account) -> None:
    for _again in range(2):
        sessions.ensure_folder(account.state)
        assert os.listdir(account.state.sessions) == ["0-0"]
    assert sessions.live(account.state) == []


# -- the newest --------------------------------------------------------------------------------


def test_no_shells_no_holder(account: Account) -> None:
    assert sessions.live(account.state) == []
    assert sessions.holder(account.state) is None


def test_the_newest_holds(account: Account) -> None:
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
    assert sessions.Session("", 10, "", 1).age > sessions.Session("", 9, "", 1).age
    assert sessions.Session("", 9, "", 2).age > sessions.Session("", 10, "", 1).age


def test_a_shell_outside_projects_does_not_hold(account: Account) -> None:
    root = account.project()
    account.enter(root, INIT, LONG_AGO_NS)
    account.enter("", SELF)
    assert holder_pid(account) == INIT


def test_a_shell_in_a_project_that_was_forgotten_does_not_hold(account: Account) -> None:
    account.enter(account.project(), INIT, LONG_AGO_NS)
    account.enter(str(account.home / "pruned"), SELF)
    assert holder_pid(account) == INIT


def test_a_path_comes_through_whatever_is_in_it(account: Account) -> None:
    name = b" a 'b' \"c\" \\ $(d) `e` !\tf \xff\xc3\xa4 ".decode(errors="surrogateescape")
    root = account.project(name)
    session = Path(account.enter(""))
    session.write_bytes(os.fsencode(root) + b"\nrest of a longer path\n")  # written without truncation
    holder = sessions.holder(account.state)
    assert holder is not None
    assert holder.project == root


# -- the dead ----------------------------------------------------------------------------------


def test_a_reused_pid_is_not_taken_for_the_shell_that_had_it(account: Account) -> None:
    root = account.project()
    account.enter(root, INIT, LONG_AGO_NS)
    before = account.enter(root, SELF)
    before.rename(before.with_name(f"{SELF}-{int(sessions.start_time(SELF)) - 1}{sessions.here()}"))
    assert holder_pid(account) == INIT


def test_a_session_that_could_not_tell_its_start_is_not_alive_for_ever(account: Account) -> None:
    account.project()
    path = account.enter(account.project())
    path.rename(path.with_name(f"{ended_pid()}-0{sessions.here()}"))
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
def test_a_name_that_is_no_sessions(account: Account, name: str) -> None:
    root = account.project()
    account.enter(root, INIT, LONG_AGO_NS)
    path = Path(account.state.sessions, name.replace("HERE", sessions.here()))
    path.write_text(root + "\n")
    assert holder_pid(account) == INIT
    sessions.sweep(account.state)
    assert path.exists()


def test_the_dead_are_swept_and_nobody_else(account: Account) -> None:
    root = account.project()
    alive = account.enter(root)
    dead = account.enter(root, INIT)
    dead.rename(dead.with_name(f"{ended_pid()}-12345{sessions.here()}"))
    sessions.sweep(account.state)
    assert sorted(os.listdir(account.state.sessions)) == sorted(["0-0", alive.name])


# -- elsewhere -----------------------------------------------------------------------------------


def elsewhere(account: Account, root: str, *, host: str = HOST, boot: str = BOOT, start: str = "1") -> Path:
    """A session of a process that is not here, but at least in a container; newer than all that were written before."""
    path = account.enter(root, SELF)
    other = path.with_name(f"7-7@{host}@{boot}-{start}")
    path.rename(other)
    return other


@pytest.mark.parametrize("where", [{"host": "other"}, {"host": "other", "boot": "another-boot"}, {}])
def test_who_is_on_another_machine_or_in_a_container_counts_until_he_leaves(
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


def test_a_session_from_before_a_restart_of_this_machine_is_dead(account: Account) -> None:
    root = account.project()
    account.enter(root, INIT, LONG_AGO_NS)
    path = elsewhere(account, root, boot="another-boot")
    assert holder_pid(account) == INIT
    sessions.sweep(account.state)
    assert not path.exists()


def test_another_machine_is_believed_for_a_week(account: Account) -> None:
    root = account.project()
    day_ns = 24 * 3600 * SECOND_NS
    for days, believed in ((6, True), (8, False)):
        path = elsewhere(account, root, host="other")
        then = time.time_ns() - days * day_ns
        os.utime(path, ns=(then, then))
        sessions.sweep(account.state)
        assert path.exists() == believed


def test_other_machines_can_be_forgotten(account: Account) -> None:
    root = account.project()
    own = account.enter(root, INIT)
    idle, inside = elsewhere(account, "", host="idle"), elsewhere(account, root, host="other")
    assert [session.host for session in sessions.forget_other_hosts(account.state)] == ["other"]
    assert (own.exists(), idle.exists(), inside.exists()) == (True, False, False)


# -- the clock -----------------------------------------------------------------------------------


def test_a_clock_that_was_set_back_does_not_hold_up_who_comes_now(account: Account) -> None:
    root, hour = account.project(), 3600 * SECOND_NS
    account.enter(root, INIT, time.time_ns() + hour)
    account.enter(root, PARENT, time.time_ns() + 2 * hour)
    own = account.enter(root, SELF)
    assert holder_pid(account) == PARENT
    sessions.make_newest(account.state, str(own))
    assert holder_pid(account) == SELF


def test_a_rival_that_came_later_stays_later(account: Account) -> None:
    root = account.project()
    own = account.enter(root, SELF, time.time_ns() - SECOND_NS)
    account.enter(root, INIT)
    before = own.stat().st_mtime_ns
    sessions.make_newest(account.state, str(own))
    assert own.stat().st_mtime_ns == before
    assert holder_pid(account) == INIT


def test_a_session_that_is_gone_is_not_made(account: Account) -> None:
    root = account.project()
    account.enter(root, INIT, time.time_ns() + 3600 * SECOND_NS)
    own = account.enter(root, SELF)
    own.unlink()
    sessions.make_newest(account.state, str(own))
    assert not own.exists()
