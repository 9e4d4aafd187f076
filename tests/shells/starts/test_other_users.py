"""The real su and sudo start another user's shell, with more or less of this user's environment."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shells.desk import Desk, quick_in
from tests.shells.dialects import SHELLS
from tests.shells.projects import Home
from tests.shells.starts.machine import Machine
from tests.shells.starts.rc import write_rc
from tests.shells.terminal import Terminal
from tests.support.live_processes import end_processes_in
from tests.support.needs import need
from tests.support.slow import slow, slow_unless
from tests.support.trees import Entry, snapshot

UID = 65534


@pytest.fixture
def other(desk: Desk) -> Iterator[Desk]:
    """A colleague, who is not root, with their own home and project."""
    folder = Path(tempfile.mkdtemp(prefix="other-"))
    folder.chmod(0o755)
    home = Home(folder / "home")
    home.project("c")
    write_rc(home.path, desk.shell)
    for path in [home.path, *home.path.rglob("*")]:
        os.chown(path, UID, UID, follow_symlinks=False)
    yield Desk(home, desk.shell)
    end_processes_in(home.path)
    shutil.rmtree(folder)


@pytest.fixture
def machine(desk: Desk, other: Desk, tmp_path: Path) -> Machine:
    accounts = {"root": (0, desk.home.path), "colleague": (UID, other.home.path)}
    return Machine(tmp_path / "etc", accounts, desk.shell.command()[0])


def logged_in(desk: Desk, machine: Machine, cwd: Path, *, user: str = "root") -> Terminal:
    """A terminal of the machine in which `user` is logged in."""
    need(shutil.which("su"), "su")
    terminal = desk.terminal(hook=False, argv=machine.command(["su", "-", user], cwd))
    desk.cd(terminal, cwd)
    return terminal


def ours(home: Home) -> dict[str, Entry]:
    """Everything in the home, except the shells' history."""
    return {path: entry for path, entry in snapshot(home.path).items() if "history" not in path}


def projects_own(desk: Desk, terminal: Terminal) -> dict[str, str]:
    """Return all variables in that shell that a project could have set."""
    names = {*desk.home.project("a").variables, "LAUNCHER_MOUNTS"}
    found = desk.settings(terminal)
    return {name: value for name, value in found.items() if name in names or name.startswith("TAOSHELL_")}


@quick_in("bash")
def test_su_with_a_login(desk: Desk, other: Desk, machine: Machine) -> None:
    mine, theirs = desk.home.project("a"), other.home.project("c")
    terminal = logged_in(desk, machine, mine.root)
    desk.is_in(terminal, mine)
    assert "taoshell:" not in terminal.nest("su - colleague")
    assert projects_own(desk, terminal) == {}
    assert other.cd(terminal, theirs.root) == theirs.entered
    other.is_in(terminal, theirs)
    assert other.home.mapping() == theirs.mapping
    assert desk.home.mapping() == mine.mapping
    assert other.cd(terminal, other.home.path) == theirs.left
    assert projects_own(desk, terminal) == {}
    terminal.run("exit")
    desk.is_in(terminal, mine)


@slow
def test_su_that_keeps_the_environment(desk: Desk, other: Desk, machine: Machine) -> None:
    """The colleague cannot read the files that leaving needs: the mapping is removed, and one line says what stays."""
    mine, theirs = desk.home.project("a"), other.home.project("c")
    terminal = logged_in(desk, machine, mine.root)
    greeting = terminal.nest("su colleague")
    assert greeting.count("taoshell: ") == 1
    assert "so its variables stay" in greeting
    left_over = {**mine.variables, "TAOSHELL_PROMPT": f"{mine.name}*"}
    assert projects_own(desk, terminal) == left_over
    assert other.cd(terminal, theirs.root) == theirs.entered
    other.is_in(terminal, theirs)
    assert other.cd(terminal, other.home.path) == theirs.left
    assert projects_own(desk, terminal) == left_over
    terminal.run("exit")
    desk.is_in(terminal, mine)
    assert desk.home.mapping() == mine.mapping


@slow
def test_sudo_is_root_with_roots_own_home(desk: Desk, other: Desk, machine: Machine) -> None:
    need(shutil.which("sudo"), "sudo")
    theirs = other.home.project("c")
    terminal = logged_in(desk, machine, theirs.root, user="colleague")
    other.is_in(terminal, theirs)
    before = ours(other.home)
    greeting = terminal.nest("sudo -s")
    assert terminal.value("HOME") == str(desk.home.path)
    assert greeting.count("taoshell: ") == 1
    assert theirs.unapproved in greeting
    assert {name for name in projects_own(desk, terminal) if name in theirs.variables} == set()
    desk.cd(terminal, desk.home.project("b").root)
    desk.is_in(terminal, desk.home.project("b"))
    terminal.run("exit")
    assert ours(other.home) == before
    other.is_in(terminal, theirs)


@pytest.mark.parametrize(
    ("shell", "kept"),
    slow_unless(
        lambda shell, kept: (shell, kept) == ("bash", "-E"), itertools.product(SHELLS, ["--preserve-env=HOME", "-E"])
    ),
    indirect=["shell"],
)
def test_sudo_with_the_users_home(desk: Desk, other: Desk, machine: Machine, kept: str) -> None:
    """Root's shell does not load what the user approved, and leaves nothing in the user's home."""
    need(shutil.which("sudo"), "sudo")
    theirs = other.home.project("c")
    terminal = logged_in(desk, machine, theirs.root, user="colleague")
    other.is_in(terminal, theirs)
    inside = projects_own(desk, terminal)
    before = ours(other.home)
    greeting = terminal.nest(f"sudo {kept} HOME={desk.shell.quote(str(other.home.path))} -s")
    assert terminal.value("HOME") == str(other.home.path)
    assert greeting.count("taoshell: ") == 1
    assert f"{other.home.state} belongs to another user; nothing is loaded in this shell\n" in greeting
    given = {**inside, "TAOSHELL_PROMPT": f"{theirs.name}*"} if kept == "-E" else {}
    assert projects_own(desk, terminal) == given
    assert other.cd(terminal, other.home.path) == ""
    assert other.cd(terminal, theirs.root) == ""
    assert projects_own(desk, terminal) == given
    terminal.run("exit")
    assert ours(other.home) == before
    other.is_in(terminal, theirs)
    assert other.home.mapping() == theirs.mapping


@slow
def test_sudo_with_the_users_home_before_any_approval(desk: Desk, other: Desk, machine: Machine) -> None:
    """The user has no state folder, and root does not create one."""
    need(shutil.which("sudo"), "sudo")
    theirs = other.home.project("c")
    shutil.rmtree(other.home.state)
    terminal = logged_in(desk, machine, other.home.path, user="colleague")
    before = ours(other.home)
    terminal.nest(f"sudo --preserve-env=HOME HOME={desk.shell.quote(str(other.home.path))} -s")
    assert other.cd(terminal, theirs.root) == theirs.unapproved
    refused = terminal.run("taoshell allow --yes")
    assert refused.status == 1
    assert f": this is the home of uid {UID}, and you are root; use your own HOME" in refused.output
    lines = [line for line in refused.output.splitlines() if line.startswith("taoshell: ")]
    assert sum(not line.startswith("taoshell: ! ") for line in lines) == 1  # besides: the project is not root's
    assert other.cd(terminal, other.home.path) == ""
    terminal.run("exit")
    assert ours(other.home) == before
