"""What changed in a project since its approval, safe to show: foreign bytes are escaped, secrets are masked. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from taoshell.errors import printable
from taoshell.text.lines import Gap, lines
from taoshell.text.masked import masked, values_in

_Sides = tuple[str, str]

_NO_LINE_END = "\\ No newline at end of file"
_MANY = 10_000  # lines; the time to compare lines in detail is quadratic


def between(
    before: Mapping[str, str],
    now: Mapping[str, str],
    *,
    sides: _Sides = ("approved", "now"),
    gaps: tuple[Mapping[str, Gap], Mapping[str, Gap]] = ({}, {}),
) -> list[str]:
    """Return the lines of a unified diff of every input that differs. `sides` are the words for the two versions.

    With the `gaps` of the two versions, the numbers of lines are those of the files.
    """
    none = Gap()
    values = values_in(before.get(".env", "")) | values_in(now.get(".env", ""))
    return [
        line
        for name in now
        for line in _diff(name, before.get(name, ""), now[name], sides, [side.get(name, none) for side in gaps], values)
    ]


def _diff(name: str, before: str, now: str, sides: _Sides, gaps: list[Gap], values: Collection[str]) -> Iterator[str]:
    """Compare the original lines but show the masked ones: a secret that changed shows as changed."""
    old, new = lines(before), lines(now)
    if old == new:
        return
    old_shown, new_shown = (lines(masked(name, text, values)) for text in (before, now))
    yield from (printable(f"--- {name} ({sides[0]})"), printable(f"+++ {name} ({sides[1]})"))
    for group in _hunks(old, new):
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2], gaps[0])} +{_range(first[3], last[4], gaps[1])} @@"
        for tag, from_old, to_old, from_new, to_new in group:
            if tag != "equal":
                yield from _signed("-", old_shown[from_old:to_old])
            yield from _signed(" " if tag == "equal" else "+", new_shown[from_new:to_new])


def _hunks(old: list[str], new: list[str]) -> Iterator[list[tuple[str, int, int, int, int]]]:
    """Yield the hunks, each with a line of context, as difflib's opcodes."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    first = max(start - 1, 0)
    sides = [side[first : len(side) - max(end - 1, 0)] for side in (old, new)]
    if sum(map(len, sides)) > _MANY:  # no line in the middle equals another: all of them have changed
        stop = -1 if end else None
        for mark, side in zip("-+", sides, strict=True):
            side[start - first : stop] = [mark + line for line in side[start - first : stop]]
    from difflib import SequenceMatcher  # only when needed: most projects have not changed

    for group in SequenceMatcher(None, sides[0], sides[1], autojunk=False).get_grouped_opcodes(1):
        yield [(tag, i + first, j + first, k + first, m + first) for tag, i, j, k, m in group]


def _common(some: list[str], other: list[str]) -> int:
    """Return how many lines are equal at the start."""
    pairs = enumerate(zip(some, other, strict=False))
    return next((at for at, (one, another) in pairs if one != another), min(len(some), len(other)))


def _range(start: int, stop: int, gap: Gap) -> str:
    """Return the lines of a hunk as GNU diff writes them: the number of the first, from 1, and how many."""
    first = start + 1 if stop > start else start
    return f"{first + gap.lines * (first > gap.after)},{stop - start}"


def _signed(sign: str, found: list[str]) -> Iterator[str]:
    for line in found:
        yield sign + printable(line.removesuffix("\n"))
        if not line.endswith("\n"):
            yield _NO_LINE_END
