"""The compared tools: how each is set up in its own home folder, and its line in the start file."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from bench.figures import FLOOR
from bench.projects import Project, World
from bench.shells import Session, Shell, measure

MISE = Path("node_modules/@jdxcode/mise-linux-x64/bin/mise")
"""Where npm puts mise's program, below its prefix."""


class Tool(Protocol):
    name: str
    prompts: int
    """Idle prompts in one batch: enough to take some milliseconds."""
    checked: bool
    """Whether it sets the nine variables."""
    swaps: str
    """The file in the home folder that must name the project after each move; empty if there is none."""

    def version(self) -> str: ...

    def set_up(self, world: World) -> None:
        """Define both projects with their nine variables, and approve them."""

    def line(self, shell: Shell) -> str:
        """The line in the user's start file."""


class Empty:
    """The lower bound: a hook that does nothing, called like the others."""

    name = FLOOR
    prompts = 400
    checked = False
    swaps = ""

    def version(self) -> str:
        return ""

    def set_up(self, world: World) -> None:
        """Nothing to define."""

    def line(self, shell: Shell) -> str:
        return shell.nothing


class Program:
    """The common part of the tools that are programs."""

    name: str
    prompts = 8
    checked = True
    swaps = ""

    def __init__(self, program: Path) -> None:
        self.program = program

    def command(self) -> list[str]:
        """What stands before the arguments."""
        return [str(self.program)]

    def version(self) -> str:
        said = subprocess.run([*self.command(), "--version"], capture_output=True, text=True, check=True).stdout
        found = re.search(r"\d+(\.\d+)+\S*", said)
        return found.group() if found else "unknown"

    def start(self, shell: str) -> list[str]:
        """The command whose output the start file evaluates."""
        return [*self.command(), "hook", shell]

    def line(self, shell: Shell) -> str:
        command = shlex.join(self.start(shell.name))
        return f"{command} | source\n" if shell.name == "fish" else f'eval "$({command})"\n'

    def run(self, world: World, *arguments: str, given: str = "") -> None:
        subprocess.run(
            [*self.command(), *arguments],
            env=world.environment,
            cwd=world.home,
            input=given,
            capture_output=True,
            text=True,
            check=True,
        )


class Taoshell(Program):
    name = "taoshell"
    prompts = 400
    swaps = ".tao_mounts.json"

    def set_up(self, world: World) -> None:
        for project in (world.a, world.b):
            self.init(world, project)

    def init(self, world: World, project: Project) -> None:
        self.run(
            *(world, "init", str(project.root), "--network", project.network, "--gpus", str(project.gpus)),
            *("--key-stdin", "--yes", "--mkdir"),
            given=project.key + "\n",
        )


class Before(Taoshell):
    """taoshell as it is in another clone, for a comparison. It runs in our environment."""

    name = "before"

    def __init__(self, clone: Path) -> None:
        super().__init__(clone / "taoshell/__main__.py")

    def command(self) -> list[str]:
        return [sys.executable, str(self.program)]


class Direnv(Program):
    name = "direnv"

    def set_up(self, world: World) -> None:
        for project in (world.a, world.b):
            lines = [f"export {name}={shlex.quote(value)}\n" for name, value in project.variables.items()]
            (project.root / ".envrc").write_text("".join(lines))
            self.run(world, "allow", str(project.root / ".envrc"))


class Mise(Program):
    name = "mise"

    def set_up(self, world: World) -> None:
        for project in (world.a, world.b):
            lines = [f'{name} = "{value}"\n' for name, value in project.variables.items()]
            (project.root / "mise.toml").write_text("".join(["[env]\n", *lines]))
            self.run(world, "trust", str(project.root / "mise.toml"))

    def start(self, shell: str) -> list[str]:
        return [*self.command(), "activate", shell]


def session(
    tool: Tool, shell: Shell, world: World, plan: Sequence[str], waits: Iterable[object] = ()
) -> Iterator[tuple[str, float]]:
    """Measure `tool` in one new shell; see `bench.shells.measure`."""
    return measure(shell, world, described(tool, shell, world, plan, waits))


def described(tool: Tool, shell: Shell, world: World, plan: Sequence[str], waits: Iterable[object] = ()) -> Session:
    """Return the session of `tool` in `shell`."""
    return Session(tool.line(shell), plan, tool.checked, world.home / tool.swaps if tool.swaps else None, waits)


def available(cache: Path) -> tuple[list[Tool], list[str]]:
    """Return the tools that are installed, and for each missing one a line with its cure.

    `cache` is the npm prefix with mise. taoshell is taken from the environment of the running interpreter.
    """
    tools: list[Tool] = [Empty()]
    missing: list[str] = []
    places: Sequence[tuple[type[Taoshell | Direnv | Mise], str | None, str]] = (
        (Taoshell, _program(Path(sys.prefix) / "bin" / "taoshell"), f"{sys.executable} -m pip install ."),
        (Direnv, shutil.which("direnv"), "apt-get install direnv"),
        (Mise, _program(cache / MISE), f"npm install --prefix {cache} @jdxcode/mise-linux-x64"),
    )
    for tool, program, cure in places:
        if program is None:
            missing.append(f"{tool.name} is not installed; {cure}")
        else:
            tools.append(tool(Path(program)))
    return tools, missing


def _program(path: Path) -> str | None:
    return shutil.which(path)
