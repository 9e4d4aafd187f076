"""After Ctrl-C at any moment, the next prompt is right and nothing is lost."""

from __future__ import annotations

import os
import random
import time

import pytest

from tests.shells.desk import Desk, only
from tests.shells.projects import Project
from tests.shells.terminal import Stuck, Terminal
from tests.support.slow import slow_unless

ROUNDS = 40
SEEDS = slow_unless(lambda seed: seed == 0, range(2))


class Interrupted:
    """A shell that gets a Ctrl-C again and again.

    bash may be lost once in a test: a Ctrl-C between the two system calls of `trap - INT` ends it. Then the next shell
    must find everything right.
    """

    def __init__(self, desk: Desk, **env: str) -> None:
        self._desk, self._env = desk, env
        self.terminal = desk.terminal(env=env)
        self._may_be_lost = desk.shell.name == "bash"

    def interrupt(self, line: str, within_ms: float, chance: random.Random) -> str:
        """Press Ctrl-C at a random moment after `line` has begun; return a description for a failure message."""
        self.terminal.begin(line)
        after_ms = chance.uniform(0, within_ms)
        time.sleep(after_ms / 1000)
        self.terminal.send_intr()
        try:
            self.terminal.recover()
        except Stuck:
            if not self._may_be_lost:
                raise
            self._may_be_lost = False
            self.terminal.close()
            self.terminal = self._desk.terminal(env=self._env)
        return f"{line} interrupted after {after_ms:.3f} ms"


def is_right(desk: Desk, terminal: Terminal, projects: list[Project], before: dict[str, str], story: str) -> None:
    """Check that the shell and the mounts file have the project of the shell's folder, or nothing if there is none."""
    here = terminal.environment()["PWD"]
    project = next((project for project in projects if here == str(project.root)), None)
    try:
        if project:
            desk.is_in(terminal, project)
        else:
            assert desk.settings(terminal) == before
        assert desk.home.mapping() == (project.mapping if project else None)
    except AssertionError as error:
        raise AssertionError(f"{story}, now in {here}: {error}") from error


@pytest.mark.parametrize("seed", SEEDS)
def test_during_a_switch(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    first, second = desk.home.project("a"), desk.home.project("b")
    folders = [first.root, second.root, desk.home.path]
    shell = Interrupted(desk, NUM_GPUS="7", LAUNCHER_MOUNTS="/own.json")
    before = desk.settings(shell.terminal)
    for folder in folders:  # Python does the first take-over; another test covers it
        desk.cd(shell.terminal, folder)
    for _ in range(ROUNDS):
        line = f"cd {desk.shell.quote(str(chance.choice(folders)))}"
        story = shell.interrupt(line, 4, chance)
        is_right(desk, shell.terminal, [first, second], before, story)
    desk.cd(shell.terminal, desk.home.path)
    is_right(desk, shell.terminal, [first, second], before, "left at the end")


@pytest.mark.parametrize("seed", SEEDS)
def test_while_python_checks_a_changed_source(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    project = desk.home.project()
    shell = Interrupted(desk, NUM_GPUS="7")
    before = desk.settings(shell.terminal)
    desk.cd(shell.terminal, project.root)
    for _ in range(ROUNDS // 4):
        os.utime(project.env_file)
        story = shell.interrupt("true", chance.choice((10, 150)), chance)
        is_right(desk, shell.terminal, [project], before, story)
    desk.cd(shell.terminal, desk.home.path)
    is_right(desk, shell.terminal, [project], before, "left at the end")


@only("zsh")
def test_zsh_acts_to_the_end(desk: Desk) -> None:
    """It would keep a pattern in which a Ctrl-C came as it is written, and not know its own project any more."""
    project, terminal = desk.home.project(), desk.terminal()
    before = desk.settings(terminal)
    terminal.run("functions[leave]=$functions[_taoshell_leave]")
    terminal.run('_taoshell_leave() { kill -INT $$; leave "$@"; }')
    desk.cd(terminal, project.root)
    assert desk.cd(terminal, desk.home.path) == project.left
    assert desk.settings(terminal) == before


@only("zsh")
def test_a_trap_of_the_user_stays(desk: Desk) -> None:
    project, terminal = desk.home.project(), desk.terminal()
    terminal.run("trap : INT")
    desk.cd(terminal, project.root)
    assert terminal.run("trap").output == "trap -- : INT\n"


@pytest.mark.parametrize("seed", SEEDS)
def test_during_the_first_take_over(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    project = desk.home.project()
    own = '{"Mounts": []}\n'
    desk.home.mounts_file.write_text(own)
    shell = Interrupted(desk)
    before = desk.settings(shell.terminal)
    for _ in range(ROUNDS // 8):
        story = shell.interrupt(f"cd {desk.shell.quote(str(project.root))}", 150, chance)
        desk.cd(shell.terminal, project.root)
        is_right(desk, shell.terminal, [project], before, story)
        desk.cd(shell.terminal, desk.home.path)
        assert desk.home.mounts_file.read_text() == own
        desk.home.taoshell("mounts", "release")
        assert desk.home.mounts_file.read_text() == own
        assert not desk.home.mounts_file.is_symlink()
        desk.home.taoshell("mounts", "take")
        shell.terminal.enter()


def test_at_an_idle_prompt(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    for _ in range(3):
        terminal.send_intr()
        terminal.recover()
    desk.is_in(terminal, project)
    assert terminal.enter().output == ""
