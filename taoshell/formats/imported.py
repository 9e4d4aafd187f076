"""What a file of another program says about a project: the one value that all readers of such files return."""

from __future__ import annotations

from typing import NamedTuple

from taoshell.errors import TaoshellError, Where
from taoshell.formats.surroundings import Question
from taoshell.project.model import Mapping
from taoshell.project.names import masked

NO_MAPPING = Mapping((), {}, {})


class Doubt(NamedTuple):
    """Something that the file does not tell without being run: its name, why, and where."""

    name: str
    why: str
    at: Where

    def __str__(self) -> str:
        return f"{self.at}: {self.name} is not known: {self.why}"


class Several(TaoshellError):
    """A file has several parts that could be meant. `picks`: how each is named after a colon, and what it is."""

    def __init__(self, cause: str, path: str, picks: dict[str, str], word: str) -> None:
        super().__init__(cause, f"name the {word} too: {path}:{next(iter(picks))}", at=Where(path))
        self.picks = picks


class Imported(NamedTuple):
    """`kind` is what the file is, for people. `variables` are the shell's, `mapping` is the container's.

    `passed` are variables that the container gets from the user's shell.
    `layout`, `network` and `gpus` are "" if the file does not say. `images` are by kind of command. `questions` are
    what the file leaves to its reader; the answers are in the values already. `doubts` are left out of all values.
    """

    kind: str
    mapping: Mapping = NO_MAPPING
    variables: dict[str, str] = {}  # noqa: RUF012  # nobody changes it
    layout: str = ""
    network: str = ""
    gpus: str = ""
    images: dict[str, str] = {}  # noqa: RUF012
    passed: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def number_of_gpus(self) -> int | None:
        """The variable NUM_GPUS, if it is a number."""
        number = self.variables.get("NUM_GPUS", "")
        return int(number) if number.isdigit() and 0 < int(number) <= 64 else None

    def document(self) -> dict[str, object]:
        """Return the value as JSON data, without the values of secrets."""
        return {
            "kind": self.kind,
            "layout": self.layout or None,
            "network": self.network or None,
            "gpus": self.gpus or None,
            "images": self.images,
            "variables": {name: masked(name, value) for name, value in self.variables.items()},
            "mounts": [mount._asdict() for mount in self.mapping.mounts],
            "container_variables": {name: masked(name, value) for name, value in self.mapping.variables.items()},
            "passed_variables": list(self.passed),
            "container_options": self.mapping.options,
            "questions": [
                {"name": asked.name, "written": asked.written, "at": str(asked.at), "default": asked.default}
                for asked in self.questions
            ],
            "not_known": [{"name": doubt.name, "why": doubt.why, "at": str(doubt.at)} for doubt in self.doubts],
            "notes": list(self.notes),
        }
