"""Setting a project up: everything is worked out and checked before the first byte is written."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from taoshell.actions import approve, find
from taoshell.actions.find import ENV
from taoshell.actions.sources import Source, Sources, decoded, define, read_sources, read_text
from taoshell.errors import TaoshellError, Where
from taoshell.formats.dotenv import quoted
from taoshell.project.layouts import LAYOUTS
from taoshell.project.model import Project
from taoshell.project.names import refused_reason
from taoshell.shells import direnv
from taoshell.state.files import replace_user_file
from taoshell.state.paths import State
from taoshell.text import diff, dotenv, gitignore, setting
from taoshell.text.setting import Texts

_TOML = """\
# What this TAO project is, for everybody who works on it; `taoshell allow` after a change.
# Host and container paths follow from these two lines; a [places] table moves what differs.
layout = {layout}
network = {network}
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What `init` found out or was told. An empty `key` means none; `exported` are the lines of a `.env`
    that was there before and that are to be exported beside ours."""

    layout: str
    network: str
    gpus: str
    key: str
    exported: frozenset[str] = frozenset()
    direnv: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The files as they will be (`envrc` None: as it is), and the project that they define."""

    sources: Sources
    toml: bytes
    env: bytes
    ignore: bytes
    envrc: bytes | None
    project: Project


def existing(root: str) -> Sources:
    """What already stands in `root`. Raises TaoshellError where it cannot be read."""
    find.require_root(root)
    sources = read_sources(root)
    for source in sources.all:
        if source.problem is not None:
            raise source.problem
    return sources


def is_first_time(sources: Sources) -> bool:
    """Has taoshell never written into this user's `.env`?"""
    return dotenv.block_line(decoded(sources.env), sources.env.path) is None


def assigned_names(sources: Sources) -> tuple[str, ...]:
    """The names in the user's lines of `.env`, whatever their values."""
    return dotenv.assigned_names(decoded(sources.env), sources.env.path)


def foreign_names(sources: Sources) -> list[str]:
    """The user's lines of a `.env` that `init` has never seen: which of them to export is theirs to say."""
    if not is_first_time(sources):
        return []
    ours = {"KEY", "NUM_GPUS", *(slot.host_variable for slots in LAYOUTS.values() for slot in slots)}
    return [name for name in assigned_names(sources) if name not in ours]


def kept_back(sources: Sources, answers: Answers) -> list[str]:
    """Those of the foreign names that are not to be exported: nobody has chosen them, or they are refused."""
    return [name for name in foreign_names(sources) if name not in answers.exported or refused_reason(name)]


def read_differently(defined: Project) -> list[str]:
    """Return the names whose values stand in quotes in `.env`: `docker --env-file` would take the quotes as text."""
    return [name for name, value in defined.variables.items() if quoted(value) != value]


def plan(sources: Sources, answers: Answers) -> Plan:
    """Work it all out. Raises TaoshellError with file and line; nothing has been written then."""
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
        if (
            sources.toml.data is None and error.where is not None and error.where.file == sources.toml.path
        ):  # no file is there yet: it was the answers
            raise TaoshellError(error.cause, error.cure) from error
        raise
    return Plan(sources, toml, env, ignore_file.encode(), envrc, defined)


def write(done: Plan) -> None:
    """Put the files there, each whole or not at all, and only those that change."""
    root, sources = done.sources.root, done.sources
    if done.toml != sources.toml.data:
        replace_user_file(sources.toml.path, done.toml, new_mode=0o644)
    if sources.env.data is not None:
        os.chmod(sources.env.path, 0o600)  # it may hold KEY from now on
    if done.env != sources.env.data:
        replace_user_file(sources.env.path, done.env, new_mode=0o600)
    ignore = os.path.join(root, ".gitignore")
    if done.ignore != read_text(ignore).encode():
        replace_user_file(ignore, done.ignore, new_mode=0o644)
    if done.envrc is not None:
        replace_user_file(os.path.join(root, direnv.ENVRC), done.envrc, new_mode=0o644)


def change(state: State, root: str, name: str, value: str) -> list[str]:
    """Set `name` to `value` in the file where it belongs. Returns what changed, as lines of a diff.

    Raises TaoshellError where the project would be wrong; nothing has been written then.
    """
    sources = existing(root)
    then = setting.changed(Texts(decoded(sources.toml), decoded(sources.env)), name, value)
    future = planned(state, sources, then, f"{name} is not changed")
    put(sources, future)
    return difference(sources, future)


def planned(state: State, sources: Sources, then: Texts, refusal: str) -> Sources:
    """The project with other texts. Raises TaoshellError, beginning with `refusal`, where it would be wrong."""
    future = Sources(
        sources.root,
        Source("toml", sources.toml.path, then.toml.encode()),
        Source("env", sources.env.path, then.env.encode()),
    )
    try:
        approve.checked(state, future)
    except TaoshellError as error:  # not at its line, which is of a file that is never written
        at = error.where and Where(error.where.file)
        raise TaoshellError(f"{refusal}: {error.cause}", error.cure, at=at) from error
    return future


def difference(now: Sources, then: Sources) -> list[str]:
    """What differs, as lines of a diff."""
    return diff.between(*({key: text.decode() for key, text in it.inputs().items()} for it in (now, then)))


def put(now: Sources, then: Sources) -> None:
    """Write what differs."""
    for old, new, mode in ((now.toml, then.toml, 0o644), (now.env, then.env, 0o600)):
        if new.data and new.data != old.data:
            replace_user_file(old.path, new.data, new_mode=mode)


def make_mount_folders(defined: Project) -> Sequence[str]:
    """Make the folders that mounts start at; returns those that were missing."""
    for path in defined.missing_mount_folders:
        os.makedirs(path, exist_ok=True)
    return defined.missing_mount_folders


def count_gpus() -> int | None:
    """How many GPUs `nvidia-smi` lists; None where there is none to ask."""
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
    """Ours, behind what the user has there already; None where it is there already."""
    text = read_text(os.path.join(root, direnv.ENVRC))
    if direnv.TEXT in text:
        return None
    return ((text if text.endswith("\n") or not text else text + "\n") + direnv.TEXT).encode()


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # TOML's basic strings have all of JSON's escapes


def require_same(sources: Sources, defined: Project, network: str | None) -> None:
    """Raises TaoshellError where an option contradicts a `taoshell.toml` that is there already."""
    if network is not None and sources.toml.data is not None and network != defined.network:
        raise TaoshellError(
            f"this project is {defined.network}, not {network}", "change the network there", at=Where(sources.toml.path)
        )
