"""The goals, and whether a run reached them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench import hooks, prompts, starts
from bench.commands import INTERPRETER, SYNC
from bench.figures import Figures, ratio
from bench.growth import BASE, DEPTHS, MANY_SESSIONS, PROJECTS, at_depth, many_projects

OURS = "taoshell"
START = "taoshell hook bash"

ENTER_TIMES = {("bash", "mise"): 35.0, ("zsh", "mise"): 45.0, ("fish", "mise"): 20.0}
IDLE_TIMES = {
    ("bash", "direnv"): 100.0,
    ("bash", "mise"): 75.0,
    ("zsh", "direnv"): 100.0,
    ("zsh", "mise"): 85.0,
    ("fish", "direnv"): 70.0,
    ("fish", "mise"): 50.0,
}
SWITCH_TIMES = {("bash", "direnv"): 12.0, ("bash", "mise"): 4.5, ("zsh", "mise"): 18.0, ("fish", "mise"): 2.5}
FIRST_TIMES = {("bash", "mise"): 4.0, ("zsh", "mise"): 10.0, ("fish", "mise"): 2.0}
LEAVE_TIMES = {("bash", "direnv"): 1.5, ("zsh", "direnv"): 1.5, ("fish", "direnv"): 1.5}
START_TIMES = 1.5
INSTALLED_TIMES = 1.5
COMMAND_MORE = 130_000.0
SYNC_MOST = 60_000.0
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
    for (shell, peer), least in ENTER_TIMES.items():
        net = [figures.net(prompts.MEASURE, shell, tool) for tool in (peer, OURS)]
        yield from _times(f"{shell}: from Enter to the prompt, net, compared with {peer}", ratio(*net), least)
    for (shell, peer), least in IDLE_TIMES.items():
        net = [figures.net("idle", shell, tool) for tool in (peer, OURS)]
        yield from _times(f"{shell}: idle prompt in a loop, net, compared with {peer}", ratio(*net), least)
    for measure, title, goals_ in (
        ("switch", "switch to another project, mounts file swapped", SWITCH_TIMES),
        (hooks.FIRST, "the same, at the first visit of a project in a shell", FIRST_TIMES),
        ("leave", "leave a project", LEAVE_TIMES),
    ):
        for (shell, peer), least in goals_.items():
            whole = [figures.median(measure, shell, tool) for tool in (peer, OURS)]
            yield from _times(f"{shell}: {title}, compared with {peer}", ratio(*whole), least)
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
        whole_, more = figures.median("command", "", command), _difference(figures, "command", "", command, INTERPRETER)
        if not command.startswith(f"{OURS} ") or whole_ is None or more is None:
            continue
        if SYNC in command:
            yield _at_most(f"`{command}`", whole_, SYNC_MOST)
        else:
            yield _at_most(f"`{command}`: time added to `{INTERPRETER}`", more, COMMAND_MORE)
    for shell in figures.places("growth of switch"):
        yield from _growth(figures, shell)


def _times(what: str, times: float | None, least: float) -> Iterator[Goal]:
    if times is not None:
        yield Goal(what, f"≥ {least:g} × faster", f"{times:.0f} ×" if times >= 10 else f"{times:.1f} ×", times >= least)


def _at_most(what: str, micros: float, most: float) -> Goal:
    return Goal(what, f"≤ {most / 1e3:g} ms", f"{micros / 1e3:.{0 if most > 1e4 else 2}f} ms", micros <= most)


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
            yield _at_most(f"{measure} in {shell}: time added by {MANY_SESSIONS}", more, SESSIONS_MORE)
    low, middle, high = (figures.median("growth of switch", shell, at_depth(depth)) for depth in DEPTHS)
    if low is not None and middle is not None and high is not None:
        near, far = (middle - low) / (DEPTHS[1] - DEPTHS[0]), (high - middle) / (DEPTHS[2] - DEPTHS[1])
        what = f"switch in {shell}: per level of depth, {DEPTHS[1]} to {DEPTHS[2]} (and {DEPTHS[0]} to {DEPTHS[1]})"
        linear = high <= low * DEPTHS[2] / DEPTHS[0] and far <= 2 * max(near, 20.0)
        yield Goal(what, "linear", f"{far:.0f} µs ({near:.0f} µs)", linear)


def _difference(figures: Figures, measure: str, where: str, more: str, less: str) -> float | None:
    high, low = figures.median(measure, where, more), figures.median(measure, where, less)
    return None if high is None or low is None else high - low
