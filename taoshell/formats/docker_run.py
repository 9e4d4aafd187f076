"""`docker run` in a shell script: read without running it, and written for a project. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where
from taoshell.formats.docker_options import Container, Parsed, parsed
from taoshell.formats.imported import Doubt, Imported, Several
from taoshell.formats.mounts_file import layout_of
from taoshell.formats.python_values import Unknown
from taoshell.formats.shell_script import Line, Script
from taoshell.formats.surroundings import Surroundings
from taoshell.project import model
from taoshell.project.layouts import container_variables, host_variables
from taoshell.project.model import Project
from taoshell.project.names import is_secret
from taoshell.project.networks import NAMES

_ENGINES = ("docker", "podman", "nvidia-docker")
_HEAD = "#!/bin/sh\n# Run a command in the container of this TAO project. taoshell wrote this script.\n"
_NO_IMAGE = "# The project pins no image, so the first word is the image.\n"
_KEY = re.compile(r"(?:encryption_key|key)=(.+)")


class Run(NamedTuple):
    """A `docker run` of a script, and its line."""

    parsed: Parsed
    at: Where


def read(text: str, path: str, around: Surroundings, answers: Mapping[str, str], line: int | None = None) -> Imported:
    """Return what the `docker run` of the script `path` says; the one in `line` if there are several.

    Raises TaoshellError if there is none, or if it is not clear which one is meant.
    """
    script = Script(path, around, answers)
    runs: list[Run] = []
    found: list[Imported] = []
    for command in script.lines(text):
        words = _after_run(command)
        if words:
            runs.append(Run(parsed(words, command.at), command.at))
            found.append(_imported(runs[-1], script))
    if not runs:
        raise TaoshellError("this script has no docker run", "name another file", at=Where(path))
    chosen = [item for item, run in zip(found, runs, strict=True) if line in (None, run.at.line)]
    if not chosen:
        raise TaoshellError(f"there is no docker run in line {line}", "name another line", at=Where(path))
    if any(_without_line(item) != _without_line(chosen[0]) for item in chosen):
        picks = {str(run.at.line): _shown(run.parsed) for run in runs}
        cause = f"this script has several docker run, in the lines {', '.join(picks)}, which differ"
        raise Several(cause, path, picks, "line")
    return chosen[0]


def _shown(parsed: Parsed) -> str:
    """Return the image and the first words of the command: no option, which may have a secret."""
    words = [parsed.image, *parsed.command[:2]]
    return " ".join("…" if isinstance(word, Unknown) else word for word in words)


def _without_line(found: Imported) -> object:
    return found.mapping, found.images, found.gpus


def _after_run(line: Line) -> list[str | Unknown]:
    """Return the words after `docker run`; none if this is another command."""
    words = line.words
    if not words or not isinstance(words[0], str) or words[0].rsplit("/", 1)[-1] not in _ENGINES:
        return []
    for at, word in enumerate(words[1:6], 1):
        if word == "run":
            return words[at + 1 :]
    return []


def _imported(run: Run, script: Script) -> Imported:
    container = Container(script.folder, run.at)
    for name, value in run.parsed.options:
        container.take(name, value)
    variables = _names(script, container)
    for name in container.passed:
        shared = script.variable(name)
        if isinstance(shared, str):
            container.variables[name] = shared
    doubts = list(container.doubts)
    images = {}
    if isinstance(run.parsed.image, Unknown):
        doubts.append(Doubt("the image", run.parsed.image.why, run.parsed.image.at))
    elif run.parsed.image:
        images[kind_of(run.parsed.image)] = run.parsed.image
    words = [word for word in run.parsed.command if isinstance(word, str)]
    key = next((found[1] for word in words if (found := _KEY.fullmatch(word))), "")
    key = key or next((after for word, after in pairwise(words) if word == "-k"), "")
    if key:
        variables["KEY"] = key
    mapping = model.Mapping(tuple(container.mounts), container.variables, container.options)
    return Imported(
        "docker run",
        mapping,
        variables,
        layout_of(mapping.mounts) or "host",
        next((word for word in words[:1] if word in NAMES), ""),
        container.gpus,
        images,
        tuple(container.passed),
        questions=tuple(script.questions.values()),
        doubts=tuple(doubts),
        notes=(*script.notes, *container.notes),
    )


def _names(script: Script, container: Container) -> dict[str, str]:
    """Return the variables of the script that name a path of a mount, or a place of a layout."""
    known = {*host_variables(), *container_variables()}
    ends = {path.rstrip("/") for mount in container.mounts for path in mount[:2]}
    texts = {name: value for name, value in script.variables.items() if isinstance(value, str)}
    return {
        name: value
        for name, value in texts.items()
        if name in known or (value.startswith("/") and value.rstrip("/") in ends)
    }


def kind_of(image: str) -> str:
    """Return for which kind of command an image is.

    >>> kind_of("nvcr.io/nvidia/tao/tao-toolkit:6.26.3-deploy")
    'deploy'
    """
    tag = image.rpartition(":")[2]
    return "deploy" if "deploy" in tag else "dataset" if re.search(r"data-services|dataset", tag) else "model"


def written(project: Project) -> str:
    """Return a shell script that runs a command in the container of `project`. Secrets come from the shell."""
    words = [["docker", "run", "--rm", "-it"], *([["--gpus", gpus(project.gpus)]] if project.gpus else [])]
    mapping = project.mapping
    for mount in mapping.mounts:
        mode = ":ro" if mount.mode == "ro" else ""
        words.append(["-v", f"{mount.source}:{mount.destination}{mode}"])
    for name, value in mapping.variables.items():
        words.append(["-e", name if is_secret(name) else f"{name}={value}"])
    for name, option in mapping.options.items():
        words += _option_words(name, option)
    image = project.images.get("model") or next(iter(project.images.values()), None)
    quoted = [" ".join(map(shlex.quote, part)) for part in words]
    quoted.append(f'{shlex.quote(image)} "$@"' if image else '"$@"')
    return _HEAD + ("" if image else _NO_IMAGE) + " \\\n  ".join(quoted) + "\n"


def gpus(chosen: str) -> str:
    """Return the value of --gpus for the GPUs of a project."""
    return f'"device={chosen.strip(",")}"' if "," in chosen else chosen


def _option_words(name: str, option: object) -> list[list[str]]:
    if name == "ulimits" and isinstance(option, dict):
        return [["--ulimit", f"{limit}={value}"] for limit, value in option.items()]
    if name == "ports" and isinstance(option, dict):
        pairs = [(inside, host) for inside, hosts in option.items() for host in _list(hosts)]
        return [["-p", f"{host}:{inside}"] for inside, host in pairs]
    if name == "privileged":
        return [["--privileged"]] if option else []
    return [[f"--{name.replace('_', '-')}", str(option)]]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
