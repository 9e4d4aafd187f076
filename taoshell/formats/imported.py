"""What a file of another program says about a project: the one value that all readers of such files return."""

from __future__ import annotations

from collections.abc import Mapping as Table
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where, counted, shortened
from taoshell.formats.own_comment import Own
from taoshell.formats.surroundings import Question
from taoshell.project import gpus, hiding
from taoshell.project.model import Mapping
from taoshell.project.names import is_name, is_secret, masked, secret_values, secrets, shown

IMAGE = "the image"  # as doubts call it
_MOST_NOTES = 50
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
    `own` is what taoshell said in a comment when it exported the file.
    `others` are variables of the file alone: their names tell which values are secret. `secrets` are the names whose
    values are; see `with_secrets`. `set_at` is where the file sets a variable.
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
    own: Own | None = None
    others: dict[str, str] = {}  # noqa: RUF012
    secrets: frozenset[str] = frozenset()
    set_at: Table[str, Where] = {}

    def with_own(self, own: Own | None) -> Imported:
        """Return the value with what taoshell's own comment adds to it. What the file itself says wins."""
        if own is None:
            return self
        mapping = self.mapping
        if self.kind not in ("docker run", "Compose file"):  # the launcher knows no modes, and no ipc
            modes = {(place.host, place.container): place.mode for place in own.places}
            mounts = (mount._replace(mode=modes.get(mount[:2], mount.mode)) for mount in mapping.mounts)
            options = mapping.options | ({"ipc": own.ipc} if own.ipc else {})
            mapping = mapping._replace(mounts=tuple(mounts), options=options)
        images = {} if {*self.images.values()} <= {*own.images.values()} else self.images
        return self._replace(
            mapping=mapping,
            variables=own.variables | self.variables,
            layout=own.layout,
            network=own.network,
            gpus="" if self.gpus in ("", own.exported_gpus) else self.gpus,
            images=images,
            doubts=tuple(doubt for doubt in self.doubts if doubt.name != IMAGE or own.images),
            own=own,
        )

    def with_secrets(self) -> Imported:
        """Return the value with `secrets`. A secret that the file hands on under another name comes under both names:
        the project could not tell otherwise that it is one."""
        known = {**self.variables, **self.mapping.variables}
        own = {value for name, value in known.items() if is_secret(name)}
        carried = {
            name: value
            for name, value in self.others.items()
            if is_secret(name) and value not in own and secrets({name: value}, known) - secrets(known) - {name}
        }
        variables = {**self.variables, **carried}
        return self._replace(variables=variables, secrets=secrets(variables, self.mapping.variables))

    def with_possible_names(self, path: str) -> Imported:
        """Return the value without variables that cannot be: what stands in place of a name may be a secret."""
        variables = {name: value for name, value in self.variables.items() if is_name(name)}
        inside = {name: value for name, value in self.mapping.variables.items() if is_name(name)}
        passed = tuple(filter(is_name, self.passed))
        number = sum(map(len, (self.variables, self.mapping.variables, self.passed)))
        if not (number := number - len(variables) - len(inside) - len(passed)):
            return self
        if self.kind == "mounts file":
            how = "a name has only letters, digits and _: correct it there"
            raise TaoshellError("a variable in Envs has no name that a variable can have", how, at=Where(path))
        note = f"{path}: {counted(number, 'variable')} left out: a name has only letters, digits and _"
        mapping = self.mapping._replace(variables=inside)
        return self._replace(variables=variables, mapping=mapping, passed=passed, notes=(*self.notes, note))

    def with_safe_messages(self) -> Imported:
        """Return the value with messages that quote no secret, and neither a long text nor too many."""
        values = self.secret_values
        notes = [shortened(hiding.message(note, values)) for note in self.notes[:_MOST_NOTES]]
        if len(self.notes) > _MOST_NOTES:
            notes.append(f"{counted(len(self.notes) - _MOST_NOTES, 'more line')} like these")
        doubts = (doubt._replace(why=shortened(hiding.message(doubt.why, values))) for doubt in self.doubts)
        return self._replace(notes=tuple(notes), doubts=tuple(doubts))

    @property
    def secret_values(self) -> frozenset[str]:
        """The values that no message may have."""
        return secret_values(self.variables, self.mapping.variables, self.others)

    @property
    def names_gpus(self) -> bool:
        """Whether the file says which GPUs the project gets."""
        return bool(self.gpus or self.own or self.gpu_ids)

    @property
    def number_of_gpus(self) -> int | None:
        """The variable NUM_GPUS, if it is a number."""
        number = self.variables.get("NUM_GPUS", "")
        return int(number) if number.isdigit() and 0 < int(number) <= 64 else None

    @property
    def gpu_ids(self) -> str:
        """The variable GPU_IDS, if it is a list of GPUs; "" otherwise."""
        return gpus.listed(self.variables.get(gpus.IDS, ""))

    def document(self) -> dict[str, object]:
        """Return the value as JSON data, without the values of secrets."""
        found = self._document()
        return {name: hiding.data(value, self.secret_values) for name, value in found.items()}

    def _document(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "layout": self.layout or None,
            "network": self.network or None,
            "gpus": self.gpus or None,
            "images": self.images,
            "variables": shown(self.variables, self.mapping.variables),
            "mounts": [mount._asdict() for mount in self.mapping.mounts],
            "container_variables": shown(self.mapping.variables, self.variables),
            "passed_variables": list(self.passed),
            "container_options": self.mapping.options,
            "questions": [
                {
                    "name": asked.name,
                    "written": masked(asked.name, asked.written),
                    "at": str(asked.at),
                    "default": asked.default,
                }
                for asked in self.questions
            ],
            "not_known": [{"name": doubt.name, "why": doubt.why, "at": str(doubt.at)} for doubt in self.doubts],
            "notes": list(self.notes),
        }
