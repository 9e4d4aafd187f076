"""`taoshell set` and `unset`: settings that change in the file to which they belong."""

from __future__ import annotations

from collections.abc import Sequence

from taoshell.actions import approve, change
from taoshell.actions.change import Change
from taoshell.actions.find import rerun
from taoshell.actions.sources import Sources, built, decoded, read_sources
from taoshell.errors import TaoshellError, Where
from taoshell.state.paths import State
from taoshell.text import setting, setting_words
from taoshell.text.setting import Setting, Texts


def approved_sources(state: State, root: str) -> Sources:
    """Return the sources of a project that the user has approved as it is: `set` must not approve anything else.

    Raises TaoshellError if it is not approved. A project that something else has broken since is.
    """
    sources = read_sources(root)
    if not approve.is_approved(state, sources, built(sources).project):
        raise TaoshellError("the project is not approved as it is now", f"run: {rerun('allow', root)}", at=Where(root))
    return sources


def plan(state: State, sources: Sources, settings: Sequence[Setting], *, is_new: bool = False) -> Change:
    """Plan all `settings` or none. Raises TaoshellError if one of them is wrong, or looks misspelt and not `is_new`."""
    texts = Texts(decoded(sources.toml), decoded(sources.env))
    project = built(sources).project
    if not is_new:
        setting_words.require_meant([item for item in settings if item.value is not None], texts, project)
    after = setting.changed(texts, settings, project)
    try:
        planned = change.plan(state, sources, toml=after.toml, env=after.env)
        planned.require_folders()
    except TaoshellError as error:
        names = ", ".join(item.name for item in settings)
        raise change.not_written(error, f"{names} {'is' if len(settings) == 1 else 'are'} not changed") from error
    return planned
