"""The words after `taoshell set` and `taoshell unset`. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from taoshell.cures import cure
from taoshell.errors import USAGE, TaoshellError
from taoshell.project import container, networks
from taoshell.project.build import KEYS
from taoshell.project.layouts import LAYOUTS
from taoshell.project.model import Project
from taoshell.project.names import is_secret
from taoshell.text import dotenv
from taoshell.text.setting import Setting, Texts, is_in_toml

_NEARLY_THE_SAME = 0.9
_TABLE = '\'places.cache={ host = "/mnt/cache", container = "/cache" }\''
_ON_PURPOSE = re.compile(r"[0-9]+|_[A-Za-z]$")  # NUM_GPUS2 and TRAIN_B beside NUM_GPUS and TRAIN_A


class Words(NamedTuple):
    """What `set` is to do. A value is None if the user is to be asked for it: only the name was given, of a secret."""

    given: tuple[tuple[str, str | None], ...]
    folder: str


def parse_set(words: Sequence[str], is_folder: Callable[[str], bool]) -> Words:
    """Return what the words after `set` say. Each is NAME=VALUE or the NAME of a secret; the last may be DIR.

    Raises TaoshellError for a name without a value.
    """
    settings, folder = _without_folder(words, is_folder)
    given: list[tuple[str, str | None]] = []
    for at, word in enumerate(settings):
        name, equals, value = word.partition("=")
        name, value = name.rstrip(), value.lstrip() if name.endswith(" ") else value
        if value.count("{") > value.count("}") or any(name == other for other, _ in given):
            # the shell has split a table at its spaces, or made two words of {a,b}
            raise TaoshellError(f"{name} is not given as one word", f"put it in quotes: {_TABLE}", exit_code=USAGE)
        if not name:
            raise TaoshellError("no name is given", "write NAME=VALUE, without spaces", exit_code=USAGE)
        if not equals and not (is_secret(name) and not is_in_toml(name)):
            raise _without_value(name, settings[at - 1] if at else "", settings[at + 1 :], folder)
        given.append((name, value if equals else None))
    return Words(tuple(given), folder)


def parse_unset(words: Sequence[str], is_folder: Callable[[str], bool]) -> tuple[list[str], str]:
    """Return the names and DIR in the words after `unset`. Raises TaoshellError for NAME=VALUE."""
    names, folder = _without_folder(words, is_folder)
    for word in names:
        name, equals, _ = word.partition("=")
        if equals or not name:
            bare = [word.partition("=")[0] for word in names]
            how = cure("unset-with-value", names=bare, root=folder) if all(bare) else "write a name"
            raise TaoshellError("unset takes no value", how, exit_code=USAGE)
    return names, folder


def require_meant(settings: Sequence[Setting], texts: Texts, project: Project | None, root: str) -> None:
    """Raise TaoshellError if a new name looks like a misspelt one of TAO, of the layout or of the project."""
    there = dotenv.assigned_names(texts.env, ".env")
    layouts = [project.layout] if project and project.layout in LAYOUTS else [*LAYOUTS]
    known = {"KEY": None, "NUM_GPUS": None, "GPU_IDS": None}
    for slot in (slot for layout in layouts for slot in LAYOUTS[layout]):
        known |= dict.fromkeys((*slot.host_variables, *slot.container_variables))
    known |= dict.fromkeys(project.variables if project else ())
    elsewhere = _names_elsewhere(project) if project else {}
    words = [item.name if is_secret(item.name) else f"{item.name}={item.value}" for item in settings]
    for name, value in settings:
        if name == "network" and value and value != (project and project.network):
            networks.require_meant(value, cure("new-network", settings=words, root=root))
        variable = name.removeprefix("env.")  # that of everybody, in taoshell.toml
        is_known = variable in (*known, *there) or is_in_toml(variable)
        if is_known:
            continue
        near = elsewhere.get(variable) or _setting(variable, elsewhere) or _misspelt(variable, known)
        if near is not None:
            how = cure("new-name", near=near, name=name, settings=words, root=root)
            raise TaoshellError(f"{name} is a new name", how)


def _names_elsewhere(project: Project) -> dict[str, str]:
    """Return names that are no variables of this project, by what the user means: `shm_size`, HOST_DATA_DIR."""
    there = {place.name: place for place in project.places}
    meant = {name: f"container.{name}" for name in container.NAMES} | {name: f"places.{name}" for name in there}
    meant |= dict.fromkeys(("GPU", "GPUS"), "NUM_GPUS")
    for slot in (slot for slots in LAYOUTS.values() for slot in slots):
        place = there.get(slot.name)
        if place is not None and place.host_variables:
            meant |= dict.fromkeys(slot.host_variables, place.host_variables[0])
    return meant


def _without_folder(words: Sequence[str], is_folder: Callable[[str], bool]) -> tuple[list[str], str]:
    """Return the words without DIR, and DIR: the last of several words, if it has no `=` and is an existing folder or
    contains a `/`. A name is not DIR: KEY, container.ports.8888/tcp."""
    *others, last = words
    is_name = (is_secret(last) and "/" not in last) or last.startswith(tuple(f"{key}." for key in KEYS))
    if others and "=" not in last and not is_name and ("/" in last or is_folder(last)):
        return others, last
    return [*words], "."


def _without_value(name: str, before: str, after: Sequence[str], folder: str) -> TaoshellError:
    """Return the error for `name`, which has no value. What follows a secret's name is not repeated."""
    if is_secret(before):
        cause = f"{before} takes no value on the command line"
        return TaoshellError(cause, cure("no-value-here", name=before, root=folder), exit_code=USAGE)
    values = [word for word in after[:2] if word != "="]
    value = values[0] if values and "=" not in values[0] else None
    how = f"write {name}=VALUE" if value is None else f"write {shlex.quote(f'{name}={value}')}"
    return TaoshellError(f"{name} has no value", how, exit_code=USAGE)


