"""The questions that commands ask at a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cached_property

import click

from taoshell.actions import init
from taoshell.actions.change import Change
from taoshell.actions.sources import Sources, decoded
from taoshell.errors import USAGE, TaoshellError, printable
from taoshell.project import gpus, networks, toml
from taoshell.project.model import Project
from taoshell.project.names import SAMPLE_KEY, refused_reason
from taoshell.state.paths import State
from taoshell.terminal.say import say

_KEY_QUESTION = "KEY that encrypts your models (hidden; empty for none)"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from taoshell.project.defaults import Defaults


class Asker:
    """Asks at a terminal for what the files do not contain, unless the user's defaults do. With --yes it asks nothing.

    `taken` are the defaults that were taken, as the user is told.
    """

    def __init__(self, state: State, sources: Sources, *, yes: bool) -> None:
        self._state = state
        self._sources = sources
        self.asking = not yes and sys.stdin.isatty()
        self._known = init.assigned_names(sources)
        self._is_new = sources.toml.data is None
        self.taken: list[str] = []

    @cached_property
    def _defaults(self) -> Defaults:
        from taoshell.actions import config  # only when needed: a project that has everything needs no default

        return config.read(os.environ)

    def _default(self, name: str) -> str:
        """Return the user's default `name`, and note that it was taken; "" if there is none."""
        value = self._defaults.text(name)
        if value:
            self.taken.append(f"{name} {self._defaults[name].shown}")
        return value

    def network(self, given: str | None, *, is_new: bool) -> str:
        """Return the network of a new project; "" for none, as in a project that only prepares data.

        One that looks misspelt is asked for again, or refused, unless the user says that it `is_new`.
        """
        if given is not None or self._sources.toml.data is not None:
            return self._meant(given or "", is_new=is_new or self._sources.toml.data is not None)
        name = os.path.basename(self._sources.root)
        if guessed := networks.guess(name):
            return guessed
        if not self.asking:
            cause = f"the folder's name {name!r} contains no network"
            raise TaoshellError(cause, "name one: --network NAME (for none: --network '')", exit_code=USAGE)
        question = "Network (as in `tao model NETWORK …`; empty for none)"
        return self._meant(click.prompt(question, default="", show_default=False, err=True).strip(), is_new=is_new)

    def _meant(self, network: str, *, is_new: bool) -> str:
        """Return the network that the user means by `network`, which may be misspelt."""
        near = [] if is_new or network in networks.FORMER else networks.near(network)
        if not near:
            return network
        if not self.asking:
            networks.require_meant(network, "to use it all the same, add --new")
        say(networks.question(network))
        again = str(click.prompt(f"Network ({network} again to use it)", default=near[0], err=True)).strip()
        return again if again == network else self._meant(again, is_new=False)

    def layout(self, given: str | None) -> str:
        """Return the layout of a new project: the one that the folder's own files use, unless one is given."""
        if given is not None or self._sources.toml.data is not None:
            return given or ""
        from taoshell.actions import propose  # only when needed: `allow` imports us

        proposal = propose.layout(self._sources.root)
        if proposal is None:
            return self._default("layout") or "classic"
        if proposal.layout == "classic":
            return "classic"
        if self.asking:
            question = f"{printable(proposal.file)} is written for layout {proposal.layout}. Use this layout?"
            return proposal.layout if confirmed(question, default=True) else "classic"
        say(f"layout {proposal.layout}, as {proposal.file} is written for it")
        return proposal.layout

    def container(self, layout: str) -> bool:
        """Whether a new project gets the container options that today's notebooks set."""
        if layout != "host" or self._sources.toml.data is not None:
            return False
        question = f"NVIDIA's notebooks run such containers with {init.CONTAINER_OPTIONS}. Set these too?"
        return not self.asking or confirmed(question, default=True)

    def container_defaults(self) -> dict[str, str]:
        """Return the container options that a new project gets from the user's defaults."""
        names = ("user", "shm_size") if self._is_new else ()
        return {name: value for name in names if (value := self._default(f"container.{name}"))}

    def data_folder(self) -> str:
        """Return the folder of a new project's data, if the user's defaults say where all data is."""
        name = os.path.basename(self._sources.root)
        return os.path.join(value, name) if self._is_new and (value := self._default("data_root")) else ""

    def gpus(self, given: int | None) -> str:
        """Return the GPUs in the form of `project.gpus`; "" if the project has them already."""
        if gpus.NUMBER in self._known:
            self._require_same(gpus.NUMBER, str(given) if given else None)
            return ""
        if not given and (gpus.IDS in self._known or self._names_gpus()):
            return ""
        if not given and (default := self._default("gpus")) and (default != "all" or self._is_new):
            return default
        number = given or init.count_gpus()
        if number is None and self.asking:
            number = click.prompt("Number of GPUs", default=1, type=click.IntRange(1), err=True)
        return str(number or 1)

    def key(self, given: str | None, *, from_stdin: bool, found: str = "") -> str:
        """Return the key of the models; `found` is what a file that `init` reads says."""
        if found and given is None and not from_stdin:
            return found
        if given is not None and given != SAMPLE_KEY:
            say("every user of this machine can see a key on the command line; better: --key-stdin")
        if from_stdin:
            given = hidden("KEY") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
            if not given:
                raise TaoshellError("KEY has no value", "give it on standard input", exit_code=USAGE)
        self._require_same("KEY", given)
        if given is not None or "KEY" in self._known:
            return given or ""
        return self.key_by_command() or (hidden(_KEY_QUESTION) if self.asking else "")

    def key_by_command(self) -> str:
        """Return what the command in the user's defaults prints; "" if there is none, or if `.env` decides about KEY.

        Raises TaoshellError if the command fails.
        """
        if init.decides_about_key(self._sources) or "key" not in self._defaults:
            return ""
        from taoshell.actions import key_command  # only when needed: importing subprocess takes a while

        command = self._defaults["key"]
        say(f"asking for KEY: {command.shown}")
        return key_command.answer(command, os.environ)

    def say_taken(self) -> None:
        """Say which of the user's defaults were taken."""
        if self.taken:
            say(f"from {self._defaults.file}: {', '.join(self.taken)}")

    def _names_gpus(self) -> bool:
        """Whether the taoshell.toml of an existing project says which GPUs to use."""
        return not self._is_new and "gpus" in toml.parse(decoded(self._sources.toml), self._sources.toml.path).values

    def _require_same(self, name: str, given: str | None) -> None:
        """Raise TaoshellError if an option contradicts `.env`."""
        known = self._sources.dotenv().assignments.get(name) if given and name in self._known else None
        if known is not None and known.text != given:
            how = "change that line, or leave the option out"
            raise TaoshellError(f"{name} has another value already", how, at=known.at)

    def exported(self) -> frozenset[str]:
        """Return the names in an older `.env` that the user wants to export too."""
        names = [name for name in init.foreign_names(self._state, self._sources) if not refused_reason(name)]
        if not names or not self.asking:
            return frozenset()

        def chosen(answer: str) -> frozenset[str]:
            words = answer.replace(",", " ").split()
            others = [word for word in words if word not in names]
            if words in (["all"], ["none"]):
                return frozenset(names if words == ["all"] else [])
            if others:  # click asks again
                raise click.BadParameter(f"{others[0]} is not one of them")
            return frozenset(words)

        question = f"Your .env also sets {', '.join(names)}. Export which of them? (names, all or none)"
        answer: frozenset[str] = click.prompt(question, default="none", value_proc=chosen, err=True)
        return answer

    def with_folders(self, change: Change) -> Change:
        """Return the change that also creates the missing mount folders, if the user agrees.

        Raises TaoshellError if they are missing and are not created.
        """
        if not change.folders and self._may_make(change.project):
            change = change.with_folders()
        change.require_folders()
        return change

    def _may_make(self, defined: Project) -> bool:
        missing = defined.missing_mount_folders
        if not missing or not self.asking:
            return False
        does, it = ("does", "it") if len(missing) == 1 else ("do", "them")
        question = f"The container needs {printable(', '.join(missing))}, which {does} not exist. Create {it}?"
        return confirmed(question, default=True)


def not_exported(names: Sequence[str]) -> list[str]:
    """Return the line that says which of the user's own lines in `.env` are not exported, and how to export one."""
    how = "to export one, remove it from the line `# taoshell: ignore` in .env"
    return [f"not exported: {', '.join(names)}; {how}"] if names else []


def hidden(question: str) -> str:
    """Ask for a secret, which may be empty."""
    return str(click.prompt(question, default="", hide_input=True, show_default=False, err=True))


def confirmed(question: str, *, default: bool) -> bool:
    """Ask at the terminal, and return whether the answer is yes. Every other answer is no; Enter is `default`."""
    choice = "Y/n" if default else "y/N"
    answer: str = click.prompt(f"{question} [{choice}]", default="", show_default=False, err=True)
    return answer.strip().lower() in ("y", "yes") or (default and not answer)
