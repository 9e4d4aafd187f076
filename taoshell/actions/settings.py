"""`taoshell set` and `unset`: settings that change in the file to which they belong."""

from __future__ import annotations

from collections.abc import Sequence

from taoshell.actions import change
from taoshell.actions.change import Change
from taoshell.actions.sources import Sources, decoded
from taoshell.errors import TaoshellError, not_written
from taoshell.project.model import Project
from taoshell.project.problems import Problem
from taoshell.state.paths import State
from taoshell.text import setting, setting_words
from taoshell.text.setting import Setting, Texts


def plan(
    state: State, sources: Sources, project: Project | None, settings: Sequence[Setting], *, is_new: bool = False
) -> Change:
    """Plan all `settings` or none. `project` is what `sources` define now, or None if it is broken.

    Raises TaoshellError if one of them is wrong, or looks misspelt and not `is_new`.
    """
    texts = Texts(decoded(sources.toml), decoded(sources.env))
    if not is_new:
        setting_words.require_meant([item for item in settings if item.value is not None], texts, project, sources.root)
    after = setting.changed(texts, settings, project)
    try:
        planned = change.plan(state, sources, toml=after.toml, env=after.env)
        planned.require_folders()
    except TaoshellError as error:
        if isinstance(error, Problem) and error.id == "place-without-container":  # its cure is a line of the file
            host = next((item.value for item in settings if item.value), "…")
            error.cure = f"""give both paths: 'places.NAME={{ host = "{host}", container = "/…" }}'"""
        names = ", ".join(item.name for item in settings)
        raise not_written(error, f"{names} {'is' if len(settings) == 1 else 'are'} not changed") from error
    return planned
