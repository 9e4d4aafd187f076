"""The lock, with real processes: who has it, who hangs, and a Ctrl-Z at every moment."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from taoshell.errors import REFUSED, TaoshellError
from taoshell.state import files, lock_file
from taoshell.state.paths import State
from taoshell.state.processes import here, name_of
from tests.support.accounts import ended_pid
from tests.support.needs import need
from tests.support.waiting import state_of, wait_until

TAKE = (sys.executable, "-m", "taoshell", "mounts", "take")
HOLD = """
import signal, sys, time
from taoshell.state.lock_file import held
with held(sys.argv[1]):
    print("held", flush=True)
    {inside}
print("released", flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting takes 50 ms instead of 5 s. The messages still say 5."""
    monkeypatch.setattr(lock_file, "_LOOKS", 5)


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the lock until a line is written to it."""
    with start(path, "sys.stdin.readline()") as process, killed_at_the_end(process):
        yield process


def start(path: Path, inside: str) -> subprocess.Popen[str]:
    """Start a process that takes the lock and then does `inside`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(inside=inside), path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=os.setpgrp,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@contextlib.contextmanager
def killed_at_the_end(process: subprocess.Popen[Any]) -> Iterator[None]:
    """A failed test must not wait for a process that is stopped."""
    try:
        yield
    finally:
        process.kill()


def refused(path: Path) -> TaoshellError:
    with pytest.raises(TaoshellError) as raised, lock_file.held(str(path)):
        pass
    return raised.value


def wait_for(pid: int, state: str) -> None:
    wait_until(lambda: state_of(pid) == state)


# -- the deadline ----------------------------------------------------------------------------------


def test_the_process_that_has_it_is_named_after_five_seconds(path: Path, holder: subprocess.Popen[str]) -> None:
    began = time.monotonic()
    error = refused(path)
    assert 4.5 < time.monotonic() - began < 15
    assert str(error) == (
        f"{path}: another taoshell, process {holder.pid}, has held the lock for 5 seconds; "
        f"wait for it, or end it: kill -9 {holder.pid}"
    )
    assert error.exit_code == lock_file.BUSY


@pytest.mark.usefixtures("quick")
def test_the_cure_works_for_a_stopped_process(path: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGSTOP)
    wait_for(holder.pid, "T")
    command = str(refused(path)).rpartition(": ")[2]
    subprocess.run(command.split(), check=True)
    holder.wait()
    with lock_file.held(str(path)):  # a dead process holds nothing, even though its name is still in the file
        pass


@pytest.mark.usefixtures("quick")
def test_a_process_of_another_machine_is_named_with_the_machine(path: Path, holder: subprocess.Popen[str]) -> None:
    path.write_text("123-45@node7@0e1f-9\n")  # flock reaches across machines on NFS
    error = refused(path)
    assert "another taoshell, process 123 on node7, has held the lock" in str(error)
    assert "process 123 on" in str(error)
    assert str(error).endswith("; wait for it, or end it there")
    assert error.exit_code == REFUSED  # a hook on this machine cannot watch that process
    assert holder.poll() is None


@pytest.mark.parametrize("name", ["", "garbage", "-1@a@b-1", "1@b", "1-0HERE", "\udcff-\udcff@@-", "0x1-2@h@b-3"])
@pytest.mark.usefixtures("quick", "holder")
def test_no_innocent_process_is_named(path: Path, name: str) -> None:
    """Another program may lock the file, and a killed process leaves its name there."""
    path.write_text(name.replace("HERE", here()), errors="surrogateescape")
    error = refused(path)
    assert str(error) == f"{path}: another process has held the lock for 5 seconds; find it: lslocks"
    path.write_text(name_of(ended_pid()))
    assert str(refused(path)) == str(error)


@pytest.mark.usefixtures("quick")
def test_a_lock_that_is_passed_on_is_waited_for(path: Path) -> None:
    """The deadline is for one process that hangs, not for many processes that each take a moment."""
    with open(path, "wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiter = subprocess.Popen(
            [sys.executable, "-c", f"from taoshell.state import lock_file as f; f._LOOKS = 30; {ONCE}", path]
        )
        for number in range(60):
            path.write_text(f"{number}-1{here()}")
            time.sleep(0.01)
        assert waiter.poll() is None
    assert waiter.wait(10) == 0


ONCE = "import sys; context = f.held(sys.argv[1]); context.__enter__(); context.__exit__(None, None, None)"


def test_the_holder_signs_and_leaves_no_name(path: Path) -> None:
    with lock_file.held(str(path)):
        assert path.read_text() == f"{name_of(os.getpid())}\n"
    assert path.read_text() == ""


# -- Ctrl-Z ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU])
def test_a_stop_takes_effect_when_the_lock_is_released(path: Path, number: signal.Signals) -> None:
    with start(path, "sys.stdin.readline()") as holder, killed_at_the_end(holder):
        holder.send_signal(number)
        time.sleep(0.1)
        assert state_of(holder.pid) != "T"
        print(file=holder.stdin, flush=True)
        wait_for(holder.pid, "T")
        with lock_file.held(str(path)):
            pass
        holder.send_signal(signal.SIGCONT)
        assert holder.stdout is not None
        assert holder.stdout.read() == "released\n"


def test_a_stop_at_any_moment_never_holds_the_lock(path: Path) -> None:
    """A process takes the lock again and again, and each round stops it a little later."""
    loop = """
import sys
from taoshell.state.lock_file import held
print("held", flush=True)
while True:
    with held(sys.argv[1]): pass
"""
    with subprocess.Popen([sys.executable, "-c", loop, path], stdout=subprocess.PIPE, preexec_fn=os.setpgrp) as busy:
        assert busy.stdout is not None
        with open(path, "wb+") as file, killed_at_the_end(busy):
            busy.stdout.readline()
            for round_ in range(50):
                time.sleep(round_ * 5e-5)
                busy.send_signal(signal.SIGTSTP)
                wait_for(busy.pid, "T")
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                assert path.read_bytes() == b""
                fcntl.flock(file, fcntl.LOCK_UN)
                busy.send_signal(signal.SIGCONT)


def test_who_waits_can_be_stopped_and_does_not_lose_patience(path: Path) -> None:
    with start(path, "sys.stdin.readline()") as holder, killed_at_the_end(holder):
        code = f"from taoshell.state import lock_file as f; f._LOOKS = 100; {ONCE}"
        with (
            subprocess.Popen([sys.executable, "-c", code, path], preexec_fn=os.setpgrp) as waiter,
            killed_at_the_end(waiter),
        ):
            time.sleep(0.3)
            waiter.send_signal(signal.SIGTSTP)
            wait_for(waiter.pid, "T")
            time.sleep(1.5)  # longer than the second that it waits
            waiter.send_signal(signal.SIGCONT)
            time.sleep(0.2)
            print(file=holder.stdin, flush=True)
            assert waiter.wait(10) == 0


def test_the_signal_mask_is_as_before(path: Path) -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with lock_file.held(str(path)):
        assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before | {signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


# -- file systems ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ENOLCK", "EOPNOTSUPP", "ENOSYS", "EINVAL"])
def test_a_file_system_without_locks(tmp_path: Path, name: str) -> None:
    strace = need(shutil.which("strace"), "strace")
    done = subprocess.run(
        [strace, "-qq", "-o", "/dev/null", "-e", f"inject=flock:error={name}", *TAKE],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    reason = re.escape(os.strerror(getattr(errno, name)))
    line = f"taoshell: .*/lock: the file system cannot lock this file: {reason}; set XDG_STATE_HOME to .*\n"
    assert re.fullmatch(line, done.stderr)
    assert done.returncode == REFUSED


def test_a_full_disk_costs_only_the_name(path: Path) -> None:
    path.symlink_to("/dev/full")
    with lock_file.held(str(path)):
        pass


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_its_mode_does_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with files.lock(State.of({"HOME": str(tmp_path)})):
            pass
    finally:
        os.umask(before)
    modes = {p.relative_to(tmp_path): p.stat().st_mode & 0o7777 for p in tmp_path.rglob("*")}
    assert modes.pop(Path(".local/state/taoshell/lock")) == 0o600
    assert set(modes) >= {Path(".local"), Path(".local/state"), Path(".local/state/taoshell/sessions")}
    assert set(modes.values()) == {0o700}
