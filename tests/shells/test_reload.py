"""`taoshell reload`: compile again whatever the file times say, and enter anew."""

from __future__ import annotations

import os

from tests.shells.desk import Desk


def test_values_changed_by_hand_are_overwritten(desk: Desk) -> None:
    """Leaving the project still gives back what was before it."""
    project = desk.home.project("a")
    terminal = desk.terminal(env={"NUM_GPUS": "7"})
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    terminal.run(desk.shell.export("NUM_GPUS", "3"))
    terminal.run(desk.shell.export("SPECS_DIR", "/mine"))
    terminal.run(desk.shell.unset("KEY"))
    desk.is_in(terminal, project, NUM_GPUS="3", SPECS_DIR="/mine", KEY=None)
    assert terminal.run("taoshell reload").output == f"taoshell: reloaded {project.root}\n"
    desk.is_in(terminal, project)
    assert terminal.enter().output == ""
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


def test_it_acts_at_once(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal(project.root)
    change = desk.shell.export("NUM_GPUS", "3")
    assert terminal.run(f"{change}; taoshell reload; echo $NUM_GPUS").output.endswith("\n1\n")


def test_file_times_are_not_believed(desk: Desk) -> None:
    """An edit with the old mtime, as `cp -p` and some synchronization make it, is invisible to the hook."""
    project = desk.home.project("a")
    terminal = desk.terminal(project.root)
    times = project.env_file.stat()
    project.set("NUM_GPUS", "4")
    os.utime(project.env_file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert terminal.enter().output == ""
    result = terminal.run("taoshell reload")
    assert result.status == 1
    assert "not approved as it is now; run: taoshell allow" in result.output
    project.allow()
    os.utime(project.env_file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert terminal.run("taoshell reload").status == 0
    desk.is_in(terminal, project, NUM_GPUS="4")


def test_a_damaged_generation_heals(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal(project.root)
    for script in project.kept.glob("current/*"):
        script.write_text("")
    (project.kept / "mounts.json").write_text("{}")
    assert terminal.run("taoshell reload").status == 0
    desk.is_in(terminal, project)
    other = desk.terminal(project.root)
    desk.is_in(other, project)


def test_marks_of_the_project_removed_by_hand(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal(env={"NUM_GPUS": "7"})
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    line = "; ".join(map(desk.shell.unset, ("TAOSHELL_GENERATION", "TAOSHELL_ROOT", "TAOSHELL_PROJECT")))
    assert terminal.run(f"{line}; taoshell reload").status == 0
    desk.is_in(terminal, project)
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


def test_a_mounts_file_that_another_program_replaced(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal(project.root)
    desk.home.mounts_file.unlink()
    desk.home.mounts_file.write_text("{}\n")
    assert terminal.run("taoshell reload").status == 0
    assert desk.home.mapping() == project.mapping
    assert desk.home.backed_up() == ["{}\n"]


def test_in_a_project_that_is_not_approved(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal(project.root)
    desk.home.taoshell("deny", project.root)
    result = terminal.run("taoshell reload")
    assert result.status == 1
    assert result.output.startswith(
        f"taoshell: {project.root}: the project is not approved as it is now; run: taoshell allow\n"
    )
    desk.is_blocked(terminal, project)


def test_outside_any_project(desk: Desk) -> None:
    terminal = desk.terminal()
    before = desk.settings(terminal)
    result = terminal.run("taoshell reload")
    assert result.status == 1
    assert "no taoshell.toml in this folder or above it" in result.output
    assert desk.settings(terminal) == before


def test_after_off(desk: Desk) -> None:
    """The project is compiled again, but this shell stays out of it."""
    project = desk.home.project("a")
    terminal = desk.terminal(project.root)
    terminal.run("taoshell off")
    before = desk.settings(terminal)
    assert terminal.run("taoshell reload").status == 0
    assert desk.settings(terminal) == before


def test_after_off_and_on_in_one_line(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(first.root)
    desk.cd(terminal, second.root)
    result = terminal.run("taoshell off; taoshell on; taoshell reload")
    assert result.output == f"taoshell: left b\n{second.entered}taoshell: reloaded {second.root}\n"
    desk.is_in(terminal, second)


def test_in_a_shell_without_the_hook(desk: Desk) -> None:
    project = desk.home.project("a")
    for stamp in project.stamps():
        stamp.unlink()
    terminal = desk.terminal(project.root, hook=False)
    cure = f"run: taoshell install {desk.shell.name}"
    assert terminal.run("taoshell reload").output == (
        f"taoshell: reloaded {project.root}; only shells with the hook get the new values: {cure}\n"
    )
    lower, upper = [stamp.stat().st_mtime_ns for stamp in project.stamps("env")][::-1]
    assert lower < project.env_file.stat().st_mtime_ns < upper
    assert terminal.value("NUM_GPUS") is None
