"""Change a project's files for `init`, `set` and `adopt`: plan, check, then write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from taoshell.actions import approve
from taoshell.actions.sources import Sources, built, decoded, machine, read_text
from taoshell.errors import TaoshellError, Where
from taoshell.formats import mounts_file
from taoshell.project.model import Project
from taoshell.state import backups
from taoshell.state.files import replace_user_file
from taoshell.state.paths import State
from taoshell.text import diff, merge, setting
from taoshell.text.setting import Setting, Texts


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


def plan_set(state: State, sources: Sources, settings: Sequence[Setting]) -> Change:
    """Plan to change `settings` in the files where they belong. Raises TaoshellError if it would be wrong there."""
    texts = Texts(decoded(sources.toml), decoded(sources.env))
    then = setting.changed(texts, settings, built(sources).project)
    return _plan(state, sources, then, f"{', '.join(item.name for item in settings)} is not changed")


def plan_adopt(state: State, root: str, path: str) -> Change:
    """Plan to take the mounts file `path` into the project. Raises TaoshellError if it would be wrong."""
    sources, project = approve.require_approved(state, root)
    wanted = mounts_file.read(read_text(path), path)
    texts = Texts(decoded(sources.toml), decoded(sources.env))
    adoption = merge.adopted(texts, wanted, project, path, machine())
    return _plan(state, sources, adoption.texts, "not adopted")


def newest_foreign_backup(state: State) -> str:
    """Return the path of the newest backup that is not the user's own former mapping."""
    for backup in backups.listed(state):
        if not backup.own:
            return backup.path
    raise TaoshellError("there is no backup", "name a file: taoshell adopt FILE", at=Where(state.backups))


def _plan(state: State, now: Sources, texts: Texts, refusal: str) -> Change:
    """Check the project with other texts. If it is wrong, raise TaoshellError beginning with `refusal`."""
    then = now.with_texts(texts.toml, texts.env)
    try:
        return Change(now, then, approve.checked(state, then))
    except TaoshellError as error:  # without the line number: the file with that line is never written
        at = error.where and Where(error.where.file)
        raise TaoshellError(f"{refusal}: {error.cause}", error.cure, at=at) from error
