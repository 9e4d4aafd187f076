"""What ${NAME} stands for in a Compose file. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from taoshell.errors import Where
from taoshell.formats.python_values import Unknown
from taoshell.formats.surroundings import Question, Surroundings, default_for, names_a_path

_VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?::?([-?+])((?:[^{}]|\{[^{}]*\})*))?\}|(\w+))")


class Values(NamedTuple):
    """What ${NAME} stands for in a Compose file, and what the reader is asked."""

    path: str
    around: Surroundings
    answers: Mapping[str, str]
    questions: dict[str, Question]
    source: str

    def text(self, value: object, at: Where) -> str | Unknown:
        """Return `value` as text, with the values of its variables."""
        if isinstance(value, bool):
            return str(value).lower()
        missing: list[str] = []

        def put_in(found: re.Match[str]) -> str:
            dollar, name, sign, word, plain = found.groups()
            if dollar:
                return "$"
            value = self.around.environ.get(name or plain)
            if sign == "+":
                return str(self.text(word, at)) if value else ""
            if not value and sign == "-":
                return str(self.text(word, at))
            if value is None:
                value = self._answer(name or plain, at)
            if value is None:
                missing.append(name or plain)
            return value or ""

        text = _VARIABLE.sub(put_in, str(value))
        return Unknown(f"{missing[0]} is not set in this file", at) if missing else text

    def at(self, name: str, service: Where) -> Where:
        """Return the line of the variable `name` in the service that begins at `service`."""
        lines = self.source.split("\n")
        setting = re.compile(rf"[ \t]*(?:-[ \t]*)?[\"']?{re.escape(name)}[\"']?[ \t]*(?:[:=]|$)")
        numbers = range(service.line or 1, len(lines) + 1)
        return Where(self.path, next((number for number in numbers if setting.match(lines[number - 1])), service.line))

    def _answer(self, name: str, at: Where) -> str | None:
        if not names_a_path(name):
            return None
        default = default_for(name, self.around, self.around.project)
        return self.answers.get(name, self.questions.setdefault(name, Question(name, "", at, default)).default) or None
