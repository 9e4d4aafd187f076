"""The options of `docker run` for a container, and a script with them: for `run` and `export`. Pure."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Iterable, Mapping, Sequence

from taoshell.formats import own_comment
from taoshell.project.images import usual_image
from taoshell.project.model import Mapping as Container
from taoshell.project.model import Mount, Project
from taoshell.project.names import hidden

_HEAD = "#!/bin/sh\n# Run a command in the container of this TAO project. taoshell wrote this script.\n"
_TERMINAL = "terminal=\nif [ -t 0 ] && [ -t 1 ]; then terminal=yes; fi\n"
_RUN = "docker run --rm --init -i ${terminal:+-t}"
_USER = '--user "$(id -u):$(id -g)"'
_NO_IMAGE = "# The project pins no image, so the first word is the image.\n"


def written(project: Project) -> str:
    """Return a shell script that runs a command in the container of `project`. Secrets come from the shell."""
    known, computed = project.mapping, []
    if project.users:  # its user is "auto": whoever runs the script
        computed = [_USER, *(f'-e "{name}=$(id -un)"' for name in ("USER", "LOGNAME") if name in project.users)]
        known = known._replace(
            variables={name: value for name, value in known.variables.items() if name not in project.users - {"HOME"}},
            options={name: option for name, option in known.options.items() if name != "user"},
        )
    image = usual_image(project.images)
    lines = [_RUN, *map(shlex.join, [*gpu_words(project.gpus), *options(known)]), *computed]
    lines.append(f'{shlex.quote(image)} "$@"' if image else '"$@"')
    head = _HEAD + own_comment.written(project) + ("" if image else _NO_IMAGE) + _TERMINAL
    return head + " \\\n  ".join(lines) + "\n"


def options(container: Container) -> list[list[str]]:
    """Return the mounts, variables and options, each as its words.

    A secret is only named: its value comes from the environment, as everybody can read the arguments of a process.
    """
    words = [["--mount", mount_word(mount)] for mount in container.mounts]
    secret = hidden(container)
    words += [["-e", name if name in secret else f"{name}={value}"] for name, value in container.variables.items()]
    for name, option in container.options.items():
        words += _option_words(name, option)
    return words


def flat(groups: Iterable[Sequence[str]]) -> list[str]:
    """Return the words of all `groups`."""
    return [word for group in groups for word in group]


def mount_word(mount: Mount) -> str:
    """Return the value of --mount. Unlike -v, it never makes a source that is missing, which root would own.

    >>> mount_word(Mount("/my, data", "/data", "ro"))
    'type=bind,"source=/my, data",target=/data,readonly'
    """
    fields = ["type=bind", f"source={mount.source}", f"target={mount.destination}"]
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow([*fields, "readonly"] if mount.mode == "ro" else fields)
    return text.getvalue()


def gpu_words(chosen: str) -> list[list[str]]:
    """Return --gpus for the GPUs of a project. Docker splits its value at commas, so a list has quotes inside."""
    if not chosen:
        return []
    return [["--gpus", f'"device={chosen.strip(",")}"' if "," in chosen else chosen]]


def published(ports: object) -> list[str]:
    """Return each pair of ports, as HOST:CONTAINER."""
    if not isinstance(ports, Mapping):
        return []
    pairs = [(inside, host) for inside, hosts in ports.items() for host in _list(hosts)]
    return [f"{host}:{inside}" for inside, host in pairs]


def _option_words(name: str, option: object) -> list[list[str]]:
    if name == "ulimits" and isinstance(option, Mapping):
        return [["--ulimit", f"{limit}={value}"] for limit, value in option.items()]
    if name == "ports":
        return [["-p", pair] for pair in published(option)]
    if name == "privileged":
        return [["--privileged"]] if option else []
    return [[f"--{name.replace('_', '-')}", str(option)]]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
