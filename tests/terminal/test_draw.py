"""What taoshell draws itself looks as if rich had drawn it."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.terminal import draw, draw_by_rich
from taoshell.terminal.draw import Table, Text, table

STYLES = ("", "bold", "dim", "yellow", "green", "red", "cyan", "yellow dim")
_WORDS = st.text("ab =/→•…é漢\u0301", max_size=12)
_TEXTS = st.lists(st.tuples(_WORDS | st.just("a\nb") | st.just("\n→ /x"), st.sampled_from(STYLES)), max_size=3)


def text(parts: list[tuple[str, str]], style: str = "") -> Text:
    made = Text("", style)
    for part, own in parts:
        made.append(part, own)
    return made


_CELLS = st.builds(text, _TEXTS, st.sampled_from(("", "yellow")))
_TABLES = st.integers(1, 4).flatmap(
    lambda columns: st.builds(
        table,
        st.lists(_WORDS, min_size=columns, max_size=columns) | st.just([""] * columns),
        st.lists(st.lists(_CELLS, min_size=columns, max_size=columns), max_size=4),
        title=_WORDS | st.just("a long title of more than one word"),
        right=st.sets(st.integers(0, 3)),
    )
)


_COLOURS = frozenset(map(str, range(30, 38)))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _a_usual_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "40")


def printed(show: Callable[[], None], stream: io.StringIO) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        show()
    return stream.getvalue()


def seen(output: str) -> list[list[tuple[str, frozenset[str]]]]:
    """Return the characters of each line, each with its style, as a terminal shows them; a blank shows no colour."""
    lines: list[list[tuple[str, frozenset[str]]]] = [[]]
    style: frozenset[str] = frozenset()
    for sequence, char in re.findall(r"\x1b\[([0-9;]*)m|([\s\S])", output):
        if char == "\n":
            lines.append([])
        elif char:
            lines[-1].append((char, frozenset() if char == " " else style))
        else:
            for code in sequence.split(";"):
                others = style - _COLOURS if code in _COLOURS else style
                style = others | {code} if code not in ("", "0") else frozenset()
    return lines


@given(_TABLES | _CELLS)
@pytest.mark.parametrize("stream", [io.StringIO, Terminal], ids=["a file", "a terminal"])
def test_it_looks_as_if_rich_had_drawn_it(stream: type[io.StringIO], item: Table | Text) -> None:
    ours = printed(lambda: draw.show(item), stream())
    assert seen(ours) == seen(printed(lambda: draw_by_rich.show(item, 1000), stream()))


@pytest.mark.parametrize("stream", [io.StringIO, Terminal], ids=["a file", "a terminal"])
@pytest.mark.parametrize(
    "environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"COLUMNS": "7"}, {"COLUMNS": "x"}, {"FORCE_COLOR": "1"}]
)
def test_the_environment_counts_as_for_rich(
    stream: type[io.StringIO], environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    item = table(("a", "b"), [(Text("red", "red"), "wide"), ("x", text([("1", ""), ("\nV", "dim")]))], title="four")
    ours = printed(lambda: draw.show(item), stream())
    assert seen(ours) == seen(printed(lambda: draw_by_rich.show(item, 1000), stream()))


def test_the_usual_table_needs_no_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw_by_rich, "show", lambda *_: pytest.fail("rich was asked"))
    item = table(("", "on the host"), [("data", text([("/x", ""), ("\nV", "dim")]))], title="cars")
    assert printed(lambda: draw.show(item), Terminal()).splitlines() == [
        "cars               ",
        "      \x1b[1mon the host\x1b[0m  ",
        "data  /x           ",
        "      \x1b[2mV\x1b[0m            ",
    ]


@pytest.mark.parametrize("cell", ["x" * 50, "漢字"], ids=["too wide", "wide characters"])
def test_the_rest_is_left_to_rich(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(draw_by_rich, "show", lambda item, _: asked.append(item))
    item = table(("",), [(cell,)])
    printed(lambda: draw.show(item), Terminal())
    assert asked == [item]
