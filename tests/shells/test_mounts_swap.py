"""~/.tao_mounts.json belongs to the newest project, comes back unchanged, and no foreign write into it is lost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from taoshell.state import processes
from tests.shells.desk import Desk, only
from tests.shells.processes import started_by
from tests.shells.projects import Home
from tests.shells.test_calling_python import slow_python
from tests.support.waiting import wait_until

OWN = '{"Mounts": [{"source": "/mine", "destination": "/of/my/own"}]}\n'
FOREIGN = '{"Mounts": [{"source": "/theirs", "destination": "/from/a/notebook"}]}\n'
LONG_AGO_NS = 1_600_000_000_123_456_789


def write_own(home: Home) -> os.stat_result:
    """The user has a mapping, with an old mtime and another mode than ours."""
    home.mounts_file.write_text(OWN)
    home.mounts_file.chmod(0o640)
    os.utime(home.mounts_file, ns=(LONG_AGO_NS, LONG_AGO_NS))
    return home.mounts_file.stat()


def same_file(found: os.stat_result, before: os.stat_result) -> bool:
    return (found.st_ino, found.st_mode, found.st_mtime_ns) == (before.st_ino, before.st_mode, before.st_mtime_ns)


def in_place(home: Home) -> None:
    """Write as the tutorials' notebooks do."""
    with home.mounts_file.open("w") as file:
        file.write(FOREIGN)


def by_replacing(home: Home) -> None:
    """Write as editors do."""
    new = home.path / ".tao_mounts.json.swp"
    new.write_text(FOREIGN)
    new.rename(home.mounts_file)


def with_an_old_mtime(home: Home) -> None:
    """Write as `cp -p` does."""
    in_place(home)
    os.utime(home.mounts_file, ns=(LONG_AGO_NS, LONG_AGO_NS))


Writer = Callable[[Home], None]
WRITERS: list[Writer] = [in_place, by_replacing]


def test_the_users_own_mapping_comes_back_as_the_same_file(desk: Desk) -> None:
    home = desk.home
    own = write_own(home)
    project = home.project()
    terminal = desk.terminal()
    entered, said_once, *more = desk.cd(terminal, project.root).splitlines(keepends=True)
    assert (entered, more) == (project.entered, [])
    assert ".tao_mounts.original.json" in said_once
    assert home.mapping() == project.mapping
    assert desk.cd(terminal, home.path) == project.left
    assert home.mounts_file.read_text() == OWN
    assert same_file(home.mounts_file.stat(), own)
    assert desk.cd(terminal, project.root) == project.entered
    desk.cd(terminal, home.path)
    assert same_file(home.mounts_file.stat(), own)
    assert home.backed_up() == []


def test_it_comes_back_only_when_all_have_left(desk: Desk) -> None:
    home = desk.home
    own = write_own(home)
    first, second = home.project("a"), home.project("b")
    one, two = desk.terminal(first.root), desk.terminal(second.root)
    desk.cd(two, home.path)
    assert home.mapping() == first.mapping
    one.kill()
    two.enter()
    assert same_file(home.mounts_file.stat(), own)


def test_a_mapping_that_is_a_link_to_elsewhere_comes_back(desk: Desk) -> None:
    home = desk.home
    dotfile = home.path / "dotfiles/tao.json"
    dotfile.parent.mkdir()
    dotfile.write_text(OWN)
    home.mounts_file.symlink_to("dotfiles/tao.json")
    project = home.project()
    terminal = desk.terminal()
    desk.cd(terminal, project.root)
    assert home.mapping() == project.mapping
    desk.cd(terminal, home.path)
    assert home.mapping() == json.loads(OWN)
    assert dotfile.read_text() == OWN
    home.taoshell("mounts", "release")
    assert os.readlink(home.mounts_file) == "dotfiles/tao.json"


def test_release_gives_the_users_file_its_name_back_and_take_follows_projects_again(desk: Desk) -> None:
    home = desk.home
    own = write_own(home)
    project = home.project()
    terminal = desk.terminal(project.root)
    assert terminal.run("taoshell mounts release").status == 0
    assert same_file(home.mounts_file.lstat(), own)
    assert not (home.path / ".tao_mounts.original.json").exists()
    desk.is_in(terminal, project)
    desk.cd(terminal, home.path)
    assert desk.cd(terminal, project.root) == project.entered
    assert same_file(home.mounts_file.lstat(), own)
    terminal.run("taoshell mounts take")
    assert home.mapping() == project.mapping
    desk.cd(terminal, home.path)
    assert same_file(home.mounts_file.stat(), own)


