"""Tell what a file is by its name and its text, and read it with the reader of that format. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from taoshell.errors import TaoshellError, Where
from taoshell.formats import mounts_file
from taoshell.formats.imported import Doubt, Imported
from taoshell.formats.surroundings import LEFT_TO_YOU, Question, Surroundings, is_placeholder
from taoshell.project import hiding, model

_DEEPEST = 10  # lists and tables in each other
_PICK = re.compile(r"(.+):([\w.-]+)", re.DOTALL)
_RUNS = re.compile(r"\b(?:docker|podman|nvidia-docker)\b(?:[ \t]+\S+){0,4}?[ \t]+(?:\\\n[ \t]*)?run\b")
_PYTHON = re.compile(r"^(?:import |from \w+ import |%(?:set_)?env |os\.environ|get_ipython\()", re.MULTILINE)
_SHELL = re.compile(r"\A#!.*\b(?:ba|da|z|k)?sh\b")
_REFUSED = (
    (re.compile(r"^#SBATCH|^[ \t]*(?:srun|sbatch)\b", re.MULTILINE), "a Slurm script runs its container on a cluster"),
    (re.compile(r"\A(?:\s*#.*\n|\s*\n|ARG .*\n)*FROM[ \t]+\S", re.IGNORECASE), "a Dockerfile mounts nothing"),
)


def picked(name: str) -> tuple[str, str]:
    """Return the file and what is meant in it, as in train.sh:12 or compose.yaml:SERVICE.

    >>> picked("runs/train.sh:12"), picked("a.ipynb")
    (('runs/train.sh', '12'), ('a.ipynb', ''))
    """
    found = _PICK.fullmatch(name)
    return (found[1], found[2]) if found else (name, "")


def read(text: str, path: str, around: Surroundings, answers: Mapping[str, str], pick: str = "") -> Imported:
    """Return what the file `path` says about a project. `pick` is the line or the service that is meant in it.

    Raises TaoshellError if it is nothing that taoshell reads, with the reason.
    """
    try:
        found = _read(text, path, around, answers, pick)
    except TaoshellError as error:
        hiding.hide_in(error)
        raise
    except RecursionError as error:  # each reader has its own limits, which are lower
        raise _too_deep(path) from error
    if _is_deep(found.mapping.options):
        raise _too_deep(path)
    found = found.with_possible_names(path)
    mounts = []
    questions = list(found.questions)
    for mount in found.mapping.mounts:
        if is_placeholder(mount.source):
            name = f"the folder for {mount.destination}"
            questions.append(Question(name, mount.source, Where(path), around.project))
            mounts.append(mount._replace(source=answers.get(name, around.project)))
        else:
            mounts.append(mount)
    asked = {question.name for question in questions}
    variables = {}
    doubts = list(found.doubts)
    for name, value in found.mapping.variables.items():
        if not is_placeholder(value, name):
            variables[name] = value
            continue
        if name not in asked:
            questions.append(Question(name, value, Where(path), ""))
        if answer := answers.get(name):
            variables[name] = answer
        else:
            doubts.append(Doubt(f"{name} in the container", LEFT_TO_YOU, Where(path)))
    mapping = model.Mapping(tuple(mounts), variables, found.mapping.options)
    found = found._replace(mapping=mapping, questions=tuple(questions), doubts=tuple(doubts))
    return found.with_secrets().with_safe_messages()


def _read(text: str, path: str, around: Surroundings, answers: Mapping[str, str], pick: str) -> Imported:
    name = path.lower()
    if name.endswith(".ipynb") or re.match(r"\s*\{", text):
        return _json(text, path, around, answers)
    for pattern, reason in _REFUSED:
        if pattern.search(text) and not name.endswith(".py"):
            cause = f"{reason}, so there is no project to read from it"
            raise TaoshellError(cause, "name a notebook, a script with docker run or a Compose file", at=Where(path))
    if name.endswith((".yml", ".yaml")) or (re.search(r"^services:", text, re.MULTILINE) and not name.endswith(".py")):
        from taoshell.formats import compose

        return compose.read(text, path, around, answers, pick)
    is_python = name.endswith(".py") or (_PYTHON.search(text) and not _SHELL.search(text) and not name.endswith(".sh"))
    if is_python:
        from taoshell.formats import set_up

        return set_up.read_script(text, path, around, answers)
    if _RUNS.search(text) or _SHELL.search(text) or name.endswith(".sh"):
        from taoshell.formats import docker_run

        return docker_run.read(text, path, around, answers, int(pick) if pick.isdigit() else None)
    cause = "this is no file that a project can be read from"
    how = "name a notebook, a Python file, a mounts file, a script with docker run or a Compose file"
    raise TaoshellError(cause, how, at=Where(path))


def _too_deep(path: str) -> TaoshellError:
    return TaoshellError("this is nested too deeply to read", "name another file", at=Where(path))


def _is_deep(value: object) -> bool:
    """Whether lists and tables are nested deeper than any option of a container needs."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for item in level for inner in _inside(item)]
    return bool(level)


def _inside(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _json(text: str, path: str, around: Surroundings, answers: Mapping[str, str]) -> Imported:
    if re.search(r'"(?:cells|worksheets)"\s*:', text) or path.lower().endswith(".ipynb"):
        from taoshell.formats import set_up

        return set_up.read_notebook(text, path, around, answers)
    mapping = mounts_file.read(text, path)
    return Imported("mounts file", mapping, layout=mounts_file.layout_of(mapping.mounts))
