"""Write the figures of a run as a page, results.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bench import calls, hooks, prompts, starts
from bench.figures import FLOOR, Figures, ratio
from bench.goals import OURS, goals

MOVES = {
    prompts.MEASURE: "From Enter to the next prompt",
    "idle": "Prompt in a loop, nothing changed",
    "switch": "Switch from project A to project B",
    hooks.FIRST: "Switch to a project that this shell has not been in",
    "leave": "Leave a project",
    "enter": "Enter a project",
    "line": "Shell start: the tool's line in the start file",
}
NET = (prompts.MEASURE, "idle")
"""Here a peer's time is divided by ours after that of the empty hook is subtracted from both."""

_HOW = """\
Each figure is the median of the rounds, and each round has a median of its own; behind it are the quartiles of the
rounds. The tools take turns. For each round, each tool gets a new home folder for each shell, and sets the same nine
variables in two projects. The empty hook is a function that does nothing, called like a tool's hook: the lower bound.
*Net* means that its time is subtracted from that of both tools.

A round counts as noisy if other programs used more than half a CPU in it. The load average would not do, as it counts
the benchmark itself: from the time that all CPUs worked (`/proc/stat`) we subtract what the benchmark and its children
used. Noisy rounds are repeated, though not without end, and the quietest ones count.
"""
_MOVES = """\
A move is the `cd`, the hooks that it fires, and one prompt, with each tool's messages. The hooks run in a real
interactive shell, in the way that the shell runs them: bash evaluates `PROMPT_COMMAND`; zsh runs `chpwd_functions` in
`cd` and then `precmd_functions`; fish fires its `PWD` event in `cd` and then `fish_prompt`. bash and zsh read
`$EPOCHREALTIME`; fish 3 has no such clock, so its keyword `time` is used. After each move the benchmark checks the
variables and, for taoshell, the content of `~/.tao_mounts.json`; the checks are not timed. In bash and zsh, mise's hook
skips the prompt right after its `cd`. In zsh, direnv's hook runs both in `cd` and at the prompt. Both are timed as they
are. mise also skips the first prompt of a shell; that prompt comes before the first measurement.
"""
_NOTES = {
    prompts.MEASURE: """\
What a user feels: Enter is typed at a pseudo-terminal, and timed until the next prompt is drawn. All shells with all
tools are open at once, in a project, and take turns, with a pause before each Enter.
""",
    "idle": "The same hooks in a loop, so that all caches are warm: this flatters the shorter ones.\n",
    "switch": _MOVES,
}
_PLACES = "taoshell's time in a loop, net.\n"
_CALLS = """\
What taoshell's idle prompt asks of the system, by `strace`: file tests (`stat`, `access`, …), files opened, written or
changed, and processes started.
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
            parts += [f"## {title}\n", *([_NOTES[measure]] if measure in _NOTES else ()), _by_tool(figures, measure)]
            if measure == "idle":
                parts += _idle(figures)
    parts += _calls(figures)
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
    return f"{amount:.{_digits(amount)}f} {unit}"


def _digits(amount: float) -> int:
    return 0 if amount >= 100 else 1 if amount >= 10 else 2


def _spread(figures: Figures, measure: str, where: str, subject: str) -> str:
    """The median, with the quartiles beside it in the same unit."""
    middle, quartiles = figures.median(measure, where, subject), figures.quartiles(measure, where, subject)
    if middle is None or quartiles is None:
        return duration(middle)
    scale = 1 if middle < 1000 else 1000
    low, high, digits = quartiles[0] / scale, quartiles[1] / scale, _digits(middle / scale)
    return f"{duration(middle)} ({low:.{digits}f}–{high:.{digits}f})"


def times(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} ×" if value >= 10 else f"{value:.1f} ×"


def _goals(figures: Figures) -> str:
    rows = [
        (goal.what, goal.goal, goal.figure, "reached" if goal.reached else "**not reached**") for goal in goals(figures)
    ]
    return table(("", "goal", "this run", ""), rows)


def _by_tool(figures: Figures, measure: str) -> str:
    """A row a shell, a column a tool, then each peer's time divided by taoshell's."""
    tools = figures.subjects(measure)
    peers = [tool for tool in tools if tool not in (FLOOR, OURS)]
    of = "net, " if measure in NET else ""
    head = ["", *tools, *(f"{of}{peer} / {OURS}" for peer in peers)]
    rows = []
    for shell in figures.places(measure):
        medians = [_spread(figures, measure, shell, tool) for tool in tools]
        rows.append([shell, *medians, *(times(against(figures, measure, shell, peer)) for peer in peers)])
    return table(head, rows)


def against(figures: Figures, measure: str, shell: str, peer: str) -> float | None:
    """How many times faster ours is than `peer`."""
    if measure in NET:
        return ratio(figures.net(measure, shell, peer), figures.net(measure, shell, OURS))
    return ratio(figures.median(measure, shell, peer), figures.median(measure, shell, OURS))


def _idle(figures: Figures) -> Iterator[str]:
    """Idle prompts elsewhere, and the system calls of one."""
    shells = figures.places("idle")
    rows = [
        [title, *(duration(figures.net(place, shell, OURS)) for shell in shells)]
        for place, title in hooks.PLACES.items()
        if figures.places(place)
    ]
    if len(rows) > 1:
        yield from ("## Idle prompts in other places\n", _PLACES, table(["", *shells], rows))


def _calls(figures: Figures) -> Iterator[str]:
    rows = [
        [f"{shell}, {place}", *(f"{_calls_of(figures, shell, place, kind):g}" for kind in calls.KINDS)]
        for place in calls.PLACES
        for shell in figures.places(f"{calls.MEASURE} {place}")
    ]
    if rows:
        yield from ("## System calls of an idle prompt\n", _CALLS, table(["", *calls.KINDS], rows))


def _calls_of(figures: Figures, shell: str, place: str, kind: str) -> float:
    """Those of our prompt that the shell with an empty hook does not make."""
    ours, floor = (
        figures.median(f"{calls.MEASURE} {place}", shell, f"{tool}, {kind}") or 0.0 for tool in (OURS, FLOOR)
    )
    return ours - floor


def _by_subject(figures: Figures, measure: str) -> str:
    rows = [(f"`{subject}`", _spread(figures, measure, "", subject)) for subject in figures.subjects(measure)]
    return table(("", "median"), rows)


def _by_condition(figures: Figures, measure: str) -> str:
    shells = figures.places(measure)
    rows = [
        [condition, *(_spread(figures, measure, shell, condition) for shell in shells)]
        for condition in figures.subjects(measure)
    ]
    return table(["", *shells], rows)
