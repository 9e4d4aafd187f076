"""Another taoshell has the lock and hangs: one line, the prompt returns, and the hook tries again when that one ends.

And a Ctrl-Z never stops one of the hook's own calls.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shells.desk import Desk, only
from tests.shells.processes import started_by
from tests.shells.projects import Home
from tests.shells.test_calling_python import slow_python
from tests.support.live_processes import processes_in
from tests.support.waiting import wait_until

HOLD = """
import sys, time
from taoshell.state.lock_file import held
with held(sys.argv[1]):
    print(flush=True)
    time.sleep(99)
"""


@contextlib.contextmanager
def hanging(desk: Desk) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has the lock and hangs."""
    command = [sys.executable, "-c", HOLD, str(desk.home.state / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


@pytest.fixture
def holder(desk: Desk) -> Iterator[subprocess.Popen[bytes]]:
    with hanging(desk) as process:
        yield process


def busy_line(home: Home, pid: int) -> str:
    return (
        f"taoshell: {home.state}/lock: another taoshell, process {pid}, has held the lock for 5 seconds; "
        f"wait for it, or end it: kill -9 {pid}\n"
    )


def test_a_changed_source(desk: Desk, holder: subprocess.Popen[bytes], tmp_path: Path) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal()
    before = desk.settings(terminal)
    os.utime(project.env_file)
    assert desk.cd(terminal, project.root) == busy_line(desk.home, holder.pid)
    found = terminal.environment()
    assert set(project.variables).isdisjoint(found)
    assert found["TAOSHELL_PROMPT"] == "a!"
    with started_by(terminal.pid, tmp_path) as started:
        assert terminal.enter().output == ""  # an idle prompt neither waits nor repeats it
    assert started == []
    holder.kill()
    holder.wait()
    assert terminal.enter().output == project.entered
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


def test_the_first_take_over(desk: Desk, holder: subprocess.Popen[bytes]) -> None:
    """The variables are set without Python; only the mounts file must wait."""
    project = desk.home.project("a")
    terminal = desk.terminal()
    assert desk.cd(terminal, project.root) == project.entered + busy_line(desk.home, holder.pid)
    desk.is_in(terminal, project)
    assert desk.home.mapping() is None
    assert terminal.enter().output == ""
    holder.kill()
    holder.wait()
    terminal.enter()
    assert desk.home.mapping() == project.mapping
    assert terminal.value("TAOSHELL_PROMPT") == "a"


def test_at_the_start_of_a_shell(desk: Desk, holder: subprocess.Popen[bytes]) -> None:
    project = desk.home.project("a")
    os.utime(project.env_file)
    terminal = desk.terminal(project.root)
    assert busy_line(desk.home, holder.pid) in terminal.greeting
    holder.kill()
    holder.wait()
    terminal.enter()
    desk.is_in(terminal, project)


def test_cd_tries_again(desk: Desk, holder: subprocess.Popen[bytes]) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal()
    os.utime(project.env_file)
    desk.cd(terminal, project.root)
    assert desk.cd(terminal, project.root / "specs") == busy_line(desk.home, holder.pid)


def test_it_is_waited_for_once(desk: Desk, tmp_path: Path) -> None:
    """Python is asked before a project is left, and when another is entered."""
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(first.root)
    for project in (first, second):
        (project.kept / "shared.json").write_text("{}")
    with hanging(desk) as holder, started_by(terminal.pid, tmp_path) as started:
        assert busy_line(desk.home, holder.pid) in desk.cd(terminal, second.root)
    assert sum("python" in name for name in started) == 1
    terminal.enter()
    assert desk.home.mapping() == second.mapping


def test_ctrl_z_does_not_stop_the_hooks_call(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal(project.root)
    calls, go = desk.home.path / "calls", desk.home.path / "go"
    python = slow_python(desk.home.path / "python", calls, go)
    terminal.run(desk.shell.assign("_taoshell_python", str(python)))
    os.utime(project.env_file)
    terminal.begin("true")
    wait_until(calls.exists)
    terminal.send_susp()
    time.sleep(0.2)  # for the signal, which leaves no trace when it is ignored
    go.touch()
    terminal.recover()
    assert terminal.run("jobs").output in ("", "jobs: There are no jobs\n")
    desk.is_in(terminal, project)


@only("bash")
def test_ctrl_z_at_any_moment_of_a_switch(desk: Desk) -> None:
    """In zsh and fish it can stop the `sh` that is about to ignore it (docs/architecture.md)."""
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal()
    for project in (first, second):
        desk.cd(terminal, project.root)
    for round_ in range(20):
        project = (first, second)[round_ % 2]
        os.utime(project.env_file)
        terminal.begin(f"cd {desk.shell.quote(str(project.root))}")
        time.sleep(round_ * 0.004)
        terminal.send_susp()
        terminal.recover()
        assert "python" not in [Path(f"/proc/{pid}/exe").resolve().name[:6] for pid in stopped(desk.home)]
        assert desk.home.mapping() == project.mapping
        desk.is_in(terminal, project)


def stopped(home: Home) -> list[int]:
    """Return the stopped processes that use this home."""
    found = (process.pid for process in processes_in(home.path))
    return [pid for pid in found if Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "T"]


def test_a_stopped_holder_of_the_lock(desk: Desk) -> None:
    """A Ctrl-Z at any moment of a command in one terminal: the other terminal's prompt does not wait for it."""
    first, second = desk.home.project("a"), desk.home.project("b")
    typist, other = desk.terminal(), desk.terminal()
    desk.cd(other, first.root)
    for round_ in range(8):
        typist.begin(f"taoshell allow {desk.shell.quote(str(second.root))}")
        time.sleep(0.05 + round_ * 0.02)
        typist.send_susp()
        os.utime(first.env_file)
        began = time.monotonic()
        assert other.enter().output == ""
        assert time.monotonic() - began < 4
        desk.is_in(other, first)
        typist.recover()
        for process in stopped(desk.home):
            with contextlib.suppress(ProcessLookupError):  # it may end with the one that was just killed
                os.kill(process, signal.SIGKILL)
        typist.recover()
