"""What the user has approved of a project: approvals are hashes, and the record has the last texts, to show changes."""

from __future__ import annotations

import json
import os
from typing import NamedTuple

from taoshell.actions.find import ENV, TOML
from taoshell.actions.sources import Sources, built, decoded
from taoshell.errors import TaoshellError
from taoshell.project.model import Project
from taoshell.project.variables import variables_of
from taoshell.state import approvals
from taoshell.state.files import make_folder, read_or_none, remove, replace_file, require_own
from taoshell.state.paths import State
from taoshell.state.sha256 import sha256
from taoshell.text.diff import between
from taoshell.text.dotenv import block_gap
from taoshell.text.lines import Gap
from taoshell.text.masked import SYMLINKS

_MOST_BLOCKS = 100


class Record(NamedTuple):
    """The texts of the inputs at the last approval, the variables of the block that was written then, and where.

    `earlier` has a hash of each block that taoshell has written at former approvals, the newest last.
    """

    inputs: dict[str, str]
    block: dict[str, str]
    gap: Gap = Gap()
    earlier: tuple[str, ...] = ()

    def wrote(self, block: dict[str, str]) -> bool:
        """Whether taoshell itself wrote `block`, now or earlier: the user may have restored an older `.env`."""
        return block == self.block or _hash_of(block) in self.earlier


def read(state: State, root: str) -> Record | None:
    """Return the record of the project in `root`. Raises TaoshellError in another user's state folder."""
    require_own(state)
    data = read_or_none(state.record(root))
    if data is None:
        data = read_or_none(state.project(root).old_record)
    if data is None:
        return None
    try:
        record = json.loads(data)
        inputs = {str(name): str(text) for name, text in record["inputs"].items()}
        block = {str(name): str(text) for name, text in record["block"].items()}
        return Record(inputs, block, Gap(*map(int, record.get("gap", ()))), (*map(str, record.get("earlier", ())),))
    except (ValueError, KeyError, TypeError, AttributeError):  # damaged; approvals are files of their own
        return None


def project_before(state: State, sources: Sources) -> Project | None:
    """Return the project as it was approved last; None if it never was, or if it cannot be built any more."""
    record = read(state, sources.root)
    if record is None:
        return None
    toml, env = (
        source._replace(data=record.inputs.get(name, "").encode())
        for source, name in zip(sources.all, (TOML, ENV), strict=True)
    )
    try:
        return built(sources._replace(toml=toml, env=env)).project
    except TaoshellError:
        return None


def exists(state: State, root: str) -> bool:
    """Whether there is a record of the project in `root`."""
    return os.path.isfile(state.record(root)) or os.path.isfile(state.project(root).old_record)


def was_approved(state: State, root: str) -> bool:
    """Whether the user ever approved the project. A damaged record does not make it a stranger's."""
    return read(state, root) is not None or approvals.exist(state, root)


def is_approved(state: State, sources: Sources, project: Project | None) -> bool:
    """Whether the user has approved exactly this content. Raises TaoshellError in another user's state folder."""
    require_own(state)
    return approvals.is_approved(state, sources.root, inputs(sources, project))


def write(state: State, sources: Sources, project: Project) -> None:
    """Record that the user approved this."""
    last = read(state, sources.root)
    before = (*last.earlier, _hash_of(last.block)) if last else ()
    earlier = [*dict.fromkeys(reversed(before))][:_MOST_BLOCKS][::-1]  # each once
    gap = block_gap(decoded(sources.env))
    record = Record(texts(sources, project), variables_of(project.places), gap, tuple(earlier))
    path, old = state.record(sources.root), state.project(sources.root).old_record
    make_folder(os.path.dirname(path))
    replace_file(path, json.dumps(record._asdict()).encode())
    if old != path:
        remove(old)  # it may contain KEY


def _hash_of(block: dict[str, str]) -> str:
    return sha256(json.dumps(block).encode()).hexdigest()


def forget(state: State, root: str) -> None:
    """Remove the record of the project in `root`."""
    remove(state.record(root))
    remove(state.project(root).old_record)


def changes(state: State, sources: Sources, project: Project | None) -> list[str]:
    """Return what changed since the last approval as lines of a diff: everything, if there was no approval."""
    record, now = read(state, sources.root), texts(sources, project)
    if record is None:
        return between({}, now, sides=("nothing approved", "now"), gaps=({}, _gaps(sources)))
    return between(record.inputs, now, gaps=({ENV: record.gap}, _gaps(sources)))


def difference(before: Sources, now: Sources, project: Project, *, word: str = "approved") -> list[str]:
    """Return the lines of a diff of two versions of the sources. The `word` says what the first one was."""
    gaps = (_gaps(before), _gaps(now))
    return between(texts(before, project), texts(now, project), sides=(word, "now"), gaps=gaps)


def _gaps(sources: Sources) -> dict[str, Gap]:
    return {ENV: block_gap(decoded(sources.env), sources.env.path)}


def changed_names(state: State, sources: Sources, project: Project | None) -> list[str]:
    """Return the inputs that changed since the last approval; none if there was none, or if a file is unreadable.

    Without a project, only the files are compared.
    """
    record = read(state, sources.root)
    if record is None:
        return []
    try:
        now = texts(sources, project)
    except TaoshellError:
        return []
    return [name for name, text in now.items() if (project or name != SYMLINKS) and text != record.inputs.get(name, "")]


def inputs(sources: Sources, project: Project | None) -> dict[str, bytes]:
    """Return all that the user approves: the two files, and the symlinks on the way to the places.

    Raises TaoshellError if a file cannot be read.
    """
    symlinks = _symlinks(project, sources.root) if project else ""
    return sources.inputs() | ({SYMLINKS: symlinks.encode()} if symlinks else {})


def texts(sources: Sources, project: Project | None) -> dict[str, str]:
    """Return `inputs` as text. The symlinks are always there, so that a diff shows one that is gone."""
    found = {name: data.decode(errors="backslashreplace") for name, data in inputs(sources, project).items()}
    return {**found, SYMLINKS: found.get(SYMLINKS, "")}


def _symlinks(project: Project, root: str) -> str:
    """Return a line for each symlink. Quotes keep a path with a line break apart from two paths."""
    links = {step.path.removeprefix(f"{root}/"): step.target for step in project.steps if step.target is not None}
    return "".join(f"{json.dumps(path)} -> {json.dumps(target)}\n" for path, target in links.items())
