"""docs/reports/faults.md: the outcomes of all faults, in a table for each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.faults.python_check import OUTCOMES
from tests.faults.strace import FAULTS

_TEXT = """# Faults

Written by `make faults`, do not edit. Each system call with which a step changes something (opens a file to write,
writes, renames, links, makes, removes, locks, sets mode or time) fails in its turn with each error, by
`strace -e inject`, or the process is killed just before or just after it. {total} faults were injected, at {points}
calls of {steps} steps; *tried* says at how many of a step's calls, evenly spread.

- **as before**: nothing has changed for any reader or shell. After an error, one line said the cause and the cure, and
  the exit status of the command was 1.
- **done**: the step was taken all the same, or had been taken by then.
- **half way**: a part of it was done. An error was told as above.

Whatever it was, the next prompt of a shell with the hook came after it, and then, where it is no step of the hook's
own, the step once more. The steps of a shell are those of the real one and of what it starts, `ln` and for fish `sh`;
the next prompt is its own where it lives, else that of another shell. In the end all was as it should be. Each time it
was checked that

- the user's own mapping and everything that something else wrote into the mounts file had a name, as the same inode,
  with the same mode, time and content. **Lost: 0.**
- a shell that goes from project to project by itself, and lives, had the variables of the project that it is in.
- the next shell had all that is approved, or nothing where it is not approved. **Half approved: 0.**

{tables}"""


@dataclass
class Tally:
    """The outcomes of one step: for each fault, how often each outcome came."""

    points: int
    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: {fault: Counter() for fault in FAULTS})


def page(tallies: Mapping[str, Tally]) -> str:
    """The whole page; `tallies` by the name of the case."""
    total = sum(sum(counts.values()) for tally in tallies.values() for counts in tally.outcomes.values())
    points = sum(tally.points for tally in tallies.values())
    tables = "\n".join(_table(name, tally) for name, tally in tallies.items())
    return _TEXT.format(total=total, points=points, steps=len(tallies), tables=tables)


def headings(names: Iterable[str]) -> list[str]:
    """The headings that the page must have, in order."""
    return [_heading(name) for name in names]


def _heading(name: str) -> str:
    return f"## {name[0].upper()}{name[1:]}"


def _table(name: str, tally: Tally) -> str:
    """A row for each fault; `tried` is the number of calls."""
    rows = [f"| {tally.points} calls | tried | {' | '.join(OUTCOMES)} |", "|---|" + "--:|" * (1 + len(OUTCOMES))]
    for fault, counts in tally.outcomes.items():
        rows.append(f"| {fault} | {' | '.join(map(str, [counts.total(), *(counts[o] for o in OUTCOMES)]))} |")
    return "\n".join([_heading(name), "", *rows, ""])
