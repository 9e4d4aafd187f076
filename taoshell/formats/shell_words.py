"""Split a shell script into its commands and their words, as far as that is possible without running it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_HEREDOC = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1")
_NAME = re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!-]")
_ENDS_A_WORD = " \t\n;&|()<>"
_CLOSES = {"(": ")", "{": "}", "q": "}", '"': '"'}
_CUTS = re.compile(r"[\w@*?$!-]*(?:\[[^]]*\])?[%#/^,]")  # ${x%…}: quotes are quotes there, also inside of "…"
_PAIR = re.compile(r"'[^'\"\n]*'")
_ANSI = re.compile(r"(?:[^'\\]|\\.)*", re.DOTALL)
_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}|c.|.)", re.DOTALL)
_CHARACTERS = {
    **dict(zip("abeEfnrtv", "\a\b\x1b\x1b\f\n\r\t\v", strict=True)),
    **{char: char for char in "\\'\"?"},
}


class Part(NamedTuple):
    """A piece of a word. `kind` is "text", "variable" (what is inside of ${…}) or "command" (inside of $(…))."""

    kind: str
    text: str
    is_quoted: bool


class Command(NamedTuple):
    """A simple command: its words, and the line of its first one."""

    words: list[list[Part]]
    line: int


def commands(text: str) -> Iterator[Command]:
    """Yield the simple commands of a script in order. Redirections and the bodies of here-documents are left out."""
    words: list[list[Part]] = []
    line = start = 1
    at = 0
    bodies: list[str] = []
    while at < len(text):
        char = text[at]
        if char == "\n":
            if words:
                yield Command(words, start)
                words = []
            at, line = at + 1, line + 1
            for end in bodies:
                stop = re.compile(rf"^\t*{re.escape(end)}[ \t]*(?:\n|\Z)", re.MULTILINE).search(text, at)
                after = stop.end() if stop else len(text)
                line, at = line + text.count("\n", at, after), after
            bodies = []
        elif char in " \t" or text.startswith("\\\n", at):
            line += char == "\\"
            at += 2 if char == "\\" else 1
        elif char == "#":
            at = _end_of_line(text, at)
        elif found := _HEREDOC.match(text, at):
            bodies.append(found[2])
            at = found.end()
        elif char in "<>":
            at = re.compile(r"[<>]+[&(]?[ \t]*").match(text, at).end()  # type: ignore[union-attr]  # it begins so
            _, at = _word(text, at)
        elif char in ";&|()":
            if words:
                yield Command(words, start)
                words = []
            at += 1
        else:
            before = at
            word, at = _word(text, at)
            if not words:
                start = line
            line += text.count("\n", before, at)
            words.append(word)
    if words:
        yield Command(words, start)


def word(text: str, *, is_quoted: bool) -> list[Part]:
    """Return the word of an expansion, as in ${x:-WORD}, whose blanks belong to it. `is_quoted`: inside of "…"."""
    return _word(text, 0, ends="", is_quoted=is_quoted)[0]


def _word(text: str, at: int, *, ends: str = _ENDS_A_WORD, is_quoted: bool = False) -> tuple[list[Part], int]:
    """Return the word at `at`, and where it ends. If the text is in quotes from its beginning, it has no other ends."""
    parts: list[Part] = []
    is_inside = is_quoted
    while at < len(text) and (is_quoted or text[at] not in ends):
        char = text[at]
        if char == '"':
            is_quoted = is_inside or not is_quoted
            parts.append(Part("text", "", True))
            at += 1
        elif char == "'" and not is_quoted:
            end = text.find("'", at + 1)
            end = len(text) if end < 0 else end
            parts.append(Part("text", text[at + 1 : end], True))
            at = end + 1
        elif char == "\\":
            after = text[at + 1 : at + 2]
            kept = after if not is_quoted or after in ('"\\$`}' if is_inside else '"\\$`') else f"\\{after}"
            parts.append(Part("text", "" if after == "\n" else kept, True))
            at += 2
        elif text.startswith('$"', at) and not is_quoted:  # a text to translate
            at += 1
        elif text.startswith("$'", at) and not is_quoted:
            end = _end_of_ansi(text, at)
            parts.append(Part("text", _ansi(text[at + 2 : end]), True))
            at = end + 1
        elif char in "$`":
            part, at = _expansion(text, at, is_quoted)
            parts.append(part)
        else:
            end = at + 1
            stop = '"\\$`' if is_quoted else ends + "\"'\\$`"
            while end < len(text) and text[end] not in stop:
                end += 1
            parts.append(Part("text", text[at:end], is_quoted))
            at = end
            if text.startswith("(", at) and text[at - 1] == "=" and not is_quoted:  # the elements of an array
                end = _closing(text, at, is_quoted=False)
                parts.append(Part("array", text[at + 1 : end], True))
                at = end + 1
    return parts, at


def _expansion(text: str, at: int, is_quoted: bool) -> tuple[Part, int]:
    """Return the expansion that begins with $ or ` at `at`, and where it ends."""
    if text[at] == "`":
        end = text.find("`", at + 1)
        end = len(text) if end < 0 else end
        return Part("command", text[at + 1 : end], is_quoted), end + 1
    for opening, kind in (("(", "command"), ("{", "variable")):
        if text.startswith(opening, at + 1):
            end = _closing(text, at + 1, is_quoted=is_quoted)
            return Part(kind, text[at + 2 : end], is_quoted), end + 1
    found = _NAME.match(text, at + 1)
    if found is None:
        return Part("text", "$", True), at + 1
    return Part("variable", found[0], is_quoted), found.end()


