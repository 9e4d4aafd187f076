"""What a static reading of Python has found out so far: variables, the environment, files, questions. Pure."""

from __future__ import annotations

import os
from collections.abc import Mapping

from taoshell.errors import TaoshellError, Where
from taoshell.formats.python_values import Named, Open, TooMuch, Unknown
from taoshell.formats.surroundings import LEFT_TO_YOU, Question, Surroundings, default_for

_MOST_STEPS = 50_000  # NVIDIA's notebooks need 3200 at most
_PROJECT = "LOCAL_PROJECT_DIR"


class State:
    """The state of the kernel as far as it is known.

    `environ` has what the code sets, `set_at` where; None in `environ` is a variable that the code removed.
    """

    def __init__(self, around: Surroundings, answers: Mapping[str, str]) -> None:
        self.around = around
        self.answers = answers
        self.scopes: list[dict[str, object]] = [{}]
        self.environ: dict[str, object] = {}
        self.set_at: dict[str, Where] = {}
        self.files: dict[str, Open] = {}
        self.questions: dict[str, Question] = {}
        self.notes: list[str] = []
        self.commands: list[tuple[str, Where]] = []  # of the lines with !, and of cells such as %%bash
        self.left_out: list[TaoshellError] = []  # why cells that are no valid Python are left out
        self.folder: object = around.folder
        self.steps = _MOST_STEPS
        self.depth = 0  # of the calls of the code's own functions

    def step(self, at: Where) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise TooMuch(at)

    def note(self, text: str, at: Where) -> None:
        line = f"{at}: {text}"
        if line not in self.notes:
            self.notes.append(line)

    def variable(self, name: str) -> object | None:
        """Return the value of an environment variable; None if it is not set."""
        return self.environ[name] if name in self.environ else self.around.environ.get(name)

    def set_variable(self, name: object, value: object, at: Where) -> None:
        if isinstance(name, str):
            self.environ[name] = self.filled(name, value, at, known_as=name)
            self.set_at[name] = at
        elif isinstance(name, Unknown):
            self.note(f"this changes variables that are not known: {name.why}", at)

    def remove_variable(self, name: object, at: Where) -> None:
        if isinstance(name, str):
            self.environ.pop(name, None)
        elif isinstance(name, Unknown):
            self.note(f"this changes variables that are not known: {name.why}", at)

    def lookup(self, name: str) -> object | None:
        return next((scope[name] for scope in reversed(self.scopes) if name in scope), None)

    def bind(self, name: str, value: object, at: Where) -> None:
        self.scopes[-1][name] = self.filled(name, value, at)

    def filled(self, name: str, value: object, at: Where, known_as: str = "") -> object:
        """Return `value`, or the reader's answer if it is a placeholder for the value of `name`.

        `known_as` is the name of an environment variable. One of the code itself may hold the name of another.
        """
        is_open = isinstance(value, Named) and value.name in ("FIXME", "input")
        if not is_open and not (isinstance(value, str) and self.around.is_left_open(known_as, value)):
            return value
        written = "" if isinstance(value, Named) and value.name == "input" else getattr(value, "name", value)
        return self.asked(name, str(written), at)

    def asked(self, name: str, written: str, at: Where) -> object:
        """Return the reader's answer for `name`. Without one, a path has a default, and anything else stays open."""
        project = self.variable(_PROJECT)
        folder = project if isinstance(project, str) else self.around.project
        question = self.questions.setdefault(name, Question(name, written, at, default_for(name, self.around, folder)))
        answer = self.answers.get(name, question.default)
        return answer or Unknown(LEFT_TO_YOU, at)

    def path(self, text: str) -> str | None:
        """Return the absolute path that the code means by `text`; None if the working directory is not known."""
        if text.startswith("/"):
            return os.path.normpath(text)
        return os.path.normpath(os.path.join(self.folder, text)) if isinstance(self.folder, str) else None

    def opened(self, path: object, mode: object, at: Where) -> object:
        """Return what `open(path, mode)` is: a file that the code writes, or something unknown."""
        if not isinstance(path, str) or not isinstance(mode, str) or not set(mode) & set("wax"):
            return Unknown("it is read from a file", at)
        full = self.path(path)
        if full is None:
            return Unknown("its folder is not known", at)
        if "a" not in mode or full not in self.files:
            self.files[full] = Open(full, [], at)
        return self.files[full]
