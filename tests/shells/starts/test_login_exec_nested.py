"""How a shell starts: by login, by `exec`, inside another shell, or for one command."""

from __future__ import annotations

import os
import shlex
import subprocess

import pytest

from tests.shells.desk import Desk, only
from tests.shells.dialects import SHELLS, Shell
from tests.shells.starts.rc import write_all
from tests.shells.terminal import Terminal
from tests.shells.test_nested_shells import claims

OTHER = {"bash": "zsh", "zsh": "fish", "fish": "bash"}


def given(desk: Desk, terminal: Terminal) -> dict[str, str]:
    """Return all settings, except those that only some kinds of shells set."""
    return {name: value for name, value in desk.settings(terminal).items() if name not in {"USER", "LOGNAME"}}


def program(shell: Shell) -> str:
    """Return only the program, so that it reads the user's start files, unlike `shell.command()`."""
    return shell.command()[0]


# -- a login shell ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["-l", "-"])
def test_a_login_shell(desk: Desk, how: str) -> None:
    """Start it by `bash -l`, or as login programs do: with a name that begins with a dash."""
    project = desk.home.project()
    if how == "-l":
        argv = [program(desk.shell), "-l"]
    else:
        argv = [program(SHELLS["bash"]), "-c", f"exec -a -{desk.shell.name} {program(desk.shell)}"]
    terminal = desk.terminal(hook=False, argv=argv)
    before = given(desk, terminal)
    assert desk.cd(terminal, project.root) == project.entered
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping
    assert desk.cd(terminal, desk.home.path) == project.left
    assert given(desk, terminal) == before
    assert desk.home.mapping() is None


# -- `exec`: another shell, the same process ----------------------------------------------------------------


@pytest.mark.parametrize("other", SHELLS)
def test_exec_in_a_project(desk: Desk, other: str) -> None:
    project = desk.home.project()
    terminal = desk.terminal(env={"NUM_GPUS": "7", "LAUNCHER_MOUNTS": "/mine.json"})
    before = given(desk, terminal)
    pid = terminal.pid
    desk.cd(terminal, project.root)
    terminal.nest(f"exec {shlex.join(SHELLS[other].command())}", SHELLS[other])
    desk.is_in(terminal, project)
    assert claims(desk.home) == {pid: str(project.root)}
    assert desk.home.mapping() == project.mapping
    assert terminal.run(f"cd {terminal.shell.quote(str(desk.home.path))}").output == project.left
    assert given(desk, terminal) == before
    assert claims(desk.home) == {}
    assert desk.home.mapping() is None


@pytest.mark.parametrize("other", SHELLS)
def test_exec_on_the_way_out_of_a_project(desk: Desk, other: str) -> None:
    """The line leaves the project and starts the shell: without a prompt between, only the new shell sees the move."""
    project = desk.home.project()
    terminal = desk.terminal(env={"NUM_GPUS": "7"})
    before = given(desk, terminal)
    desk.cd(terminal, project.root)
    home, exec_ = desk.shell.quote(str(desk.home.path)), shlex.join(SHELLS[other].command())
    terminal.nest(f"cd {home}; exec {exec_}", SHELLS[other])
    assert given(desk, terminal) == before
    assert claims(desk.home) == {}
    assert desk.home.mapping() is None


def test_exec_on_the_way_to_another_project(desk: Desk) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(env={"NUM_GPUS": "7"})
    before = given(desk, terminal)
    desk.cd(terminal, first.root)
    terminal.nest(f"cd {desk.shell.quote(str(second.root))}; exec {shlex.join(desk.shell.command())}")
    desk.is_in(terminal, second)
    assert claims(desk.home) == {terminal.pid: str(second.root)}
    assert desk.home.mapping() == second.mapping
    desk.cd(terminal, desk.home.path)
    assert given(desk, terminal) == before


def test_exec_of_the_shell_with_the_users_own_files(desk: Desk) -> None:
    """People type this to read their changed start file."""
    project = desk.home.project()
    terminal = desk.terminal()
    before = given(desk, terminal)
    desk.cd(terminal, project.root)
    terminal.nest(f"exec {program(desk.shell)}")
    desk.is_in(terminal, project)
    assert desk.cd(terminal, desk.home.path) == project.left
    assert given(desk, terminal) == {**before, "PATH": terminal.value("PATH")}


# -- shells of different kinds, one in the other -------------------------------------------------------------


def test_each_kind_of_shell_leaves_the_project_that_its_parent_of_another_kind_entered(desk: Desk) -> None:
    """bash → zsh → fish → bash, starting with any of them."""
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(env={"NUM_GPUS": "7", "LAUNCHER_MOUNTS": "/mine.json"})
    outside = given(desk, terminal)
    kinds = [desk.shell.name, OTHER[desk.shell.name], OTHER[OTHER[desk.shell.name]]]
    desk.cd(terminal, first.root)
    for kind in kinds[1:]:
        terminal.nest(shell=SHELLS[kind])
        desk.is_in(terminal, first)
    assert terminal.run(f"cd {terminal.shell.quote(str(second.root))}").output == second.entered
    desk.is_in(terminal, second)
    assert desk.home.mapping() == second.mapping
    assert terminal.run(f"cd {terminal.shell.quote(str(desk.home.path))}").output == second.left
    assert given(desk, terminal) == outside
    for kind in (kinds[1], kinds[0]):
        terminal.back_in(SHELLS[kind])
        terminal.enter()
        desk.is_in(terminal, first)
        assert desk.home.mapping() == first.mapping
        if kind != kinds[0]:
            assert terminal.run(f"cd {terminal.shell.quote(str(desk.home.path))}").output == first.left
            assert given(desk, terminal) == outside
    assert desk.cd(terminal, desk.home.path) == first.left
    assert given(desk, terminal) == outside
    assert desk.home.mapping() is None


