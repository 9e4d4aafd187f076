"""One home on two machines: a shell in its own namespaces has other pids and another host name."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.shells.desk import Desk
from tests.shells.terminal import Terminal
from tests.support.needs import need

HOST = "other-machine"


@pytest.fixture
def elsewhere(desk: Desk) -> Terminal:
    """Open a shell on the other machine, outside any project."""
    unshare = need(shutil.which("unshare"), "unshare (util-linux)")
    machine = [unshare, "--uts", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child", "--"]
    if os.geteuid() or subprocess.run([*machine, "true"], capture_output=True, check=False).returncode:
        need(None, "the right to make namespaces")
    terminal = desk.terminal()
    start = f"echo {HOST} >/proc/sys/kernel/hostname; exec {shlex.join(desk.shell.command())}"
    terminal.nest(shlex.join([*machine, "sh", "-c", start]))
    return terminal


def _innermost(pid: int) -> int:
    """Return the pid of the inner shell (shell, `unshare`, shell)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return _innermost(int(children[0])) if children else pid


def test_they_do_not_fight(desk: Desk, elsewhere: Terminal) -> None:
    ours, theirs = desk.home.project("a"), desk.home.project("b")
    here = desk.terminal()
    desk.cd(here, ours.root)
    desk.cd(elsewhere, theirs.root)
    for _again in range(2):
        for terminal in (here, elsewhere):
            assert terminal.enter().output == ""
            assert desk.home.mapping() == theirs.mapping
    desk.is_in(here, ours)
    desk.is_in(elsewhere, theirs)
    desk.cd(here, desk.home.path)
    assert desk.home.mapping() == theirs.mapping
    desk.cd(here, ours.root)
    assert elsewhere.enter().output == ""
    assert desk.home.mapping() == ours.mapping
    desk.cd(elsewhere, desk.home.path)
    assert desk.home.mapping() == ours.mapping
    desk.cd(here, desk.home.path)
    assert desk.home.mapping() is None


def test_status_says_where_the_mounts_file_is_held(desk: Desk, elsewhere: Terminal) -> None:
    theirs = desk.home.project("b")
    here = desk.terminal(desk.home.project("a").root)
    desk.cd(elsewhere, theirs.root)
    said = here.run("taoshell status").output
    assert f"~/.tao_mounts.json has the mapping of ~/{theirs.root.name}, by shell" in said
    assert f"on {HOST}\n✓ LAUNCHER_MOUNTS is this project's own\n" in said
    assert f"on {HOST}" in here.run("taoshell mounts").output


def test_a_machine_that_is_gone_is_forgotten_on_request(desk: Desk, elsewhere: Terminal) -> None:
    ours, theirs = desk.home.project("a"), desk.home.project("b")
    here = desk.terminal(ours.root)
    desk.cd(elsewhere, theirs.root)
    os.kill(_innermost(elsewhere.pid), signal.SIGKILL)
    assert here.enter().output == ""
    assert desk.home.mapping() == theirs.mapping  # this machine cannot know that it has ended
    assert f"on {HOST}, which was in {theirs.root}" in here.run("taoshell prune").output
    assert desk.home.mapping() == ours.mapping
