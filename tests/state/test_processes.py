"""What /proc says of other processes."""

from __future__ import annotations

import itertools
import os
import subprocess
import time
from pathlib import Path

import pytest

from taoshell.state import processes
from tests.support.accounts import PARENT, SELF, ended_pid


def test_the_start_time_is_field_22() -> None:
    fields = Path("/proc/self/stat").read_text().rpartition(") ")[2].split()
    assert processes.start_time(SELF) == fields[22 - 3]
    assert processes.start_time(ended_pid()) == "0"


def test_a_zombie_has_ended() -> None:
    process = subprocess.Popen(["true"])
    while Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2][0] != "Z":
        time.sleep(0.001)
    assert processes.start_time(process.pid) == "0"
    process.wait()


def test_a_command_name_may_contain_spaces_and_brackets(tmp_path: Path) -> None:
    program = tmp_path / "a) b (c 9 9"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([program, "60"]) as process:
        while program.name[:15] not in Path(f"/proc/{process.pid}/comm").read_text():
            time.sleep(0.001)
        started = int(processes.start_time(process.pid))
        name, _ = processes._stat(process.pid)
        process.kill()
    assert name == program.name[:15]
    assert abs(started - int(processes.start_time(SELF))) < 100 * 3600


def test_the_ancestors_are_the_parents_up_to_the_first_process() -> None:
    found = list(processes.ancestors())
    assert found[0] == (PARENT, Path(f"/proc/{PARENT}/comm").read_text().strip())
    for (child, _), (parent, _) in itertools.pairwise(found):
        assert f"PPid:\t{parent}\n" in Path(f"/proc/{child}/status").read_text()
    assert processes.start_time(found[-1][0]) != "0"
    assert "PPid:\t0\n" in Path(f"/proc/{found[-1][0]}/status").read_text()


def test_the_ancestors_end_at_a_hidden_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getppid", ended_pid)
    ((pid, name),) = processes.ancestors()
    assert name == ""
    assert processes.is_ancestor(pid) is False  # another pid by now


def test_which_process_is_an_ancestor() -> None:
    assert processes.is_ancestor(PARENT)
    assert not processes.is_ancestor(SELF)
    assert not processes.is_ancestor(0)
    assert not processes.is_ancestor(ended_pid())


def test_the_first_argument() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        while processes.first_argument(process.pid) != "60":
            time.sleep(0.001)
        process.kill()
    assert processes.first_argument(ended_pid()) == ""
