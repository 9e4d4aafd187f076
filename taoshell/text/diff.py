"""What changed in a project since its approval, safe to show: foreign bytes are escaped, secrets are masked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from taoshell.errors import printable
from taoshell.project.names import MASK, is_secret
from taoshell.text.lines import lines

_Sides = tuple[str, str]

_NO_LINE_END = "\\ No newline at end of file"

# An assignment at the start of a line. A value in quotes may go on in the next line, in `.env` and in TOML.
_STATEMENT = re.compile(
    r"""^(?P<before>[ \t]*(?:export[ \t]+)?["']?(?P<name>[A-Za-z_]\w*)["']?[ \t]*=[ \t]*)"""
    r"""(?P<value>\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""",
    re.MULTILINE | re.DOTALL,
)
# An assignment anywhere: after a dot, in braces, in a comment. The rest of the line is its value.
_ASSIGNMENT = re.compile(r"""(?<!\w)(?P<name>[A-Za-z_]\w*)["']?[ \t]*=[ \t]*""")


def between(before: Mapping[str, str], now: Mapping[str, str], *, sides: _Sides = ("approved", "now")) -> list[str]:
    """Return the lines of a unified diff of every input that differs. `sides` are the words for the two versions."""
    return [line for name in now for line in _diff(name, before.get(name, ""), now[name], sides)]


def _diff(name: str, before: str, now: str, sides: _Sides) -> Iterator[str]:
    """Compare the original lines but show the masked ones: a secret that changed shows as changed."""
    old, new = lines(before), lines(now)
    old_shown, new_shown = lines(_masked(before)), lines(_masked(now))
    if old != new:
        yield from (printable(f"--- {name} ({sides[0]})"), printable(f"+++ {name} ({sides[1]})"))
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(1):
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
        for tag, from_old, to_old, from_new, to_new in group:
            if tag != "equal":
                yield from _signed("-", old_shown[from_old:to_old])
            yield from _signed(" " if tag == "equal" else "+", new_shown[from_new:to_new])


def _range(start: int, stop: int) -> str:
    """Return the lines of a hunk as GNU diff writes them: the number of the first, from 1, and how many."""
    return f"{start + 1 if stop > start else start},{stop - start}"


def _signed(sign: str, found: list[str]) -> Iterator[str]:
    for line in found:
        yield sign + printable(line.removesuffix("\n"))
        if not line.endswith("\n"):
            yield _NO_LINE_END


def _masked(text: str) -> str:
    """Return `text` without the values of secrets and with as many lines."""
    text = _STATEMENT.sub(_masked_statement, text)
    return "".join(map(_masked_line, lines(text)))


def _masked_statement(found: re.Match[str]) -> str:
    if not is_secret(found["name"]):
        return found[0]
    return found["before"] + MASK + f"\n{MASK}" * found["value"].count("\n")


def _masked_line(line: str) -> str:
    for found in _ASSIGNMENT.finditer(line):
        if is_secret(found["name"]) and line[found.end() :].strip():
            return line[: found.end()] + MASK + ("\n" if line.endswith("\n") else "")
    return line
