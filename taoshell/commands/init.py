"""`taoshell init`: make a folder a TAO project."""

from __future__ import annotations

import os
import sys

import click

from taoshell import approval, networks, setup
from taoshell.commands import show
from taoshell.definition import Sources
from taoshell.errors import USAGE, TaoshellError, shown
from taoshell.names import refused_reason
from taoshell.project import Project, require_sources
from taoshell.state import State

_SAMPLE_KEY = "tlt_encode"  # the key of NVIDIA's public samples: no secret


@click.command("init")
@click.argument("folder", default=".", metavar="[DIR]")
@click.option("--network", metavar="NAME", help="The network to train; found in the folder's name where it can be.")
@click.option(
    "--layout",
    type=click.Choice(["classic", "host"]),
    default="classic",
    show_default=True,
    help="Which variables: LOCAL_… and the container's (classic), or HOST_… (TAO 5 and 6).",
)
@click.option("--gpus", type=click.IntRange(1), metavar="N", help="NUM_GPUS; counted by nvidia-smi where there is one.")
@click.option("--key", metavar="KEY", help="The key that encrypts models. Others can see it: rather use --key-stdin.")
@click.option("--key-stdin", is_flag=True, help="Read the key from standard input.")
@click.option("--direnv", is_flag=True, help="Also write an .envrc for those who use direnv.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing; what would be asked keeps its default.")
@click.option("--mkdir", is_flag=True, help="Make the folders that the container needs and that are missing.")
def command(
    folder: str,
    network: str | None,
    layout: str,
    gpus: int | None,
    key: str | None,
    key_stdin: bool,
    direnv: bool,
    yes: bool,
    mkdir: bool,
) -> None:
    """Make DIR (default: here) a TAO project, approve it, and show what is where.

    Run again, it changes nothing that is already there.
    """
    root = os.path.realpath(folder)
    if not os.path.isdir(root):
        raise TaoshellError("there is no such folder", f"mkdir -p {shown(folder)}", where=root)
    sources = setup.existing(root)
    ask = _Asker(sources, asking=not yes and sys.stdin.isatty() and not key_stdin)
    answers = setup.Answers(
        layout=layout,
        network=ask.network(network),
        gpus=ask.gpus(gpus),
        key=ask.key(key, from_stdin=key_stdin),
        exported=ask.exported(),
        direnv=direnv,
    )
    done = setup.plan(sources, answers)
    setup.require_same(sources, done.project, network)
    if mkdir or ask.may_make(done.project):
        for path in setup.make_sources(done.project):
            show.lines([f"made {shown(path)}"])
    else:
        require_sources(done.project)
    setup.write(done)
    allowed = approval.allow(State.of(os.environ), root)
    show.lines([*allowed.told, *allowed.project.notes])
    show.places(allowed.project)
    if "KEY" not in allowed.project.variables:
        show.lines(["KEY is not set; to set it: taoshell init --key-stdin"])


class _Asker:
    """Asks at a terminal what it cannot find out, and nothing that is already in the files."""

    def __init__(self, sources: Sources, *, asking: bool) -> None:
        self._sources = sources
        self._asking = asking
        self._known = {item.name for item in sources.dotenv().assignments}

    def network(self, given: str | None) -> str:
        if given is not None or self._sources.toml.data is not None:
            return given or ""
        name = os.path.basename(self._sources.root)
        guessed = networks.guess(name)
        if guessed is not None:
            return guessed
        if not self._asking:
            raise TaoshellError(
                f"the folder's name {name!r} names no network", "say which: --network NAME", exit_code=USAGE
            )
        answer: str = click.prompt("Network (as in `tao model NETWORK …`)", err=True)
        return answer.strip()

    def gpus(self, given: int | None) -> str:
        if "NUM_GPUS" in self._known:
            return ""
        number = given or setup.count_gpus()
        if number is None and self._asking:
            number = click.prompt("Number of GPUs", default=1, type=click.IntRange(1), err=True)
        return str(number or 1)

    def key(self, given: str | None, *, from_stdin: bool) -> str:
        if given is not None and given != _SAMPLE_KEY:
            show.lines(["a key on the command line is seen by every user of this machine; better: --key-stdin"])
        if from_stdin:
            return sys.stdin.readline().rstrip("\r\n")
        if given is not None or "KEY" in self._known or not self._asking:
            return given or ""
        answer: str = click.prompt(
            "KEY that encrypts your models (hidden; empty for none)",
            default="",
            hide_input=True,
            show_default=False,
            err=True,
        )
        return answer

    def exported(self) -> frozenset[str]:
        """Which lines of a `.env` that was there before to export too."""
        names = [name for name in setup.foreign_names(self._sources) if not refused_reason(name)]
        if not names or not self._asking:
            return frozenset()
        answer: str = click.prompt(
            f"Your .env also sets {', '.join(names)}. Export which of them? (names, all or none)",
            default="none",
            err=True,
        )
        words = answer.replace(",", " ").split()
        return frozenset(names if words == ["all"] else words)

    def may_make(self, defined: Project) -> bool:
        """May the missing folders be made?"""
        if not defined.missing_sources or not self._asking:
            return False
        names = ", ".join(map(shown, defined.missing_sources))
        return click.confirm(f"The container needs {names}, and it is missing. Make it?", default=True, err=True)
