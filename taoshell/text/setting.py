"""Change settings of a project; every other byte stays. Pure.

A dotted name, and a key of taoshell.toml itself, is a setting in taoshell.toml, for everybody. Any other name is a line
in `.env`, for this user only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import tomlkit
from tomlkit.exceptions import TOMLKitError

from taoshell.cures import cure
from taoshell.errors import USAGE, TaoshellError, Where
from taoshell.project.build import KEYS
from taoshell.project.model import Project
from taoshell.project.names import is_secret, refused_reason, shown
from taoshell.project.toml import did_you_mean, quoted
from taoshell.text import dotenv, toml_edit
from taoshell.text.toml_edit import Removed, Values
from taoshell.text.toml_statements import Path

# Other values are text, so that `set name=2` and `set env.N=1` need no quotes.
_IS_TOML = re.compile(r"gpus|places\.[^.]+\.mount|container\.(shm_size|privileged|ports|ulimits)(\..+)?")
_MAY_BE_LIST = re.compile(r"places\.[^.]+\.(host|container)_variable")
_HOST_OF_PLACE = re.compile(r"places\.([^.]+)(\.host)?")


class Texts(NamedTuple):
    """The two files of a project."""

    toml: str
    env: str


class Setting(NamedTuple):
    """A new value for `name`; None removes it."""

    name: str
    value: str | None


def changed(texts: Texts, settings: Iterable[Setting], project: Project | None = None) -> Texts:
    """Return `texts` after all `settings`, in order. `project` is the project now, or None if it is broken.

    Raises TaoshellError if one of them is no setting, would be wrong in its file, or is to be removed and is not there.
    """
    root = project.root if project else ""
    for setting in settings:
        _require_utf8(setting)
        in_toml = is_in_toml(setting.name)
        if setting.value is None:
            texts = (_removed_from_toml if in_toml else _removed_from_env)(texts, setting.name, root)
        elif in_toml:
            texts = Texts(_with_setting(texts.toml, setting.name, setting.value, root), texts.env)
        else:
            _require_for_env(texts, setting.name, setting.value, project)
            texts = Texts(texts.toml, dotenv.with_assignment(texts.env, setting.name, setting.value))
    return texts


def is_in_toml(name: str) -> bool:
    """Whether `name` is a setting in taoshell.toml."""
    return name in KEYS or "." in name


def without_effect(env: str, settings: Iterable[Setting], project: Project) -> list[str]:
    """Return a line for each of `settings` in taoshell.toml that a line in `env` beats.

    `project` is the project after the change.
    """
    lines = dotenv.parse(env, ".env").exported
    pairs = [(item.name, item.value) for item in settings if item.value is not None and is_in_toml(item.name)]
    given = [leaf for name, value in pairs for leaf in _leaves(name, _typed(name, value))]
    moved = {found[1] for name in given if (found := _HOST_OF_PLACE.fullmatch(name))}
    beaten = [name.removeprefix("env.") for name in given if name.startswith("env.")]
    beaten += ["NUM_GPUS", "GPU_IDS"] if "gpus" in given else []
    values = shown({name: line.text for name, line in lines.items()})
    stays = {name: f"{name} stays {values[name]}, as .env says" for name in beaten if name in lines}
    stays |= {
        name: f"place {place.name} stays at {place.host}, as {name} in .env says"
        for place in project.places
        for name in place.host_variables
        if place.name in moved and name in lines
    }
    return [f"{line}; {cure('place-stays', name=name, root=project.root)}" for name, line in stays.items()]


def _leaves(name: str, value: object) -> Iterator[str]:
    """Yield the dotted names of all that `value` sets: those in it, if it is a table."""
    if not isinstance(value, Mapping):
        yield name
        return
    for key, inner in value.items():
        yield from _leaves(f"{name}.{key}", inner)


def _require_utf8(setting: Setting) -> None:
    try:
        (setting.name + (setting.value or "")).encode()
    except UnicodeEncodeError:
        raise TaoshellError("the setting is not UTF-8, as both files must be", "type it in UTF-8") from None


def _require_for_env(texts: Texts, name: str, value: str, project: Project | None) -> None:
    """Raise TaoshellError if no line of `.env` may set `name`."""
    reason = refused_reason(name)
    if reason is not None:
        raise TaoshellError(f"{name!r} is refused: {reason}", "use another name")
    if project is not None:
        _require_no_container_path(name, value, project)
    line = dotenv.parse(texts.env, ".env").ignored.get(name)
    if line is not None:
        cause = f"a line '# taoshell: ignore' keeps {name} from being exported"
        raise TaoshellError(cause, f"remove {name} from that line", at=Where(".env", line))


def _require_no_container_path(name: str, value: str, project: Project) -> None:
    """Raise TaoshellError if `name` is the container path of a place: a line of `.env` cannot change that."""
    place = next((place for place in project.places if name in place.container_variables), None)
    if place is not None:
        cause = f"{name} is the container path of place {quoted(place.name)}, which is for everybody"
        new = f"places.{place.name}.container={value}"
        raise TaoshellError(cause, cure("container-path", setting=new, root=project.root))


def _with_setting(text: str, name: str, value: str, root: str) -> str:
    path: Path = tuple(name.split("."))
    if not all(path):
        raise TaoshellError(f"{name!r} is not a setting", "write a name such as places.data", exit_code=USAGE)
    typed = _typed(name, value)
    _refuse_shared_secret(name, typed, root)
    place = toml_edit.value_at(toml_edit.parsed(text), path[:2]) if name.startswith("places.") else None
    if isinstance(place, Mapping) and len(path) == 2 and isinstance(typed, str):
        path = (*path, "host")
    elif isinstance(place, str) and len(path) == 3:  # it was only a host path
        typed = {"host": place, path[-1]: typed}
        path = path[:-1]
    return toml_edit.edited(text, [(path, typed)])


def _refuse_shared_secret(name: str, value: object, root: str) -> None:
    """Raise TaoshellError if `name` is a secret in the shared file. Inside, it may refer to `.env`."""
    table, _, variable = name.rpartition(".")
    how = cure("secret-for-shell", name=variable, root=root)
    if table == "container.env" and not isinstance(value, Mapping):
        reference = f'{name}={{ from = ".env" }}'
        how = cure("secret-for-container", name=variable, reference=reference, root=root)
    elif table != "env":
        return
    if is_secret(variable):
        raise TaoshellError(f"{variable} is a secret, which must not go into taoshell.toml", how)


def _typed(name: str, text: str) -> object:
    """Return the value that `text` is for the setting `name`: text, unless a number, list or table can stand there."""
    may_be_list = text.startswith("[") and _MAY_BE_LIST.fullmatch(name)
    if not (text.startswith("{") or may_be_list or _IS_TOML.fullmatch(name)):
        return text
    try:
        return tomlkit.value(text).unwrap()
    except (TOMLKitError, ValueError, RecursionError):
        if text.startswith("{") and not name.startswith(("env.", "container.env.")):
            example = 'write such as \'{ host = "/mnt/cache", container = "/cache" }\', with the quotes'
            raise TaoshellError(f"the value of {name} is not a table of TOML", example, exit_code=USAGE) from None
        return text


def _removed_from_toml(texts: Texts, name: str, root: str) -> Texts:
    values, path = toml_edit.parsed(texts.toml), tuple(name.split("."))
    if toml_edit.value_at(values, path) is None:
        raise _not_there(texts, name, "taoshell.toml", root)
    return Texts(toml_edit.edited(texts.toml, [(path, Removed)]), texts.env)


def _removed_from_env(texts: Texts, name: str, root: str) -> Texts:
    if name not in dotenv.assigned_names(texts.env, ".env"):
        raise _not_there(texts, name, ".env", root)
    return Texts(texts.toml, dotenv.without_assignment(texts.env, name))


def removable(texts: Texts) -> list[str]:
    """Return the names that `unset` can remove: first the lines of `.env`, then the settings in taoshell.toml."""
    return [*dotenv.assigned_names(texts.env, ".env"), *_dotted_names(toml_edit.parsed(texts.toml))]


def _dotted_names(values: Values, above: str = "") -> Iterator[str]:
    for key, value in values.items():
        yield above + key
        if isinstance(value, dict) and above not in ("env.", "container.env."):  # a part of a variable is no setting
            yield from _dotted_names(value, f"{above}{key}.")


def _not_there(texts: Texts, name: str, file: str, root: str) -> TaoshellError:
    known = removable(texts)
    same = next((other for other in known if other.rpartition(".")[2] == name.rpartition(".")[2]), None)
    meant = f"did you mean {quoted(same)}?" if same else did_you_mean(name, known).rstrip()
    return TaoshellError(f"{name} is not set in {file}", meant or cure("not-set", root=root))