def _closing(text: str, at: int, *, is_quoted: bool) -> int:
    """Return where the bracket that opens at `at` closes; the end of the text if it does not."""
    inside: list[str] = []  # what is open: brackets, "quotes", and q for the braces in which ' is a plain character
    while at < len(text):
        char = text[at]
        last = inside[-1] if inside else ""
        if char == "\\":
            at += 1
        elif char == "'" and last in ("(", "{"):
            at = _end_of_ansi(text, at - 1) if text[at - 1] == "$" else text.find("'", at + 1)
            if at < 0:
                return len(text)
        elif last == "q" and (pair := _PAIR.match(text, at)):  # plain characters, but bash skips what is between them
            at = pair.end() - 1
        elif char == '"' and last != '"':
            inside.append('"')
        elif char == "{" and (not inside or text[at - 1] == "$"):
            is_plain = (last in ('"', "q") or (is_quoted and not inside)) and not _CUTS.match(text, at + 1)
            inside.append("q" if is_plain else "{")
        elif char == "(" and (not inside or last == "(" or text[at - 1] == "$"):
            inside.append("(")
        elif char == "#" and last == "(" and text[at - 1] in " \t\n(":
            at = _end_of_line(text, at)
        elif char == _CLOSES.get(last):
            inside.pop()
            if not inside:
                return at
        at += 1
    return len(text)


def _end_of_ansi(text: str, at: int) -> int:
    """Return where $'…' at `at` ends."""
    return _ANSI.match(text, at + 2).end()  # type: ignore[union-attr]  # it matches the empty text


def _ansi(text: str) -> str:
    """Return what $'text' is."""
    found = _ESCAPE.sub(_unescaped, text.encode(errors="replace"))
    return found.partition(b"\0")[0].decode(errors="replace")


def _unescaped(found: re.Match[bytes]) -> bytes:
    """Return the bytes of an escape."""
    code = found[1].decode(errors="replace")
    if code[0] in "uU" and code[1:]:
        return chr(min(int(code[1:], 16), 0x10FFFF)).encode(errors="replace")
    if code[0] in "x01234567" and code != "x":
        return bytes([int(code.lstrip("x"), 16 if code[0] == "x" else 8) & 255])
    if code[0] == "c" and code[1:]:
        return bytes([ord(code[1]) & 31])
    return _CHARACTERS.get(code, f"\\{code}").encode()


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
