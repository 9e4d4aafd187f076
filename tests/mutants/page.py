"""docs/reports/mutants.md: what kills each mutant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

SURVIVES = "**survives**"
NO_VERDICT = "no verdict"

_TEXT = """# Mutants

Written by `make mutants`, do not edit. Each mutant is a copy of taoshell in which one line of the shell's scripts is
broken, or one line of what compiles them. The tests that ought to find it run in that copy, with real shells at
pseudo-terminals, until the first one fails. Each of these tests is green without the mistake.

{total} mutants: {killed} are killed, {survived} survive, {open} without a verdict. `tests/mutants/` has the lines.

{tables}"""


def page(groups: Mapping[str, Sequence[tuple[str, str, str]]]) -> str:
    """Return the whole page. A row is a mutant, its file, and the test that kills it, or one of the above."""
    ends = [end for rows in groups.values() for _, _, end in rows]
    survived, without = ends.count(SURVIVES), ends.count(NO_VERDICT)
    return _TEXT.format(
        total=len(ends),
        killed=len(ends) - survived - without,
        survived=survived,
        open=without,
        tables="\n".join("\n".join(_table(group, rows)) for group, rows in groups.items()),
    )


def _table(group: str, rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    yield f"## {group}\n"
    yield "| what is wrong | in | killed by |"
    yield "|---|---|---|"
    for name, file, end in rows:
        yield f"| {name} | `{file}` | {end} |"
    yield ""


def killed_by(test: str) -> str:
    """Return the name of a test as the page shows it: without its folder, which most of them share."""
    return f"`{test.removeprefix('tests/shells/')}`".replace("|", "\\|")
