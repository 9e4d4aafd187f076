"""How the hook calls Python: the user's PYTHON… variables do not reach it, and Ctrl-C does not interrupt it."""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path

from taoshell.actions.approve import CHANGING
from tests.shells.desk import Desk
from tests.support.waiting import wait_until


def test_the_users_python_variables_do_not_reach_it(desk: Desk) -> None:
    """With PYTHONHOME set like this, any other Python would not start."""
    project, terminal = desk.home.project(), desk.terminal()
    for name in ("PYTHONHOME", "PYTHONPATH"):
        terminal.run(desk.shell.export(name, str(desk.home.path / "nothing")))
    assert desk.cd(terminal, project.root) == project.entered
    assert desk.home.mapping() == project.mapping  # the first take-over needs Python
    os.utime(project.env_file)
    assert terminal.enter().output == ""  # a source with a new mtime needs it too
    desk.is_in(terminal, project)
    assert terminal.run("taoshell list").status == 0


def test_ctrl_c_does_not_interrupt_it(desk: Desk) -> None:
    """Until Python can end without a traceback it must not see the signal, so its parent ignores it."""
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    calls, go = desk.home.path / "calls", desk.home.path / "go"
    python = slow_python(desk.home.path / "python", calls, go)
    terminal.run(desk.shell.assign("_taoshell_python", str(python)))
    desk.home.mounts_file.write_text("{}")  # only Python can repair this
    terminal.begin("true")
    wait_until(calls.exists)
    terminal.send_intr()
    time.sleep(0.2)  # for the signal, which leaves no trace when it is ignored
    go.touch()
    terminal.recover()
    assert calls.read_text() == "_settle\n"
    assert desk.home.mapping() == project.mapping


def slow_python(path: Path, calls: Path, go: Path) -> Path:
    """A Python that writes down each call, and starts only when the file `go` exists."""
    wait = f"while [ ! -e {shlex.quote(str(go))} ]; do sleep 0.02; done"
    record = f'for word; do case $word in _*) echo "$word" >>{shlex.quote(str(calls))} ;; esac; done'
    path.write_text(f'#!/bin/sh\n{record}\n{wait}\nexec {shlex.quote(sys.executable)} "$@"\n')
    path.chmod(0o755)
    return path


def test_if_it_is_interrupted_no_container_can_start(desk: Desk, tmp_path: Path) -> None:
    """The shell has left what was approved, and Python has not said yet what comes instead."""
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    python = terminal.variable("_taoshell_python") or ""
    interrupted = script(tmp_path / "python", "exit 130")
    terminal.run(desk.shell.assign("_taoshell_python", str(interrupted)))
    os.utime(project.env_file)
    terminal.enter()
    assert terminal.value("LAUNCHER_MOUNTS") == str(desk.home.state / "refused.json")
    assert terminal.value("LOCAL_DATA_DIR") is None
    terminal.run(desk.shell.assign("_taoshell_python", python))
    terminal.enter()
    desk.is_in(terminal, project)


def test_if_the_sources_change_all_the_time_the_next_prompt_tries_again(desk: Desk, tmp_path: Path) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    python = terminal.variable("_taoshell_python") or ""
    in_vain = script(tmp_path / "python", f"exit {CHANGING}")
    terminal.run(desk.shell.assign("_taoshell_python", str(in_vain)))
    os.utime(project.env_file)
    for _ in range(2):
        terminal.enter()
        assert terminal.value("LAUNCHER_MOUNTS") == str(desk.home.state / "refused.json")
    terminal.run(desk.shell.assign("_taoshell_python", python))
    desk.is_in(terminal, project)


def test_an_edit_while_python_reads_refuses_the_project_until_the_next_prompt(desk: Desk, tmp_path: Path) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    python = terminal.variable("_taoshell_python") or ""
    edit = f"touch {shlex.quote(str(project.env_file))}"
    once = script(tmp_path / "python", f'{shlex.quote(python)} "$@"; rc=$?; sleep 0.05; {edit}; exit $rc')
    terminal.run(desk.shell.assign("_taoshell_python", str(once)))
    os.utime(project.env_file)
    terminal.enter()
    assert terminal.value("LAUNCHER_MOUNTS") == str(desk.home.state / "refused.json")
    terminal.run(desk.shell.assign("_taoshell_python", python))
    desk.is_in(terminal, project)


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path
