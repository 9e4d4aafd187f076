"""Compose files: a service, read as a project. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from taoshell.errors import TaoshellError, Where
from taoshell.formats import own_comment, yaml_text
from taoshell.formats.compose_values import Values
from taoshell.formats.docker_options import Container
from taoshell.formats.docker_run import kind_of
from taoshell.formats.imported import IMAGE, Doubt, Imported, Several
from taoshell.formats.mounts_file import layout_of
from taoshell.formats.python_values import Unknown
from taoshell.formats.surroundings import Surroundings
from taoshell.project import model
from taoshell.project.networks import NAMES

_MOST_NAMES = 10  # of services in a message
_WITHOUT_MEANING = {
    *("image", "command", "container_name", "tty", "stdin_open", "runtime", "restart", "build", "init", "hostname"),
    *("pull_policy", "labels", "profiles", "platform", "entrypoint"),
}
_WORDS = {
    "volume": "volumes",
    "publish": "ports",
    "ulimit": "ulimits",
    "env": "environment",
    "gpus": "the GPUs",
    "shm-size": "shm_size",
}
_WORDS |= {name: name for name in ("user", "ipc", "privileged")} | {"network": "network_mode"}
_LISTS = {"volumes": "volume", "ports": "publish"}


def read(text: str, path: str, around: Surroundings, answers: Mapping[str, str], service: str = "") -> Imported:
    """Return what a service of the Compose file `path` says: `service`, or else the only one that can be meant.

    Raises TaoshellError if this is no Compose file, or if it is not clear which service is meant.
    """
    services = _services(text, path)
    name = service or _chosen(services, path)
    if name not in services:
        raise TaoshellError(f"there is no service {name!r}", f"name one of: {_names(services)}", at=Where(path))
    at = Where(path, _line_of(text, name))
    body = services[name]
    values = Values(path, around, answers, {}, text)
    container = Container(around.folder, at)
    container.words = _WORDS
    for key, value in body.items():
        _take(container, str(key), value, values)
    image = values.text(_text(body.get("image")), at)
    command = body.get("command") or []
    words = command if isinstance(command, list) else _text(command).split()
    mapping = model.Mapping(tuple(container.mounts), container.variables, container.options)
    doubts = [*container.doubts, *([Doubt(IMAGE, image.why, image.at)] if isinstance(image, Unknown) else [])]
    found = Imported(
        "Compose file",
        mapping,
        layout=layout_of(mapping.mounts) or "host",
        network=next((str(word) for word in words[:1] if word in NAMES), ""),
        gpus=container.gpus,
        images={kind_of(image): image} if isinstance(image, str) and image else {},
        passed=tuple(container.passed),
        questions=tuple(values.questions.values()),
        doubts=tuple(doubts),
        notes=tuple(container.notes),
    )
    return found.with_own(own_comment.read(text))


def _services(text: str, path: str) -> dict[str, Mapping[str, object]]:
    try:
        found = yaml_text.load(text)
    except yaml_text.TooMuch as error:
        raise TaoshellError(str(error), "shorten it, or name another file", at=Where(path)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise TaoshellError("this is not YAML", "correct it, or name another file", at=Where(path, line)) from error
    except (RecursionError, ValueError) as error:
        raise TaoshellError("this is no YAML that can be read", "name another file", at=Where(path)) from error
    services = found.get("services") if isinstance(found, dict) else None
    if not isinstance(services, dict):
        cause = "this YAML is no Compose file: it has no services"
        raise TaoshellError(cause, "name a Compose file, a notebook or a script", at=Where(path))
    return {str(name): body for name, body in services.items() if isinstance(body, dict)}


def _chosen(services: Mapping[str, Mapping[str, object]], path: str) -> str:
    """Return the name of the only service, or of the only one with TAO's image, or else with GPUs."""
    for names in (
        list(services),
        [name for name, body in services.items() if "tao-toolkit" in _text(body.get("image"))],
        [name for name, body in services.items() if "gpus" in body or "deploy" in body or "runtime" in body],
    ):
        if len(names) == 1:
            return names[0]
    if not services:
        raise TaoshellError("this Compose file has no service", "name another file", at=Where(path))
    cause = f"this Compose file has the services {_names(services)}"
    picks = {name: _text(body.get("image")) for name, body in services.items()}
    raise Several(cause, path, picks, "service")


def _names(services: Mapping[str, object]) -> str:
    names = [name if len(name) < 60 else f"{name[:60]}…" for name in services]
    return ", ".join(names[:_MOST_NAMES]) + (" …" if len(names) > _MOST_NAMES else "")


