"""The mapping that the code of a notebook writes, as far as it can be known without running it. Pure."""

from __future__ import annotations

from typing import NamedTuple

from taoshell.errors import TaoshellError, Where
from taoshell.formats import code, mounts_file
from taoshell.formats.imported import Doubt
from taoshell.formats.python_state import State
from taoshell.formats.python_values import Unknown, unknown_in
from taoshell.formats.surroundings import Surroundings
from taoshell.project import model
from taoshell.project.names import is_secret


class Written(NamedTuple):
    """The mapping, without what is not known in it. `passed` are variables that come from the user's shell."""

    mapping: model.Mapping
    doubts: tuple[Doubt, ...]
    passed: tuple[str, ...]


def read(state: State, around: Surroundings) -> Written | None:
    """Return the mapping that the code writes; None if it writes none.

    Raises TaoshellError if it is not known what is mounted.
    """
    found = code.written_map(state)
    if found is None:
        return None
    data, at = found
    if isinstance(data, Unknown):
        raise _not_known("the mapping", data)
    fields = data if isinstance(data, dict) else {}
    variables, passed, doubts = _variables(fields.get("Envs", []), at)
    options = fields.get("DockerOptions", {})
    if isinstance(options, dict):
        unknown = {name: why for name, option in options.items() if (why := unknown_in(option))}
        doubts += [Doubt(f"DockerOptions.{name}", why.why, why.at) for name, why in unknown.items()]
        options = {name: option for name, option in options.items() if name not in unknown}
    known = {**fields, "Mounts": _mounts(fields.get("Mounts")), "Envs": variables, "DockerOptions": options}
    mapping = mounts_file.absolute(mounts_file.mapping(known, at), around.folder)
    return Written(mapping, tuple(doubts), tuple(passed))


def _mounts(value: object) -> list[object]:
    """Return the mounts. Raises TaoshellError if one is not known."""
    mounts = _each(value, "what is mounted")
    if unknown := unknown_in(mounts):
        raise _not_known("a mount", unknown)
    return mounts


def _variables(value: object, at: Where) -> tuple[list[object], list[str], list[Doubt]]:
    """Return the entries of Envs that are known, the secrets that come from the shell, and what is not known."""
    kept: list[object] = []
    passed: list[str] = []
    doubts: list[Doubt] = []
    for entry in _each(value, "Envs"):
        pair = entry if isinstance(entry, dict) else {}
        name, given, unknown = pair.get("variable"), pair.get("value"), unknown_in(entry)
        if isinstance(name, str) and is_secret(name) and not isinstance(given, str):
            passed.append(name)
        elif unknown is not None:
            doubts.append(Doubt(f"{name} in the container", unknown.why, unknown.at))
        elif pair and given is None:
            doubts.append(Doubt(f"{name} in the container", "the file does not set it", at))
        else:
            kept.append(entry)
    return kept, passed, doubts


def _each(value: object, what: str) -> list[object]:
    if isinstance(value, Unknown):
        raise _not_known(what, value)
    return value if isinstance(value, list) else []


def _not_known(what: str, unknown: Unknown) -> TaoshellError:
    cause = f"{what} cannot be known without running the code: {unknown.why}"
    return TaoshellError(cause, "run it, and adopt the file that it writes", at=unknown.at)
