"""What changed in a project since its approval, fit to be shown: foreign bytes escaped, secrets masked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from taoshell.errors import printable
from taoshell.project.names import MASK, is_secret

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NO_LINE_END = "\\ No newline at end of file"

# An assignment that begins its line; in quotes its value may go on in the next, in `.env` as in TOML.
_STATEMENT = re.compile(
    r"""^(?P<before>[ \t]*(?:export[ \t]+)?["']?(?P<name>[A-Za-z_]\w*)["']?[ \t]*=[ \t]*)"""
    r"""(?P<value>\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""",
    re.MULTILINE | re.DOTALL,
)
# One that stands anywhere: after a dot, in braces, in a comment. The rest of the line is its value.
_ASSIGNMENT = re.compile(r"""(?P<name>[A-Za-z_]\w*)["']?[ \t]*=[ \t]*""")


def between(
    before: Mapping[str, str], now: Mapping[str, str], *, sides: tuple[str, str] = ("approved", "now")
) -> list[str]:
    """The lines of a unified diff of every input that differs; none where nothing does. `sides`: a word for each."""
    return [line for name in now for line in _diff(name, before.get(name, ""), now[name], sides)]


def _diff(name: str, before: str, now: str, sides: tuple[str, str]) -> Iterator[str]:
    """Made from the lines as they are, of which the masked ones are shown: a secret that changed shows as changed."""
    old, new = _LINE.findall(before), _LINE.findall(now)
    old_shown, new_shown = _LINE.findall(_masked(before)), _LINE.findall(_masked(now))
    if old != new:
        yield from (printable(f"--- {name} ({sides[0]})"), printable(f"+++ {name} ({sides[1]})"))
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(1):
        first, last = group[0], group[-1]
        yield f"@@ -{_lines(first[1], last[2])} +{_lines(first[3], last[4])} @@"
        for tag, from_old, to_old, from_new, to_new in group:
            if tag == "equal":
                yield from _marked(" ", new_shown[from_new:to_new])
                continue
            yield from _marked("-", old_shown[from_old:to_old])
            yield from _marked("+", new_shown[from_new:to_new])


def _lines(start: int, stop: int) -> str:
    """Which lines a hunk is about, as in GNU diff: the first, from 1, and how many."""
    return f"{start + 1 if stop > start else start},{stop - start}"


def _marked(sign: str, lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield sign + printable(line.removesuffix("\n"))
        if not line.endswith("\n"):
            yield _NO_LINE_END


def _masked(text: str) -> str:
    """`text` without the values of secrets; it has as many lines as before."""
    text = _STATEMENT.sub(_masked_statement, text)
    return "".join(map(_masked_line, _LINE.findall(text)))


def _masked_statement(found: re.Match[str]) -> str:
    if not is_secret(found["name"]):
        return found[0]
    return found["before"] + MASK + f"\n{MASK}" * found["value"].count("\n")


def _masked_line(line: str) -> str:
    for found in _ASSIGNMENT.finditer(line):
        if is_secret(found["name"]) and line[found.end() :].strip():
            return line[: found.end()] + MASK + ("\n" if line.endswith("\n") else "")
    return line
