"""The measured shells, and one measuring session in one of them.

The hooks run in a real interactive shell at a pseudo-terminal, in the way that the shell itself runs them
(measure.bash, measure.zsh, measure.fish): bash evaluates PROMPT_COMMAND, zsh calls precmd_functions, fish
fires fish_prompt. zsh and fish fire the events of `cd` by themselves. All output goes to the terminal.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.projects import Project, World
from bench.terminal import transcript

SCRIPTS = Path(__file__).parent
SESSION_SECONDS = 120.0

_MICROSECONDS = {"micros": 1.0, "millis": 1e3, "secs": 1e6}
_SAMPLE = re.compile(
    r"^@ (?P<measure>[a-z-]+) (?P<count>\d+)(?: (?P<micros>\d+)|$.*?^Executed in +(?P<amount>[\d.]+) (?P<unit>\w+))",
    re.MULTILINE | re.DOTALL,
)
_ENVIRONMENT = re.compile(r"^@ environment (?P<folder>.*?)\n(?P<lines>.*?)^@ end$", re.MULTILINE | re.DOTALL)


class WrongFigures(Exception):
    """The tool did not do its work in a session, or the session ended early."""


@dataclass(frozen=True, slots=True)
class Shell:
    name: str
    arguments: tuple[str, ...]
    nothing: str
    """The text of a start file with the empty hook: a function that does nothing, called like a tool's hook."""

    @property
    def program(self) -> str | None:
        return shutil.which(self.name)

    def version(self) -> str:
        said = subprocess.run([self.name, "--version"], capture_output=True, text=True, check=True).stdout
        found = re.search(r"\d+\.\d+(\.\d+)?", said)
        return found.group() if found else "unknown"


SHELLS = {
    shell.name: shell
    for shell in (
        Shell("bash", ("--norc", "--noprofile", "-i"), "bench_nothing() { :; }\nPROMPT_COMMAND=bench_nothing\n"),
        Shell(
            "zsh",
            ("-f", "-i"),
            "bench_nothing() { :; }\nprecmd_functions+=(bench_nothing)\nchpwd_functions+=(bench_nothing)\n",
        ),
        Shell(
            "fish",
            ("--no-config", "-i"),
            "function bench_nothing --on-event fish_prompt\nend\nfunction bench_chpwd --on-variable PWD\nend\n",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Session:
    """One shell: `line` in its start file, then the steps of `plan`."""

    line: str
    plan: Sequence[str]
    checked: bool = True
    swapped: Path | None = None
    """A file that must name the project after each move into it."""
    waits: Iterable[object] = ()
    """The next step is taken at each `wait` of the plan."""


def step(what: str, *words: object) -> str:
    """Return a line that calls a function of the measure scripts; it means the same in each shell."""
    return shlex.join([f"bench_{what}", *map(str, words)]) + "\n"


def visits(world: World) -> list[str]:
    """The steps that read the environment in both projects, to check it, and end in project a."""
    return [step("environment", project.root) for project in (world.b, world.a)]


def argv(shell: Shell) -> tuple[str, ...]:
    """The command that runs a measure script. Raises WrongFigures if the shell is not installed."""
    if shell.program is None:
        raise WrongFigures(f"{shell.name} is not installed")
    return (shell.program, *shell.arguments, "-c", 'cd; . "$BENCH_SCRIPT"')


def environment(shell: Shell, world: World, session: Session, name: str = "session") -> dict[str, str]:
    """Write the files that a measure script reads, called `name`, and return its environment."""
    rc, plan = (world.home / f"{name}.{kind}.{shell.name}" for kind in ("rc", "plan"))
    rc.write_text(session.line)
    plan.write_text("".join(session.plan))
    return world.environment | {
        "BENCH_SCRIPT": str(SCRIPTS / f"measure.{shell.name}"),
        "BENCH_RC": str(rc),
        "BENCH_PLAN": str(plan),
        "BENCH_CHECKED": "1" if session.checked else "",
        "BENCH_FILE": str(session.swapped or ""),
    }


def measure(shell: Shell, world: World, session: Session) -> Iterator[tuple[str, float]]:
    """Run `session`; yield pairs of a measure (line, and those of the plan) and its microseconds.

    Raises WrongFigures if the variables or the swapped file are wrong at any step.
    """
    started = environment(shell, world, session)
    text = transcript(argv(shell), started, seconds=SESSION_SECONDS, waits=session.waits)
    _check(text, world, session)
    return samples(text)


def samples(text: str) -> Iterator[tuple[str, float]]:
    """Parse a session's output: bash and zsh print microseconds, fish prints the report of `time`."""
    for found in _SAMPLE.finditer(text):
        total = found["micros"] or float(found["amount"]) * _MICROSECONDS[found["unit"]]
        yield found["measure"], float(total) / int(found["count"])


def _check(text: str, world: World, session: Session) -> None:
    wrong = re.search(r"^@ wrong (.*)", text, re.MULTILINE)
    if wrong or not text.rstrip().endswith("@ done"):
        raise WrongFigures(f"{wrong.group(1) if wrong else 'the session ended early'}:\n{text[-3000:]}")
    if not session.checked:
        return
    for found in _ENVIRONMENT.finditer(text):
        seen = dict(line.partition("=")[::2] for line in found["lines"].splitlines())
        expected = _project_at(found["folder"], world).variables
        for name, value in expected.items():
            if seen.get(name) != value:
                raise WrongFigures(f"{name} is {seen.get(name)!r} in {found['folder']}, expected {value!r}")


def _project_at(folder: str, world: World) -> Project:
    return world.a if folder == str(world.a.root) else world.b
