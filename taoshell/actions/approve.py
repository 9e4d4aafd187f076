"""The one place that decides whether a project may be loaded: `allow`, `deny`, and `sync` after a source changed."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace

from taoshell.actions import compile, find
from taoshell.actions.sources import Sources, decoded, define, read_sources
from taoshell.errors import TaoshellError, Where, printable
from taoshell.formats import mounts_file
from taoshell.project.build import require_mount_folders
from taoshell.project.model import Project
from taoshell.project.variables import variables_of
from taoshell.state import approvals
from taoshell.state.files import ensure_project, lock, read_or_none, replace_file, replace_user_file, require_own
from taoshell.state.paths import State
from taoshell.text import dotenv
from taoshell.text.diff import between

_LONGEST = 4095 - 100  # bytes: PATH_MAX without its NUL, less the names of the files in a project's state folder


@dataclass(frozen=True, slots=True)
class Allowed:
    """An approved project, and the lines to say about it."""

    project: Project
    to_say: list[str]


def check(state: State, root: str) -> tuple[Sources, Project]:
    """Read and check the project. Raises TaoshellError with file and line if something in it is wrong."""
    find.require_root(root)
    if len(os.fsencode(state.project(root).folder)) > _LONGEST:
        raise TaoshellError("the path is too long for taoshell's state folder", "use a shorter one", at=Where(root))
    sources = read_sources(root)
    return sources, checked(state, sources)


def allow(state: State, root: str) -> Allowed:
    """Approve the project in `root` exactly as it is now, and put it in force in every shell.

    Raises TaoshellError if something in the project is wrong; then nothing changes.
    """
    check(state, root)
    with lock(state):
        sources, defined = check(state, root)  # again: we may have waited for the lock
        sources = _write_block(sources, defined)
        ensure_project(state.project(root))  # first: if we are killed later, a shell that finds this folder calls sync
        approvals.approve(state, root, sources.inputs())
        return Allowed(defined, [*_compile_and_record(state, sources, defined), *defined.notes])


def sync(state: State, root: str) -> list[str]:
    """Recompile after a source changed: in full if the user has approved this content, else blocked.

    An error in the project is not raised: it becomes the reason that the shell shows.
    """
    with lock(state):
        sources = read_sources(root)
        try:
            if not approvals.is_approved(state, root, sources.inputs()):
                raise TaoshellError(_disapproval(state, sources), "run: taoshell allow")
            defined = checked(state, sources)
        except TaoshellError as error:
            return compile.put_in_force(state, sources, compile.blocked(root, str(error)))
        sources = _write_block(sources, defined)
        return _compile_and_record(state, sources, defined)


def deny(state: State, root: str) -> int:
    """Withdraw every approval of the project. Returns how many there were."""
    with lock(state):
        compile.outdate(state, root)  # first: every shell calls sync from now on, even if we are killed here
        count = approvals.revoke(state, root)
        if os.path.exists(state.project(root).current):
            reason = f"{printable(root)} is denied; to load it again: taoshell allow"
            compile.put_in_force(state, read_sources(root), compile.blocked(root, reason))
        return count


def was_approved(state: State, root: str) -> bool:
    """Whether the project was ever approved."""
    return _record(state, root) is not None


def changes(state: State, root: str) -> list[str]:
    """Return what changed since the last approval as lines of a diff: everything, if there was no approval."""
    sources = read_sources(root)
    record = _record(state, root)
    if record is None:
        return between({}, sources.texts(), sides=("nothing approved", "now"))
    return between(record["inputs"], sources.texts())


def require_approved(state: State, root: str) -> tuple[Sources, Project]:
    """Return the project. Raises TaoshellError if the user has not approved exactly this content."""
    sources, defined = check(state, root)
    if not is_approved(state, sources):
        raise TaoshellError("the project is not approved as it is now", "run: taoshell allow", at=Where(root))
    return sources, defined


def require_in_force(state: State, root: str) -> Project:
    """Return the approved project, and make sure that `mounts.json` has the mounts of exactly this content.

    Raises TaoshellError if the project is not approved as it is now.
    """
    _, defined = require_approved(state, root)
    if read_or_none(state.project(root).mounts) != mounts_file.written(defined.mapping).encode():
        sync(state, root)
    return defined


def is_approved(state: State, sources: Sources) -> bool:
    """Whether the user has approved exactly this content. Raises TaoshellError in another user's state folder."""
    require_own(state)
    return approvals.is_approved(state, sources.root, sources.inputs())


def checked(state: State, sources: Sources) -> Project:
    """Return the project that `sources` define. Raises TaoshellError with file and line if something is wrong."""
    defined = define(sources)
    _require_own_block(state, sources, defined)
    require_mount_folders(defined)
    return defined


def _compile_and_record(state: State, sources: Sources, defined: Project) -> list[str]:
    to_say = compile.put_in_force(state, sources, compile.approved(defined))
    record = json.dumps({"inputs": sources.texts(), "block": variables_of(defined.places)})
    replace_file(state.project(sources.root).inputs, record.encode())
    return to_say


def _write_block(sources: Sources, defined: Project) -> Sources:
    """Write the path variables into `.env`, for other programs that read it. Returns the sources after that.

    Raises TaoshellError if another process wrote the file meanwhile: taoshell never approves content it has not read.
    """
    after = dotenv.with_block(decoded(sources.env), variables_of(defined.places)).encode()
    if after == sources.env.data:
        return sources
    if sources.env.is_current():
        replace_user_file(sources.env.path, after, new_mode=0o600)
        written = replace(sources, env=read_sources(sources.root).env)
        if written.env.data == after:
            return written
    raise TaoshellError("the file changed meanwhile", "run: taoshell allow", at=Where(sources.env.path))


def _require_own_block(state: State, sources: Sources, defined: Project) -> None:
    """Raise TaoshellError if the user edited the block, which would then contradict the mounts."""
    record = _record(state, sources.root)
    block = sources.dotenv().block
    if record is None or block is None or block in (record["block"], variables_of(defined.places)):
        return
    if _is_block_of_another_project(state, block):
        return
    names = [name for name in {**block, **record["block"]} if block.get(name) != record["block"].get(name)]
    raise TaoshellError(
        f"{', '.join(names)} was edited inside taoshell's block",
        "put the line above the block and undo the edit, or delete the block; then run: taoshell allow",
        at=Where(sources.env.path, dotenv.block_line(decoded(sources.env))),
    )


def _is_block_of_another_project(state: State, block: dict[str, str]) -> bool:
    """Whether taoshell wrote `block` for another project: then this folder is a moved project or a copy."""
    records = (_record(state, path) for path in block.values() if path.startswith("/"))
    return any(record is not None and record["block"] == block for record in records)


def _disapproval(state: State, sources: Sources) -> str:
    """Return why this content is not approved: which sources differ from the last approval."""
    record = _record(state, sources.root)
    names = [name for name, text in sources.texts().items() if record and text != record["inputs"].get(name)]
    if not names:
        return f"{sources.root} is not approved"
    return f"{' and '.join(names)} changed since you approved {sources.root}"


def _record(state: State, root: str) -> dict[str, dict[str, str]] | None:
    """Return the record of the last approval of the project in `root`, or None."""
    require_own(state)
    data = read_or_none(state.project(root).inputs)
    if data is None:
        return None
    try:
        record = json.loads(data)
        return {part: {str(name): str(text) for name, text in record[part].items()} for part in ("inputs", "block")}
    except (ValueError, KeyError, TypeError, AttributeError):  # damaged; approvals are files of their own
        return None
