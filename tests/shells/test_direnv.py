"""The real direnv and taoshell's hook in one shell: after leaving, everything is as before, in either order.

direnv reads the times of what it watches in whole seconds, and does not quote the path of an .envrc (2.32: one with a
`$` in it cannot be loaded at all), so this home has a simpler path than that of the other tests.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from taoshell.shells import direnv as direnv_beside
from taoshell.shells import hook_file
from taoshell.state.paths import State
from tests.shells.conftest import Stock
from tests.shells.desk import Desk, only
from tests.shells.projects import NETWORK, Home, Project
from tests.shells.terminal import Terminal
from tests.support.needs import need
from tests.support.slow import slow_unless

ORDERS = {"direnv's hook is loaded first": True, "taoshell's hook is loaded first": False}


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """The usual stock, but each project has an allowed .envrc from `init --direnv`."""
    need(shutil.which("direnv"), "direnv")
    folder = tmp_path_factory.mktemp("stock")
    home = Home(folder / "O'Neil's home")
    home.env["DIRENV_LOG_FORMAT"] = ""  # no messages about loading
    home.project("plain")
    for name in ("a", "b"):
        root = home.path / name
        root.mkdir()
        options = ("--network", NETWORK, "--gpus", "1", "--key", "tlt_encode", "--yes", "--mkdir", "--direnv")
        home.taoshell("init", root, *options)
        direnv(home, "allow", root)
    shutil.copytree(home.path, folder / "copy", symlinks=True)
    time.sleep(1)  # later changes are a second newer, so direnv sees them
    return Stock(home, folder / "copy")


def direnv(home: Home, *arguments: str | Path) -> None:
    subprocess.run(["direnv", *map(str, arguments)], env=home.env, check=True)


def hook(desk: Desk) -> str:
    return "direnv hook fish | source" if desk.shell.name == "fish" else f'eval "$(direnv hook {desk.shell.name})"'


@pytest.fixture(params=slow_unless(lambda order: ORDERS[order], ORDERS))
def both(desk: Desk, request: pytest.FixtureRequest) -> Callable[..., Terminal]:
    """Return a function that opens a terminal with both hooks, loaded in either order."""

    def open_terminal(cwd: Path | None = None, **env: str) -> Terminal:
        if ORDERS[request.param]:
            return desk.terminal(cwd, env=env, before=hook(desk))
        return desk.terminal(cwd, env=env, before=f"{desk.shell.hook}\n{hook(desk)}", hook=False)

    return open_terminal


def alone(desk: Desk, cwd: Path | None = None, **env: str) -> Terminal:
    """Open a terminal that has only direnv's hook."""
    return desk.terminal(cwd, env=env, before=hook(desk), hook=False)


def settings(desk: Desk, terminal: Terminal) -> dict[str, str]:
    """The environment of programs there, without direnv's own variables."""
    found = desk.settings(terminal)
    return {name: value for name, value in found.items() if not name.startswith("DIRENV_") or name.endswith("FORMAT")}


def gives(project: Project) -> dict[str, str]:
    """The variables that a project's .envrc sets."""
    return {**project.variables, "LAUNCHER_MOUNTS": str(project.kept / "mounts.json")}


MARK = {direnv_beside.MARK: "1"}


# -- both hooks ------------------------------------------------------------------------------------


# All moves between the home and three projects, two of which have an .envrc.
WALK = ("a", "b", ".", "b", "a", ".", "plain", "a", "plain", "b", "plain", ".")


def test_every_move_sets_all_variables_and_leaves_nothing_behind(desk: Desk, both: Callable[..., Terminal]) -> None:
    terminal = both()
    before = desk.settings(terminal)
    for step in WALK:
        desk.cd(terminal, desk.home.path / step)
        found = settings(desk, terminal)
        if step == ".":
            assert desk.settings(terminal) == before
            assert desk.home.mapping() is None
            continue
        project = desk.home.project(step)
        own = {name for name in found if name.startswith("TAOSHELL_")} - before.keys()
        assert {name: value for name, value in found.items() if name not in own} == {**before, **gives(project)}
        assert own == {"TAOSHELL_ROOT", "TAOSHELL_GENERATION", "TAOSHELL_PROJECT", "TAOSHELL_PROMPT"}
        assert desk.home.mapping() == project.mapping


