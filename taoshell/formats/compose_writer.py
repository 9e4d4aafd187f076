"""A Compose file with one service, `tao`: for `run` and `export`. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from taoshell.formats import own_comment
from taoshell.formats.docker_writer import published
from taoshell.project.images import usual_image
from taoshell.project.model import Mapping as Container
from taoshell.project.model import Project
from taoshell.project.names import hidden

SERVICE = "tao"
_HEAD = "# The container of this TAO project. taoshell wrote this file.\n"
_NO_IMAGE = "${TAO_IMAGE:?name the image}"


def written(project: Project) -> str:
    """Return a Compose file for `project`. Secrets come from the shell or from `.env`.

    Compose refuses a service without an image, so one that the project does not pin comes from the shell too.
    """
    image = usual_image(project.images) or _NO_IMAGE
    return _HEAD + own_comment.written(project) + text(service(project.mapping, project.gpus, image))


def text(body: Mapping[str, object]) -> str:
    """Return the file with the service `body`."""
    return yaml.safe_dump({"services": {SERVICE: body}}, sort_keys=False, allow_unicode=True, width=10_000)


def service(container: Container, gpus: str, image: str) -> dict[str, object]:
    """Return a service. A secret has no value in it, so Compose takes the value from its own environment."""
    body: dict[str, object] = {"image": image} if image else {}
    body["init"] = True  # without it, Ctrl-C would not end a command that is the first process
    body["volumes"] = [
        {
            "type": "bind",
            "source": _escaped(mount.source),
            "target": _escaped(mount.destination),
            **({"read_only": True} if mount.mode == "ro" else {}),
            "bind": {"create_host_path": False},  # a missing source is an error, and no folder that root owns
        }
        for mount in container.mounts
    ]
    if container.variables:
        pairs, secret = container.variables.items(), hidden(container)
        body["environment"] = {name: None if name in secret else _escaped(value) for name, value in pairs}
    for name, option in container.options.items():
        if name == "ports":
            body["ports"] = published(option)
        else:
            body["network_mode" if name == "network" else name] = option
    if gpus:
        body["deploy"] = {"resources": {"reservations": {"devices": [_devices(gpus)]}}}
    return body


def _devices(gpus: str) -> dict[str, object]:
    if "," in gpus:
        chosen: dict[str, object] = {"device_ids": gpus.strip(",").split(",")}
    else:
        chosen = {"count": "all" if gpus == "all" else int(gpus)}
    return {"driver": "nvidia", "capabilities": ["gpu"], **chosen}


def _escaped(text: str) -> str:
    """Return `text` as Compose reads it: $ begins a variable there."""
    return text.replace("$", "$$")
