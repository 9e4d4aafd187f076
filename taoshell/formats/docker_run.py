"""`docker run` in a shell script, read without running it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where
from taoshell.formats import own_comment
from taoshell.formats.docker_options import Container, Parsed, parsed
from taoshell.formats.imported import IMAGE, Doubt, Imported, Several
from taoshell.formats.mounts_file import layout_of
from taoshell.formats.python_values import Unknown
from taoshell.formats.shell_script import Line, Script
from taoshell.formats.surroundings import Surroundings
from taoshell.project import model
from taoshell.project.layouts import container_variables, host_variables
from taoshell.project.networks import NAMES

_ENGINES = ("docker", "podman", "nvidia-docker")
_LONGEST = 1 << 20  # characters
_KEY = re.compile(r"(?:encryption_key|key)=(.+)")


class Run(NamedTuple):
    """A `docker run` of a script, and its line."""

    parsed: Parsed
    at: Where


def read(text: str, path: str, around: Surroundings, answers: Mapping[str, str], line: int | None = None) -> Imported:
    """Return what the `docker run` of the script `path` says; the one in `line` if there are several.

    Raises TaoshellError if there is none, or if it is not clear which one is meant.
    """
    if len(text) > _LONGEST:
        raise TaoshellError("this is too long for a script", "name another file", at=Where(path))
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
    last = next(run.at.line for item, run in zip(found, runs, strict=True) if item is chosen[0])
    return chosen[0].with_own(own_comment.read("\n".join(text.split("\n")[:last])))


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
        doubts.append(Doubt(IMAGE, run.parsed.image.why, run.parsed.image.at))
    elif run.parsed.image:
        images[kind_of(run.parsed.image)] = run.parsed.image
    words = [word for word in run.parsed.command if isinstance(word, str)]
    key = next((found[1] for word in words if (found := _KEY.fullmatch(word))), "")
    key = key or next((after for word, after in pairwise(words) if word == "-k"), "")
    key = key or container.variables.get("KEY", "")
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
        others={name: value for name, value in script.variables.items() if isinstance(value, str)},
    )


def _names(script: Script, container: Container) -> dict[str, str]:
    """Return the variables of the script that every project has, or that name a path of a mount or of a layout."""
    known = {*host_variables(), *container_variables(), "KEY", "NUM_GPUS"}
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
