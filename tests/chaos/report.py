"""The result of a run: a table for the terminal, and a page in docs/reports/ if the run was long."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos.figures import Figures

# The rows of the table, each with the counts whose sum it shows.
_ROWS = {
    "moves typed": ("moves",),
    "shells started": ("shells started",),
    "shells killed (-9) at a prompt": ("kills at a prompt",),
    "shells killed (-9) in the middle of a move": ("kills in a move",),
    "Python killed (-9) in `allow`, `_settle` or `_sync`": ("kills of Python",),
    "sessions of dead processes and of an earlier boot": ("dead sessions",),
    "homes moved, used and moved back": ("homes moved",),
    "programs on the line of a `cd`": ("looks on the line of a cd",),
    "programs in a subshell with a `cd`": ("looks in a subshell",),
    "edits": ("edits",),
    "re-approvals": ("re-approvals",),
    "foreign writes in place (notebooks)": ("written: in_place",),
    "foreign writes in place, in two halves": ("written: halves",),
    "foreign files renamed over the name (editors)": ("written: replace",),
    "of these, replaced by an editor's next": ("replaced by an editor",),
    "of these, became the user's own": ("became the user's own",),
    "of these, kept in the backups": ("kept in backups",),
    "reads": (
        "read: ours",
        "read: tombstone",
        "read: own",
        "read: foreign",
        "read: begun",
        "read: torn",
        "read: missing",
    ),
    "of these, a project's mapping": ("read: ours",),
    "of these, a blocked project's": ("read: tombstone",),
    "of these, the user's own": ("read: own",),
    "of these, a foreign text, whole": ("read: foreign",),
    "of these, an unfinished foreign text": ("read: begun",),
    "checks of the end state": ("checks of the end state",),
    "checks of the user's own mapping, after the last shell": ("checks of the user's own",),
}
_VIOLATIONS = {
    "**lost** (a foreign write, or the user's own)": ("lost",),
    "**torn or missing** (a read)": ("torn", "missing"),
    "**wrong** (not what the newest live session wants)": ("wrong",),
    "**stuck** (a shell or a process)": ("stuck",),
}


def table(figures: Figures) -> str:
    """Return a Markdown table with two columns."""
    return "\n".join(["| | |", "|---|--:|", *_lines(figures)])


def _lines(figures: Figures) -> Iterator[str]:
    for what, names in _ROWS.items():
        yield f"| {what} | {sum(figures.counts[name] for name in names):,} |"
    for what, kinds in _VIOLATIONS.items():
        yield f"| {what} | {figures.of_kind(*kinds)} |"


def page(figures: Figures, command: str) -> str:
    """Return the text of docs/reports/chaos.md."""
    return f"""# Chaos: many shells, writers and readers at one mounts file

Written by `{command}`: {figures.shells} shells (bash, zsh, fish) with the real hook at
pseudo-terminals, for {figures.seconds:.0f} seconds, seed {figures.seed}, with foreign writers and readers of the mounts
file. `tests/chaos/` defines what they do and what must hold. The same checks find each mutant there: a mapping written
in place, a backup that is a copy, no second look, `ln` without a rename, a dead session that counts, bash that moves at
its prompt only, a subshell that keeps its variables.

{table(figures)}
"""
