"""What the variables of a shell script hold, and which commands it runs, without running it. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from taoshell.errors import Where
from taoshell.formats.python_values import Unknown
from taoshell.formats.shell_expansions import Expansions
from taoshell.formats.shell_words import Part, commands
from taoshell.formats.surroundings import Surroundings

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=(.*)", re.DOTALL)
_DECLARES = ("export", "declare", "typeset", "readonly", "local")
_OPENS = ("if", "for", "while", "until", "case", "select")
_CLOSES = ("fi", "done", "esac")
_LEADS = ("then", "else", "elif", "do", "{", "}", "!", "time", "exec", "sudo", "nohup")


class Line(NamedTuple):
    """A command with its words expanded; a word that is not known is `Unknown`."""

    words: list[str | Unknown]
    at: Where


class Script(Expansions):
    """The variables of the script `path` while its commands pass by."""

    def __init__(self, path: str, around: Surroundings, answers: Mapping[str, str]) -> None:
        super().__init__(around, answers)
        self.path = path
        self.exported: set[str] = set()
        self.notes: list[str] = []

    def lines(self, text: str) -> Iterator[Line]:
        """Yield the commands of `text` that are no assignments."""
        depth = 0
        for command in commands(text):
            at = Where(self.path, command.line)
            rest = list(command.words)
            while rest and (first := _literal(rest[0])) in (*_OPENS, *_CLOSES, *_LEADS):
                depth += (first in _OPENS) - (first in _CLOSES)
                rest = rest[1:]
            declares = bool(rest) and _literal(rest[0]) in _DECLARES
            names = rest[1:] if declares else rest
            assigned = [word for word in names if _is_assignment(word)]
            if declares or (names and len(assigned) == len(names)):
                for word in names:
                    self._assign(word, at, is_sure=depth <= 0, is_exported=declares)
                continue
            while rest and _is_assignment(rest[0]):  # for this command alone
                rest = rest[1:]
            words = [word for parts in rest for word in self.expanded(parts, at)]
            if words and words[0] in ("cd", "pushd"):
                self._change_folder(words[1:], at, is_sure=depth <= 0)
            elif words and words[0] in ("source", "."):
                self.notes.append(f"{at}: it reads another file, which taoshell does not")
            elif words:
                yield Line(words, at)

    def _change_folder(self, words: list[str | Unknown], at: Where, *, is_sure: bool) -> None:
        target = next((word for word in words if isinstance(word, Unknown) or not word.startswith("-")), None)
        if isinstance(target, Unknown) or isinstance(self.folder, Unknown):
            self.folder = target if isinstance(target, Unknown) else self.folder
        elif not is_sure:
            self.folder = Unknown("the script may change the folder", at)
        else:
            home = self.variable("HOME")
            self.folder = os.path.normpath(os.path.join(self.folder, str(home) if target is None else target))

    def _assign(self, word: list[Part], at: Where, *, is_sure: bool, is_exported: bool) -> None:
        found = _ASSIGNMENT.match(word[0].text) if word and word[0].kind == "text" else None
        if found is None:
            if is_exported:
                self.exported.add(_literal(word))
            return
        name = found[1]
        parts = [Part("text", found[3], word[0].is_quoted), *word[1:]]
        array = next((part for part in parts if part.kind == "array"), None)
        value: object
        if array is not None:
            inner = [parts for command in commands(array.text) for parts in command.words]
            value = [item for parts in inner for item in self.expanded(parts, at)]
            if found[2]:
                old = self.variables.get(name)
                value = [*(old if isinstance(old, list) else []), *value]
        else:
            value = self.text(parts, at)
            old = self.variables.get(name, "")
            if found[2] and isinstance(old, str) and isinstance(value, str):
                value = old + value
        if isinstance(value, str) and self.around.is_left_open(name, value):
            value = self._asked(name, value, at)
        if not is_sure and self.variables.get(name, value) != value:
            value = Unknown(f"{name} depends on a condition", at)
        self.variables[name] = value
        if is_exported:
            self.exported.add(name)


def _literal(parts: list[Part]) -> str:
    return "".join(part.text for part in parts) if all(part.kind == "text" for part in parts) else ""


def _is_assignment(parts: list[Part]) -> bool:
    return bool(parts) and parts[0].kind == "text" and not parts[0].is_quoted and bool(_ASSIGNMENT.match(parts[0].text))
