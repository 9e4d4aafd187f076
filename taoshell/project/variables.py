"""A project's variables: what .env, [env] and the places give the shell, and [container.env] the container."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from taoshell.errors import TaoshellError, Where
from taoshell.project.layouts import Slot
from taoshell.project.mounts import Place, variables_of
from taoshell.project.names import is_name, is_secret, refused_reason
from taoshell.project.places import UserLine
from taoshell.project.toml import Complain, Table

_FIRST = ("KEY", "NUM_GPUS")  # as in NVIDIA's notebooks, before the paths
_FROM_DOTENV = {"from": ".env"}


def user_lines(values: Mapping[str, tuple[str, int]], path: str) -> dict[str, UserLine]:
    """The assignments of .env. Raises TaoshellError for one that no project may make."""
    lines = {name: UserLine(value, _complain(path, line)) for name, (value, line) in values.items()}
    for name, line in lines.items():
        reason = refused_reason(name)
        if reason is not None:
            raise line.complain(f"{name} is refused: {reason}", f"remove the line or add: # taoshell: ignore {name}")
        _require_value(name, line.value, line.complain)
    return lines


def shell_variables(
    table: Table, lines: Mapping[str, UserLine], slots: Sequence[Slot], places: Sequence[Place]
) -> dict[str, str]:
    """All that the shell gets, in order: KEY, NUM_GPUS, the places' paths, the rest. A line in .env beats [env].

    Raises TaoshellError for what [env] may not hold.
    """
    paths = variables_of(places)
    of_slots = {name for slot in slots for name in (slot.host_variable, slot.container_variable)}
    given = {name: _allowed(table, name, of_slots | paths.keys()) for name in table.values}
    given |= {name: line.value for name, line in lines.items()}
    first = {name: given[name] for name in _FIRST if name in given}
    return {**first, **paths, **{name: value for name, value in given.items() if name not in {*first, *paths}}}


def container_variables(table: Table, lines: Mapping[str, UserLine]) -> tuple[dict[str, str], list[str]]:
    """The launcher's Envs, and a note for each that .env was to give but does not. Raises TaoshellError."""
    given: dict[str, str] = {}
    notes: list[str] = []
    for name, value in table.values.items():
        if not is_name(name):
            raise table.error(name, f"{name!r} is no name for a variable", "use letters, digits and _ only")
        if isinstance(value, Mapping):
            if value != _FROM_DOTENV:
                raise table.wrong_type(name, f'write {name} = "…", or {name} = {{ from = ".env" }}')
            if name in lines:
                given[name] = lines[name].value
            else:
                notes.append(f"{name} is not in .env, so the container does not get it")
            continue
        _refuse_secret(table, name, f'write {name} = {{ from = ".env" }} here, and its value in .env')
        given[name] = _text(table, name)
    return given, notes


def _allowed(table: Table, name: str, paths: set[str | None]) -> str:
    """The value of `name` in [env]."""
    reason = refused_reason(name)
    if reason is not None:
        raise table.error(name, f"{name} is refused: {reason}", "remove the line")
    _refuse_secret(table, name, "remove it here, and write it in .env")
    if name in paths:
        raise table.error(name, f"{name} is the path of a place, which the mounts follow", "move the place in [places]")
    return _text(table, name)


def _refuse_secret(table: Table, name: str, cure: str) -> None:
    if is_secret(name):
        raise table.error(name, f"{name} is a secret, and this file is for everybody", cure)


def _text(table: Table, name: str) -> str:
    value = table.values[name]
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise table.wrong_type(name, f'write text in quotes, such as {name} = "1"')
    _require_value(name, str(value), table.complain(name))
    return str(value)


def _require_value(name: str, value: str, complain: Complain) -> None:
    if "\0" in value:
        raise complain(f"the value of {name} has a NUL in it, which no variable can hold", "remove it")
    if name == "NUM_GPUS" and not re.fullmatch(r"[1-9][0-9]*", value):
        # TAO's entrypoints take max(num_gpus, number of gpu_ids): -1 would silently be 1.
        raise complain(f"NUM_GPUS is {value!r}", "write how many GPUs to use: a whole number from 1")
    if name == "KEY" and value == "FIXME":
        raise complain("KEY is a placeholder", "write the key that encrypts your models")


def _complain(path: str, line: int) -> Complain:
    return lambda cause, cure: TaoshellError(cause, cure, at=Where(path, line))
