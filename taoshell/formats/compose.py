"""Compose files: a service, read as a project. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import yaml

from taoshell.errors import TaoshellError, Where
from taoshell.formats import own_comment
from taoshell.formats.docker_options import Container
from taoshell.formats.docker_run import kind_of
from taoshell.formats.imported import IMAGE, Doubt, Imported, Several
from taoshell.formats.mounts_file import layout_of
from taoshell.formats.python_values import Unknown
from taoshell.formats.surroundings import Question, Surroundings, default_for, names_a_path
from taoshell.project import model
from taoshell.project.networks import NAMES

_LONGEST = 1 << 18  # characters
_VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?::?([-?+])((?:[^{}]|\{[^{}]*\})*))?\}|(\w+))")
_ANCHOR = re.compile(r"(?:^|[\s\[,{:-])\*[\w-]+")
_MOST_ALIASES = 100
_WITHOUT_MEANING = {
    *("image", "command", "container_name", "tty", "stdin_open", "runtime", "restart", "build", "init", "hostname"),
    *("pull_policy", "labels", "profiles", "platform", "entrypoint"),
}
_WORDS = {"volume": "volumes", "publish": "ports", "ulimit": "ulimits", "gpus": "the GPUs", "shm-size": "shm_size"}
_WORDS |= {name: name for name in ("user", "ipc", "privileged")} | {"network": "network_mode"}
_LISTS = {"volumes": "volume", "ports": "publish"}


class Values(NamedTuple):
    """What ${NAME} stands for in a Compose file, and what the reader is asked."""

    path: str
    around: Surroundings
    answers: Mapping[str, str]
    questions: dict[str, Question]
    source: str

    def text(self, value: object, at: Where) -> str | Unknown:
        """Return `value` as text, with the values of its variables."""
        if isinstance(value, bool):
            return str(value).lower()
        missing: list[str] = []

        def put_in(found: re.Match[str]) -> str:
            dollar, name, sign, word, plain = found.groups()
            if dollar:
                return "$"
            value = self.around.environ.get(name or plain)
            if sign == "+":
                return str(self.text(word, at)) if value else ""
            if not value and sign == "-":
                return str(self.text(word, at))
            if value is None:
                value = self._answer(name or plain, at)
            if value is None:
                missing.append(name or plain)
            return value or ""

        text = _VARIABLE.sub(put_in, str(value))
        return Unknown(f"{missing[0]} is not set in this file", at) if missing else text

    def at(self, name: str, service: Where) -> Where:
        """Return the line of the variable `name` in the service that begins at `service`."""
        lines = self.source.split("\n")
        setting = re.compile(rf"[ \t]*(?:-[ \t]*)?[\"']?{re.escape(name)}[\"']?[ \t]*(?:[:=]|$)")
        numbers = range(service.line or 1, len(lines) + 1)
        return Where(self.path, next((number for number in numbers if setting.match(lines[number - 1])), service.line))

    def _answer(self, name: str, at: Where) -> str | None:
        if not names_a_path(name):
            return None
        default = default_for(name, self.around, self.around.project)
        return self.answers.get(name, self.questions.setdefault(name, Question(name, "", at, default)).default) or None


def read(text: str, path: str, around: Surroundings, answers: Mapping[str, str], service: str = "") -> Imported:
    """Return what a service of the Compose file `path` says: `service`, or else the only one that can be meant.

    Raises TaoshellError if this is no Compose file, or if it is not clear which service is meant.
    """
    services = _services(text, path)
    name = service or _chosen(services, path)
    if name not in services:
        raise TaoshellError(f"there is no service {name!r}", f"name one of: {', '.join(services)}", at=Where(path))
    at = Where(path, _line_of(text, name))
    body = services[name]
    values = Values(path, around, answers, {}, text)
    container = Container(around.folder, at)
    container.words = _WORDS
    for key, value in body.items():
        _take(container, key, value, values)
    image = values.text(body.get("image", ""), at)
    command = body.get("command", [])
    words = command if isinstance(command, list) else str(command).split()
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
    if len(text) > _LONGEST or len(_ANCHOR.findall(text)) > _MOST_ALIASES:
        raise TaoshellError("this is too long for a Compose file", "name another file", at=Where(path))
    try:
        found = yaml.safe_load(text)
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
        [name for name, body in services.items() if "tao-toolkit" in str(body.get("image", ""))],
        [name for name, body in services.items() if "gpus" in body or "deploy" in body or "runtime" in body],
    ):
        if len(names) == 1:
            return names[0]
    if not services:
        raise TaoshellError("this Compose file has no service", "name another file", at=Where(path))
    cause = f"this Compose file has the services {', '.join(services)}"
    picks = {name: str(body.get("image", "")) for name, body in services.items()}
    raise Several(cause, path, picks, "service")


def _take(container: Container, key: str, value: object, values: Values) -> None:
    """Take one key of a service."""
    at = container.at
    if key in _LISTS:
        for item in value if isinstance(value, list) else []:
            if isinstance(item, dict):
                _take_long(container, key, item, values)
            else:
                container.take(_LISTS[key], values.text(item, at))
    elif key == "environment":
        pairs = value.items() if isinstance(value, dict) else [str(item).partition("=")[::2] for item in _list(value)]
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
            container.take("ulimit", f"{name}={limits.get('soft')}:{limits.get('hard')}")
    elif key in ("user", "shm_size", "network_mode", "ipc", "privileged", "gpus"):
        name = {"network_mode": "network"}.get(key, key).replace("_", "-")
        is_text = not isinstance(value, (list, dict))
        container.take(name, values.text(value, at) if is_text else _devices(value))
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


def _take_long(container: Container, key: str, item: Mapping[str, object], values: Values) -> None:
    at = container.at
    if key == "ports":
        container.take("publish", values.text(f"{item.get('published')}:{item.get('target')}", at))
        return
    mode = ",readonly" if item.get("read_only") else ""
    text = f"type={item.get('type', 'volume')},source={item.get('source', '')},target={item.get('target', '')}{mode}"
    container.take("mount", values.text(text, at))


def _devices(value: object) -> str:
    """Return the devices of a reservation as --gpus has them."""
    first = _list(value)[0] if _list(value) else {}
    if not isinstance(first, dict):
        return str(first)
    ids = first.get("device_ids")
    return f"device={','.join(map(str, ids))}" if isinstance(ids, list) else str(first.get("count", "all"))


def _line_of(text: str, name: str) -> int | None:
    found = re.search(rf"^[ \t]+[\"']?{re.escape(name)}[\"']?:", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def is_file_with_services(text: str) -> bool:
    """Whether `text` may be a Compose file."""
    return re.search(r"^services:", text, re.MULTILINE) is not None