@pytest.mark.parametrize("write", [*WRITERS, with_an_old_mtime], ids=lambda write: write.__name__)
def test_what_is_written_while_a_project_holds_it_goes_to_the_backups(desk: Desk, write: Writer) -> None:
    home = desk.home
    own = write_own(home)
    project = home.project()
    terminal, other = desk.terminal(project.root), desk.terminal()
    write(home)
    printed = terminal.enter().output
    assert printed.count("\n") == 1
    assert str(home.backups) in printed
    assert "taoshell adopt" in printed
    assert home.backed_up() == [FOREIGN]
    assert home.mapping() == project.mapping
    assert terminal.enter().output == ""
    assert other.enter().output == ""
    desk.cd(terminal, home.path)
    assert same_file(home.mounts_file.stat(), own)
    assert home.backed_up() == [FOREIGN]


@pytest.mark.parametrize("way_out", ["home", "another project", "the end"])
def test_what_is_written_just_before_the_project_is_left_too(desk: Desk, way_out: str) -> None:
    home = desk.home
    write_own(home)
    project, other = home.project("a"), home.project("b")
    terminal = desk.terminal(project.root)
    in_place(home)
    if way_out == "the end":
        terminal.exit()
    else:
        said = desk.cd(terminal, home.path if way_out == "home" else other.root)
        assert said.count(str(home.backups)) == 1
    assert home.backed_up() == [FOREIGN]
    assert home.mapping() == (other.mapping if way_out == "another project" else json.loads(OWN))


def test_a_release_keeps_what_was_written_into_any_project(desk: Desk) -> None:
    """Nothing looks into a project that was left by a shell that was killed."""
    home = desk.home
    write_own(home)
    project = home.project()
    terminal = desk.terminal(project.root)
    in_place(home)
    terminal.kill()
    assert str(home.backups) in home.taoshell("mounts", "release").stderr
    assert home.backed_up() == [FOREIGN]


def test_a_session_that_a_backup_brings_back_is_not_believed(desk: Desk) -> None:
    home = desk.home
    write_own(home)
    project = home.project()
    terminal = desk.terminal(project.root)
    (session,) = (path for path in (home.state / "sessions").iterdir() if path.stat().st_size)
    old = session.read_text()
    desk.cd(terminal, home.path)
    session.write_text(old)
    desk.cd(terminal, home.state)
    assert session.read_text() == ""
    assert home.mapping() == json.loads(OWN)


def test_one_of_several_shells_repairs_it(desk: Desk, tmp_path: Path) -> None:
    """The others start no process meanwhile, say nothing, and see at their next prompt that all is right."""
    home = desk.home
    project, other = home.project("a"), home.project("b")
    outside, elsewhere, first, second = (
        desk.terminal(cwd) for cwd in (home.path, other.root, project.root, project.root)
    )
    for terminal in (outside, elsewhere, first):
        terminal.enter()
    calls, go = home.path / "calls", home.path / "go"
    first.run(desk.shell.assign("_taoshell_python", str(slow_python(home.path / "python", calls, go))))
    in_place(home)
    first.begin("true")
    wait_until(calls.exists)
    for terminal in (second, elsewhere, outside):
        with started_by(terminal.pid, tmp_path) as started:
            assert terminal.enter().output == ""
        assert "python" not in " ".join(started)
    go.touch()
    first.recover()
    for terminal in (second, elsewhere, outside):
        with started_by(terminal.pid, tmp_path) as started:
            assert terminal.enter().output == ""
        assert "python" not in " ".join(started)
    assert home.backed_up() == [FOREIGN]
    assert home.mapping() == project.mapping
    assert second.value("TAOSHELL_PROMPT") == "a"


def test_a_repair_that_was_interrupted_is_waited_for_once(desk: Desk) -> None:
    home = desk.home
    project = home.project()
    interrupted, terminal = desk.terminal(), desk.terminal(project.root)
    mending = home.state / "mending"
    in_place(home)
    mending.write_text(f"{interrupted.pid}-{processes.start_time(interrupted.pid)}{processes.here()}\n")
    assert terminal.enter().output == ""
    assert home.backed_up() == []
    assert str(home.backups) in terminal.enter().output
    assert home.mapping() == project.mapping
    in_place(home)
    mending.write_text(f"{interrupted.pid}-1{processes.here()}\n")  # its pid has another process now
    assert str(home.backups) in terminal.enter().output
    assert home.mapping() == project.mapping


