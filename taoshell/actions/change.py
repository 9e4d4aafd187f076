"""Change a project's files for `init`, `set` and `adopt`: plan, check, then write."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field

from taoshell.actions import approve
from taoshell.actions.sources import Sources, built, decoded, read_text
from taoshell.errors import TaoshellError, Where
from taoshell.formats import merge, mounts_file
from taoshell.project import toml
from taoshell.project.model import Project
from taoshell.state import backups
from taoshell.state.files import replace_user_file
from taoshell.state.paths import State
from taoshell.text import diff, setting
from taoshell.text.setting import Texts


@dataclass(frozen=True, slots=True)
class Change:
    """The sources of a project as they are and as they will be, and the project that they then define.

    `others` are the new texts of other files by path.
    """

    now: Sources
    then: Sources
    project: Project
    others: dict[str, str] = field(default_factory=dict)

    def difference(self) -> list[str]:
        """Return the lines of a diff; none if nothing changes."""
        return diff.between(self.now.texts(), self.then.texts())

    def write(self) -> None:
        """Replace each file that differs, whole or not at all."""
        for old, new, mode in ((self.now.toml, self.then.toml, 0o644), (self.now.env, self.then.env, 0o600)):
            if new.data and new.data != old.data:
                replace_user_file(old.path, new.data, new_mode=mode)
        for path, text in self.others.items():
            if text != read_text(path):
                replace_user_file(path, text.encode(), new_mode=0o644)


def plan_set(state: State, sources: Sources, name: str, value: str) -> Change:
    """Plan to set `name` to `value` in the file where it belongs. Raises TaoshellError if it would be wrong there."""
    _require_no_container_path(sources, name, value)
    texts = setting.changed(Texts(decoded(sources.toml), decoded(sources.env)), name, value)
    return _plan(state, sources, texts, f"{name} is not changed")


def plan_adopt(state: State, root: str, path: str) -> Change:
    """Plan to merge the mounts file `path` into taoshell.toml. Raises TaoshellError if it would be wrong."""
    sources, project = approve.require_approved(state, root)
    wanted = mounts_file.read(read_text(path), path)
    text = merge.adopted(decoded(sources.toml), wanted, project, path)
    change = _plan(state, sources, Texts(text, decoded(sources.env)), "not adopted")
    merge.require_taken(wanted, change.project, path)
    return change


def newest_foreign_backup(state: State) -> str:
    """Return the path of the newest backup that is not the user's own former mapping."""
    for backup in backups.listed(state):
        if not backup.own:
            return backup.path
    raise TaoshellError("there is no backup", "name a file: taoshell adopt FILE", at=Where(state.backups))


def _require_no_container_path(sources: Sources, name: str, value: str) -> None:
    """Raise TaoshellError if `name` is the variable of a container path, which only taoshell.toml can change."""
    defined = built(sources).project
    for place in defined.places if defined else ():
        if name in place.container_variables:
            cause = f"{name} is the container path of place {toml.quoted(place.name)}, which is for everybody"
            new = shlex.quote(f"places.{place.name}.container={value}")
            raise TaoshellError(cause, f"run: taoshell set {new}")


def _plan(state: State, now: Sources, texts: Texts, refusal: str) -> Change:
    """Check the project with other texts. If it is wrong, raise TaoshellError beginning with `refusal`."""
    then = now.with_texts(texts.toml, texts.env)
    try:
        return Change(now, then, approve.checked(state, then))
    except TaoshellError as error:  # without the line number: the file with that line is never written
        at = error.where and Where(error.where.file)
        raise TaoshellError(f"{refusal}: {error.cause}", error.cure, at=at) from error
