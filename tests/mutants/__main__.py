"""`make mutants`: run the tests of every mutant, two at a time, and write docs/reports/mutants.md.

`python -m tests.mutants NAME…` runs some mutants, by their names or numbers, and only prints.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from tests.mutants.mutant import Mutant
from tests.mutants.mutants import GROUPS, MUTANTS, label
from tests.mutants.page import NO_VERDICT, SURVIVES, killed_by, page
from tests.mutants.trial import Results, Verdict, named, unbroken, verdict
from tests.support.clone import CLONE

PAGE = CLONE / "docs/reports/mutants.md"
_AT_ONCE = 2
_AS_ROOT = (
    "mutants: broken code that removes files must not run as root; "
    "run it as an ordinary user to whom a clone belongs: runuser -u USER -- make mutants"
)


def main() -> int:
    if os.geteuid() == 0:
        print(_AS_ROOT, file=sys.stderr)
        return 2
    if not os.access(PAGE.parent, os.W_OK):
        print(f"mutants: {PAGE.parent} cannot be written; run it in a clone of your own", file=sys.stderr)
        return 2
    wanted = _chosen(sys.argv[1:])
    if wanted is None:
        return 2
    print(f"the tests of {len(wanted)} mutants, without a mistake …", flush=True)
    known = unbroken(dict.fromkeys(test for mutant in wanted.values() for test in mutant.tests), _AT_ONCE)
    if isinstance(known, str):
        print(f"mutants: {known}", file=sys.stderr)
        return 2
    if complaints := _complaints(wanted, known):
        print(*complaints, sep="\n", file=sys.stderr)
        return 2
    ends = _ends(wanted, known)
    if len(wanted) == len(MUTANTS):
        rows = {
            group: [(mutant.name, mutant.file, ends[label(group, mutant)]) for mutant in mutants]
            for group, mutants in GROUPS.items()
        }
        PAGE.write_text(page(rows))
        print(f"written: {os.path.relpath(PAGE)}")
    return int(any(end in (SURVIVES, NO_VERDICT) for end in ends.values()))


def _chosen(words: list[str]) -> dict[str, Mutant] | None:
    """Return the mutants with these names or numbers, all without words; None if there is no such mutant."""
    names = list(MUTANTS)
    chosen = []
    for word in words:
        found = [names[int(word) - 1]] if word.isdigit() and 0 < int(word) <= len(names) else []
        found += [name for name in names if word in (name, MUTANTS[name].name)]
        if not found:
            print(f"mutants: no mutant is called {word!r}; there are", *_numbered(names), sep="\n", file=sys.stderr)
            return None
        chosen += found
    return {name: MUTANTS[name] for name in chosen or names}


def _numbered(names: list[str]) -> list[str]:
    return [f"{number:4} {name}" for number, name in enumerate(names, start=1)]


def _complaints(wanted: Mapping[str, Mutant], known: Results) -> list[str]:
    """Say which tests could not kill anything: a red one, and a mutant all of whose tests are skipped here."""
    red = [f"mutants: {test} fails without any mistake" for test in known.failed]
    return red + [
        f"mutants: {name}: none of its tests can run here: {', '.join(mutant.tests)}"
        for name, mutant in wanted.items()
        if not any(named(test, known.passed) for test in mutant.tests) and not red
    ]


def _ends(wanted: Mapping[str, Mutant], known: Results) -> dict[str, str]:
    """Run the mutants; return for each what the page says, and print it."""
    ends = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        verdicts = pool.map(lambda mutant: verdict(mutant, known), wanted.values())
        for name, found in zip(wanted, verdicts, strict=True):
            ends[name] = _end(found)
            print(f"{len(ends)}/{len(wanted)} {name}: {ends[name]} {found.why}".rstrip(), flush=True)
    return ends


def _end(found: Verdict) -> str:
    if found.killer is None:
        return NO_VERDICT
    return killed_by(found.killer) if found.killer else SURVIVES


if __name__ == "__main__":
    sys.exit(main())
