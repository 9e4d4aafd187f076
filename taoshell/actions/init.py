"""`taoshell init`: everything is planned and checked before the first byte is written."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from taoshell.actions import find
from taoshell.actions.find import ENV
from taoshell.actions.sources import Source, Sources, decoded, define, read_text
from taoshell.errors import TaoshellError, Where
from taoshell.formats.dotenv import quoted
from taoshell.project.layouts import LAYOUTS
from taoshell.project.model import Project
from taoshell.project.names import refused_reason
from taoshell.shells import direnv
from taoshell.state.files import replace_user_file
from taoshell.text import dotenv, gitignore

_TOML = """\
# This TAO project, for everybody who works on it. After a change, run: taoshell allow
# Host and container paths follow from these two lines. A [places] table moves single places.
layout = {layout}
network = {network}
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What `init` found out or asked. `key` is "" for none.

    `exported` are the user's names in an older `.env` that the project must export too.
    """

    layout: str
    network: str
    gpus: str
    key: str
    exported: frozenset[str] = frozenset()
    direnv: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The files as they will be, and the project that they define. `envrc` is None if that file stays as it is."""

    sources: Sources
    toml: bytes
    env: bytes
    ignore: bytes
    envrc: bytes | None
    project: Project


def is_first_time(sources: Sources) -> bool:
    """Whether taoshell has never written into this user's `.env`."""
    return dotenv.block_line(decoded(sources.env), sources.env.path) is None


def assigned_names(sources: Sources) -> tuple[str, ...]:
    """Return the names that the user's lines of `.env` assign."""
    return dotenv.assigned_names(decoded(sources.env), sources.env.path)


def foreign_names(sources: Sources) -> list[str]:
    """Return the names in a `.env` that `init` has never seen. The user decides which of them to export."""
    if not is_first_time(sources):
        return []
    ours = {"KEY", "NUM_GPUS", *(slot.host_variable for slots in LAYOUTS.values() for slot in slots)}
    return [name for name in assigned_names(sources) if name not in ours]


def kept_back(sources: Sources, answers: Answers) -> list[str]:
    """Return the foreign names that stay out of the project: not chosen by the user, or refused."""
    return [name for name in foreign_names(sources) if name not in answers.exported or refused_reason(name)]


def read_differently(defined: Project) -> list[str]:
    """Return the names whose values stand in quotes in `.env`: `docker --env-file` would take the quotes as text."""
    return [name for name, value in defined.variables.items() if quoted(value) != value]


def plan(sources: Sources, answers: Answers) -> Plan:
    """Plan all files and check the project. Raises TaoshellError with file and line; writes nothing."""
    toml = sources.toml.data
    if toml is None:
        toml = _TOML.format(layout=_toml(answers.layout), network=_toml(answers.network)).encode()
    env = _planned_env(sources, answers)
    future = Sources(sources.root, Source("toml", sources.toml.path, toml), Source("env", sources.env.path, env))
    ignore_file = read_text(os.path.join(sources.root, ".gitignore"))
    if not find.is_private(sources.env.path, sources.root):
        ignore_file = gitignore.with_ignored(ignore_file, ENV)
    envrc = _planned_envrc(sources.root) if answers.direnv else None
    try:
        defined = define(future)
    except TaoshellError as error:
        where = error.where and error.where.file
        if sources.toml.data is None and where == sources.toml.path:  # there is no such file: an answer was wrong
            raise TaoshellError(error.cause, error.cure) from error
        raise
    return Plan(sources, toml, env, ignore_file.encode(), envrc, defined)


def require_same(sources: Sources, defined: Project, network: str | None) -> None:
    """Raise TaoshellError if `--network` contradicts an existing taoshell.toml."""
    if network is not None and sources.toml.data is not None and network != defined.network:
        raise TaoshellError(
            f"this project is {defined.network}, not {network}", "change the network there", at=Where(sources.toml.path)
        )


def write(done: Plan) -> None:
    """Replace each file that changes, whole or not at all."""
    root, sources = done.sources.root, done.sources
    if done.toml != sources.toml.data:
        replace_user_file(sources.toml.path, done.toml, new_mode=0o644)
    if sources.env.data is not None:
        os.chmod(sources.env.path, 0o600)  # it may contain KEY from now on
    if done.env != sources.env.data:
        replace_user_file(sources.env.path, done.env, new_mode=0o600)
    ignore = os.path.join(root, ".gitignore")
    if done.ignore != read_text(ignore).encode():
        replace_user_file(ignore, done.ignore, new_mode=0o644)
    if done.envrc is not None:
        replace_user_file(os.path.join(root, direnv.ENVRC), done.envrc, new_mode=0o644)


def make_mount_folders(defined: Project) -> Sequence[str]:
    """Create the missing host folders of mounts; return them."""
    for path in defined.missing_mount_folders:
        os.makedirs(path, exist_ok=True)
    return defined.missing_mount_folders


def count_gpus() -> int | None:
    """Return the number of GPUs that `nvidia-smi` lists, None if it finds none."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        answer = subprocess.run(
            ["nvidia-smi", "--list-gpus"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if answer.returncode == 0:
            return sum(line.startswith("GPU ") for line in answer.stdout.splitlines()) or None
    return None


def _planned_env(sources: Sources, answers: Answers) -> bytes:
    text = decoded(sources.env)
    known = assigned_names(sources)
    ignored = kept_back(sources, answers)
    if ignored:
        text = dotenv.with_line(text, f"# taoshell: ignore {' '.join(ignored)}")
    for name, value in (("KEY", answers.key), ("NUM_GPUS", answers.gpus)):
        if value and name not in known:
            text = dotenv.with_assignment(text, name, value)
    return text.encode()


def _planned_envrc(root: str) -> bytes | None:
    """Return the user's `.envrc` with our part at its end, None if it has that part already."""
    text = read_text(os.path.join(root, direnv.ENVRC))
    if direnv.TEXT in text:
        return None
    return ((text if text.endswith("\n") or not text else text + "\n") + direnv.TEXT).encode()


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # TOML's basic strings have all of JSON's escapes
