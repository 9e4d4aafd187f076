"""Take a mounts file that another program wrote, such as a notebook, into a project. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from taoshell.cures import cure
from taoshell.errors import TaoshellError, Where
from taoshell.project.container import NAMES, identity
from taoshell.project.machine import Machine
from taoshell.project.model import Mapping, Project
from taoshell.project.names import is_secret
from taoshell.project.variables import FROM_DOTENV
from taoshell.text import toml_edit
from taoshell.text.adopted_mounts import Draft, take_mounts
from taoshell.text.setting import Texts
from taoshell.text.toml_statements import Path

_MOST = 100  # people have five mounts, and as many variables


class Adoption(NamedTuple):
    """The texts of a project that has adopted a mounts file, and lines for what the user may not expect."""

    texts: Texts
    to_say: list[str]


def adopted(texts: Texts, wanted: Mapping, project: Project, path: str, machine: Machine) -> Adoption:
    """Return the texts of `project` with the mounts, the variables and the options of the mounts file `path`.

    The project then has exactly these mounts; if the file has none, it keeps its own. Paths of this machine go to
    `.env`, all else to taoshell.toml. Raises TaoshellError if the file has what no project can have.
    """
    _require_few(wanted, path)
    container = toml_edit.value_at(toml_edit.parsed(texts.toml), ("container",))
    inside = toml_edit.value_at({"": container}, ("", "env"))
    given = inside if isinstance(inside, dict) else {}
    own = f"{machine.uid}:{machine.gid}"
    options = dict(_options(wanted.options, path))
    if options.get("user") == own:
        options["user"] = "auto"
    user = options.get("user", toml_edit.value_at({"": container}, ("", "user")))
    now = identity(user, machine) | {name: project.mapping.variables.get(name) for name in given}
    new = {
        name: value
        for name, value in wanted.variables.items()
        if given.get(name) != FROM_DOTENV and now.get(name) != value
    }
    _refuse_secrets(new, path)
    draft = Draft(texts, project.root, machine)
    take_mounts(draft, wanted.mounts, path)
    changes: list[tuple[Path, object]] = [(("container", "env", name), value) for name, value in new.items()]
    for name, option in options.items():
        if project.mapping.options.get(name) != wanted.options[name]:
            changes.append((("container", name), option))
    draft.edit(changes)
    return Adoption(draft.texts, draft.to_say)


def _require_few(wanted: Mapping, path: str) -> None:
    for found, what in ((wanted.mounts, "mounts"), (wanted.variables, "variables")):
        if len(found) > _MOST:
            cause = f"this file has {len(found)} {what}, and adopt takes {_MOST} at most"
            raise TaoshellError(cause, "remove those that the project does not need", at=Where(path))


def _refuse_secrets(variables: dict[str, str], path: str) -> None:
    """Raise TaoshellError with all names in `variables` that are secret, and never a value."""
    secrets = [name for name in variables if is_secret(name)]
    if secrets:
        references = [f'container.env.{name}={{ from = ".env" }}' for name in secrets]
        cause = f"{', '.join(secrets)}: a secret must not go into taoshell.toml"
        how = cure("secrets-to-adopt", names=secrets, references=references, path=path)
        raise TaoshellError(cause, how, at=Where(path))


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