def test_values_from_before_come_back_and_what_the_user_changed_stays(
    desk: Desk, both: Callable[..., Terminal]
) -> None:
    a, b = desk.home.project("a"), desk.home.project("b")
    before = {"SPECS_DIR": "/mine", "KEY": "", "LAUNCHER_MOUNTS": "/my/own.json"}
    terminal = both(a.root, **before)
    desk.is_in(terminal, a)
    terminal.run(desk.shell.export("MINE", "yes"))
    terminal.run(desk.shell.export("NUM_GPUS", "3"))
    desk.is_in(terminal, a, NUM_GPUS="3")
    desk.cd(terminal, b.root)
    desk.is_in(terminal, b)
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == {**desk.settings(both(**before)), "MINE": "yes", "NUM_GPUS": "3"}


def test_an_edit_and_its_approval(desk: Desk, both: Callable[..., Terminal]) -> None:
    a, b = desk.home.project("a"), desk.home.project("b")
    terminal = both()
    before = desk.settings(terminal)
    desk.cd(terminal, a.root)
    a.set("NUM_GPUS", "4")
    a.append_toml("[env]\nEXPERIMENT = '1'")
    terminal.enter()
    desk.is_blocked(terminal, a)
    assert not {"NUM_GPUS", "EXPERIMENT"} & settings(desk, terminal).keys()
    a.allow()
    terminal.enter()
    desk.is_in(terminal, a, NUM_GPUS="4", EXPERIMENT="1")
    desk.cd(terminal, b.root)
    desk.is_in(terminal, b)
    assert "EXPERIMENT" not in settings(desk, terminal)
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


@only("bash")
def test_the_users_own_lines_of_an_envrc_still_count(desk: Desk, both: Callable[..., Terminal]) -> None:
    a, b = desk.home.project("a"), desk.home.project("b")
    for project in (a, b):
        with open(project.root / ".envrc", "a") as file:
            file.write(f"export FROM_ENVRC={project.name}\nPATH_add bin\n")
        direnv(desk.home, "allow", project.root)
    terminal = both(FROM_ENVRC="before")
    before = desk.settings(terminal)
    for project in (a, b, a):
        desk.cd(terminal, project.root)
        desk.is_in(terminal, project)
        found = settings(desk, terminal)
        assert (found["FROM_ENVRC"], found["PATH"]) == (project.name, f"{project.root}/bin:{before['PATH']}")
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


@pytest.mark.parametrize("first", slow_unless(lambda first: first, [True, False]), ids=ORDERS)
def test_a_shell_with_both_inside_one_with_direnv_alone(desk: Desk, first: bool) -> None:
    """This is like a terminal of an editor whose direnv extension has loaded the project."""
    a, b = desk.home.project("a"), desk.home.project("b")
    terminal = alone(desk, NUM_GPUS="7")
    before = desk.settings(terminal)
    desk.cd(terminal, a.root)
    terminal.nest()
    for line in (hook(desk), desk.shell.hook) if first else (desk.shell.hook, hook(desk)):
        terminal.run(line)
    desk.is_in(terminal, a)
    desk.cd(terminal, b.root)
    desk.is_in(terminal, b)
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before
    terminal.run("exit")
    assert settings(desk, terminal) == {**before, **gives(a), **MARK}


@only("bash")
def test_a_program_started_from_such_a_shell_may_ask_direnv(desk: Desk, both: Callable[..., Terminal]) -> None:
    """This is like an editor's extension: the hook of the shell that started the editor cannot act for it."""
    a = desk.home.project("a")
    program = "import subprocess, sys; subprocess.run(['direnv', 'export', 'json'], cwd=sys.argv[1])"
    both().run(shlex.join([sys.executable, "-c", program, str(a.root)]) + " >said")
    said = json.loads((desk.home.path / "said").read_text())
    assert {name: value for name, value in said.items() if not name.startswith("DIRENV_")} == {**gives(a), **MARK}


