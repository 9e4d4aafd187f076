"""Draw the figures of a run as results.svg: one bar for each tool, on a logarithmic time scale."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

from bench import prompts
from bench.figures import Figures
from bench.report import MOVES, duration

PANELS = (prompts.MEASURE, "switch")
COLOURS = {"empty hook": "#767676", "taoshell": "#2f7d32", "direnv": "#b3541e", "mise": "#2d5fa8"}
"""Colour-blind readers can tell these apart; each bar also has a label."""

STYLE = "text{font:13px system-ui,sans-serif;fill:#222} .title{font-weight:600;font-size:15px} .tick{font-size:11px}"
WIDTH, LEFT, RIGHT = 760, 64, 580
ROW, GAP, TITLE, AXIS = 18, 12, 44, 26
DECADES = (1.0, 10.0, 100.0, 1e3, 1e4, 1e5)
"""The scale, in microseconds."""


def picture(figures: Figures) -> str:
    """Return the SVG; it has no panels if there are no figures."""
    parts: list[str] = []
    top = 8.0
    for measure in PANELS:
        if figures.places(measure):
            bottom = top + _height(figures, measure)
            parts += _panel(figures, measure, top, bottom)
            top = bottom
    size = f'width="{WIDTH}" height="{top:.0f}" viewBox="0 0 {WIDTH} {top:.0f}"'
    body = "\n".join(parts)
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">
<title>{escape(_summary(figures))}</title>
<style>{STYLE}</style>
<rect width="100%" height="100%" fill="#fff"/>
{body}
</svg>
"""


def _height(figures: Figures, measure: str) -> float:
    shells, tools = figures.places(measure), figures.subjects(measure)
    return TITLE + len(shells) * (len(tools) * ROW + GAP) + AXIS


def _panel(figures: Figures, measure: str, top: float, bottom: float) -> Iterator[str]:
    yield _text(12, top + 22, f"{MOVES[measure]} (shorter is faster; logarithmic scale)", "title")
    yield from _scale(top + TITLE - 8, bottom - AXIS)
    y = top + TITLE
    for shell in figures.places(measure):
        yield _text(12, y + 13, shell)
        for tool in figures.subjects(measure):
            value = figures.median(measure, shell, tool)
            if value is not None:
                yield from _bar(tool, value, y + ROW / 2)
            y += ROW
        y += GAP


def _scale(top: float, bottom: float) -> Iterator[str]:
    for tick in DECADES:
        x = _x(tick)
        yield f'<line x1="{x:.1f}" y1="{top:.1f}" x2="{x:.1f}" y2="{bottom:.1f}" stroke="#ddd"/>'
        label = f"{tick:g} µs" if tick < 1000 else f"{tick / 1000:g} ms"
        yield f'<text class="tick" x="{x:.1f}" y="{bottom + 14:.1f}" text-anchor="middle">{label}</text>'


def _bar(tool: str, value: float, y: float) -> Iterator[str]:
    x, colour = _x(value), COLOURS.get(tool, "#444")
    yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{x:.1f}" y2="{y:.1f}" stroke="{colour}" stroke-width="3"/>'
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
    yield _text(x + 10, y + 4.5, f"{tool} {duration(value)}")


def _x(micros: float) -> float:
    share = math.log10(max(micros, DECADES[0]) / DECADES[0]) / math.log10(DECADES[-1] / DECADES[0])
    return LEFT + (RIGHT - LEFT) * share


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    return f'<text{f" class={kind!r}" if kind else ""} x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _summary(figures: Figures) -> str:
    """The picture in words, for readers who cannot see it."""
    parts = [
        f"{MOVES[measure]}, {shell}: "
        + ", ".join(f"{tool} {duration(figures.median(measure, shell, tool))}" for tool in figures.subjects(measure))
        for measure in PANELS
        for shell in figures.places(measure)
    ]
    return "; ".join(parts)