# -- for one command -----------------------------------------------------------------------------------------


def untouched(desk: Desk, terminal: Terminal, line: str) -> str:
    """Run `line`, which must not change this shell, the mounts file or the sessions; return what it prints."""
    before, claimed, mapping = given(desk, terminal), claims(desk.home), desk.home.mapping()
    current = desk.home.path / ".tao_mounts.current.json"
    link = os.readlink(current)
    output = terminal.run(line).output
    assert (claims(desk.home), desk.home.mapping(), os.readlink(current)) == (claimed, mapping, link)
    assert given(desk, terminal) == before
    return output


SUBSHELLS = {
    "bash": [
        "(cd {b}; echo $NAME)",
        'echo "$(cd {b}; echo $NAME)"',
        "cd {b} | echo $NAME",
        "{{ cd {b}; echo $NAME; }} | cat",
    ],
    "zsh": ["(cd {b}; echo $NAME)", 'echo "$(cd {b}; echo $NAME)"', "cd {b} | echo $NAME", "cat <(cd {b}; echo $NAME)"],
}


@pytest.mark.parametrize(
    ("shell", "line"), [(name, line) for name, lines in SUBSHELLS.items() for line in lines], indirect=["shell"]
)
def test_a_cd_in_a_subshell_does_not_affect_this_shell(desk: Desk, line: str) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(first.root)
    there = first if line.startswith("cd {b} |") else second  # that `echo` is in another subshell
    line = line.format(b=desk.shell.quote(str(second.root))).replace("$NAME", "$LOCAL_PROJECT_DIR")
    assert untouched(desk, terminal, line) == f"{there.root}\n"


@only("fish")
def test_a_command_substitution_of_fish_is_followed_at_the_next_prompt(desk: Desk) -> None:
    """In fish a command substitution changes the directory of the shell itself."""
    first, second = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(first.root)
    there = desk.shell.quote(str(second.root))
    assert terminal.run(f"echo (cd {there}; echo $LOCAL_PROJECT_DIR)").output == f"{first.root}\n{second.entered}"
    desk.is_in(terminal, second)


def test_a_shell_for_one_command_prints_and_changes_nothing(desk: Desk) -> None:
    """Start `bash -c`, with the start files that such a shell reads, and evaluate the hook once more."""
    first, second = desk.home.project("a"), desk.home.project("b")
    write_all(desk.home.path)
    terminal = desk.terminal(first.root)
    desk.is_in(terminal, first)
    there = desk.shell.quote(str(second.root))
    for command in (f"cd {there}; echo $LOCAL_PROJECT_DIR", f"cd {there} && cd .. && cd b; echo $LOCAL_PROJECT_DIR"):
        for line in (command, f"{desk.shell.hook}; {command}"):
            typed = f"{program(desk.shell)} -c {desk.shell.quote(line)}"
            assert untouched(desk, terminal, typed) == f"{first.root}\n"


def test_a_script_that_loads_the_hook_prints_and_changes_nothing(desk: Desk) -> None:
    """A script without a terminal, outside projects, as cron runs it."""
    project = desk.home.project()
    script, printed = desk.home.path / "job", []
    for hook in ("", desk.shell.hook):
        script.write_text(f"{hook}\ncd {desk.shell.quote(str(project.root))}\nenv -0\n")
        command = [program(desk.shell), str(script)]
        done = subprocess.run(command, env=desk.home.env, cwd=desk.home.path, capture_output=True, check=True)
        assert done.stderr == b""
        printed.append(sorted(done.stdout.split(b"\0")))
    assert printed[0] == printed[1]
    assert claims(desk.home) == {}
    assert not os.path.lexists(desk.home.mounts_file)


def test_an_editor_gets_the_users_environment_from_a_shell(desk: Desk) -> None:
    """VS Code and PyCharm, started from a menu, run `$SHELL -i -l -c 'env'` and read what it prints."""
    project = desk.home.project()
    for cwd in (desk.home.path, project.root):
        done = subprocess.run(
            [program(desk.shell), "-i", "-l", "-c", "env -0"],
            env=desk.home.env,
            cwd=cwd,
            capture_output=True,
            check=True,
            start_new_session=True,
        )
        names = {os.fsdecode(entry.partition(b"=")[0]) for entry in done.stdout.split(b"\0")}
        assert names.isdisjoint(project.variables)
        assert b"taoshell" not in done.stderr
    assert claims(desk.home) == {}


@only("zsh", "fish")
def test_exec_from_a_bash_that_exports_everything(desk: Desk) -> None:
    """With `set -a`, the new shell inherits our variables, and has the same pid, but not our functions."""
    project = desk.home.project()
    inner = desk.shell
    desk.shell = SHELLS["bash"]
    terminal = desk.terminal(before="set -a")
    desk.cd(terminal, project.root)
    said = terminal.nest(f"exec {shlex.join(inner.command())}", inner)
    desk.shell = inner
    assert "command not found" not in said
    assert "Unknown command" not in said
    desk.is_in(terminal, project)
    assert desk.cd(terminal, desk.home.path) == project.left
    assert terminal.value("LOCAL_DATA_DIR") is None