def _setting(name: str, elsewhere: Mapping[str, str]) -> str | None:
    """Return the setting of taoshell.toml that `name`, in small letters, was probably meant to be: `shm`, `netwrok`."""
    if not name.islower():
        return None
    settings = {**elsewhere, **{key: key for key in KEYS}}
    bare = {word.replace("_", ""): setting for word, setting in settings.items() if word.islower()}
    plain = re.sub("[-_]", "", name)
    near = [word for word in bare if _is_near(plain, word) or (len(plain) >= 3 and word.startswith(plain))]
    return bare[max(near, key=lambda word: SequenceMatcher(None, plain, word).ratio())] if near else None


def _misspelt(name: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that `name` was probably meant to be."""
    bare = _ON_PURPOSE.sub("", name)
    near = [
        other
        for other in known
        if bare != _ON_PURPOSE.sub("", other) and (_is_near(name, other) or other == f"{name}_DIR")
    ]
    return max(near, key=lambda other: SequenceMatcher(None, name, other).ratio(), default=None)


def _is_near(name: str, other: str) -> bool:
    """Whether the names differ only in case, by one edit or by very little. One edit makes any short name another."""
    if name.upper() == other.upper():
        return True
    if max(len(name), len(other)) < 4 or min(len(name), len(other)) < 3:
        return False
    return _is_one_edit(name, other) or SequenceMatcher(None, name, other).ratio() >= _NEARLY_THE_SAME


def _is_one_edit(name: str, other: str) -> bool:
    """Whether one character is added, left out, replaced, or exchanged with its neighbour."""
    while name and other and name[0] == other[0]:
        name, other = name[1:], other[1:]
    while name and other and name[-1] == other[-1]:
        name, other = name[:-1], other[:-1]
    return max(len(name), len(other)) <= 1 or (len(name) == 2 and name == other[::-1])
