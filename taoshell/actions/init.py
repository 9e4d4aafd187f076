"""`taoshell init`, and the first `allow` of a project: what goes into its files."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import NamedTuple

from taoshell.actions import change, find, record
from taoshell.actions.change import Change, Replacement, replacement
from taoshell.actions.find import ENV
from taoshell.actions.sources import Sources, decoded, read_file
from taoshell.cures import cure
from taoshell.errors import TaoshellError, Where
from taoshell.formats.dotenv import quoted
from taoshell.project import gpus as gpus_of
from taoshell.project import toml
from taoshell.project.layouts import LAYOUTS, host_variables
from taoshell.project.model import Project
from taoshell.project.names import refused_reason
from taoshell.project.variables import names_from_dotenv
from taoshell.shells import direnv
from taoshell.state.paths import State
from taoshell.text import dotenv, gitignore

_TOML = f"""\
# This TAO project, for everybody who works on it. {cure("after-a-change")}
# Host and container paths follow from these lines. A [places] table moves single places.
layout = {{layout}}
"""
_NETWORK = "network = {network}\n"
_GPUS = "gpus = {gpus}\n"
_CONTAINER = "\n[container]                # what the container gets{as_where}\n"
_OPTIONS = {  # as in NVIDIA's notebooks, with what to say about each
    "user": ("auto", "your uid:gid, so that the results belong to you"),
    "shm_size": ("16G", ""),
    "network": ("host", "the container uses this machine's network"),
}
_ULIMITS = "ulimits  = { memlock = -1, stack = 67108864 }\n"
CONTAINER_OPTIONS = "your uid, 16 GB of shared memory, this machine's network, and no limit on locked memory"
_OURS = {"KEY", "NUM_GPUS", "GPU_IDS", "TAO_VENV", *host_variables()}


class Answers(NamedTuple):
    """What `init` found out or asked. `key` is "" if there is none, and so is `network`.

    `gpus` has the form of `project.gpus`. `exported` are the user's names in an older `.env` that the project must
    export too. `container`: with the options that NVIDIA's notebooks set; `options` are the user's own. `data` is the
    folder of the data, "" for that of the layout.
    """

    layout: str = "classic"
    network: str = ""
    gpus: str = ""
    key: str = ""
    exported: frozenset[str] = frozenset()
    container: bool = False
    options: Mapping[str, str] = {}
    data: str = ""
    direnv: bool = False


def assigned_names(sources: Sources) -> tuple[str, ...]:
    """Return the names that the user's lines of `.env` assign."""
    return dotenv.assigned_names(decoded(sources.env), sources.env.path)


def decides_about_key(sources: Sources) -> bool:
    """Whether the user's `.env` has a KEY, or a line that keeps it from being exported."""
    return "KEY" in {*assigned_names(sources), *dotenv.ignored_names(decoded(sources.env), sources.env.path)}


def foreign_names(state: State, sources: Sources) -> list[str]:
    """Return the names in a `.env` of a project that the user never approved. The user decides which to export.

    The names that taoshell.toml itself needs are not foreign: the user approves them with it.
    """
    if record.was_approved(state, sources.root) or change.is_moved(state, sources):
        return []
    ours = {*_OURS, *names_from_dotenv(toml.parse(decoded(sources.toml), sources.toml.path))}
    ignored = dotenv.ignored_names(decoded(sources.env), sources.env.path)
    return [name for name in assigned_names(sources) if name not in ours and name not in ignored]


def kept_back(state: State, sources: Sources, answers: Answers) -> list[str]:
    """Return the foreign names that are not exported: the user did not choose them, or they are refused."""
    return [name for name in foreign_names(state, sources) if name not in answers.exported or refused_reason(name)]


def read_differently(defined: Project) -> list[str]:
    """Return the names whose values are quoted in `.env`: `docker --env-file` would keep the quotes."""
    return [name for name, value in defined.variables.items() if quoted(value) != value]


def first_texts(state: State, sources: Sources, answers: Answers) -> tuple[str, str]:
    """Return taoshell.toml and `.env` of a new project."""
    return _toml(answers), _env(state, sources, answers)


def plan(state: State, sources: Sources, answers: Answers, texts: tuple[str, str] | None = None) -> Change:
    """Plan all files and check the project. `texts` are taoshell.toml and `.env`, if the answers are not all of them.

    Raises TaoshellError with file and line; writes nothing.
    """
    is_new = sources.toml.data is None
    toml_text, env_text = texts or first_texts(state, sources, answers)
    try:
        planned = change.plan(state, sources, toml=toml_text if is_new else None, env=env_text)
    except TaoshellError as error:
        if is_new and error.where and error.where.file == sources.toml.path:  # no such file: an answer is wrong
            raise TaoshellError(error.cause, error.cure) from error
        raise
    return planned._replace(files=(*planned.files, *_others(sources, with_envrc=answers.direnv)))


