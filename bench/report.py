"""Write the figures of a run as a page, results.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench import starts
from bench.figures import Figures, ratio
from bench.goals import FLOOR, OURS, goals

MOVES = {
    "idle": "Prompt, nothing changed",
    "switch": "Switch from project A to project B",
    "leave": "Leave a project",
    "enter": "Enter a project",
    "line": "Shell start: the tool's line in the start file",
}

_HOW = """\
All figures are medians of one run, in which the tools take turns. Each tool has its own home folder, and sets the same
nine variables in two projects. The hooks run in a real interactive shell at a pseudo-terminal, in the way that the
shell runs them: bash evaluates `PROMPT_COMMAND`; zsh runs `chpwd_functions` in `cd` and then `precmd_functions`; fish
fires its `PWD` event in `cd` and then `fish_prompt`. They run in a loop, so all caches are warm. After a pause, the
prompt of each tool takes a little longer.

A move is the `cd`, the hooks that it fires, and one prompt, including each tool's messages. After each move the
benchmark checks the variables and, for taoshell, the content of `~/.tao_mounts.json`; the checks are not timed. In bash
and zsh, mise's hook skips the prompt right after its `cd`. In zsh, direnv's hook runs both in `cd` and at the prompt.
Both are timed as they are. mise also skips the first prompt of a shell; that prompt comes before the first measurement.
bash and zsh read `$EPOCHREALTIME`; fish 3 has no such clock, so its keyword `time` is used. The empty hook is a
function that does nothing. It is called in the same way, and its time is the lower bound.
"""


_STARTS = """\
The time from the start of an interactive shell at a pseudo-terminal to its first prompt, outside of any project.
"""


def page(figures: Figures, facts: Sequence[str], chart: str) -> str:
    """Return the text of results.md. `facts` describe the machine and the versions; `chart` is the picture's name."""
    parts = ["# What a prompt costs\n", "Written by `make bench`. " + "; ".join(facts) + ".\n", f"![]({chart})\n", _HOW]
    parts += ["## Goals\n", _goals(figures)]
    for measure, title in MOVES.items():
        if figures.places(measure):
            parts += [f"## {title}\n", _by_tool(figures, measure)]
    if figures.places(starts.MEASURE):
        parts += ["## Shell start: time to the first prompt\n", _STARTS, _by_condition(figures, starts.MEASURE)]
    for measure, title in (("start", "Shell start: only the command that prints the hook"), ("command", "Commands")):
        if figures.places(measure):
            parts += [f"## {title}\n", _by_subject(figures, measure)]
    for measure in ("switch", "leave", "idle"):
        if figures.places(f"growth of {measure}"):
            parts += [f"## Growth: {MOVES[measure].lower()}\n", _by_condition(figures, f"growth of {measure}")]
    return "\n".join(parts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; the first column is left-aligned, the others are right-aligned."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def duration(micros: float | None) -> str:
    """Format microseconds for people: three significant digits, in µs or ms."""
    if micros is None:
        return "–"
    amount, unit = (micros, "µs") if micros < 1000 else (micros / 1000, "ms")
    digits = 0 if amount >= 100 else 1 if amount >= 10 else 2
    return f"{amount:.{digits}f} {unit}"


def times(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} ×" if value >= 10 else f"{value:.1f} ×"


def _goals(figures: Figures) -> str:
    rows = [
        (goal.what, goal.goal, goal.figure, "reached" if goal.reached else "**not reached**") for goal in goals(figures)
    ]
    return table(("", "goal", "this run", ""), rows)


def _by_tool(figures: Figures, measure: str) -> str:
    """A row a shell, a column a tool, then each peer's time divided by taoshell's (for idle, both minus the floor)."""
    tools = figures.subjects(measure)
    peers = [tool for tool in tools if tool not in (FLOOR, OURS)]
    of = "minus the empty hook, " if measure == "idle" else ""
    head = ["", *tools, *(f"{of}{peer} / {OURS}" for peer in peers)]
    rows = []
    for shell in figures.places(measure):
        medians = [duration(figures.median(measure, shell, tool)) for tool in tools]
        rows.append([shell, *medians, *(times(_against(figures, measure, shell, peer)) for peer in peers)])
    return table(head, rows)


def _against(figures: Figures, measure: str, shell: str, peer: str) -> float | None:
    if measure == "idle":
        return ratio(figures.net(measure, shell, peer, FLOOR), figures.net(measure, shell, OURS, FLOOR))
    return ratio(figures.median(measure, shell, peer), figures.median(measure, shell, OURS))


def _by_subject(figures: Figures, measure: str) -> str:
    rows = [(f"`{subject}`", duration(figures.median(measure, "", subject))) for subject in figures.subjects(measure)]
    return table(("", "median"), rows)


def _by_condition(figures: Figures, measure: str) -> str:
    shells = figures.places(measure)
    rows = [
        [condition, *(duration(figures.median(measure, shell, condition)) for shell in shells)]
        for condition in figures.subjects(measure)
    ]
    return table(["", *shells], rows)
