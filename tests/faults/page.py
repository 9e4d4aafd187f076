"""docs/reports/faults.md: the outcomes of all faults, with a table for each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.faults.python_check import OUTCOMES

_TEXT = """# Faults

Written by `make faults`, do not edit. Each system call that changes something (opens a file to write, writes, renames,
links, creates, removes, locks, sets a mode or an mtime) fails in turn with each error, by `strace -e inject`, or the
process is killed just before or just after it, gets a Ctrl-C, or is stopped for a while. {total} faults were injected,
at {points} calls of {steps} steps.
*tried* is the number of a step's calls that were tried, evenly spread.

- **as before**: nothing changed for any reader or shell. After an error, one line gave the cause and the cure, and the
  exit status of the command was 1.
- **done**: the step was completed nevertheless, or had been completed before the fault.
- **half way**: a part of the step was done. An error was reported as above.

The signals of a terminal (Ctrl-C, Ctrl-Z) and SIGSTOP go to the process that makes the call. While a shell is stopped,
another shell enters a project and ends; while an approval is stopped, a shell in the project has either all of the
project or nothing.

After each fault, a shell with the hook showed its next prompt. Then the step was repeated, unless the hook repeats it
by itself. The steps of a shell include the program that it starts, `ln`. The next prompt is the shell's own if it is
still alive, otherwise another shell's. At the end everything was right. Each time the tests
checked that

- the user's own mapping and every foreign write into the mounts file had a name, with the same inode, mode, mtime and
  content. **Lost: 0.**
- a shell whose step is a change of directory, if it was still alive, had the variables of its project.
- the next shell had everything that is approved, or nothing if it is not approved. **Half approved: 0.**

{tables}"""


@dataclass
class Tally:
    """The outcomes of one step: for each fault, how often each outcome came."""

    points: int
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)


def page(tallies: Mapping[str, Tally]) -> str:
    """Return the whole page; `tallies` has the names of the cases as keys."""
    total = sum(sum(counts.values()) for tally in tallies.values() for counts in tally.outcomes.values())
    points = sum(tally.points for tally in tallies.values())
    tables = "\n".join(_table(name, tally) for name, tally in tallies.items())
    return _TEXT.format(total=total, points=points, steps=len(tallies), tables=tables)


def headings(names: Iterable[str]) -> list[str]:
    """Return the headings that the page must have, in order."""
    return [_heading(name) for name in names]


def _heading(name: str) -> str:
    return f"## {name[0].upper()}{name[1:]}"


def _table(name: str, tally: Tally) -> str:
    """A row for each fault; `tried` is the number of calls."""
    rows = [f"| {tally.points} calls | tried | {' | '.join(OUTCOMES)} |", "|---|" + "--:|" * (1 + len(OUTCOMES))]
    for fault, counts in tally.outcomes.items():
        rows.append(f"| {fault} | {' | '.join(map(str, [counts.total(), *(counts[o] for o in OUTCOMES)]))} |")
    return "\n".join([_heading(name), "", *rows, ""])
