"""`taoshell init`: plan and check everything before the first write."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from taoshell.actions import find
from taoshell.actions.change import Change
from taoshell.actions.find import ENV
from taoshell.actions.sources import Sources, decoded, define, read_text
from taoshell.errors import TaoshellError, Where
from taoshell.formats.dotenv import quoted
from taoshell.project.layouts import host_variables
from taoshell.project.model import Project
from taoshell.project.names import refused_reason
from taoshell.shells import direnv
from taoshell.text import dotenv, gitignore

_TOML = """\
# This TAO project, for everybody who works on it. After a change, run: taoshell allow
# Host and container paths follow from these two lines. A [places] table moves single places.
layout = {layout}
network = {network}
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What `init` found out or asked. `key` is "" if there is none.

    `exported` are the user's names in an older `.env` that the project must export too.
    """

    layout: str
    network: str
    gpus: str
    key: str
    exported: frozenset[str] = frozenset()
    direnv: bool = False


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
    ours = {"KEY", "NUM_GPUS", *host_variables()}
    return [name for name in assigned_names(sources) if name not in ours]


def kept_back(sources: Sources, answers: Answers) -> list[str]:
    """Return the foreign names that are not exported: the user did not choose them, or they are refused."""
    return [name for name in foreign_names(sources) if name not in answers.exported or refused_reason(name)]


def read_differently(defined: Project) -> list[str]:
    """Return the names whose values are quoted in `.env`: `docker --env-file` would keep the quotes."""
    return [name for name, value in defined.variables.items() if quoted(value) != value]


def plan(sources: Sources, answers: Answers) -> Change:
    """Plan all files and check the project. Raises TaoshellError with file and line; writes nothing."""
    is_new = sources.toml.data is None
    new = _TOML.format(layout=_toml(answers.layout), network=_toml(answers.network))
    then = sources.with_texts(new if is_new else decoded(sources.toml), _planned_env(sources, answers))
    others = _planned_others(sources, with_envrc=answers.direnv)
    try:
        return Change(sources, then, define(then), others)
    except TaoshellError as error:
        if is_new and error.where and error.where.file == sources.toml.path:  # no such file: an answer is wrong
            raise TaoshellError(error.cause, error.cure) from error
        raise


def require_same(sources: Sources, defined: Project, *, network: str | None, layout: str | None) -> None:
    """Raise TaoshellError if `--network` or `--layout` contradicts an existing taoshell.toml."""
    for option, given, existing in (("network", network, defined.network), ("layout", layout, defined.layout)):
        if given is not None and sources.toml.data is not None and given != existing:
            cause = f"this project's {option} is {existing}, not {given}"
            raise TaoshellError(cause, f"change the {option} there", at=Where(sources.toml.path))


def write(planned: Change) -> None:
    """Write the files. `.env` becomes private, because it may contain KEY from now on."""
    if planned.now.env.data is not None:
        os.chmod(planned.now.env.path, 0o600)
    planned.write()


def make_mount_folders(defined: Project) -> Sequence[str]:
    """Create the missing mount folders; return them."""
    for path in defined.missing_mount_folders:
        os.makedirs(path, exist_ok=True)
    return defined.missing_mount_folders


def count_gpus() -> int | None:
    """Return the number of GPUs that `nvidia-smi` lists, or None if it finds none."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        command = ["nvidia-smi", "--list-gpus"]
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=10, check=False, stdin=subprocess.DEVNULL
        )
        if answer.returncode == 0:
            return sum(line.startswith("GPU ") for line in answer.stdout.splitlines()) or None
    return None


def _planned_env(sources: Sources, answers: Answers) -> str:
    text = decoded(sources.env)
    known = assigned_names(sources)
    ignored = kept_back(sources, answers)
    if ignored:
        text = dotenv.with_line(text, f"# taoshell: ignore {' '.join(ignored)}")
    for name, value in (("KEY", answers.key), ("NUM_GPUS", answers.gpus)):
        if value and name not in known:
            text = dotenv.with_assignment(text, name, value)
    return text


def _planned_others(sources: Sources, *, with_envrc: bool) -> dict[str, str]:
    """Return the texts of `.gitignore` and `.envrc` by path. The user's lines come first."""
    others = {}
    if not find.is_private(sources.env.path, sources.root):
        path = os.path.join(sources.root, ".gitignore")
        others[path] = gitignore.with_ignored(read_text(path), ENV)
    if with_envrc:
        path = os.path.join(sources.root, direnv.ENVRC)
        text = read_text(path)
        end = "" if text.endswith("\n") or not text else "\n"
        others[path] = text if direnv.TEXT in text else text + end + direnv.TEXT
    return others


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # TOML's basic strings have all of JSON's escapes
