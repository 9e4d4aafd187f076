"""The goals, and whether a run reached them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench import starts
from bench.commands import INTERPRETER
from bench.figures import Figures, ratio
from bench.growth import BASE, DEPTHS, MANY_SESSIONS, PROJECTS, SESSIONS, at_depth, many_projects

FLOOR = "empty hook"
OURS = "taoshell"
START = "taoshell hook bash"

IDLE_TIMES = 100
SWITCH_TIMES = {("bash", "mise"): 5.0, ("bash", "direnv"): 12.0, ("zsh", "mise"): 20.0, ("fish", "mise"): 2.5}
START_TIMES = 1.5
INSTALLED_TIMES = 1.5
COMMAND_MORE = 150_000.0
SESSIONS_MORE = 3_000.0
FLAT = 1.15
"""Two measurements of the same thing may differ by this factor, so up to it the time counts as constant."""


@dataclass(frozen=True, slots=True)
class Goal:
    what: str
    goal: str
    figure: str
    reached: bool


def goals(figures: Figures) -> Iterator[Goal]:
    """Yield every goal for which the run has figures."""
    for shell in figures.places("idle"):
        for peer in ("direnv", "mise"):
            net = [figures.net("idle", shell, tool, FLOOR) for tool in (peer, OURS)]
            what = f"idle prompt in {shell}, minus the empty hook, compared with {peer}"
            yield from _times(what, ratio(*net), IDLE_TIMES)
    for (shell, peer), least in SWITCH_TIMES.items():
        whole = [figures.median("switch", shell, tool) for tool in (peer, OURS)]
        yield from _times(f"switch A → B in {shell}, mounts file swapped, compared with {peer}", ratio(*whole), least)
    start = ratio(figures.median("start", "", START), figures.median("start", "", INTERPRETER))
    if start is not None:
        what = f"shell start: `{START}` compared with `{INTERPRETER}`"
        yield Goal(what, f"≤ {START_TIMES} ×", f"{start:.2f} ×", start <= START_TIMES)
    for shell in figures.places(starts.MEASURE):
        for peer in ("direnv hook", "mise activate"):
            net = [figures.net(starts.MEASURE, shell, subject, starts.BARE) for subject in (peer, starts.INSTALLED)]
            what = f"{shell} start: time added by `{starts.INSTALLED}`, compared with `{peer}`"
            yield from _times(what, ratio(*net), INSTALLED_TIMES)
    for command in figures.subjects("command"):
        more = _difference(figures, "command", "", command, INTERPRETER)
        if more is not None and command != INTERPRETER:
            what = f"`{command}`: time added to `{INTERPRETER}`"
            yield Goal(what, f"≤ {COMMAND_MORE / 1e3:.0f} ms", f"{more / 1e3:.0f} ms", more <= COMMAND_MORE)
    for shell in figures.places("growth of switch"):
        yield from _growth(figures, shell)


def _times(what: str, times: float | None, least: float) -> Iterator[Goal]:
    if times is not None:
        yield Goal(what, f"≥ {least:g} × faster", f"{times:.0f} ×" if times >= 10 else f"{times:.1f} ×", times >= least)


def _growth(figures: Figures, shell: str) -> Iterator[Goal]:
    for measure in ("idle", "switch"):
        most = many_projects(PROJECTS[-1])
        times = ratio(
            figures.median(f"growth of {measure}", shell, most), figures.median(f"growth of {measure}", shell, BASE)
        )
        if times is not None:
            what = f"{measure} in {shell}: {most} compared with 2"
            yield Goal(what, f"constant (≤ {FLAT} ×)", f"{times:.2f} ×", times <= FLAT)
    for measure in ("switch", "leave"):
        more = _difference(figures, f"growth of {measure}", shell, MANY_SESSIONS, BASE)
        if more is not None:
            what = f"{measure} in {shell}: time added by {SESSIONS} other live sessions"
            yield Goal(what, f"≤ {SESSIONS_MORE / 1e3:g} ms", f"{more / 1e3:.2f} ms", more <= SESSIONS_MORE)
    low, middle, high = (figures.median("growth of switch", shell, at_depth(depth)) for depth in DEPTHS)
    if low is not None and middle is not None and high is not None:
        near, far = (middle - low) / (DEPTHS[1] - DEPTHS[0]), (high - middle) / (DEPTHS[2] - DEPTHS[1])
        what = f"switch in {shell}: per level of depth, {DEPTHS[1]} to {DEPTHS[2]} (and {DEPTHS[0]} to {DEPTHS[1]})"
        linear = high <= low * DEPTHS[2] / DEPTHS[0] and far <= 2 * max(near, 20.0)
        yield Goal(what, "linear", f"{far:.0f} µs ({near:.0f} µs)", linear)


def _difference(figures: Figures, measure: str, where: str, more: str, less: str) -> float | None:
    high, low = figures.median(measure, where, more), figures.median(measure, where, less)
    return None if high is None or low is None else high - low
