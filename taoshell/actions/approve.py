"""The one place that decides whether a project may be loaded: `allow`, `deny`, and `sync` after a source changed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import NamedTuple

from taoshell.actions import compile, find, record
from taoshell.actions.change import Change, plan
from taoshell.actions.compile import Outcome
from taoshell.actions.sources import Source, Sources, machine, read_sources
from taoshell.cures import cure
from taoshell.errors import ChangedMeanwhile, TaoshellError, Where, printable, refusal
from taoshell.formats import mounts_file
from taoshell.project.links import steps_to
from taoshell.project.model import Project
from taoshell.state import approvals
from taoshell.state.files import ensure_project, lock, make_folder, read_or_none
from taoshell.state.paths import State
from taoshell.state.swap import Swaps, recover

_TRIES = 10  # to approve or compile a project that another program keeps changing
CHANGING = 76  # it still does: the hook tries again at the next prompt


class Allowed(NamedTuple):
    """An approved project, the lines to say about it, and what the user should know about the project itself."""

    project: Project
    to_say: list[str]
    notes: list[str]


class Blocked(NamedTuple):
    """What to put in force instead of a project. `project` is the reason, if it only lacks an approval."""

    outcome: Outcome
    project: Project | None


def allow(state: State, change: Change) -> Allowed:
    """Carry out `change`, approve the project exactly as it was planned, and put it in force in every shell.

    Raises ChangedMeanwhile if anything is not as it was when the change was planned, or TaoshellError or OSError; then
    nothing changes.
    """
    change.require_folders()
    root, project = change.now.root, change.project
    with lock(state):
        again = _unchanged(state, change.now)
        _require_same_steps(project)
        with _swaps(state, root) as swaps:
            for path in change.folders:
                _make(path, project)
            then = _carried_out(change, again, swaps)
            compile.outdate(state, root)  # if we are killed after the next line, every shell calls sync
            approvals.approve(state, root, record.inputs(then, project))
            to_say = _compile_and_record(state, then, project)
    losses = mounts_file.losses(project.mapping, os.path.realpath)
    created = [f"created {printable(path)}" for path in change.folders]
    return Allowed(project, [*created, *swaps.to_say, *to_say], [*project.notes, *losses])


def _make(path: str, project: Project) -> None:
    """Make a mount folder. Raises TaoshellError if this machine does not let us, as with a colleague's /mnt/nas."""
    try:
        os.makedirs(os.path.realpath(path), exist_ok=True)  # it may be a dangling symlink
    except OSError as error:
        place = next((place for place in project.places if os.path.realpath(place.host) == path), None)
        name = next(iter(place.host_variables), f"place {place.name}") if place else "it"
        how = f"name another folder for {name} where this one is named: in taoshell.toml, .env or what --from reads"
        raise TaoshellError(f"cannot create {path}: {error.strerror}", how) from error


def sync(state: State, root: str) -> list[str]:
    """Recompile after a source changed: in full if the user has approved this content, else blocked.

    An error in the project is not raised: it becomes the reason that the shell shows. The project is read before we
    take the lock, as a dead network mount must not make other shells wait.
    """
    for _ in range(_TRIES):
        sources = read_sources(root)
        decided = _decided(state, sources)
        with contextlib.suppress(ChangedMeanwhile), lock(state):
            again = _unchanged(state, sources)
            if isinstance(decided, Blocked):
                if decided.project and record.is_approved(state, again, decided.project):  # by `allow`, while we waited
                    continue
                return compile.put_in_force(state, again, decided.outcome)
            if not record.is_approved(state, again, decided.project):  # denied while we waited for the lock
                continue
            with _swaps(state, root) as swaps:
                then = _carried_out(decided, again, swaps, keep_time=True)
                to_say = _compile_and_record(state, then, decided.project)
            return [*swaps.to_say, *to_say]
    cause = "another program writes the project's files all the time"
    raise TaoshellError(cause, "stop that program, then press Enter", at=Where(root), exit_code=CHANGING)


def deny(state: State, root: str) -> tuple[bool, list[str]]:
    """Withdraw every approval of the project. Returns whether it had one, and the lines to say."""
    to_say: list[str] = []
    with lock(state):
        compile.outdate(state, root)  # first: every shell calls sync from now on, even if we are killed here
        count = approvals.revoke(state, root)
        if os.path.exists(state.project(root).current):
            reason = f"{printable(root)} is denied; {cure('denied')}"
            to_say = compile.put_in_force(state, read_sources(root), compile.blocked(root, reason))
        return count > 0, to_say