def test_a_writer_that_still_has_the_file_open_loses_nothing(desk: Desk) -> None:
    home = desk.home
    project = home.project()
    terminal = desk.terminal(project.root)
    with home.mounts_file.open("w") as file:
        file.write(FOREIGN[:20])
        file.flush()
        assert terminal.enter().output != ""
        file.write(FOREIGN[20:])
    terminal.enter()
    assert home.backed_up() == [FOREIGN]
    assert home.mapping() == project.mapping


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_what_is_written_outside_projects_is_the_users_own(desk: Desk, write: Writer) -> None:
    home = desk.home
    project = home.project()
    terminal = desk.terminal()
    desk.cd(terminal, project.root)
    desk.cd(terminal, home.path)
    write(home)
    assert terminal.enter().output == ""
    desk.cd(terminal, project.root)
    assert home.mapping() == project.mapping
    desk.cd(terminal, home.path)
    assert home.mounts_file.read_text() == FOREIGN
    home.taoshell("mounts", "release")
    assert not home.mounts_file.is_symlink()
    assert home.mounts_file.read_text() == FOREIGN


def test_a_removed_mounts_file_is_recreated(desk: Desk) -> None:
    home = desk.home
    write_own(home)
    project = home.project()
    terminal = desk.terminal(project.root)
    home.mounts_file.unlink()
    assert terminal.enter().output == ""
    assert home.mapping() == project.mapping
    desk.cd(terminal, home.path)
    assert home.mounts_file.read_text() == OWN


def test_a_mounts_file_that_is_a_folder_is_reported_once_and_everything_else_works(desk: Desk) -> None:
    home = desk.home
    home.mounts_file.mkdir()
    project = home.project()
    terminal = desk.terminal()
    before = desk.settings(terminal)
    printed = desk.cd(terminal, project.root)
    assert project.entered in printed
    assert printed.count("\n") == 2
    assert ".tao_mounts.json" in printed
    assert terminal.enter().output == ""
    desk.is_in(terminal, project)
    desk.cd(terminal, home.path)
    assert terminal.enter().output == ""
    assert desk.settings(terminal) == before
    assert home.mounts_file.is_dir()


def test_the_file_itself_says_who_holds_it(desk: Desk) -> None:
    project = desk.home.project()
    desk.terminal(project.root)
    chain = [desk.home.mounts_file]
    while chain[-1].is_symlink():
        chain.append(chain[-1].parent / os.readlink(chain[-1]))
    assert chain[1:] == [desk.home.path / ".tao_mounts.current.json", project.kept / "shared.json"]


@pytest.mark.parametrize("words", ["release", "take"])
def test_what_a_command_has_refused_is_not_told_again_by_the_prompt(desk: Desk, words: str) -> None:
    home = desk.home
    project = home.project()
    terminal = desk.terminal(project.root)
    path = desk.shell.quote(str(home.mounts_file))
    result = terminal.run(f"rm {path}; mkdir {path}; taoshell mounts {words}")
    assert result.output.count("\n") == 1
    assert result.status != 0
    assert "it cannot follow your projects" in result.output
    assert terminal.enter().output == ""
    home.mounts_file.rmdir()
    desk.cd(terminal, project.root / "specs")
    assert home.mapping() == project.mapping


# -- the program that swaps --------------------------------------------------------------------------------


def with_ln(desk: Desk, script: str) -> dict[str, str]:
    """Return an environment in which this is the first `ln`."""
    folder = desk.home.path / "programs"
    folder.mkdir()
    program = folder / "ln"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {"PATH": f"{folder}:{desk.home.env['PATH']}"}


@only("bash", "fish")  # zsh renames without a program
@pytest.mark.parametrize(
    "script", ["exit 1", 'test "$1" != --version || echo "ln (GNU coreutils) 9.1"'], ids=["no GNU ln", "does nothing"]
)
def test_if_ln_does_not_swap_python_does(desk: Desk, script: str) -> None:
    """And an `ln` that does nothing is not tried for ever."""
    terminal = desk.terminal(env=with_ln(desk, script))
    for project in (desk.home.project("a"), desk.home.project("b")):
        assert terminal.run(f"cd {desk.shell.quote(str(project.root))}", timeout=20).output == project.entered
        assert desk.home.mapping() == project.mapping
    desk.cd(terminal, desk.home.path)
    assert desk.home.mapping() is None
