"""Time real prompts: from Enter to the next prompt, with a pause before each Enter, as a user types."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.figures import FLOOR, Figures
from bench.hooks import world_of
from bench.projects import World
from bench.shells import Shell, WrongFigures
from bench.terminal import Terminal, running
from bench.tools import Tool

MEASURE = "enter to prompt"
PAUSE = 0.03
"""Seconds before each Enter: the shell has gone to sleep, and other programs have used the caches of the CPU."""
UNTIMED = 5
SECONDS = 20.0

_READY = "@ready"
_PROMPTS = {
    "bash": f"PS1='{_READY} '\n",
    "zsh": f"PROMPT='{_READY} '\nunsetopt prompt_sp\n",
    "fish": f"set -g fish_greeting\nfunction fish_prompt; echo -n '{_READY} '; end\n",
}
_DRAWN = re.compile(rb"\n[^\n]*" + _READY.encode() + b" ")
"""The next prompt is on the next line. (fish can draw a prompt twice, but on one line.)"""


class Prompt:
    """A shell at its prompt, in a terminal."""

    def __init__(self, terminal: Terminal, name: str) -> None:
        self.terminal, self._name = terminal, name

    def enter(self, line: str = "") -> float:
        """Type `line` and Enter, and wait until the next prompt is drawn. Return the microseconds."""
        self.terminal.forget()
        begun = time.perf_counter_ns()
        self.terminal.type(line + "\r")
        self._drawn()
        return (time.perf_counter_ns() - begun) / 1000

    def require(self, name: str, value: str) -> None:
        """Raise WrongFigures unless the variable `name` has this value."""
        self.terminal.forget()
        self.terminal.type(f"echo @is ${name}.\r")
        if f"@is {value}." not in self._drawn():
            raise WrongFigures(f"{self._name}: {name} is not {value}")

    def _drawn(self) -> str:
        text = self.terminal.read_until(_DRAWN, SECONDS)
        if not text.endswith(f"{_READY} ".encode()):
            raise WrongFigures(f"{self._name} ended:\n{text.decode('utf-8', 'replace')}")
        return text.decode("utf-8", "replace")


@contextmanager
def prompt(tool: Tool, shell: Shell, world: World, folder: Path, name: str = "prompt") -> Iterator[Prompt]:
    """Open `shell` with the tool's line, in `folder`; its environment is settled."""
    if shell.program is None:
        raise WrongFigures(f"{shell.name} is not installed")
    rc = world.home / f"{name}.{shell.name}"
    rc.write_text(f"{_PROMPTS[shell.name]}{tool.line(shell)}cd '{folder}'\n")
    with running((shell.program, *shell.arguments), world.environment) as terminal:
        opened = Prompt(terminal, f"{shell.name}, {tool.name}")
        opened.enter(f". {rc}")
        for _ in range(UNTIMED):
            time.sleep(PAUSE)
            opened.enter()
        if tool.checked and folder.is_relative_to(world.a.root):
            opened.require("LOCAL_SPECS_DIR", str(world.a.root / "specs"))
        yield opened


def measure(figures: Figures, tools: Sequence[Tool], shells: Sequence[Shell], folder: Path, cycles: int) -> None:
    """Open every shell with every tool in a project at once, each in a home of its own; they take turns."""
    with ExitStack() as stack:
        opened: list[tuple[Shell, Tool, Prompt]] = []
        for shell in shells:
            for tool in tools:
                world = world_of(tool, folder / shell.name)
                opened.append((shell, tool, stack.enter_context(prompt(tool, shell, world, world.a.root))))
        for cycle in range(cycles):
            random.Random(cycle).shuffle(opened)  # who comes after a large program finds the caches of the CPU cold
            took: dict[tuple[str, str], float] = {}
            for shell, tool, waiting in opened:
                time.sleep(PAUSE)
                took[shell.name, tool.name] = waiting.enter()
            for (name, subject), micros in took.items():
                figures.add(MEASURE, name, subject, [micros])
                if (floor := took.get((name, FLOOR))) is not None and subject != FLOOR:
                    figures.add_net(MEASURE, name, subject, micros - floor)
