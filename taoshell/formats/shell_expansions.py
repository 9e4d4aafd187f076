"""What the words of a shell script become: expansions, quotes, fields. Pure."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Mapping

from taoshell.errors import TaoshellError, Where
from taoshell.formats.python_values import Unknown
from taoshell.formats.shell_words import Part, word
from taoshell.formats.surroundings import LEFT_TO_YOU, Question, Surroundings, default_for, names_a_path

_EXPANSION = re.compile(r"(\w+|[@*#?$!-])(:?[-=?+]|%%?|##?)(.*)", re.DOTALL)
_ARRAY = re.compile(r"(\w+)\[[@*]\]")
_TILDE = re.compile(r"\A~(?=/|\Z)")
_PAIR = re.compile(r"[A-Za-z_]\w*=~")  # a home is put in after the = too
# The first word of a command: the others may be secret, and so may variables that are set for it.
_PROGRAM = re.compile(r"""(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|[^\s"']*)\s+)*([\w./+-]{1,80})(?=\s|\Z)""")
_FOLDER_OF_SCRIPT = re.compile(r"""(?:cd\s+(?:--\s+)?)?["']?\$\(\s*dirname\s.*|dirname\s.*""", re.DOTALL)
_DEEPEST = 20  # expansions in each other
_LONGEST = 100_000  # characters of a text
_LONGEST_CUT, _MOST_CUTS = 512, 300  # characters of a text that a pattern is cut from; such expansions

Piece = tuple[str, bool]  # a piece of a word, and whether it is split into words at its blanks


class Expansions:
    """The variables of a script, and what its words become with them."""

    def __init__(self, around: Surroundings, answers: Mapping[str, str]) -> None:
        self.around = around
        self.answers = answers
        self.variables: dict[str, object] = {}  # text, a list or Unknown
        self.questions: dict[str, Question] = {}
        self.folder: str | Unknown = around.folder
        self.depth = 0
        self.cuts = 0

    def expanded(self, parts: list[Part], at: Where) -> list[str | Unknown]:
        """Return the words that the word `parts` becomes: one, or several if it holds an unquoted variable."""
        if len(parts) >= 1 and all(part.kind == "variable" or not part.text for part in parts):
            items = [self.variables.get(_ARRAY.sub(r"\1", part.text)) for part in parts if part.kind == "variable"]
            if len(items) == 1 and isinstance(items[0], list):
                return list(items[0])
        first, *others = parts
        if first.kind == "text" and not first.is_quoted and _PAIR.match(first.text):
            home = self.text([Part("text", first.text.partition("=")[2], False)], at)
            first = first._replace(text=f"{first.text.partition('=')[0]}={home}")
        pieces = self._pieces([first, *others], at)
        if isinstance(pieces, Unknown):
            return [pieces]
        is_quoted = any(part.is_quoted for part in parts)
        return [*_fields(pieces)] or ([""] if is_quoted else [])

    def text(self, parts: list[Part], at: Where) -> str | Unknown:
        """Return the text of a word, with the values of its variables."""
        pieces = self._pieces(parts, at)
        return pieces if isinstance(pieces, Unknown) else "".join(text for text, _ in pieces)[:_LONGEST]

    def _pieces(self, parts: list[Part], at: Where, *, is_split: bool = False) -> list[Piece] | Unknown:
        """Return the pieces of a word. `is_split`: its own blanks split it too, as in ${x:-a b}."""
        found: list[Piece] = []
        size = 0
        for index, part in enumerate(parts):
            if part.kind == "variable":
                pieces = self._variable(part, at)
                if isinstance(pieces, Unknown):
                    return pieces
                found += pieces
            elif part.kind == "command":
                output = self._output(part.text.strip(), at)
                if isinstance(output, Unknown):
                    return output
                found.append((output, not part.is_quoted))
            else:
                text = part.text if index or part.is_quoted else self._with_home(part.text)
                found.append((text, is_split and not part.is_quoted))
            size += sum(len(text) for text, _ in found[-1:])
            if size > _LONGEST:
                break
        return found

    def _with_home(self, text: str) -> str:
        home = self.variable("HOME")
        return _TILDE.sub(lambda _: home, text) if isinstance(home, str) else text

    def variable(self, name: str) -> object | None:
        if name in self.variables:
            return self.variables[name]
        if name == "PWD":
            return self.folder
        if name == "UID":
            return str(self.around.uid)
        return self.around.environ.get(name)

    def _variable(self, part: Part, at: Where) -> list[Piece] | Unknown:
        """Return the value of ${…}."""
        found = _EXPANSION.fullmatch(part.text)
        name, sign, rest = found.groups() if found else (part.text, "", "")
        value = self.variable(name)
        if isinstance(value, list):
            value = " ".join(item for item in value if isinstance(item, str))
        operator = sign[-1:]
        if operator and operator in "-=+":
            is_set = value is not None and (value != "" or ":" not in sign)
            if isinstance(value, Unknown) and operator != "+":  # a variable that may be empty is set, for ${x:+-t}
                return value
            if is_set is (operator == "+"):
                pieces = self._word(rest, at, is_quoted=part.is_quoted)
                if operator == "=" and not isinstance(pieces, Unknown):
                    self.variables[name] = text = "".join(text for text, _ in pieces)
                    return [(text, not part.is_quoted)]
                return pieces
            value = value or ""
        if value is None and re.fullmatch(r"[@*0-9]+", name):
            return Unknown("it is an argument of the script", at)
        if value is None and re.fullmatch(r"[A-Za-z_]\w*", name):
            value = self._asked(name, "", at) if names_a_path(name) else Unknown(f"{name} is not set in this file", at)
        if isinstance(value, str) and operator and operator in "%#":
            value = self._cut(value, sign, rest, at)
        if isinstance(value, Unknown):
            return value
        if not isinstance(value, str):
            return Unknown(f"${{{name if found else '…'}}} is not computed", at)
        return [(value, not part.is_quoted)]

    def _word(self, text: str, at: Where, *, is_quoted: bool) -> list[Piece] | Unknown:
        """Return what the word `text` of an expansion becomes."""
        if self.depth == _DEEPEST:
            cause = f"more than {_DEEPEST} variables are nested in each other"
            raise TaoshellError(cause, "write the value out, or name another file", at=at)
        self.depth += 1
        try:
            return self._pieces(word(text, is_quoted=is_quoted), at, is_split=not is_quoted)
        finally:
            self.depth -= 1

    def _cut(self, value: str, sign: str, rest: str, at: Where) -> str | Unknown:
        """Return `value` without what the pattern `rest` matches at its beginning (#) or its end (%)."""
        parts = word(rest, is_quoted=False)
        pattern = ""
        for part in parts:
            piece = self.text([part], at)
            if isinstance(piece, Unknown):
                return piece
            pattern += re.sub(r"([*?[])", r"[\1]", piece) if part.is_quoted else piece
        self.cuts += 1
        is_long = len(value) > _LONGEST_CUT or len(pattern) > 100 or pattern.count("*") > 3 or self.cuts > _MOST_CUTS
        if is_long or "[" in re.sub(r"\[[*?[]\]", "", pattern):
            return Unknown("a pattern is not computed", at)
        matches = re.compile(fnmatch.translate(pattern)).match
        lengths = range(len(value) + 1) if len(sign) == 1 else range(len(value), -1, -1)
        for length in lengths:
            rest_of = value[length:] if sign[0] == "#" else value[: len(value) - length]
            if matches(value[:length] if sign[0] == "#" else value[len(value) - length :]):
                return rest_of
        return value

    def _asked(self, name: str, written: str, at: Where) -> object:
        asked = Question(name, written, at, default_for(name, self.around, self.around.project))
        question = self.questions.setdefault(name, asked)
        return self.answers.get(name, question.default) or Unknown(LEFT_TO_YOU, at)

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


def _fields(pieces: list[Piece]) -> list[str]:
    """Return the words that a word becomes: the pieces that are split end a word at their blanks."""
    words: list[str] = []
    is_open = False
    for text, is_split in pieces:
        for index, field in enumerate(re.split(r"[ \t\n]+", text) if is_split else [text]):
            if index:
                is_open = False
            if field:
                words[-1:] = [words[-1] + field] if is_open else [*words[-1:], field]
                is_open = True
    return words