@only("bash")
def test_direnv_exec_gives_the_project_to_its_command(desk: Desk, both: Callable[..., Terminal]) -> None:
    a = desk.home.project("a")
    done = both().run(f"direnv exec {desk.shell.quote(str(a.root))} env")
    assert {f"{name}={value}" for name, value in gives(a).items()} <= set(done.lines)


# -- direnv alone: it works the same in every shell -----------------------------------------------


@only("bash")
def test_direnv_alone_gives_what_is_approved(desk: Desk) -> None:
    a, b, plain = map(desk.home.project, ("a", "b", "plain"))
    terminal = alone(desk, NUM_GPUS="7")
    before = desk.settings(terminal)
    for project in (a, b, a):
        desk.cd(terminal, project.root)
        assert settings(desk, terminal) == {**before, **gives(project), **MARK}
        assert json.loads(Path(gives(project)["LAUNCHER_MOUNTS"]).read_text()) == project.mapping
    desk.cd(terminal, plain.root)
    assert desk.settings(terminal) == before
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


@only("bash")
@pytest.mark.parametrize("source", ["taoshell.toml", ".env"])
def test_direnv_alone_gives_nothing_of_an_edit_until_it_is_approved(desk: Desk, source: str) -> None:
    a = desk.home.project("a")
    terminal = alone(desk)
    before = desk.settings(terminal)
    desk.cd(terminal, a.root)
    if source == ".env":
        a.set("NUM_GPUS", "4")
    else:
        a.append_toml("[env]\nNUM_GPUS = '4'\nEXPERIMENT = '1'")
    assert "not approved" in terminal.enter().output
    assert settings(desk, terminal) == before
    a.allow()
    terminal.enter()
    wanted = {"NUM_GPUS": "4"} if source == ".env" else {"EXPERIMENT": "1"}  # a line in .env beats [env]
    assert settings(desk, terminal) == {**before, **gives(a), **MARK, **wanted}
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


@only("bash")
def test_direnv_alone_notices_that_an_approval_was_revoked(desk: Desk) -> None:
    a = desk.home.project("a")
    terminal = alone(desk)
    before = desk.settings(terminal)
    desk.cd(terminal, a.root)
    desk.home.taoshell("deny", a.root)
    assert "not approved" in terminal.enter().output
    assert settings(desk, terminal) == before


@only("bash")
def test_direnv_alone_gives_nothing_of_a_project_that_was_never_approved(desk: Desk) -> None:
    a = desk.home.project("a")
    copy = a.copy("copy")
    direnv(desk.home, "allow", copy.root)
    terminal = alone(desk)
    before = desk.settings(terminal)
    assert "not approved" in desk.cd(terminal, copy.root)
    assert settings(desk, terminal) == before
    copy.allow()
    terminal.enter()
    assert settings(desk, terminal) == {**before, **gives(copy), **MARK}


@only("bash")
def test_without_taoshell_on_the_path_the_envrc_asks_the_one_that_is_installed(desk: Desk) -> None:
    a = desk.home.project("a")
    (desk.home.path / ".bin/taoshell").unlink()
    hook_file.put(State(str(desk.home.state), str(desk.home.mounts_file)), "bash")
    terminal = alone(desk)
    before = desk.settings(terminal)
    desk.cd(terminal, a.root)
    assert settings(desk, terminal) == {**before, **gives(a), **MARK}


@only("bash")
def test_without_taoshell_the_envrc_says_so(desk: Desk) -> None:
    a = desk.home.project("a")
    (desk.home.path / ".bin/taoshell").unlink()
    terminal = alone(desk, DIRENV_LOG_FORMAT="direnv: %s")
    before = desk.settings(terminal)
    assert "taoshell is not installed" in desk.cd(terminal, a.root)
    assert settings(desk, terminal) == before
