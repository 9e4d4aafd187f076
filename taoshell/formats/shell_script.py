"""What the variables of a shell script hold, and which commands it runs, without running it. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where
from taoshell.formats.python_values import Unknown
from taoshell.formats.shell_words import Part, commands
from taoshell.formats.surroundings import Question, Surroundings, default_for, is_placeholder, names_a_path

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=(.*)", re.DOTALL)
_DECLARES = ("export", "declare", "typeset", "readonly", "local")
_OPENS = ("if", "for", "while", "until", "case", "select")
_CLOSES = ("fi", "done", "esac")
_LEADS = ("then", "else", "elif", "do", "{", "}", "!", "time", "exec", "sudo", "nohup")
_DEFAULT = re.compile(r"(\w+):?([-=?+])(.*)", re.DOTALL)
# The first word of a command: the others may be secret, and so may variables that are set for it.
_PROGRAM = re.compile(r"""(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|[^\s"']*)\s+)*([\w./+-]{1,80})(?=\s|\Z)""")
_DEEPEST = 20  # expansions in each other
_LONGEST = 100_000  # characters of a text
_FOLDER_OF_SCRIPT = re.compile(r"""(?:cd\s+(?:--\s+)?)?["']?\$\(\s*dirname\s.*|dirname\s.*""", re.DOTALL)


class Line(NamedTuple):
    """A command with its words expanded; a word that is not known is `Unknown`."""

    words: list[str | Unknown]
    at: Where


class Script:
    """The variables of the script `path` while its commands pass by."""

    def __init__(self, path: str, around: Surroundings, answers: Mapping[str, str]) -> None:
        self.path = path
        self.around = around
        self.answers = answers
        self.variables: dict[str, object] = {}  # text, a list or Unknown
        self.exported: set[str] = set()
        self.questions: dict[str, Question] = {}
        self.notes: list[str] = []
        self.folder: str | Unknown = around.folder
        self.depth = 0

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
            inner = [parts for command in commands(array.text.replace("\n", " ")) for parts in command.words]
            value = [item for parts in inner for item in self.expanded(parts, at)]
            if found[2]:
                old = self.variables.get(name)
                value = [*(old if isinstance(old, list) else []), *value]
        else:
            value = self.text(parts, at)
            old = self.variables.get(name, "")
            if found[2] and isinstance(old, str) and isinstance(value, str):
                value = old + value
        if isinstance(value, str) and is_placeholder(value):
            value = self._asked(name, value, at)
        if not is_sure and self.variables.get(name, value) != value:
            value = Unknown(f"{name} depends on a condition", at)
        self.variables[name] = value
        if is_exported:
            self.exported.add(name)

    def expanded(self, parts: list[Part], at: Where) -> list[str | Unknown]:
        """Return the words that the word `parts` becomes: one, or several if it holds an unquoted variable."""
        if len(parts) >= 1 and all(part.kind == "variable" or not part.text for part in parts):
            items = [self.variables.get(_array_name(part.text)) for part in parts if part.kind == "variable"]
            if len(items) == 1 and isinstance(items[0], list):
                return list(items[0])
        value = self.text(parts, at)
        is_split = any(part.kind != "text" and not part.is_quoted for part in parts)
        if isinstance(value, Unknown) or not is_split:
            return [value]
        return list(value.split())

    def text(self, parts: list[Part], at: Where) -> str | Unknown:
        """Return the text of a word, with the values of its variables."""
        found = ""
        for part in parts:
            piece = part.text
            if part.kind == "variable":
                value = self._variable(part.text, at)
                if isinstance(value, Unknown):
                    return value
                piece = value
            elif part.kind == "command":
                value = self._output(part.text.strip(), at)
                if isinstance(value, Unknown):
                    return value
                piece = value
            found = (found + piece)[:_LONGEST]
        home = self.variable("HOME")
        if found.startswith("~/") and parts and not parts[0].is_quoted and isinstance(home, str):
            found = home + found[1:]
        return found

    def variable(self, name: str) -> object | None:
        if name in self.variables:
            return self.variables[name]
        if name == "PWD":
            return self.folder
        if name == "UID":
            return str(self.around.uid)
        return self.around.environ.get(name)

    def _variable(self, inside: str, at: Where) -> str | Unknown:
        """Return the value of ${inside}."""
        pieces = _DEFAULT.fullmatch(inside)
        name, sign, word = pieces.groups() if pieces else (inside, "", "")
        value = self.variable(name)
        if isinstance(value, list):
            value = " ".join(item for item in value if isinstance(item, str))
        if sign == "+":
            value = word if value else ""
        if value is None and sign in ("-", "="):
            return self._default(word, at)
        if value is None and re.fullmatch(r"[@*0-9]+", name):
            return Unknown("it is an argument of the script", at)
        if value is None and re.fullmatch(r"[A-Za-z_]\w*", name):
            value = self._asked(name, "", at) if names_a_path(name) else Unknown(f"{name} is not set in this file", at)
        return (
            value
            if isinstance(value, (str, Unknown))
            else Unknown(f"${{{name if pieces else '…'}}} is not computed", at)
        )

    def _default(self, word: str, at: Where) -> str | Unknown:
        """Return the text of the default `word` of a variable."""
        if self.depth == _DEEPEST:
            cause = f"more than {_DEEPEST} variables are nested in each other"
            raise TaoshellError(cause, "write the value out, or name another file", at=at)
        self.depth += 1
        try:
            return self.text([part for command in commands(word) for parts in command.words for part in parts], at)
        finally:
            self.depth -= 1

    def _asked(self, name: str, written: str, at: Where) -> object:
        asked = Question(name, written, at, default_for(name, self.around, self.around.project))
        question = self.questions.setdefault(name, asked)
        return self.answers.get(name, question.default) or Unknown("the file leaves it to you to fill in", at)

    def _output(self, command: str, at: Where) -> str | Unknown:
        """Return what `command` prints, if that is plain."""
        known: dict[str, str | Unknown] = {
            "pwd": self.folder,
            "pwd -P": self.folder,
            "id -u": str(self.around.uid),
            "id -g": str(self.around.gid),
            "id -un": self.around.user,
            "whoami": self.around.user,
        }
        if command in known:
            return known[command]
        if _FOLDER_OF_SCRIPT.fullmatch(command) and ("$0" in command or "BASH_SOURCE" in command):
            up = command.count("..")
            folder = self.around.folder
            for _ in range(min(up, 20)):
                folder = os.path.dirname(folder)
            return folder if command.startswith("cd") or not up else Unknown("it is computed by a command", at)
        program = _PROGRAM.match(command)
        return Unknown(f"it is what {f'the command {program[1]}' if program else 'a command'} prints", at)


def _literal(parts: list[Part]) -> str:
    return "".join(part.text for part in parts) if all(part.kind == "text" for part in parts) else ""


def _is_assignment(parts: list[Part]) -> bool:
    return bool(parts) and parts[0].kind == "text" and not parts[0].is_quoted and bool(_ASSIGNMENT.match(parts[0].text))


def _array_name(text: str) -> str:
    return re.sub(r"\[[@*]\]$", "", text)
