"""A project's variables: the shell's come from .env, [env] and the places, the container's from [container.env]."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from taoshell.cures import cure
from taoshell.errors import Where
from taoshell.project.gpus import COUNT, IDS, NUMBER
from taoshell.project.model import Given, Place
from taoshell.project.names import is_name, is_secret, refused_reason
from taoshell.project.paths import PLACEHOLDER
from taoshell.project.problems import Problem, Problems
from taoshell.project.toml import Table, suggestion

_FIRST = ("KEY", "NUM_GPUS")  # as in NVIDIA's notebooks, before the paths
FROM_DOTENV = {"from": ".env"}
_SIDES = ("host", "container")


class Known(NamedTuple):
    """What [env] depends on. `owners` maps each path variable to its place; `places` is None if they have a problem.

    `gpus` is the key of taoshell.toml. `number` is the number of this user's GPUs; "" leaves NUM_GPUS unset.
    """

    owners: Mapping[str, str]
    places: Sequence[Place] | None
    gpus: str
    number: str


# Linux starts no program if `NAME=value` with its NUL is longer than MAX_ARG_STRLEN, or all variables and arguments are
# longer than a quarter of the stack's limit, usually 2 MiB (execve(2)). The shells export former values, too.
_LONGEST = 131072 - len("TAOSHELL_WAS_")
_LONGEST_TOGETHER = 512 * 1024


def variables_of(places: Iterable[Place]) -> dict[str, str]:
    """Return the path variables of `places`: for each place, first the host's, then the container's."""
    found: dict[str, str] = {}
    for place in places:
        found |= dict.fromkeys(place.host_variables, place.host)
        found |= dict.fromkeys(place.container_variables, place.container)
    return found


def require_allowed(name: str, line: Given) -> None:
    """Raise Problem if `line` of .env sets a name that no project may set, or gives it a wrong value."""
    _require_name(name, f"{_instead(name)}remove the line or add: # taoshell: ignore {name}", line.at)
    _require_value(name, line)


def names_from_dotenv(table: Table) -> Iterator[str]:
    """Yield the names that `table`, the whole file, takes from `.env`: host paths of places, container variables."""
    places, container = table.values.get("places"), table.values.get("container")
    for place in places.values() if isinstance(places, dict) else ():
        names = place.get("host_variable", []) if isinstance(place, dict) else []
        yield from (name for name in (names if isinstance(names, list) else [names]) if isinstance(name, str))
    inside = container.get("env") if isinstance(container, dict) else None
    yield from (name for name, value in (inside.items() if isinstance(inside, dict) else ()) if value == FROM_DOTENV)


def shell_variables(table: Table, lines: Mapping[str, Given], known: Known, problems: Problems) -> dict[str, str]:
    """Return the shell's variables in order: KEY, NUM_GPUS, the places' paths, the rest. A line in .env beats [env]."""
    paths = variables_of(known.places or ())
    number = {NUMBER: known.number} if known.number else {}
    origins = {name: table.at(name) for name in table.values} | {name: line.at for name, line in lines.items()}
    team = {name: problems.read(_shared_variable, table, name, known) or "" for name in table.values}
    given = number | team | {name: line.text for name, line in lines.items()}
    first = {name: given[name] for name in _FIRST if name in given}
    found = {**first, **paths, **{name: value for name, value in given.items() if name not in {*first, *paths}}}
    problems.read(_require_room, found, origins, Where(table.file))
    return found


def container_variables(
    table: Table, lines: Mapping[str, Given], root: str, problems: Problems
) -> tuple[dict[str, str], list[str]]:
    """Return the launcher's Envs, and a note for each variable that should come from .env but is not there."""
    given: dict[str, str] = {}
    notes: list[str] = []
    for name in table.values:
        value = problems.read(_container_variable, table, name, lines)
        if value is not None:
            given[name] = value
        else:
            how = cure("no-secret", name=name, root=root)
            notes.append(f"{name} is not in .env, so the container does not get it; {how}")
    problems.read(_require_room, given, {name: table.at(name) for name in given}, Where(table.file))
    return given, notes


def _shared_variable(table: Table, name: str, known: Known) -> str:
    """Return the value of `name` in [env]."""
    _require_name(name, f"{_instead(name)}remove the line", table.at(name))
    _refuse_secret(table, name, "remove it here, and write it in .env")
    if name in known.owners:
        cause = f"{name} is the path of a place, so the mounts decide its value"
        raise Problem("path-in-env", cause, "move the place in [places]", table.at(name))
    if known.gpus and (name == IDS or (name == NUMBER and known.gpus != "all")):
        cause = f"both gpus and {name} say which GPUs to use"
        raise Problem("gpus-in-env", cause, f"remove {name} here", table.at(name))
    if isinstance(table.values[name], Mapping):
        return _referenced(table, name, known.places)
    return _text(table, name)


