"""Several shells, some of which die: each has its own project, the newest has the mounts file."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from taoshell.state import processes
from tests.shells.desk import Desk, only
from tests.shells.processes import started_by
from tests.shells.terminal import Terminal

_NO_PID = 1 << 22  # the kernel's limit


def test_two_shells_in_two_projects_each_have_their_own_mapping(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    first, second = desk.terminal(project.root), desk.terminal(other.root)
    for terminal, here in ((first, project), (second, other), (first, project)):
        terminal.enter()
        desk.is_in(terminal, here)
        mounts = terminal.value("LAUNCHER_MOUNTS")
        assert mounts is not None
        assert json.loads(Path(mounts).read_text()) == here.mapping


def test_the_newest_has_the_mounts_file_and_idle_prompts_do_not_take_it(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    first, second = desk.terminal(), desk.terminal()
    desk.cd(first, project.root)
    desk.cd(second, other.root)
    assert desk.home.mapping() == other.mapping
    assert first.enter().output == ""
    assert second.enter().output == ""
    assert desk.home.mapping() == other.mapping
    desk.cd(first, desk.home.path)
    assert desk.home.mapping() == other.mapping
    desk.cd(first, project.root)
    assert desk.home.mapping() == project.mapping
    desk.cd(first, desk.home.path)
    assert desk.home.mapping() == other.mapping
    desk.cd(second, desk.home.path)
    assert desk.home.mapping() is None


def test_a_killed_shell_is_repaired_by_the_next_prompt_of_another_project(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    first, second = desk.terminal(project.root), desk.terminal(other.root)
    assert desk.home.mapping() == other.mapping
    second.kill()
    assert first.enter().output == ""
    assert desk.home.mapping() == project.mapping
    desk.is_in(first, project)


def test_a_killed_shell_is_repaired_by_the_next_prompt_of_a_shell_in_no_project(desk: Desk) -> None:
    project = desk.home.project()
    outside = desk.terminal()
    desk.terminal(project.root).kill()
    assert desk.home.mapping() == project.mapping
    assert outside.enter().output == ""
    assert desk.home.mapping() is None


def test_a_shell_that_came_and_died_between_two_prompts_is_repaired_in_the_project_that_it_was_in(desk: Desk) -> None:
    """The mapping in force is the same as at the last prompts in that project, but now another shell should have it."""
    older, project, other = desk.home.project("c"), desk.home.project("b"), desk.home.project("a")
    first, twin, newest, eldest = (desk.terminal() for _ in range(4))
    desk.cd(eldest, older.root)
    desk.cd(first, project.root)
    desk.cd(twin, project.root)
    desk.cd(newest, other.root)
    for terminal in (first, twin):
        desk.terminal(project.root).kill()
        assert desk.home.mapping() == project.mapping
        assert terminal.enter().output == ""
        assert desk.home.mapping() == other.mapping
        assert terminal.value("TAOSHELL_PROMPT") == "b~"
    newest.kill()
    assert twin.enter().output == ""
    assert desk.home.mapping() == project.mapping
    for terminal in (twin, first):
        terminal.kill()
    assert eldest.enter().output == ""
    assert desk.home.mapping() == older.mapping


def test_one_that_came_and_died_is_repaired_in_a_third_project(desk: Desk) -> None:
    project, other, third = desk.home.project("b"), desk.home.project("a"), desk.home.project("c")
    first, second, watching = (desk.terminal() for _ in range(3))
    desk.cd(watching, third.root)
    desk.cd(first, project.root)
    desk.cd(second, other.root)
    watching.enter()
    desk.terminal(project.root).kill()
    assert watching.enter().output == ""
    assert desk.home.mapping() == other.mapping


def test_one_that_came_and_went_in_the_same_project_changes_nothing(desk: Desk) -> None:
    """The holder's own project: the mapping is right, and only the process to watch is another one."""
    project, other = desk.home.project("b"), desk.home.project("a")
    first, second = desk.terminal(other.root), desk.terminal(project.root)
    desk.terminal(project.root).kill()
    assert second.enter().output == ""
    assert desk.home.mapping() == project.mapping
    second.kill()
    assert first.enter().output == ""
    assert desk.home.mapping() == other.mapping


def test_a_killed_shell_is_repaired_by_the_start_of_another(desk: Desk) -> None:
    project = desk.home.project()
    desk.terminal(project.root).kill()
    desk.terminal()
    assert desk.home.mapping() is None