def require_same(sources: Sources, defined: Project, *, network: str | None, layout: str | None) -> None:
    """Raise TaoshellError if `--network` or `--layout` contradicts an existing taoshell.toml."""
    for option, given, existing in (("network", network, defined.network), ("layout", layout, defined.layout)):
        if given is not None and sources.toml.data is not None and given != existing:
            cause = f"this project's {option} is {existing or 'not given'}, not {given}"
            raise TaoshellError(cause, f"change the {option} there", at=Where(sources.toml.path))


def count_gpus() -> int | None:
    """Return the number of GPUs that `nvidia-smi` lists, or None if it finds none."""
    import subprocess  # only when needed: `allow` imports this module too

    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        command = ["nvidia-smi", "--list-gpus"]
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=10, check=False, stdin=subprocess.DEVNULL
        )
        if answer.returncode == 0:
            return sum(line.startswith("GPU ") for line in answer.stdout.splitlines()) or None
    return None


def _toml(answers: Answers) -> str:
    text = _TOML.format(layout=_string(answers.layout))
    if answers.network:
        text += _NETWORK.format(network=_string(answers.network))
    if answers.gpus == "all":
        text += _GPUS.format(gpus=_string("all"))
    options = {name: _OPTIONS[name][0] for name in _OPTIONS if answers.container} | {**answers.options}
    if options:
        text += _CONTAINER.format(as_where=", as in NVIDIA's notebooks" if answers.container else "")
        text += "".join(_option(name, options[name]) for name in _OPTIONS if name in options)
    return text + (_ULIMITS if answers.container else "")


def _option(name: str, value: str) -> str:
    """Return the line of an option, with what the reader should know about its usual value."""
    usual, comment = _OPTIONS[name]
    line = f"{name:<8} = {_string(value)}"
    return f"{line:<26} # {comment}\n" if comment and value == usual else f"{line}\n"


def _env(state: State, sources: Sources, answers: Answers) -> str:
    text = decoded(sources.env)
    known = assigned_names(sources)
    ignored = kept_back(state, sources, answers)
    if ignored:
        text = dotenv.with_line(text, f"# taoshell: ignore {' '.join(ignored)}")
    gpus = {gpus_of.IDS: answers.gpus.rstrip(",")} if "," in answers.gpus else {gpus_of.NUMBER: answers.gpus}
    for name, value in {"KEY": answers.key, **gpus, **_data(answers)}.items():
        if value and value != "all" and name not in known:
            text = dotenv.with_assignment(text, name, value)
    return text


def _data(answers: Answers) -> dict[str, str]:
    """Return the line of `.env` that moves the data."""
    variable = next(slot.host_variables[0] for slot in LAYOUTS[answers.layout or "classic"] if slot.name == "data")
    return {variable: answers.data}


def _others(sources: Sources, *, with_envrc: bool) -> Iterator[Replacement]:
    """Yield how `.gitignore` and `.envrc` change. The user's lines come first."""
    if not find.is_private(sources.env.path, sources.root):
        # `.env` may be a symlink to another file of the project, which git must not see either
        name = os.path.relpath(find.writable(sources.env.path, sources.root), sources.root)
        ignored = [ENV] if name == ENV else [ENV, f"/{name}"]
        path = os.path.join(sources.root, ".gitignore")
        if find.writable(path, sources.root) and os.path.islink(path):
            cause = "a .gitignore that is a symlink has no effect, so a commit would publish .env, KEY included"
            raise TaoshellError(cause, cure("symlinked-gitignore", path=path), at=Where(path))
        yield from _edited(sources.root, ".gitignore", lambda text: reduce(gitignore.with_ignored, ignored, text))
    if with_envrc:
        yield from _edited(sources.root, direnv.ENVRC, direnv.with_lines)


def _edited(root: str, name: str, edit: Callable[[str], str]) -> Iterator[Replacement]:
    file = read_file(os.path.join(root, name))
    edited = replacement(file.path, file.data, edit(decoded(file)).encode(), root, 0o644)
    if edited is not None:
        if file.data is not None:
            find.require_writable(file.path)
        yield edited


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # TOML's basic strings have all of JSON's escapes
