"""Read a file of another program, such as a notebook, for a project: `init --from` and `adopt`."""

from __future__ import annotations

import glob
import os
import platform
import sys
from collections.abc import Mapping

from taoshell.actions import init
from taoshell.actions.change import Change
from taoshell.actions.init import Answers
from taoshell.actions.sources import Source, Sources, decoded, machine, read_file
from taoshell.cures import cure
from taoshell.errors import USAGE, TaoshellError, Where, shortened
from taoshell.formats import recognise
from taoshell.formats.imported import Imported, Several
from taoshell.formats.mounts_file import losses
from taoshell.formats.surroundings import Surroundings
from taoshell.project import gpus, hiding, networks
from taoshell.project.toml import BOM
from taoshell.state.paths import State
from taoshell.text import merge
from taoshell.text.setting import Texts

STDIN = "-"
_LONGEST = 1 << 24  # bytes, as of any other file that is read
_MOST = 20  # files of a kind that are looked at
_OFFERED = (["*.ipynb"], ["*.sh"], ["compose.y*ml", "docker-compose.y*ml"], [".tao_mounts.json", ".tlt_mounts.json"])
ASKED = ("KEY", "NUM_GPUS")  # `init` asks for them itself, with the file's values as its proposals
_KEPT = ("HOME", "USER", "LOGNAME")  # another project's variables in this shell must not count


class File:
    """A file to read, in text. `name` is what the user called it: a path, a path:PICK, or - for standard input."""

    def __init__(self, name: str, root: str) -> None:
        self.path, self.pick = (name, "") if name == STDIN or os.path.exists(name) else recognise.picked(name)
        self.root = root
        self.is_on_disk = name != STDIN
        self.text = _standard_input() if name == STDIN else _text(self.path)
        if self.path == STDIN:
            self.path = "standard input"

    def read(self, answers: Mapping[str, str]) -> Imported:
        """Return what the file says, with the user's `answers`. Raises TaoshellError if nothing can be read from it."""
        here = machine()
        around = Surroundings(
            folder=os.path.dirname(os.path.realpath(self.path)) if self.is_on_disk else self.root,
            home=here.home,
            user=here.user,
            uid=here.uid,
            gid=here.gid,
            environ={name: os.environ[name] for name in _KEPT if name in os.environ},
            architecture=platform.machine(),
            real=os.path.realpath,
            root=self.root,
            exists=os.path.isdir,
        )
        return recognise.read(self.text, self.path, around, answers, self.pick)


def shown(file: File | None, found: Imported) -> dict[str, object]:
    """Return what `file` says as JSON data, without the values of secrets."""
    if file is None:
        raise TaoshellError("--json prints what --from reads", "add --from FILE", exit_code=USAGE)
    return {"file": file.path, **found.document()}


def require_new(sources: Sources, file: File) -> None:
    """Raise TaoshellError if there is a project already: `adopt` takes a file into one."""
    if sources.toml.data is not None:
        how = "name another folder"
        if file.is_on_disk:
            how = cure("from-in-project", folder=sources.root, path=os.path.abspath(file.path))
        raise TaoshellError("this folder is a project already", how, at=Where(sources.toml.path))


def named(found: Imported, root: str, network: str | None, layout: str | None) -> tuple[str, str | None]:
    """Return the network and the layout of a new project: as given, or as the file or the folder says."""
    guessed = found.network or networks.guess(os.path.basename(root)) or ""
    return guessed if network is None else network, layout or found.layout or None


def without_network(found: Imported) -> Imported:
    """Return `found` with a note that nothing names a network."""
    how = "if it trains one, add --network NAME, or add a line network to taoshell.toml"
    return found._replace(notes=(*found.notes, f"the file names no network, so the project has none; {how}"))


def plan(
    state: State, sources: Sources, answers: Answers, file: File | None, found: Imported
) -> tuple[Change, list[str]]:
    """Plan a new project, from `found`, what `file` says, if there is a file; and return lines to say about it.

    Raises TaoshellError if no project can be as the file says. Writes nothing.
    """
    if file is None:
        return init.plan(state, sources, answers), []
    try:
        return _planned(state, sources, answers, file, found)
    except TaoshellError as error:
        if error.where is not None and error.where.file in [item.path for item in sources.all if item.data is None]:
            error.where = Where(file.path)  # no file of that name has this line
        raise


def _planned(state: State, sources: Sources, answers: Answers, file: File, found: Imported) -> tuple[Change, list[str]]:
    toml, env = init.first_texts(state, sources, answers)
    asked = (*ASKED, gpus.IDS) if found.gpus else ASKED
    wanted = found._replace(variables={name: found.variables[name] for name in found.variables if name not in asked})
    taken = merge.first(Texts(toml, env), wanted, sources.root, file.path, machine())
    planned = init.plan(state, sources, answers, (taken.texts.toml, taken.texts.env))
    for name, value in ((gpus.NUMBER, str(found.number_of_gpus or "")), (gpus.IDS, found.gpu_ids)):
        if found.gpus and value and found.own is None:
            taken.to_say.append(f"{name}={value} is left out, as the container gets GPUs: {found.gpus}")
    if found.gpu_ids and found.number_of_gpus not in (None, int(gpus.length(found.gpu_ids))):
        taken.to_say.append(f"NUM_GPUS={found.number_of_gpus} is left out, as GPU_IDS is {found.gpu_ids}")
    return planned, [*taken.to_say, *losses(planned.project.mapping, os.path.realpath), *to_say(found, sources.root)]


def candidate(root: str) -> str | None:
    """Return the one file in `root` that sets up a project: of the first kind of which there are any.

    None if there is none, or if there are several of that kind.
    """
    for patterns in _OFFERED:
        paths = sorted(path for pattern in patterns for path in glob.glob(f"{glob.escape(root)}/{pattern}"))
        found = [path for path in paths[:_MOST] if _sets_up(path, root)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _sets_up(path: str, root: str) -> bool:
    try:
        File(path, root).read({})
    except Several:  # the user is asked which part of it is meant
        return True
    except TaoshellError:
        return False
    return True


def to_say(found: Imported, root: str) -> list[str]:
    """Return what the reader of `found` wants people to know: what is not known, and what was left out."""
    lines = [*map(str, found.doubts), *found.notes]
    if (number := found.variables.get("NUM_GPUS")) is not None and found.number_of_gpus is None:
        lines.append(f"NUM_GPUS is left out: {shortened(repr(number))} is no number of GPUs")
    for name in found.own.secrets if found.own else ():
        if name != "KEY":
            how = cure("secret-not-exported", name=name, root=root)
            lines.append(f"{name} is a secret, so the file does not have it; {how}")
    return [hiding.message(line, found.secret_values) for line in lines]


def _text(path: str) -> str:
    if os.path.isdir(path):
        near = candidate(path)
        how = f"name a file in it, such as {near}" if near else "name a file in it"
        raise TaoshellError("this is a folder", how, at=Where(path))
    source = read_file(path)
    if source.data is None:
        raise TaoshellError("there is no such file", "name another one", at=Where(path))
    return decoded(source).removeprefix(BOM)


def _standard_input() -> str:
    data = sys.stdin.buffer.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise TaoshellError("this is too long to read", "name a file", at=Where("standard input"))
    return decoded(Source("", "standard input", data)).removeprefix(BOM)