def _referenced(table: Table, name: str, places: Sequence[Place] | None) -> str:
    """Return the path of a place, for a value such as { place = "data", side = "container" }."""
    cure = f'write {name} = "…", or {name} = {{ place = "project" }}'
    reference = table.table(name)
    for key in reference.values:
        reference.require_known(key, ("place", "side"))
    if "place" not in reference.values:
        raise Problem("reference-without-place", f"{name} is a table without a place", cure, table.at(name))
    place = reference.string("place", "project")
    side = reference.string("side", "container") if "side" in reference.values else "host"
    if side not in _SIDES:
        raise Problem("unknown-side", f"{name} names the side {side!r}", suggestion(side, _SIDES), reference.at("side"))
    if places is None:  # a place has a problem, which is reported
        return ""
    paths = {found.name: found.host if side == "host" else found.container for found in places}
    if place not in paths:
        cause = f"the project has no place {place!r}"
        raise Problem("unknown-place", cause, suggestion(place, paths), reference.at("place"))
    return paths[place]


def _container_variable(table: Table, name: str, lines: Mapping[str, Given]) -> str | None:
    """Return the value of `name` in [container.env], or None if it should come from .env but is not there."""
    if not is_name(name):
        cause = f"{name!r} is not a valid name for a variable"
        raise Problem("bad-variable-name", cause, "use letters, digits and _ only", table.at(name))
    value = table.values[name]
    if value == FROM_DOTENV:
        return lines[name].text if name in lines else None
    if isinstance(value, Mapping):
        raise table.wrong_type(name, f'write {name} = "…", or {name} = {{ from = ".env" }}')
    _refuse_secret(table, name, f'write {name} = {{ from = ".env" }} here, and its value in .env')
    return _text(table, name)


def _instead(name: str) -> str:
    """Return the start of a cure if `name` is refused and `[python]` does what people set it for; else ""."""
    is_meant = name.startswith(("VIRTUAL_ENV", "CONDA_"))
    return "name the environment in [python] of taoshell.toml, or in .env as TAO_VENV=…; " if is_meant else ""


def _require_name(name: str, cure: str, at: Where) -> None:
    reason = refused_reason(name)
    if reason is not None:
        raise Problem("refused-variable", f"{name} is refused: {reason}", cure, at)


def _refuse_secret(table: Table, name: str, cure: str) -> None:
    if is_secret(name):
        cause = f"{name} is a secret, which must not go into taoshell.toml"
        raise Problem("secret-in-shared-file", cause, cure, table.at(name))


def _text(table: Table, name: str) -> str:
    value = table.values[name]
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise table.wrong_type(name, f'write text in quotes, such as {name} = "1"')
    _require_value(name, Given(str(value), table.at(name)))
    return str(value)


def _size(name: str, value: str) -> int:
    """Return the number of bytes of `NAME=value` and its NUL."""
    return len(name) + len(value.encode(errors="surrogatepass")) + 2


def _require_room(variables: Mapping[str, str], origins: Mapping[str, Where], file: Where) -> None:
    """Raise Problem, at the longest variable, if the variables together leave no room to start programs.

    A variable that is not in `origins` is the path of a place in `file`.
    """
    sizes = {name: _size(name, value) for name, value in variables.items()}
    if sum(sizes.values()) > _LONGEST_TOGETHER:
        longest = max(sizes, key=lambda name: sizes[name])
        cause = f"the variables have {sum(sizes.values())} bytes together, and no program would start"
        cure = f"keep them below {_LONGEST_TOGETHER} bytes, the longest is {longest}"
        raise Problem("values-too-long-together", cause, cure, origins.get(longest, file))


def _require_value(name: str, given: Given) -> None:
    if _size(name, given.text) > _LONGEST:
        cause = f"{name} has {_size(name, given.text)} bytes, and no program would start with it"
        cure = f"keep it below {_LONGEST} bytes, for example in a file"
        raise Problem("value-too-long", cause, cure, given.at)
    if "\0" in given.text:
        cause = f"the value of {name} contains a NUL character, which no variable can hold"
        raise Problem("nul-in-value", cause, "remove it", given.at)
    if name == "NUM_GPUS" and not COUNT.fullmatch(given.text):
        # TAO's entrypoints take max(num_gpus, number of gpu_ids): -1 would silently be 1.
        cure = "write the number of GPUs to use: 1 to 64"
        raise Problem("bad-number-of-gpus", f"NUM_GPUS is {given.text!r}", cure, given.at)
    if name == "KEY" and given.text == PLACEHOLDER:
        cure = "write the key that encrypts your models"
        raise Problem("placeholder-key", "KEY is a placeholder", cure, given.at)
