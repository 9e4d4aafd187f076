"""The comment in which `export` says what a format has no words for; `init --from` reads the same project. Pure.

To everybody else it is a comment. It has no secrets: of these it has the names. What the format itself says wins.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import NamedTuple

from taoshell.errors import printable
from taoshell.project.gpus import IDS, NUMBER
from taoshell.project.layouts import LAYOUTS
from taoshell.project.model import Place, Project
from taoshell.project.names import is_name, secrets, without_assignments
from taoshell.project.variables import variables_of

_MOST = 300  # places, or names of variables
_MARK = "# taoshell: "
_COMMENT = re.compile(rf"^[ \t]*{_MARK}(\{{.*\}})[ \t]*$", re.MULTILINE)


class Own(NamedTuple):
    """What the comment says. `name` is "" if it is that of the folder.

    `gpus` is the key of taoshell.toml, `exported_gpus` are the GPUs of who exported it. `shared` are the variables of
    [env], `personal` those of `.env`; `secrets` are the names of those that are secret.
    """

    layout: str
    network: str
    name: str
    gpus: str
    exported_gpus: str
    ipc: str
    images: dict[str, str]
    places: tuple[Place, ...]
    shared: dict[str, str]
    personal: dict[str, str]
    secrets: tuple[str, ...]

    @property
    def variables(self) -> dict[str, str]:
        """All variables of the shell that are not secret."""
        return variables_of(self.places) | self.shared | self.personal


def written(project: Project) -> str:
    """Return the line for `project`."""
    paths = variables_of(project.places)
    others = {name: value for name, value in project.variables.items() if name not in paths}
    hidden = secrets(project.variables, project.mapping.variables)
    hidden |= {name for name, value in others.items() if without_assignments(value) != value}
    plain = {name: value for name, value in others.items() if name not in hidden}
    is_shared = NUMBER in project.shared and (IDS not in others or IDS in project.shared)
    gpus = project.gpus if is_shared or project.gpus == "all" else ""
    if gpus and gpus != "all":
        plain.pop(NUMBER, None)  # it follows from gpus
    own = Own(
        layout=project.layout,
        network=project.network,
        name="" if project.name == printable(os.path.basename(project.root)) else project.name,
        gpus=gpus,
        exported_gpus=project.gpus,
        ipc=str(project.mapping.options.get("ipc", "")),
        images=project.images,
        places=project.places,
        shared={name: value for name, value in plain.items() if name in project.shared},
        personal={name: value for name, value in plain.items() if name not in project.shared},
        secrets=tuple(name for name in others if name in hidden),
    )
    data = own._asdict() | {"places": [place._asdict() for place in own.places]}
    return f"{_MARK}{json.dumps(data)}\n"


def read(text: str) -> Own | None:
    """Return what the last such comment in `text` says; None if there is none, or if `written` never writes it so."""
    found = _COMMENT.findall(text)
    try:
        return _own(json.loads(found[-1])) if found else None
    except (ValueError, RecursionError):
        return None


def _own(data: Mapping[str, object]) -> Own:
    """Return the value of `data`. Raises ValueError if something is missing, or is of another type."""
    known = {name: data.get(name) for name in Own._fields}
    texts = {name: _text(known[name]) for name in ("layout", "network", "name", "gpus", "exported_gpus", "ipc")}
    tables = {name: _table(known[name]) for name in ("images", "shared", "personal")}
    places = tuple(_place(item) for item in _list(known["places"]))
    hidden = tuple(map(_text, _list(known["secrets"])))
    names = [*tables["shared"], *tables["personal"], *hidden]
    names += [name for place in places for name in (*place.host_variables, *place.container_variables)]
    if texts["layout"] not in LAYOUTS or max(len(names), len(places)) > _MOST or not all(map(is_name, names)):
        raise ValueError(data)
    return Own(**texts, **tables, places=places, secrets=hidden)  # type: ignore[arg-type]  # the names are Own's


def _place(data: object) -> Place:
    if not isinstance(data, dict) or data.keys() != set(Place._fields) or not isinstance(data["is_mounted"], bool):
        raise ValueError(data)
    names = {key: tuple(map(_text, _list(data[key]))) for key in ("host_variables", "container_variables")}
    texts = {key: _text(data[key]) for key in ("name", "host", "container", "mode")}
    if not all(texts[key].startswith("/") for key in ("host", "container")):
        raise ValueError(data)
    return Place(**texts, **names, is_mounted=data["is_mounted"])  # type: ignore[arg-type]  # the names are Place's


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value


def _table(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError(value)
    return {str(name): _text(item) for name, item in value.items()}


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(value)
    return value
