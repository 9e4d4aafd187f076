"""Split a shell script into its commands and their words, as far as that is possible without running it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_HEREDOC = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1")
_NAME = re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!-]")
_ENDS_A_WORD = " \t\n;&|()<>"


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


def _word(text: str, at: int) -> tuple[list[Part], int]:
    """Return the word at `at`, and where it ends."""
    parts: list[Part] = []
    is_quoted = False
    while at < len(text) and (is_quoted or text[at] not in _ENDS_A_WORD):
        char = text[at]
        if char == '"':
            is_quoted = not is_quoted
            parts.append(Part("text", "", True))
            at += 1
        elif char == "'" and not is_quoted:
            end = text.find("'", at + 1)
            end = len(text) if end < 0 else end
            parts.append(Part("text", text[at + 1 : end], True))
            at = end + 1
        elif char == "\\":
            after = text[at + 1 : at + 2]
            kept = after if not is_quoted or after in '"\\$`' else f"\\{after}"
            parts.append(Part("text", "" if after == "\n" else kept, True))
            at += 2
        elif char in "$`":
            part, at = _expansion(text, at, is_quoted)
            parts.append(part)
        else:
            end = at + 1
            stop = '"\\$`' if is_quoted else _ENDS_A_WORD + "\"'\\$`"
            while end < len(text) and text[end] not in stop:
                end += 1
            parts.append(Part("text", text[at:end], is_quoted))
            at = end
            if text.startswith("(", at) and text[at - 1] == "=" and not is_quoted:  # the elements of an array
                end = _closing(text, at, "(", ")")
                parts.append(Part("array", text[at + 1 : end], True))
                at = end + 1
    return parts, at


def _expansion(text: str, at: int, is_quoted: bool) -> tuple[Part, int]:
    """Return the expansion that begins with $ or ` at `at`, and where it ends."""
    if text[at] == "`":
        end = text.find("`", at + 1)
        end = len(text) if end < 0 else end
        return Part("command", text[at + 1 : end], is_quoted), end + 1
    if text.startswith("$(", at):
        end = _closing(text, at + 1, "(", ")")
        return Part("command", text[at + 2 : end], is_quoted), end + 1
    if text.startswith("${", at):
        end = _closing(text, at + 1, "{", "}")
        return Part("variable", text[at + 2 : end], is_quoted), end + 1
    found = _NAME.match(text, at + 1)
    if found is None:
        return Part("text", "$", True), at + 1
    return Part("variable", found[0], is_quoted), found.end()


def _closing(text: str, at: int, opening: str, closing: str) -> int:
    """Return where the bracket that opens at `at` closes; the end of the text if it does not."""
    depth, quote = 0, ""
    while at < len(text):
        char = text[at]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in (opening, closing):
            depth += 1 if char == opening else -1
            if not depth:
                return at
        at += 2 if char == "\\" and quote != "'" else 1
    return len(text)


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