@only("zsh", "fish")
def test_a_shell_that_ends_gives_the_mounts_file_back(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    first, second = desk.terminal(project.root), desk.terminal(other.root)
    second.exit()
    assert desk.home.mapping() == project.mapping
    first.exit()
    assert desk.home.mapping() is None


def test_a_process_that_has_the_number_of_a_dead_shell_is_not_that_shell(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(project.root)
    # this process, but with a start time at boot
    session = desk.home.state / "sessions" / f"{os.getpid()}-1{processes.here()}"
    session.write_text(f"{other.root}\n")
    desk.cd(terminal, desk.home.path)
    assert desk.home.mapping() is None
    desk.cd(terminal, project.root)
    os.utime(session)
    desk.terminal()
    assert desk.home.mapping() == project.mapping


@pytest.mark.parametrize("name", ["two words", "a) S 1 2", "a (b)"])
def test_the_name_of_a_shells_command_does_not_matter(desk: Desk, tmp_path: Path, name: str) -> None:
    """In /proc/PID/stat, it stands before the time at which the process started."""
    project, other = desk.home.project("a"), desk.home.project("b")
    program = shutil.copy(shutil.which("sleep") or "sleep", tmp_path / name)
    terminal, last = desk.terminal(project.root), desk.terminal(other.root)
    with subprocess.Popen([program, "100"]) as process:
        session = desk.home.state / "sessions" / processes.name_of(process.pid)
        session.write_text(f"{other.root}\n")
        desk.cd(last, desk.home.path)
        assert desk.home.mapping() == other.mapping
        desk.cd(terminal, desk.home.path)
        assert desk.home.mapping() == other.mapping
        assert session.read_text() == f"{other.root}\n"
        process.kill()
    assert terminal.enter().output == ""
    assert desk.home.mapping() is None


def rebooted(desk: Desk, root: Path) -> Path:
    """A session in `root` with the name of this machine and another boot, written just now."""
    host = processes.here().split("@")[1]
    session = desk.home.state / "sessions" / f"7-7@{host}@00000000-0000-0000-0000-000000000000-1"
    session.write_text(f"{root}\n")
    return session


def test_a_session_from_before_a_reboot_goes_at_the_first_prompt(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal(project.root)
    desk.cd(terminal, desk.home.path)
    session = rebooted(desk, project.root)
    before = processes.boot_time() - 1
    os.utime(session, (before, before))
    desk.terminal()
    assert desk.home.mapping() is None
    assert not session.exists()


def test_machines_of_the_same_name_do_not_fight(desk: Desk, tmp_path: Path) -> None:
    """Neither removes the other's session, and none of them asks Python at each prompt."""
    ours, theirs = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(ours.root)
    session = rebooted(desk, theirs.root)
    desk.terminal(desk.home.path)
    assert desk.home.mapping() == theirs.mapping
    for _time in range(2):
        assert terminal.enter().output == ""
        assert desk.home.mapping() == theirs.mapping
    with started_by(terminal.pid, tmp_path) as started:
        terminal.enter()
    assert started == []
    assert session.exists()
    session.unlink()
    terminal.enter()
    assert desk.home.mapping() == ours.mapping


@pytest.mark.parametrize("lose", [Path.unlink, lambda session: session.write_text("")], ids=["removed", "emptied"])
def test_a_shell_whose_session_was_lost_writes_it_again(desk: Desk, lose: Callable[[Path], object]) -> None:
    """Another machine of the same name, started later, took it for one from before its start."""
    ours, theirs = desk.home.project("a"), desk.home.project("b")
    first = desk.terminal(ours.root)
    second = desk.terminal(theirs.root)
    (session,) = (desk.home.state / "sessions").glob(f"{first.pid}-*")
    lose(session)
    desk.cd(second, desk.home.path)
    assert desk.home.mapping() is None
    first.enter()
    assert session.read_text() == f"{ours.root}\n"
    second.enter()
    assert desk.home.mapping() == ours.mapping


@only("bash", "zsh")
@pytest.mark.parametrize("line", ["({})", "{{ {}; }} | cat", "said=$({} 2>&1)"])
@pytest.mark.parametrize("command", ["taoshell off", "cd {other}; taoshell off", "cd {other}; taoshell reload"])
def test_off_and_reload_in_a_subshell_leave_the_shell_in_its_project(desk: Desk, line: str, command: str) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(project.root)
    (session,) = (desk.home.state / "sessions").glob(f"{terminal.pid}-*")
    line = line.format(command.format(other=desk.shell.quote(str(other.root))))
    result = terminal.run(f"{line}; cat {desk.shell.quote(str(session))}")
    assert result.output.endswith(f"{project.root}\n")
    assert desk.home.mapping() == project.mapping
    desk.is_in(terminal, project)


@only("bash", "zsh")
def test_off_in_a_subshell_takes_the_variables_away_there(desk: Desk) -> None:
    terminal = desk.terminal(desk.home.project().root)
    assert terminal.run('(taoshell off; echo "<${LOCAL_PROJECT_DIR-}>")').output == "<>\n"


def test_on_acts_at_once(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    terminal.run("taoshell off")
    said = terminal.run('taoshell on; echo "<$LOCAL_PROJECT_DIR>"').output
    assert said.endswith(f"<{project.root}>\n")


@only("fish")
def test_a_newer_hook_in_an_open_shell_knows_which_sessions_are_of_this_machine(desk: Desk) -> None:
    """What the older version did not remember is worked out anew; else each live session would count as dead."""
    project, other = desk.home.project("a"), desk.home.project("b")
    first, second = desk.terminal(project.root), desk.terminal(other.root)
    second.run("set -e _taoshell_here_pattern")
    second.run(desk.shell.hook)
    desk.cd(second, desk.home.path)
    assert desk.home.mapping() == project.mapping
    desk.is_in(first, project)


@only("bash")
@pytest.mark.parametrize("ignored", ["*", "/*"])
def test_globignore_hides_no_session(desk: Desk, ignored: str) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    desk.terminal(other.root)
    terminal = desk.terminal(project.root)
    terminal.run(f"GLOBIGNORE='{ignored}'")
    desk.cd(terminal, desk.home.path)
    assert desk.home.mapping() == other.mapping
    assert terminal.run('echo "<$GLOBIGNORE>"; shopt -q dotglob && echo yes').output == f"<{ignored}>\nyes\n"


@pytest.mark.parametrize("own", [True, False], ids=["its own", "that of a dead shell"])
def test_a_symlink_among_the_sessions_is_not_written_through(desk: Desk, own: bool) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    precious = desk.home.path / "precious"
    precious.write_text(f"{other.root}\n")
    terminal = desk.terminal(project.root)
    (session,) = (desk.home.state / "sessions").glob(f"{terminal.pid}-*")
    link = session if own else session.with_name(f"{_NO_PID}-1{processes.here()}")
    link.unlink(missing_ok=True)
    link.symlink_to(precious)
    for folder in (desk.home.path, project.root, other.root, desk.home.path):
        desk.cd(terminal, folder)
    assert precious.read_text() == f"{other.root}\n"


def test_nothing_is_written_through_a_symlink_that_stands_for_arrivals(desk: Desk) -> None:
    project, arrived, precious = desk.home.project(), desk.home.state / "arrived", desk.home.path / "precious"
    terminal = desk.terminal(project.root)
    for text in ("mine\n", "." * 200):  # a long one would be emptied
        precious.write_text(text)
        arrived.unlink()
        arrived.symlink_to(precious)
        for folder in (desk.home.path, project.root, desk.home.path):
            desk.cd(terminal, folder)
        assert precious.read_text() == text


def test_the_first_session_ever_has_its_folder(desk: Desk) -> None:
    project = desk.home.project()
    shutil.rmtree(desk.home.state / "sessions")
    terminal = desk.terminal()
    assert "cannot be written" not in desk.cd(terminal, project.root)
    assert desk.home.mapping() == project.mapping


def test_if_the_placeholder_is_removed_nobody_loses_the_mounts_file(desk: Desk) -> None:
    """Without it, the pattern for the folder might match nothing."""
    project, other = desk.home.project("a"), desk.home.project("b")
    desk.terminal(project.root)
    leaving = desk.terminal(other.root)
    (desk.home.state / "sessions" / "0-0").unlink()
    desk.cd(leaving, desk.home.path)
    assert desk.home.mapping() == project.mapping


@pytest.mark.parametrize("process", ["-0", "net-0", "self-0", f"{_NO_PID}-0"])
def test_a_name_without_a_process_does_not_count(desk: Desk, process: str) -> None:
    """0 is when a process started that has ended; /proc/net is no process."""
    project, other = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(project.root)
    session = desk.home.state / "sessions" / f"{process}{processes.here()}"
    session.write_text(f"{other.root}\n")
    os.utime(session, (time.time() + 60,) * 2)
    desk.cd(terminal, desk.home.path)
    assert desk.home.mapping() is None


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "fifo"])
def test_what_is_no_file_among_the_sessions_does_not_matter(desk: Desk, make: Callable[[Path], None]) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal(project.root)
    make(desk.home.state / "sessions" / f"{_NO_PID}-1{processes.here()}")
    assert desk.cd(terminal, desk.home.path) == "taoshell: left a\n"
    assert desk.home.mapping() is None


def test_sessions_of_dead_shells_are_emptied(desk: Desk) -> None:
    """Each scan that finds some empties one, so that no other shell must check it again; no process is needed.

    A session whose pid another process has now is emptied in any case.
    """
    project, other = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(project.root)
    names = [f"{os.getpid()}-{number}" for number in range(1, 6)]  # another process has this pid now
    names += [f"{_NO_PID + number}-1" for number in range(5)]
    dead = [desk.home.state / "sessions" / f"{name}{processes.here()}" for name in names]
    for session in dead:
        session.write_text(f"{other.root}\n")
    left = len(dead)
    while left:
        desk.cd(terminal, desk.home.path)
        assert desk.home.mapping() is None
        filled = [session for session in dead if session.read_text()]
        assert len(filled) < left
        left = len(filled)
        desk.cd(terminal, project.root)


def test_of_two_equally_new_sessions_the_higher_pid_wins(desk: Desk) -> None:
    """A file system may have coarse times, and every shell must come to the same answer."""
    projects = [desk.home.project("a"), desk.home.project("b")]
    outside, *terminals = desk.terminal(), *(desk.terminal(project.root) for project in projects)
    for terminal in terminals:
        (session,) = (desk.home.state / "sessions").glob(f"{terminal.pid}-*")
        os.utime(session, (1_700_000_000, 1_700_000_000))
    desk.cd(outside, "/")
    pids = [terminal.pid for terminal in terminals]
    assert desk.home.mapping() == projects[pids.index(max(pids))].mapping


def test_a_session_of_another_machine_counts(desk: Desk) -> None:
    """Nobody here can tell whether its shell is alive."""
    ours, theirs = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(ours.root)
    session = desk.home.state / "sessions/7-7@another-machine@00000000-0000-0000-0000-000000000000-1"
    session.write_text(f"{theirs.root}\n")
    desk.terminal()
    assert desk.home.mapping() == theirs.mapping
    assert terminal.enter().output == ""
    assert desk.home.mapping() == theirs.mapping
    session.write_text("")
    desk.terminal()
    assert desk.home.mapping() == ours.mapping


def test_a_clock_that_was_set_back(desk: Desk) -> None:
    """A session from the future would be the newest until then."""
    project, other = desk.home.project("a"), desk.home.project("b")
    terminal, second = desk.terminal(), desk.terminal(other.root)
    (session,) = (desk.home.state / "sessions").glob(f"{second.pid}-*")
    later = time.time() + 3600
    os.utime(session, (later, later))
    desk.cd(terminal, project.root)
    assert desk.home.mapping() == project.mapping
    desk.is_in(second, other)
    assert desk.home.mapping() == project.mapping


def test_a_session_in_a_project_that_is_gone_does_not_count(desk: Desk, tmp_path: Path) -> None:
    """Nor does it make the other shells ask Python at each prompt."""
    gone, project = desk.home.project("a"), desk.home.project("b")
    desk.terminal(gone.root)
    terminal = desk.terminal(project.root)
    shutil.rmtree(gone.kept)
    desk.cd(terminal, desk.home.path)
    assert desk.home.mapping() is None
    with started_by(terminal.pid, tmp_path) as started:
        assert terminal.enter().output == ""
    assert started == []


def test_a_name_that_ends_in_a_blank_is_read_as_it_is(desk: Desk) -> None:
    project, other = desk.home.project(" c "), desk.home.project("b")
    desk.terminal(project.root)
    terminal = desk.terminal(other.root)
    desk.cd(terminal, desk.home.path)
    assert desk.home.mapping() == project.mapping


AS_A_USER = pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere; for root, tests/shells/homes has it")


@AS_A_USER
def test_a_session_that_cannot_be_written(desk: Desk) -> None:
    """No other shell could read the claim, so this shell has none."""
    project, other = desk.home.project("a"), desk.home.project("b")
    terminal, second = desk.terminal(), desk.terminal(other.root)
    with mode(desk.home.state / "sessions", 0o500):
        entered, said = sorted(desk.cd(terminal, project.root).splitlines(keepends=True), key=len)
        assert entered == project.entered
        assert " cannot be written, so the mounts file does not follow this shell (LAUNCHER_MOUNTS does); " in said
        desk.is_in(terminal, project)
        assert desk.home.mapping() == other.mapping
        desk.cd(second, desk.home.path)
        assert terminal.enter().output == ""
        assert desk.home.mapping() is None
    desk.cd(terminal, project.root / "specs")
    assert desk.home.mapping() == project.mapping


@AS_A_USER
def test_a_session_that_cannot_be_emptied(desk: Desk) -> None:
    """The other shells still read the old claim, so this shell keeps it."""
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    (session,) = (desk.home.state / "sessions").glob(f"{terminal.pid}-*")
    with mode(session, 0o400):
        said = desk.cd(terminal, desk.home.path)
        assert (
            f" cannot be emptied, so the mounts file stays with {project.root}; make it writable, then cd again" in said
        )
        assert desk.home.mapping() == project.mapping
    desk.cd(terminal, "/")
    assert session.read_text() == ""
    assert desk.home.mapping() is None


@contextlib.contextmanager
def mode(path: Path, temporary: int) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(temporary)
    try:
        yield
    finally:
        path.chmod(before)


def test_exec_in_another_folder_leaves_the_project(desk: Desk) -> None:
    """`exec` on the same line as `cd`: no prompt between the two, and the same process and session."""
    project = desk.home.project()
    other, terminal = desk.terminal(), desk.terminal(project.root)
    terminal.nest(f"cd {desk.shell.quote(str(desk.home.path))}; exec {shlex.join(desk.shell.command())}")
    terminal.enter()
    desk.cd(other, "/")
    assert desk.home.mapping() is None
    desk.cd(terminal, project.root)
    assert desk.home.mapping() == project.mapping


def test_many_shells_come_and_go(desk: Desk) -> None:
    projects = [desk.home.project("a"), desk.home.project("b")]
    terminals = [desk.terminal() for _ in range(4)]
    for number, terminal in enumerate(terminals):
        desk.cd(terminal, projects[number % 2].root)
        assert desk.home.mapping() == projects[number % 2].mapping
    alive = list(terminals)
    for killed, holder in ((3, 2), (0, 2), (2, 1)):
        alive.remove(terminals[killed])
        terminals[killed].kill()
        for terminal in alive:
            assert terminal.enter().output == ""
        assert desk.home.mapping() == projects[holder % 2].mapping
    desk.cd(terminals[1], desk.home.path)
    assert desk.home.mapping() is None


# -- moments that no other test hits: a function of the hook is held up while another shell acts -----------


def hold_up(terminal: Terminal, function: str, act: str, line: str = "") -> Path:
    """Let `terminal` run `act`, commands for sh, before the next call of `function`. The returned file is gone then.

    With `line`, what `function` has done before the first line that contains it is done.
    """
    script = Path(terminal.environment()["HOME"]) / f"act-{terminal.pid}"
    script.write_text(f'rm -- "$0"\n{act}\n')
    once = f"""sh -c 'test ! -e "$0" || . "$0"' {terminal.shell.quote(str(script))}"""
    if line:
        edit = script.with_suffix(".sed")
        inserted = once.replace("\\", "\\\\")
        edit.write_text(f"s/ <>/ 1<>/\n/{line}/i\\\n{inserted}\n")  # bash shows `1<>` as `<>`
        text = f"{terminal.shell.show_function(function)} | sed -f {terminal.shell.quote(str(edit))}"
        terminal.run(f"{text} | source" if terminal.shell.name == "fish" else f'eval "$({text})"')
    elif terminal.shell.name == "fish":
        terminal.run(f"functions --copy {function} copied{function}")
        terminal.run(f"function {function} --no-scope-shadowing; {once}; copied{function} $argv; end")
    else:
        terminal.run(f"""eval "copied$({terminal.shell.show_function(function)} | sed 's/ <>/ 1<>/')\"""")
        terminal.run(f'{function}() {{ {once}; copied{function} "$@"; }}')
    return script


@contextlib.contextmanager
def held_up(desk: Desk, terminal: Terminal, folder: Path, function: str, line: str = "") -> Iterator[None]:
    """Let `terminal` move to `folder`, and wait where `hold_up` says for as long as the context lasts."""
    go = desk.home.path / "go"
    script = hold_up(terminal, function, f"while [ ! -e {shlex.quote(str(go))} ]; do sleep 0.01; done", line)
    terminal.begin(f"cd {desk.shell.quote(str(folder))}")
    until(lambda: not script.exists())
    yield
    go.touch()
    terminal.recover()


def count_calls(terminal: Terminal, function: str) -> None:
    """Let the variable `calls` grow by an x at each call of `function`."""
    if terminal.shell.name == "fish":
        terminal.run(f"functions --copy {function} counted{function}")
        terminal.run(f"function {function} --no-scope-shadowing; set -g calls $calls'x'; counted{function} $argv; end")
        terminal.run("set -g calls ''")
    else:
        terminal.run(f"""eval "counted$({terminal.shell.show_function(function)})\"""")
        terminal.run(f'{function}() {{ calls=${{calls-}}x; counted{function} "$@"; }}')


def session_of(desk: Desk, terminal: Terminal) -> str:
    (path,) = (desk.home.state / "sessions").glob(f"{terminal.pid}-*")
    return shlex.quote(str(path))


def test_a_shell_that_comes_and_stays_is_seen_if_the_same_mapping_is_in_force(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    first, second, third = (desk.terminal(where.root) for where in (project, other, project))
    assert desk.home.mapping() == project.mapping
    first.enter()
    third.kill()
    first.enter()
    assert desk.home.mapping() == other.mapping
    desk.is_in(second, other)


def test_a_shell_that_comes_while_another_one_looks_is_seen_at_the_next_prompt(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    first, second, third = (desk.terminal(where.root) for where in (project, other, project))
    desk.cd(first, desk.home.path)
    desk.cd(first, project.root)
    come = "".join(
        f"echo {shlex.quote(str(where.root))} >{session_of(desk, shell)}; sleep 0.02; "
        for shell, where in ((second, other), (third, project))
    )
    script = hold_up(first, "_taoshell_judge", f"{come}{arrives(desk)}; sleep 0.02")
    desk.cd(first, project.root / "specs")
    assert not script.exists()
    first.enter()
    third.kill()
    first.enter()
    assert desk.home.mapping() == other.mapping


def test_a_shell_that_comes_while_another_one_swaps_has_the_mounts_file(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    second, first, third = (desk.terminal(where.root) for where in (other, project, other))
    first.enter()
    script = hold_up(first, "_taoshell_swap", f"touch {session_of(desk, second)}; {arrives(desk)}")
    third.kill()
    first.enter()
    assert not script.exists()
    assert desk.home.mapping() == other.mapping


def _age(file: Path) -> None:
    os.utime(file, (1, 1))


def _as_long_as_before(file: Path) -> None:
    file.write_text(file.read_text()[:-1])


@pytest.mark.parametrize(
    "then",
    [lambda file: None, _age, _as_long_as_before],
    ids=["", "the clock was set back", "so many came that the content is the same"],
)
def test_a_shell_that_comes_while_another_one_leaves_has_the_mounts_file(
    desk: Desk, then: Callable[[Path], None]
) -> None:
    project, other, left = (desk.home.project(name) for name in "abc")
    desk.terminal(other.root)
    leaving, coming = desk.terminal(left.root), desk.terminal()
    with held_up(desk, leaving, desk.home.path, "_taoshell_swap"):
        desk.cd(coming, project.root)
        assert desk.home.mapping() == project.mapping
        then(desk.home.state / "arrived")
    assert desk.home.mapping() == project.mapping


def test_a_shell_that_goes_while_another_one_leaves_does_not_have_the_mounts_file(desk: Desk) -> None:
    project, other, left = (desk.home.project(name) for name in "abc")
    desk.terminal(project.root)
    going, leaving = desk.terminal(other.root), desk.terminal(left.root)
    with held_up(desk, leaving, desk.home.path, "_taoshell_swap"):
        desk.cd(going, desk.home.path)
        assert desk.home.mapping() == project.mapping
    assert desk.home.mapping() == project.mapping


def test_another_mapping_put_in_force_while_a_shell_leaves_does_not_stay(desk: Desk) -> None:
    project, left = desk.home.project("a"), desk.home.project("b")
    desk.terminal(project.root)
    leaving = desk.terminal(left.root)
    mapping, cur = left.kept / "shared.json", desk.home.path / ".tao_mounts.current.json"
    script = hold_up(
        leaving, "_taoshell_is_still_newest", f"ln -sfn {shlex.quote(str(mapping))} {shlex.quote(str(cur))}"
    )
    seen = desk.home.path / "seen.json"
    leaving.run(
        f"cd {desk.shell.quote(str(desk.home.path))}; cp {desk.shell.quote(str(desk.home.mounts_file))} {seen.name}"
    )
    assert not script.exists()
    assert json.loads(seen.read_text()) == project.mapping, (
        "the next prompt would mend it, but a command may come first"
    )


def test_a_shell_that_leaves_searches_once_if_nobody_else_moves(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    desk.terminal(other.root)
    terminal = desk.terminal(project.root)
    count_calls(terminal, "_taoshell_newest")
    desk.cd(terminal, desk.home.path)
    assert desk.home.mapping() == other.mapping
    assert terminal.variable("calls") == "x"
    desk.cd(terminal, project.root)
    (desk.home.state / "arrived").unlink()
    desk.cd(terminal, desk.home.path)
    assert terminal.variable("calls") == "xxxx", "without the file, it must search twice"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_file_of_arrivals_that_no_shell_can_write_says_nothing(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    desk.terminal(other.root)
    terminal = desk.terminal(project.root)
    (desk.home.state / "arrived").chmod(0o400)
    count_calls(terminal, "_taoshell_newest")
    desk.cd(terminal, desk.home.path)
    assert terminal.variable("calls") == "xx"


def test_the_file_that_tells_of_arrivals_stays_short(desk: Desk) -> None:
    project, other = desk.home.project("a"), desk.home.project("b")
    desk.terminal(other.root)
    terminal, arrived = desk.terminal(project.root), desk.home.state / "arrived"
    arrived.write_text("." * 99)
    desk.cd(terminal, desk.home.path)
    assert arrived.read_text() == "." * 99
    desk.cd(terminal, project.root)
    desk.cd(terminal, desk.home.path)
    assert arrived.read_text() == ""
    assert desk.home.mapping() == other.mapping


@pytest.mark.parametrize("content", ["arrived\n.", ".\0..", "a symlink"], ids=["lines", "NUL", "symlink"])
def test_an_arrival_is_seen_whatever_the_file_contains(desk: Desk, content: str) -> None:
    project, left = desk.home.project("a"), desk.home.project("b")
    leaving, coming = desk.terminal(left.root), desk.terminal()
    arrived = desk.home.state / "arrived"
    if content == "a symlink":
        arrived.rename(desk.home.path / "arrived")
        arrived.symlink_to(desk.home.path / "arrived")
    else:
        arrived.write_text(content)
    time.sleep(0.02)
    with held_up(desk, leaving, desk.home.path, "_taoshell_swap"):
        desk.cd(coming, project.root)
    assert desk.home.mapping() == project.mapping


def test_a_shell_that_comes_while_another_one_enters_has_the_mounts_file(desk: Desk) -> None:
    """The one that enters swaps before it looks for others, and must look afterwards."""
    project, other = desk.home.project("a"), desk.home.project("b")
    second, first = desk.terminal(other.root), desk.terminal()
    script = hold_up(first, "_taoshell_swap", f"sleep 0.02; touch {session_of(desk, second)}")
    desk.cd(first, project.root)
    assert not script.exists()
    assert desk.home.mapping() == other.mapping
    assert first.value("TAOSHELL_PROMPT") == "a~"


def test_two_shells_that_come_at_once_are_seen_wherever_they_are_held_up(desk: Desk) -> None:
    """They are held up between their session and `arrived`. If this came first, a look in between would miss both."""
    project, other = desk.home.project("a"), desk.home.project("b")
    first, second, third = desk.terminal(project.root), desk.terminal(), desk.terminal()
    place = ("_taoshell_register", "state.arrived")
    with held_up(desk, second, other.root, *place), held_up(desk, third, project.root, *place):
        first.enter()
    first.enter()
    third.kill()
    first.enter()
    assert desk.home.mapping() == other.mapping


def arrives(desk: Desk) -> str:
    return f"printf . >>{shlex.quote(str(desk.home.state / 'arrived'))}"


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")
