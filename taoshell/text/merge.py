"""Take what a file of another program says, such as a notebook or a mounts file, into a project. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where, not_written, shortened
from taoshell.formats.imported import Imported
from taoshell.project import gpus, hiding
from taoshell.project.container import NAMES, identity
from taoshell.project.machine import Machine
from taoshell.project.model import Place, Project
from taoshell.project.names import secrets
from taoshell.project.problems import Problem
from taoshell.project.variables import FROM_DOTENV
from taoshell.text import toml_edit
from taoshell.text.adopted_mounts import take_mounts, unmount_blocked
from taoshell.text.adopted_variables import take_names, take_variables
from taoshell.text.draft import Draft
from taoshell.text.own_project import take_own
from taoshell.text.setting import Texts
from taoshell.text.toml_statements import Path

_MOST = 100  # people have five mounts, and as many variables


class Adoption(NamedTuple):
    """The texts of a project that has adopted a file, and lines for what the user may not expect."""

    texts: Texts
    to_say: list[str]


def adopted(
    texts: Texts, wanted: Imported, project: Project, path: str, machine: Machine, *, is_new: bool = False
) -> Adoption:
    """Return the texts of `project` with what the file `path` says: mounts, variables, options, images and GPUs.

    The project then has exactly the file's mounts; if the file has none, it keeps its own. Paths of this machine and
    secrets go to `.env`, all else to taoshell.toml. Raises TaoshellError if the file has what no project can have.
    """
    _require_few(wanted, path)
    wanted = wanted._replace(secrets=wanted.secrets | secrets(wanted.variables, wanted.mapping.variables))
    draft = Draft(texts, project.root, machine)
    try:
        rest = take_names(draft, wanted.variables, wanted.secrets)
        take_mounts(draft, wanted.mapping.mounts, path, lambda place: follows(place, wanted, is_new=is_new))
        _take_container(draft, wanted, project, path)
        changes: list[tuple[Path, object]] = [(("images", kind), image) for kind, image in wanted.images.items()]
        if wanted.gpus:
            changes.append((("gpus",), gpus.in_toml(wanted.gpus)))
        draft.edit(changes)
        take_variables(draft, rest, wanted.secrets, wanted.set_at)
    except TaoshellError as error:
        hiding.hide_in(error, wanted.secret_values)
        if not isinstance(error, Problem):
            raise
        if error.where is not None and error.where.file == path:
            raise
        raise not_written(error, "not adopted") from error
    return Adoption(draft.texts, [shortened(hiding.message(line, wanted.secret_values)) for line in draft.to_say])


def first(texts: Texts, wanted: Imported, root: str, path: str, machine: Machine) -> Adoption:
    """Return `texts`, of a new project in `root`, with what the file `path` says. See `adopted`."""
    draft = Draft(texts, root, machine)
    unmount_blocked(draft, wanted.mapping.mounts)
    if wanted.own is not None:
        take_own(draft, wanted.own)
    return adopted(draft.texts, wanted, draft.project(), path, machine, is_new=True)


def follows(place: Place, wanted: Imported, *, is_new: bool) -> bool:
    """Whether a place that the file does not mount has its container path from the mounts: the file says no other."""
    said = wanted.variables
    is_said = is_new or any(name in said for name in place.host_variables)
    return wanted.own is None and is_said and not any(name in said for name in place.container_variables)


def _take_container(draft: Draft, wanted: Imported, project: Project, path: str) -> None:
    """Give `draft` the options of the container and the variables inside."""
    container = toml_edit.value_at(toml_edit.parsed(draft.texts.toml), ("container",))
    inside = toml_edit.value_at({"": container}, ("", "env"))
    given: Mapping[str, object] = inside if isinstance(inside, dict) else {}
    options = dict(_options(wanted.mapping.options, path))
    if options.get("user") == f"{draft.machine.uid}:{draft.machine.gid}":
        options["user"] = "auto"
    user = options.get("user", toml_edit.value_at({"": container}, ("", "user")))
    now = identity(user, draft.machine) | {name: project.mapping.variables.get(name) for name in given}
    changes: list[tuple[Path, object]] = []
    for name, value in wanted.mapping.variables.items():
        if given.get(name) == FROM_DOTENV or now.get(name) == value:
            continue
        is_own = name in wanted.secrets or name in wanted.passed
        if is_own:
            draft.keep(name, value)
        changes.append((("container", "env", name), FROM_DOTENV if is_own else value))
    changes += [(("container", "env", name), FROM_DOTENV) for name in wanted.passed if name not in now]
    for name, option in options.items():
        if project.mapping.options.get(name) != wanted.mapping.options[name]:
            changes.append((("container", name), option))
    draft.edit(changes)


def _require_few(wanted: Imported, path: str) -> None:
    mapping = wanted.mapping
    for number, what in (
        (len(mapping.mounts), "mounts"),
        (len(mapping.variables) + len(wanted.variables), "variables"),
    ):
        if number > _MOST:
            cause = f"this file has {number} {what}, and a project takes {_MOST} at most"
            raise TaoshellError(cause, "remove those that the project does not need", at=Where(path))


def _options(options: dict[str, object], path: str) -> Iterator[tuple[str, object]]:
    """Yield the options that a project has. Raises TaoshellError for the others."""
    unknown = [name for name in options if name not in NAMES and name != "tty"]
    if unknown:
        names = ", ".join(name if len(name) < 40 else name[:40] + "…" for name in unknown[:10])
        cause = f"DockerOptions has {names}, for which taoshell.toml has no key"
        raise TaoshellError(cause, f"remove it there; known: {', '.join(NAMES)}", at=Where(path))
    for name, option in options.items():
        if name == "tty" and option is not True:
            cause = "DockerOptions.tty is not true, so the container's bash would exit at once"
            raise TaoshellError(cause, "remove it there", at=Where(path))
        if _has_null(option):
            cause = f"DockerOptions.{name} has a null, which says nothing"
            raise TaoshellError(cause, "remove it there, or write a value", at=Where(path))
        if name != "tty":  # true is the default
            yield name, option


def _has_null(value: object) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(_has_null, inside))
