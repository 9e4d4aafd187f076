"""`taoshell export kernel`: what a process without a shell, such as a notebook's kernel, sets and unsets in a folder.

It leaves the project that it was started in, and enters the folder's. It becomes no session.
"""

from __future__ import annotations

from collections.abc import Mapping

from taoshell.actions import approve, compile, environment, export, find, record
from taoshell.cures import cure
from taoshell.errors import TaoshellError
from taoshell.mounts import mapping
from taoshell.project.model import Project
from taoshell.shells import jupyter
from taoshell.state import generations
from taoshell.state.files import ensure
from taoshell.state.paths import MOUNTS_NAME, State, for_other_programs


def change(state: State, folder: str, environ: Mapping[str, str]) -> dict[str, object]:
    """Return how `environ` changes in `folder`, what to say about it, and which files to watch.

    In a project that is not approved, or is wrong, TAO's launcher gets a mounts file that it refuses.
    """
    jupyter.renew(state)
    before, root = for_other_programs(environ), find.around(folder)
    after, project = environment.outside(state, before), None
    to_say = [f"left {before['TAOSHELL_PROJECT']}"] if root is None and "TAOSHELL_PROJECT" in before else []
    if root is not None:
        try:
            find.require_root(root)
            if not record.was_approved(state, root):  # say that first, as a shell does
                raise approve.not_approved(root)
            project = approve.require_approved(state, root).project
            after, to_say = _entered(state, root, after, project)
        except TaoshellError as error:
            after, to_say = _refused(state, root, after), [str(error)]
    return {
        "project": root,
        "loaded": project is not None,
        "set": {name: value for name, value in after.items() if before.get(name) != value},
        "unset": [name for name in before if name not in after],
        "say": [] if project and environ.get("TAOSHELL_LOG") == "quiet" else to_say,
        "watch": export.watched(state, root) if root else [],
        "mounts_file": state.mounts_file,
        "overwritten": f"wrote ~/{MOUNTS_NAME}, but tao uses this project's own mapping here",
        "to_adopt": cure("cell-wrote", folder=root or "", path=state.mounts_file),
    }


def _entered(state: State, root: str, outside: Mapping[str, str], project: Project) -> tuple[dict[str, str], list[str]]:
    to_say = approve.sync(state, root)
    values = generations.current(state.project(root))
    if values is None or "TAOSHELL_BLOCKED" in values.own:  # edited since it was read
        raise approve.not_approved(root)
    message = compile.approved(project).message
    return environment.entered(outside, values.own, values.variables, values.search_path), [*to_say, message]


def _refused(state: State, root: str, outside: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a shell in a project that is not loaded."""
    ensure(state)
    mapping.ensure_refusal(state)
    own = {"TAOSHELL_ROOT": root, "TAOSHELL_GENERATION": "refused", "TAOSHELL_BLOCKED": "1"}
    return environment.entered(outside, own, {"LAUNCHER_MOUNTS": state.refused})
