"""What the user decides about a project, and what follows from it: allow, deny, and sync when a source differs."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace

from taoshell.actions import compile, find
from taoshell.actions.find import ENV, TOML
from taoshell.actions.sources import Sources, define, read_sources
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

_LONGEST = 4095 - 100  # what a path may have, in bytes, less the names of what is kept in a project's folder


@dataclass(frozen=True, slots=True)
class Allowed:
    """An approved project, and what to tell the user beside it."""

    project: Project
    to_say: list[str]


def check(state: State, root: str) -> tuple[Sources, Project]:
    """Read the project and see that nothing in it is wrong. Raises TaoshellError with file and line."""
    find.require_root(root)
    if len(os.fsencode(state.project(root).folder)) > _LONGEST:
        raise TaoshellError("the path is too long for what is kept of it", "use a shorter one", at=Where(root))
    sources = read_sources(root)
    return sources, checked(state, sources)


def allow(state: State, root: str) -> Allowed:
    """Approve the project in `root` as it is now, and put it in force in every shell.

    Raises TaoshellError where something in it is wrong; everything is as before then.
    """
    check(state, root)
    with lock(state):
        sources, defined = check(state, root)  # anew: the wait for the lock may have been long
        sources = _write_block(sources, defined)
        ensure_project(state.project(root))  # where a shell finds this, it asks: were we killed after approving?
        approvals.approve(state, root, sources.inputs())
        return Allowed(defined, _put_in_force(state, sources, defined))


def sync(state: State, root: str) -> list[str]:
    """A source is not as it was compiled: go on where the user has approved this content, else block.

    Raises nothing for what stands in the project: that becomes the reason that the shell shows.
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
        return _put_in_force(state, sources, defined)


def deny(state: State, root: str) -> int:
    """Take back every approval of the project; returns how many there were."""
    with lock(state):
        compile.outdate(state, root)  # first: whoever looks from now on asks, even if we are killed here
        count = approvals.revoke(state, root)
        if os.path.exists(state.project(root).current):
            reason = f"{printable(root)} is denied; run: taoshell allow"
            compile.put_in_force(state, read_sources(root), compile.blocked(root, reason))
        return count


def was_approved(state: State, root: str) -> bool:
    """Was the project ever approved?"""
    return _record(state, root) is not None


def changes(state: State, root: str) -> list[str]:
    """What changed since the last approval, as lines of a diff; everything where there was none."""
    sources = read_sources(root)
    now = {name: data.decode(errors="backslashreplace") for name, data in sources.inputs().items()}
    record = _record(state, root)
    return between(record["inputs"] if record else {}, now)


def require_approved(state: State, root: str) -> tuple[Sources, Project]:
    """The project, if the user has approved just what stands there. Raises TaoshellError where not."""
    sources, defined = check(state, root)
    if not is_approved(state, sources):
        raise TaoshellError("the project is not approved as it is now", "run: taoshell allow", at=Where(root))
    return sources, defined


def require_in_force(state: State, root: str) -> Project:
    """The approved project, and `mounts.json` is its own then: not that of another content that is approved too.

    Raises TaoshellError where it is not approved as it is.
    """
    _, defined = require_approved(state, root)
    if read_or_none(state.project(root).mounts) != mounts_file.written(defined).encode():
        sync(state, root)
    return defined


def is_approved(state: State, sources: Sources) -> bool:
    """Has the user approved just what stands there?"""
    return approvals.is_approved(state, sources.root, sources.inputs())


def checked(state: State, sources: Sources) -> Project:
    """What just these sources define, if nothing is wrong. Raises TaoshellError with file and line."""
    defined = define(sources)
    _require_own_block(state, sources, defined)
    require_mount_folders(defined)
    return defined


def _put_in_force(state: State, sources: Sources, defined: Project) -> list[str]:
    to_say = compile.put_in_force(state, sources, compile.approved(defined))
    kept = {TOML: (sources.toml.data or b"").decode(), ENV: sources.dotenv().user_text}
    record = json.dumps({"inputs": kept, "block": variables_of(defined.places)})
    replace_file(state.project(sources.root).inputs, record.encode())
    return to_say


def _write_block(sources: Sources, defined: Project) -> Sources:
    """The path variables in `.env`, for all who read that file themselves; returns the sources as they are then.

    Raises TaoshellError where somebody else wrote it meanwhile: nothing unseen is approved.
    """
    before = sources.env.data or b""
    after = dotenv.with_block(before.decode(), variables_of(defined.places)).encode()
    if after == before:
        return sources
    meanwhile = TaoshellError("the file was changed meanwhile", "run: taoshell allow", at=Where(sources.env.path))
    if not sources.env.is_current():
        raise meanwhile
    replace_user_file(sources.env.path, after, new_mode=0o600)
    written = replace(sources, env=read_sources(sources.root).env)
    if written.env.data != after:
        raise meanwhile
    return written


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
        at=Where(sources.env.path, dotenv.block_line(sources.env.data.decode() if sources.env.data else "")),
    )


def _is_block_of_another_project(state: State, block: dict[str, str]) -> bool:
    """Whether taoshell wrote `block` for the project in one of its folders: this folder was then moved or copied."""
    records = (_record(state, path) for path in block.values() if path.startswith("/"))
    return any(record is not None and record["block"] == block for record in records)


def _disapproval(state: State, sources: Sources) -> str:
    """Why this content is not approved: which of the sources differ from what last was."""
    record = _record(state, sources.root)
    now = sources.inputs()
    names = [name for name in now if record and now[name].decode(errors="replace") != record["inputs"].get(name)]
    if not names:
        return f"{sources.root} is not approved"
    return f"{' and '.join(names)} changed since you approved {sources.root}"


def _record(state: State, root: str) -> dict[str, dict[str, str]] | None:
    """What was last approved of the project in `root`, or None."""
    require_own(state)
    data = read_or_none(state.project(root).inputs)
    if data is None:
        return None
    try:
        record: dict[str, dict[str, str]] = json.loads(data)
    except ValueError:  # torn by a machine that went down: the approvals themselves stand elsewhere
        return None
    return record
