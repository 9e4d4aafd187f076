"""Time a shell's start up to its first prompt: with an empty start file, with the block of `taoshell install`, and with
each tool's line."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figures
from bench.projects import World, search_path
from bench.shells import Shell, WrongFigures
from bench.terminal import microseconds_until
from bench.tools import Program, Taoshell

MEASURE = "first prompt"
BARE = "empty start file"
INSTALLED = "taoshell install"
SECONDS = 30.0

_READY = "@ready "
_START_FILES = {
    "bash": (".bashrc", f"PS1='{_READY}'\n"),
    "zsh": (".zshrc", f"PROMPT='{_READY}'\n"),
    "fish": (".config/fish/config.fish", f"set -g fish_greeting\nfunction fish_prompt; echo -n '{_READY}'; end\n"),
}
_ONCE = ".local/share/fish/generated_completions"
"""If this folder is missing, fish reads all manual pages in the background at its start."""


@dataclass(frozen=True, slots=True)
class _Start:
    shell: Shell
    subject: str
    environment: dict[str, str]

    def argv(self, *more: str) -> tuple[str, ...]:
        return (self.shell.program or self.shell.name, "-i", *more)


def measure(figures: Figures, tools: Sequence[Program], shells: Sequence[Shell], folder: Path, rounds: int) -> None:
    """Start each shell `rounds` times in each way; the ways take turns. Each way has its own home in `folder`.

    Raises TimeoutError if a shell does not reach its prompt, and WrongFigures if taoshell's hook is missing in a way of
    taoshell or loaded in another way.
    """
    starts = [start for shell in shells for start in _ways(shell, tools, folder)]
    for start in starts:  # not timed: a first start creates files
        microseconds_until(_READY, start.argv(), start.environment, seconds=SECONDS)
        _require_hook(start)
    for _ in range(rounds):
        for start in starts:
            took = microseconds_until(_READY, start.argv(), start.environment, seconds=SECONDS)
            figures.add(MEASURE, start.shell.name, start.subject, [took])


def _ways(shell: Shell, tools: Sequence[Program], folder: Path) -> list[_Start]:
    ways = [_Start(shell, BARE, _home(shell, folder / f"{shell.name}-bare").environment)]
    for tool in tools:
        if tool.name == Taoshell.name and isinstance(tool, Taoshell):
            world = _home(shell, folder / f"{shell.name}-installed")
            tool.run(world, "install", shell.name, "--yes")
            ways.append(_Start(shell, INSTALLED, world.environment))
        subject = f"{tool.name} {tool.start(shell.name)[len(tool.command())]}"
        world = _home(shell, folder / f"{shell.name}-{tool.name}", tool.line(shell))
        ways.append(_Start(shell, subject, world.environment))
    return ways


def _home(shell: Shell, home: Path, line: str = "") -> World:
    world = World.at(home, search_path())
    name, text = _START_FILES[shell.name]
    for path in (home / name, home / _ONCE):
        path.parent.mkdir(parents=True, exist_ok=True)
    (home / _ONCE).mkdir(exist_ok=True)
    (home / name).write_text(text + line)
    return world


def _require_hook(start: _Start) -> None:
    said = subprocess.run(
        start.argv("-c", 'echo "hook=$TAOSHELL_HOOK."'),
        env=start.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if ("hook=." in said) == start.subject.startswith(("taoshell", "before")):
        raise WrongFigures(f"{start.shell.name}, {start.subject}: {said}")
