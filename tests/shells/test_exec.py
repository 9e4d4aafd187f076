"""`taoshell exec` typed into a shell that is in another project."""

from __future__ import annotations

from tests.shells.desk import Desk
from tests.support.waiting import wait_until


def test_the_command_gets_its_project_as_from_outside_and_the_shell_keeps_its_own(desk: Desk) -> None:
    a, b = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(env={"NUM_GPUS": "7"})
    outside = desk.settings(terminal)
    desk.cd(terminal, b.root)
    in_b = desk.settings(terminal)
    desk.cd(terminal, a.root)
    root = desk.shell.quote(str(b.root))
    environment, mapping = desk.home.path / "environment", desk.home.path / "mapping"
    script = 'env -0 >"$HOME/environment"; cat "$HOME/.tao_mounts.json" >"$HOME/mapping"; exit 3'
    assert terminal.run(f"taoshell exec {root} -- sh -c {desk.shell.quote(script)}").status == 3
    given = dict(entry.split("=", 1) for entry in environment.read_text().split("\0") if entry)
    assert {name: value for name, value in given.items() if name in in_b} == in_b
    assert given.keys() - in_b.keys() <= {"PWD", "OLDPWD", "SHLVL", "_", "TAOSHELL_HOOK"}
    assert mapping.read_bytes() == (b.kept / "mounts.json").read_bytes()
    desk.is_in(terminal, a)
    assert desk.home.mapping() == a.mapping
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == outside


def test_ctrl_c_ends_the_command_and_its_session(desk: Desk) -> None:
    a, b = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(a.root)
    terminal.begin(f"taoshell exec {desk.shell.quote(str(b.root))} -- sleep 60")
    wait_until(lambda: desk.home.mapping() == b.mapping)
    terminal.send_intr()
    terminal.recover()
    desk.is_in(terminal, a)
    assert desk.home.mapping() == a.mapping
    claims = [path.read_text() for path in desk.home.state.glob("sessions/*-*")]
    assert f"{b.root}\n" not in claims