def _take(container: Container, key: str, value: object, values: Values) -> None:
    """Take one key of a service."""
    at = container.at
    if (key in _LISTS and not isinstance(value, list)) or (
        key == "environment" and not isinstance(value, (list, dict))
    ):
        container.note(f"{key} is left out: it is no list", values.at(key, at))
    elif key in _LISTS:
        for item in _each(container, key, value, values, dict):
            if isinstance(item, dict):
                _take_long(container, key, item, values)
            else:
                container.take(_LISTS[key], values.text(item, at))
    elif key == "environment":
        if isinstance(value, dict):
            pairs = [(str(name), item) for name, item in _scalars(container, key, value, values).items()]
        else:
            pairs = [str(item).partition("=")[::2] for item in _each(container, key, value, values)]
        for name, item in pairs:
            is_set = item not in (None, "") or (isinstance(value, list) and f"{name}=" in _list(value))
            if is_set and re.fullmatch(
                rf"\$(?:{re.escape(name)}|\{{{re.escape(name)}(?::?[-?][^{{}}]*)?\}})", str(item)
            ):
                is_set = values.around.environ.get(name) is not None  # it comes from the shell, as NAME alone does
            text = values.text(f"{name}={item}" if is_set else name, values.at(name, at))
            if isinstance(text, Unknown):
                container.doubts.append(Doubt(f"{name} in the container", text.why, text.at))
            else:
                container.take("env", text)
    elif key == "ulimits" and isinstance(value, dict):
        for name, limit in value.items():
            limits = limit if isinstance(limit, dict) else {"soft": limit, "hard": limit}
            soft, hard = (_text(limits.get(side)) for side in ("soft", "hard"))
            container.take("ulimit", f"{name}={soft}:{hard}")
    elif key in ("user", "shm_size", "network_mode", "ipc", "privileged", "gpus"):
        name = {"network_mode": "network"}.get(key, key).replace("_", "-")
        if not isinstance(value, (list, dict)):
            container.take(name, values.text(value, at))
        elif key == "gpus":
            container.take(name, _devices(value))
        else:
            container.note(f"{key} is left out: it is no text", values.at(key, at))
    elif key == "deploy" and isinstance(value, dict):
        resources = value.get("resources")
        reserved = resources.get("reservations") if isinstance(resources, dict) else None
        devices = reserved.get("devices") if isinstance(reserved, dict) else None
        if devices:
            container.take("gpus", _devices(devices))
    elif key == "runtime" and value == "nvidia" and not container.gpus:
        container.gpus = "all"
    elif key not in _WITHOUT_MEANING and not key.startswith("x-"):
        container.note(f"{key} is left out, as taoshell.toml has no key for it")


def _each(container: Container, key: str, value: object, values: Values, *kinds: type) -> list[object]:
    """Return the entries of a list that are text, or of another of `kinds`. Name the others by their place alone: the
    value of one may be a secret."""
    found = []
    for number, item in enumerate(_list(value), start=1):
        if isinstance(item, (list, dict)) and not isinstance(item, kinds):
            _note_odd(container, key, number, values)
        else:
            found.append(item)
    return found


def _scalars(container: Container, key: str, value: dict[object, object], values: Values) -> dict[object, object]:
    """Return what in a map is text. Name the others by their place alone."""
    for number, item in enumerate(value.values(), start=1):
        if isinstance(item, (list, dict)):
            _note_odd(container, key, number, values)
    return {name: item for name, item in value.items() if not isinstance(item, (list, dict))}


def _note_odd(container: Container, key: str, number: int, values: Values) -> None:
    container.note(f"entry {number} of {key} is left out: it is no text", values.at(key, container.at))


def _text(value: object) -> str:
    """Return a value of a map as text; "" if it is a list or a map."""
    return "" if isinstance(value, (list, dict)) or value is None else str(value)


def _take_long(container: Container, key: str, item: Mapping[str, object], values: Values) -> None:
    at = container.at
    if key == "ports":
        container.take("publish", values.text(f"{_text(item.get('published'))}:{_text(item.get('target'))}", at))
        return
    mode = ",readonly" if item.get("read_only") else ""
    kind, source, target = (_text(item.get(name)) for name in ("type", "source", "target"))
    container.take("mount", values.text(f"type={kind or 'volume'},source={source},target={target}{mode}", at))


def _devices(value: object) -> str:
    """Return the devices of a reservation as --gpus has them."""
    first = _list(value)[0] if _list(value) else {}
    if not isinstance(first, dict):
        return _text(first)
    ids = first.get("device_ids")
    return f"device={','.join(map(_text, ids))}" if isinstance(ids, list) else _text(first.get("count", "all"))


def _line_of(text: str, name: str) -> int | None:
    found = re.search(rf"^[ \t]+[\"']?{re.escape(name)}[\"']?:", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def is_file_with_services(text: str) -> bool:
    """Whether `text` may be a Compose file."""
    return re.search(r"^services:", text, re.MULTILINE) is not None