def require_approved(state: State, root: str) -> Change:
    """Return the project, planned as it is. Raises TaoshellError unless the user has approved exactly this content."""
    change = plan(state, read_sources(root))
    change.require_folders()
    if not record.is_approved(state, change.now, change.project):
        raise not_approved(root)
    return change


def not_approved(root: str) -> TaoshellError:
    """Return the error that the project in `root` is not approved as it is now."""
    cause = "the project is not approved as it is now"
    return TaoshellError(cause, cure("not-approved", root=root), at=Where(root))


def require_in_force(state: State, root: str) -> Project:
    """Return the approved project, and make sure that `mounts.json` has the mounts of exactly this content.

    Raises TaoshellError if the project is not approved as it is now.
    """
    project = require_approved(state, root).project
    if read_or_none(state.project(root).mounts) != mounts_file.written(project.mapping).encode():
        sync(state, root)
    return project


def _decided(state: State, sources: Sources) -> Change | Blocked:
    """Return what to do about a project that has changed: compile it, or block it with a reason."""
    change = unapproved = None
    try:
        change = plan(state, sources)
        if not record.is_approved(state, sources, change.project):
            unapproved = change.project
            raise TaoshellError(_disapproval(state, sources, change.project), cure("changed"))
        change.require_folders()
    except TaoshellError as error:
        never_approved = change is None and record.changed_names(state, sources, None)
        how = cure("changed-and-wrong")
        reason = f"{_disapproval(state, sources, None)}; {how}" if never_approved else str(error)
        project = change.project if change else None
        return Blocked(compile.blocked(sources.root, reason, project.steps if project else ()), unapproved)
    return change


def _disapproval(state: State, sources: Sources, project: Project | None) -> str:
    """Return why this content is not approved: what differs from the last approval."""
    names = record.changed_names(state, sources, project)
    if not names:
        return f"{sources.root} is not approved"
    return f"{' and '.join(names)} changed since you approved {sources.root}"


def _unchanged(state: State, sources: Sources) -> Sources:
    """Read the sources again under the lock. Raises ChangedMeanwhile if they are not as they were.

    They are not if a killed process has moved one away, and we put it back just now.
    """
    for source in sources.all:
        recover(state.project(sources.root).replaced, source.path)
    return sources.require_unchanged()


@contextlib.contextmanager
def _swaps(state: State, root: str) -> Iterator[Swaps]:
    """Replace files of the project. An error also has what the user must know about the files then."""
    ensure_project(state.project(root))  # first: if we are killed later, a shell that finds this folder calls sync
    swaps = Swaps(state.project(root).replaced)
    try:
        with swaps:
            yield swaps
    except (TaoshellError, OSError) as error:
        told = error if isinstance(error, TaoshellError) else refusal(error)
        told.to_say += swaps.to_say
        raise told from error


def _require_same_steps(project: Project) -> None:
    """Raise ChangedMeanwhile if a step to a place is not as it was when the project was built, is gone, or is new."""
    now = steps_to((place.host for place in project.places), project.root, machine())
    for step in {*project.steps} ^ {*now}:
        raise ChangedMeanwhile(step.path)


def _carried_out(change: Change, again: Sources, swaps: Swaps, *, keep_time: bool = False) -> Sources:
    """Write the planned files. Returns the sources as they are then; `again` has the mtimes of the others.

    With `keep_time`, which is for changes to our block alone, a file keeps its mtime. Otherwise two machines that see
    one home at different paths would recompile in turns, as each writes its paths into the block.
    """
    if find.is_private(change.now.env.path, change.now.root):
        make_folder(os.path.dirname(change.now.env.path))
    mtimes = {
        file.path: swaps.replace(file.path, file.before, file.after, mode=file.mode, keep_time=keep_time)
        for file in change.files
    }

    def written(planned: Source, found: Source) -> Source:
        return planned._replace(mtime_ns=mtimes.get(os.path.realpath(found.path), found.mtime_ns))

    return again._replace(toml=written(change.then.toml, again.toml), env=written(change.then.env, again.env))


def _compile_and_record(state: State, sources: Sources, project: Project) -> list[str]:
    to_say = compile.put_in_force(state, sources, compile.approved(project))
    record.write(state, sources, project)
    return to_say
