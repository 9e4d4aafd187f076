"""Markdown, as far as our docs use it, as text of a man page (roff with the macros of man(7))."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from taoshell import __version__

_DATE = "2026-11-26"  # of the version below; mandoc wants one
_WIDTH = 69  # of code, at a terminal of 80 columns
_SPECIAL = {
    **{"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti", '"': r"\(dq"},
    **{"…": "...", "→": r"\(->", "⇒": r"\(rA", "•": r"\(bu"},
}
_PAGES = {"commands.md": "taoshell(1)", "project.md": "taoshell.toml(5)"}
_SPAN = re.compile(
    r"(?P<code>`+)(?P<literal>.+?)(?P=code)|\*\*(?P<bold>.+?)\*\*|\[(?P<link>[^]]+)\]\((?P<target>[^)]*)\)", re.DOTALL
)
_CELL_END = re.compile(r"(?<!\\)\|")
_BLOCK = re.compile(
    r"""^```\w*\n(?P<code>.*?)^```$
    |   ^\#+[ ](?P<heading>.*?)$
    |   (?P<table>(?:^\|.*?\n)+)
    |   ^-[ ](?P<item>.*?)\n(?=-[ ]|\n|\Z)
    |   (?P<text>^\S.*?\n)(?=\n|\Z)""",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)


def head(title: str, section: int, summary: str) -> str:
    """Return the beginning of a page: its title and its name."""
    lines = [
        '.\\" Written by `make pages`; do not edit.',
        f'.TH {title.upper()} {section} "{_DATE}" "taoshell {__version__}" "taoshell"',
        ".nh",
        ".ad l",
        ".SH NAME",
        f"{escaped(title)} \\- {inline(summary)}",
    ]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Return `text` as it is, for any device: what roff or a terminal could change is named."""
    return "".join(_SPECIAL.get(char) or (char if char.isascii() else f"\\[u{ord(char):04X}]") for char in text)


def inline(text: str) -> str:
    """Return a paragraph or a cell of Markdown; code and bold text become bold."""
    parts, at = [], 0
    text = text.replace("<br>", ", ")
    for span in _SPAN.finditer(text):
        parts.append(_prose(text[at : span.start()]))
        if span["link"]:
            is_file = span["link"].endswith(".md")
            parts.append(inline(_PAGES.get(span["link"], f"docs/{span['link']}") if is_file else span["link"]))
        else:
            parts.append(rf"\fB{escaped(_one_line(span['literal'] or span['bold']))}\fR")
        at = span.end()
    line = _one_line("".join([*parts, _prose(text[at:])]))
    return rf"\&{line}" if line.startswith((".", "'")) else line


def code(text: str) -> str:
    """Return lines that must stay as they are, indented."""
    lines = [
        rf"\&{escaped(line)}" if line.startswith((".", "'")) else escaped(line)
        for wide in text.splitlines()
        for line in _narrow(wide)
    ]
    return "\n".join([".PP", ".RS 4", ".EX", *lines, ".EE", ".RE"]) + "\n"


def entry(tag: str, text: str) -> str:
    """Return a row of a list: the tag, and what is said about it below."""
    return f".TP\n{tag}\n{text}\n"


def heading(text: str) -> str:
    """Return a heading in upper case, but file names as they are."""
    parts = re.split(r"`(.*?)`", text)
    return ".SH " + "".join(escaped(part if n % 2 else part.upper()) for n, part in enumerate(parts)) + "\n"


def finished(parts: Iterable[str]) -> str:
    """Return a page. A paragraph that is the first one below its heading needs no macro."""
    return re.sub(r"^(\.S[HS] .*\n)\.PP\n", r"\1", "".join(parts), flags=re.MULTILINE)


def blocks(markdown: str) -> Iterator[str]:
    """Yield each block: headings become .SS, the rows of a table a list whose tags are the first cells."""
    for found in _BLOCK.finditer(markdown):
        kind, text = str(found.lastgroup), found[str(found.lastgroup)]
        if kind == "heading":
            yield f".SS {inline(text)}\n"
        elif kind == "code":
            yield code(text)
        elif kind == "table":
            yield "".join(_rows(text))
        elif kind == "item":
            yield f".IP \\(bu 2\n{inline(text)}\n"
        else:
            yield f".PP\n{inline(text)}\n"


def section(markdown: str, heading: str) -> str:
    """Return what is below `heading`, up to the next heading that is not deeper."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(
        rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{level}}} |\Z)", _without_code(markdown), re.MULTILINE | re.DOTALL
    )
    assert found, f"the docs have no heading {heading!r}"
    return markdown[found.start(1) : found.end(1)]


def _rows(table: str) -> Iterator[str]:
    """Yield each row as an entry. A head of several words leads its cell; a cell without a head continues the last."""
    heads, _, *rows = (
        [cell.strip().replace(r"\|", "|") for cell in _CELL_END.split(line)[1:-1]] for line in table.splitlines()
    )
    if len(heads) > 2 and heads[0]:
        yield f".PP\n{inline(heads[0])}:\n"
    for first, *cells in rows:
        text = ""
        for head, cell in zip(heads[1:], cells, strict=True):
            between = ("; " if head else ", ") if text and cell else ""
            text += between + (f"{head}: " if " " in head else "") + cell
        yield entry(inline(first), inline(text))


def _narrow(line: str) -> Iterator[str]:
    """Yield `line`. If it is too wide, its comment comes before it, on lines of its own."""
    text, mark, comment = line.partition("  # ")
    if mark and len(line) > _WIDTH:
        yield from textwrap.wrap(comment, _WIDTH, initial_indent="# ", subsequent_indent="# ")
        line = text.rstrip()
    yield line


def _prose(text: str) -> str:
    return escaped(text).replace(r"\(aq", "'").replace(r"\(dq", '"')


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _without_code(markdown: str) -> str:
    """Return a text of the same length in which no line of code looks like a heading."""
    return re.sub(r"^```.*?^```", lambda code: code[0].replace("#", " "), markdown, flags=re.MULTILINE | re.DOTALL)
