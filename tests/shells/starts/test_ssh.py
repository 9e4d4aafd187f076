"""ssh with a real sshd: the hook does not affect a command on the host, and a login gets the hook."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shells.desk import Desk, quick_in
from tests.shells.starts.rc import FILES
from tests.shells.starts.sshd import Sshd, serving
from tests.shells.test_nested_shells import claims
from tests.support.slow import slow
from tests.support.trees import snapshot
from tests.support.waiting import has_ended, wait_until


@pytest.fixture
def sshd(desk: Desk) -> Iterator[Sshd]:
    with serving(desk.home.path, desk.shell.command()[0]) as server:
        yield server


def in_project(desk: Desk, command: str) -> str:
    return f"cd {desk.shell.quote(str(desk.home.project().root))}; {command}"


@quick_in("zsh")
def test_a_command_prints_and_changes_the_same_as_without_the_hook(desk: Desk, sshd: Sshd) -> None:
    rc = desk.home.path / FILES[desk.shell.name]
    path, hook = rc.read_text().splitlines()
    command = in_project(desk, "env -0 | tr '\\0' '\\n' | grep -v ^SSH_; pwd; sh -c 'exit 7'")
    desk.home.taoshell("hook", desk.shell.name)  # the hook finds GNU's `ln` once, and stores the answer
    seen = []
    for lines in (path, f"{path}\n{hook}"):
        rc.write_text(f"{lines}\n")
        before = snapshot(desk.home.path)
        done = sshd.run("there", command)
        assert (done.returncode, done.stderr) == (7, b"")
        assert snapshot(desk.home.path) == before
        seen.append(sorted(done.stdout.split(b"\n")))
    assert seen[0] == seen[1]
    assert claims(desk.home) == {}


@slow
def test_the_rc_file_is_read_there(desk: Desk, sshd: Sshd) -> None:
    """If it were not, the test above would prove nothing."""
    is_there = {"bash": "declare -F", "zsh": "functions", "fish": "functions"}[desk.shell.name]
    assert sshd.run("there", f"{is_there} _taoshell_update >/dev/null && echo yes").stdout == b"yes\n"


@slow
def test_scp_and_sftp_find_a_clean_line(desk: Desk, sshd: Sshd, tmp_path: Path) -> None:
    """Both fail if a start file prints anything."""
    weights = os.urandom(100_000)
    (tmp_path / "weights").write_bytes(weights)
    target = desk.home.project().root / "weights"
    for old in (["-O"], []):  # the old protocol runs through the shell, sftp does not
        done = sshd.run(*old, str(tmp_path / "weights"), "there:weights", program="scp")
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert (desk.home.path / "weights").read_bytes() == weights
        (desk.home.path / "weights").rename(target)
    done = sshd.run("there", in_project(desk, "cat weights"))  # like rsync
    assert (done.stdout, done.stderr) == (weights, b"")


@quick_in("bash")
def test_a_login_has_the_hook_and_ends_its_session(desk: Desk, sshd: Sshd) -> None:
    project = desk.home.project()
    terminal = desk.terminal(hook=False, argv=sshd.command("-t", "there"))
    before = desk.settings(terminal)
    assert desk.cd(terminal, project.root) == project.entered
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping
    assert desk.cd(terminal, desk.home.path) == project.left
    assert desk.settings(terminal) == before
    assert desk.home.mapping() is None


@slow
def test_a_connection_that_breaks_in_a_project(desk: Desk, sshd: Sshd) -> None:
    """The connection breaks: the next prompt of another shell gives the mounts file back."""
    project = desk.home.project()
    here = desk.terminal()
    away = desk.terminal(hook=False, argv=sshd.command("-t", "there"))
    desk.cd(away, project.root)
    (shell,) = claims(desk.home)
    away.kill()
    wait_until(lambda: has_ended(shell))
    here.enter()
    assert desk.home.mapping() is None


@slow
def test_a_command_at_a_terminal_of_its_own(desk: Desk, sshd: Sshd) -> None:
    """`ssh -t host command`: a terminal, but no prompt."""
    done = sshd.run("-tt", "there", in_project(desk, "pwd"))
    assert done.stdout.replace(b"\r", b"").decode() == f"{desk.home.project().root}\n"
    assert claims(desk.home) == {}
