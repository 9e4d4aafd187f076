"""Plan a container: what it gets from the approved project, and what the words of the command line mean in it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import NamedTuple

from taoshell import engines
from taoshell.actions import approve
from taoshell.actions import arguments as in_words
from taoshell.actions.images import Image, image_for
from taoshell.actions.signals import in_foreground
from taoshell.engines import Engine, job
from taoshell.engines.job import Job
from taoshell.errors import USAGE, TaoshellError
from taoshell.project.gpus import given_gpus
from taoshell.project.model import Mapping as Container
from taoshell.project.model import Project
from taoshell.project.mounts import mount_points
from taoshell.project.networks import DATA_SERVICES
from taoshell.project.toml import suggestion
from taoshell.state.paths import State, config_path

_KINDS = ("model", "deploy", "dataset")
_SHELL = "/bin/bash"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")  # moby: the names of containers
_LONGEST_NAME = 60  # of those that we make


class Wanted(NamedTuple):
    """What the command line asks for. `gpus` and `name` are None if it says nothing about them."""

    words: tuple[str, ...] = ()
    on: str = ""
    gpus: str | None = None
    name: str | None = None
    image: str = ""
    is_detached: bool = False
    is_translated: bool = False
    is_shell: bool = False
    is_tried: bool = False


class Planned(NamedTuple):
    """A job that nothing is wrong with, as far as the engine need not be asked.

    `folders` are missing folders of this machine at which the container has a mount.
    """

    project: Project
    engine: Engine
    job: Job
    image: Image
    folders: tuple[str, ...]
    is_named: bool
    to_say: tuple[str, ...]


def plan(state: State, root: str, wanted: Wanted, environ: Mapping[str, str]) -> Planned:
    """Return the job. Raises TaoshellError if the project is not approved as it is now, or if something is wrong."""
    project = approve.require_approved(state, root).project
    engine = engine_for(project, wanted.on, environ)
    if wanted.name is not None and not _NAME.fullmatch(wanted.name):
        cause = f"a container cannot have the name {wanted.name!r}"
        raise TaoshellError(cause, "use letters, digits, and _ . - after the first one", exit_code=USAGE)
    kind, task, command = _meant(project, wanted)
    image = image_for(project, kind, task, wanted.image, environ)
    to_say: list[str] = []
    is_of_tao = command[:1] == (task,)  # in any other command, -e means something else
    spec = in_words.spec_in(command) if is_of_tao else ""
    arguments = in_words.with_paths_inside(project, command, spec, to_say, is_translated=wanted.is_translated)
    to_say += in_words.secrets_in(project, (*arguments, wanted.name or ""))
    spec = in_words.spec_in(arguments) if is_of_tao else ""  # as the container sees it
    to_say += in_words.spec_problems(project, spec, arguments, is_strict=wanted.is_tried)
    gpus = project.gpus if wanted.gpus is None else given_gpus(wanted.gpus)
    planned = container(project, project.mapping)._replace(
        name=wanted.name or _name(project, task, arguments),
        image=image.name,
        command=arguments,
        gpus=gpus,
        is_detached=wanted.is_detached,
    )
    if not wanted.is_detached:
        planned = _with_streams(planned)
    labels = (*planned.labels, (job.GPUS, gpus), (job.ENGINE, engine.name))
    points = mount_points(project.mapping.mounts)
    missing = tuple(path for path, source in points if not os.path.lexists(path) and os.path.isdir(source))
    whole = planned._replace(labels=labels)
    return Planned(project, engine, whole, image, missing, bool(wanted.name), tuple(to_say))


def engine_for(project: Project, on: str, environ: Mapping[str, str]) -> Engine:
    """Return the engine that the user names, or else the default. Raises TaoshellError if there is none."""
    name = on or engines.default(_configured(environ), environ)
    if any(cluster.name == name for cluster in project.clusters):
        raise TaoshellError(f"taoshell cannot run on a cluster yet, such as {name}", f"use {_listed(engines.NAMES)}")
    if name not in engines.NAMES:
        known = (*engines.NAMES, *(cluster.name for cluster in project.clusters))
        raise TaoshellError(f"no engine {name!r}", suggestion(name, known), exit_code=USAGE)
    return engines.engine(name, environ)


def _configured(environ: Mapping[str, str]) -> str:
    """Return the engine in the user's defaults; "" if there is none."""
    if not os.path.lexists(config_path(environ)):
        return ""
    from taoshell.actions import config  # only when needed: somebody waits for `run`

    return config.read(environ).text("engine")


def container(project: Project, mapping: Container) -> Job:
    """Return a container of the project with `mapping`, without a command.

    Raises TaoshellError if a mount is no longer that of a folder: a container would get a file, or wait at a FIFO.
    """
    for mount in mapping.mounts:
        if os.path.exists(mount.source) and not os.path.isdir(mount.source):
            raise TaoshellError(f"{mount.source} is no folder, as a place must be", "put a folder there")
    is_own = mapping.options.get("user") == f"{os.getuid()}:{os.getgid()}"
    labels = {
        job.PROJECT: project.root,
        job.NAME: project.name,
        job.USER: str(os.getuid()),
        job.ID: os.urandom(8).hex(),
    }
    groups = tuple(group for group in os.getgroups() if group != os.getgid()) if is_own else ()
    return Job("", "", (), mapping, labels=tuple(labels.items()), is_own=is_own, groups=groups)


def _meant(project: Project, wanted: Wanted) -> tuple[str, str, tuple[str, ...]]:
    """Return the kind of command, its task, and the words that run in the container."""
    words = wanted.words
    kind = words[0] if words and words[0] in _KINDS else ""
    task, *rest = words[1:] if kind else words or ("",)
    if wanted.is_shell:
        if rest:
            raise TaoshellError("--shell takes no SUBTASK", "leave out what follows TASK", exit_code=USAGE)
        task = task or project.network
        return kind or ("dataset" if task in DATA_SERVICES else "model"), task, (_SHELL,)
    if not task:
        cure = "name TASK and SUBTASK, such as dino train, or use --shell"
        raise TaoshellError("no command is given", cure, exit_code=USAGE)
    if rest[:1] == ["run"]:  # TAO's launcher: any command in the image of TASK
        if not rest[1:]:
            raise TaoshellError(f"{task} run: no command is given", "name one, or use --shell", exit_code=USAGE)
        return kind or "model", task, tuple(rest[1:])
    return kind or "model", task, (task, *rest)


def _name(project: Project, task: str, arguments: tuple[str, ...]) -> str:
    """Return a name that no other container has: the project, the task, and some random digits."""
    words = [project.name, task or "shell", *(arguments[1:2] if arguments[:1] == (task,) else [])]
    readable = re.sub(r"[^A-Za-z0-9_.]+", "-", "-".join(words)).strip("-._")[:_LONGEST_NAME]
    return f"{readable or 'tao'}-{os.urandom(2).hex()}"


def _with_streams(job: Job) -> Job:
    """Return the job with our standard input, and with a terminal if it is one, as is our standard output.

    A job in the background of a terminal must not read from it: the terminal would stop the job.
    """
    is_terminal = os.isatty(0)
    has_stdin = not is_terminal or in_foreground()
    return job._replace(has_stdin=has_stdin, has_terminal=has_stdin and is_terminal and os.isatty(1))


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
