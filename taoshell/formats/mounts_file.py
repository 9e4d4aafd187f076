"""The launcher's mounts file, ~/.tao_mounts.json: how taoshell writes one for a project and reads any other."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator

from taoshell.errors import TaoshellError, Where
from taoshell.project.layouts import LAYOUTS, PROJECT
from taoshell.project.machine import RealPath
from taoshell.project.model import Mapping, Mount

_FIELDS = ("Mounts", "Envs", "DockerOptions")
_NOT_THE_LAUNCHERS = ("ipc",)  # an option that it does not know ends it with an AssertionError
_LONGEST = 1 << 20  # characters; real ones have some hundred


def document(mapping: Mapping) -> dict[str, object]:
    """Return the mounts file of `mapping` as JSON data. It has only the fields that the launcher needs."""
    mounts = [{"source": mount.source, "destination": mount.destination} for mount in mapping.mounts]
    found: dict[str, object] = {"Mounts": mounts}
    if mapping.variables:
        found["Envs"] = [{"variable": name, "value": value} for name, value in mapping.variables.items()]
    options = {name: option for name, option in mapping.options.items() if name not in _NOT_THE_LAUNCHERS}
    if options:
        found["DockerOptions"] = options
    return found


def written(mapping: Mapping) -> str:
    """Return the text of the mounts file of `mapping`. It is ASCII: the launcher reads it in its locale's encoding."""
    return json.dumps(document(mapping), indent=4) + "\n"


def losses(mapping: Mapping, real: RealPath) -> list[str]:
    """Return what TAO's launcher does not do as `mapping` says, one line each."""
    lines = []
    by_source: dict[str, list[Mount]] = {}
    for mount in mapping.mounts:
        by_source.setdefault(real(mount.source), []).append(mount)
    for mounts in by_source.values():
        if len(mounts) > 1:
            *hidden, last = (mount.destination for mount in mounts)
            source = mounts[-1].source
            lines.append(f"TAO's launcher mounts {source} only at {last}, and not at {' or '.join(hidden)}")
    read_only = [mounts[-1].destination for mounts in by_source.values() if mounts[-1].mode == "ro"]
    lines += [f"TAO's launcher mounts {destination} to read and write, not read-only" for destination in read_only]
    names = [name for name in _NOT_THE_LAUNCHERS if name in mapping.options]
    return lines + [f"TAO's launcher cannot set {name}, so its containers start without it" for name in names]


def read(text: str, path: str) -> Mapping:
    """Return what the mounts file `path`, whose text is `text`, says.

    Raises TaoshellError if the launcher would refuse it, or if it has a field that taoshell does not know.
    """
    if len(text) > _LONGEST:
        raise TaoshellError("this is too long for a mounts file", "name another file", at=Where(path))
    try:
        found = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
        json.dumps(found, ensure_ascii=False).encode()  # no half of a character, which neither file can hold
    except TaoshellError as error:
        raise TaoshellError(error.cause, error.cure, at=Where(path)) from error
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise TaoshellError("this is not JSON", "fix it, or name another file", at=Where(path, line)) from error
    return mapping(found, Where(path))


def mapping(found: object, at: Where) -> Mapping:
    """Return what `found`, the data of a mounts file, says. Errors are reported at `at`."""
    if not isinstance(found, dict):
        raise TaoshellError("this is not a JSON object", "fix it, or name another file", at=at)
    for name in found:
        if name not in _FIELDS:
            raise TaoshellError(f"a mounts file has no field {_short(name)}", "remove the field", at=at)
    mounts = tuple(Mount(*pair) for pair in _pairs(found.get("Mounts"), "Mounts", "source", "destination", at))
    variables = dict(_pairs(found.get("Envs", []), "Envs", "variable", "value", at))
    options = found.get("DockerOptions", {})
    if not isinstance(options, dict):
        raise TaoshellError("DockerOptions is not a JSON object", "write { … }", at=at)
    if options.get("tty") is True:  # the launcher's default, and nothing else works
        options = {name: option for name, option in options.items() if name != "tty"}
    return Mapping(mounts, variables, options)


def absolute(mapping: Mapping, folder: str) -> Mapping:
    """Return `mapping` with each relative source in `folder`, in which the code runs that wrote it."""
    mounts = (
        mount if mount.source.startswith(("/", "~")) else mount._replace(source=os.path.join(folder, mount.source))
        for mount in mapping.mounts
    )
    return mapping._replace(mounts=tuple(mounts))


def layout_of(mounts: Iterable[Mount]) -> str:
    """Return the layout that has the container paths of most of `mounts`; "" if none has one."""
    ends = {mount.destination.rstrip("/") for mount in mounts}
    of_host = ends & {slot.container for slot in LAYOUTS["host"] if slot.name != "project"}
    of_classic = {end for end in ends if f"{end}/".startswith(f"{PROJECT}/")}
    if len(of_classic) > len(of_host):
        return "classic"
    return "host" if of_host else ""


def _pairs(entries: object, field: str, first: str, second: str, at: Where) -> Iterator[tuple[str, str]]:
    """Yield the values of `first` and `second` in each of the `entries` of `field`."""
    if not isinstance(entries, list):
        raise TaoshellError(f"{field} is not a list", f"write {field} as a list", at=at)
    for entry in entries:
        pair = (entry.get(first), entry.get(second)) if isinstance(entry, dict) else (None, None)
        if not isinstance(pair[0], str) or not isinstance(pair[1], str):
            cure = f"give each entry a {first} and a {second}, both as text"
            raise TaoshellError(f"an entry of {field} lacks its {first} or {second}", cure, at=at)
        yield pair[0], pair[1]


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the object. Raises TaoshellError if a key is there twice, of which the launcher would take the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise TaoshellError(f"the key {_short(twice)} is there twice", "remove one of the two")
    return found


def _refuse_constant(name: str) -> None:
    raise TaoshellError(f"{name} is not JSON", "write a number")


def _short(name: str) -> str:
    return name if len(name) <= 40 else name[:40] + "…"
