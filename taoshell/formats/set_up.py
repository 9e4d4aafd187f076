"""What a notebook, or the script it was exported to, says about a project. Pure: no line of it is run."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping

from taoshell.errors import TaoshellError, Where, counted
from taoshell.formats import code, docker_run, mounts_file, notebook, own_comment, shell_map, written_map
from taoshell.formats.imported import NO_MAPPING, Doubt, Imported
from taoshell.formats.ipython import Cell
from taoshell.formats.python_state import State
from taoshell.formats.python_values import Unknown
from taoshell.formats.surroundings import Surroundings
from taoshell.project import model
from taoshell.project.layouts import container_variables
from taoshell.project.networks import DATA_SERVICES, NAMES

_COMMAND = re.compile(r"\b(?:tao|tlt)[ \t]+(?:(?:model|deploy)[ \t]+)?([a-zA-Z0-9_.-]+)[ \t]+\w")
_DOCKER = re.compile(r"\b(?:docker|podman)\b")
_SERVICE = re.compile(r"\btao_api|tao-client|/api/v\d/|TAO_API|\btao_sdk\b|base_url", re.IGNORECASE)
_SETS_UP = re.compile(
    r"\b(?:LOCAL|HOST)_\w+_DIR\b|\b(?:DATA_DOWNLOAD|USER_EXPERIMENT|SPECS|RESULTS)_DIR\b|Mounts|mounts\.json"
)
_OF_PROJECTS = ("KEY", "NUM_GPUS", "GPU_IDS")
_FAMILIES = {
    "classic": {"LOCAL_DATA_DIR", "LOCAL_EXPERIMENT_DIR", "DATA_DOWNLOAD_DIR", "USER_EXPERIMENT_DIR"},
    "host": {"HOST_DATA_DIR", "HOST_SPECS_DIR", "HOST_RESULTS_DIR", "HOST_MODEL_DIR", "RESULTS_DIR"},
}


def read_notebook(text: str, path: str, around: Surroundings, answers: Mapping[str, str]) -> Imported:
    """Return what the notebook `path` says. Raises TaoshellError if it does not say what a container would see."""
    return _read("notebook", notebook.cells(text, path), path, around, answers)


def read_script(text: str, path: str, around: Surroundings, answers: Mapping[str, str]) -> Imported:
    """Return what the Python file `path` says. Raises TaoshellError if it does not say what a container would see."""
    return _read("Python file", notebook.exported_cells(text), path, around, answers)


def _read(kind: str, cells: list[Cell], path: str, around: Surroundings, answers: Mapping[str, str]) -> Imported:
    used, left_out = notebook.set_up_cells(cells)
    try:
        state = _state(used, path, around, answers)
    except TaoshellError:
        _require_no_service(kind, cells, path)  # its code is long, and says nothing of a project
        raise
    written = written_map.read(state, around)
    mapping = written.mapping if written else shell_map.read(state.commands, around.folder)
    run = None if mapping is not None else _docker_run(cells, path, state)
    known = {name: value for name, value in state.environ.items() if isinstance(value, str)}
    variables = {name: value for name, value in known.items() if around.environ.get(name) != value}
    doubts = list(written.doubts) if written else []
    doubts += [Doubt(name, value.why, value.at) for name, value in state.environ.items() if isinstance(value, Unknown)]
    notes = list(state.notes)
    if run is not None:
        mapping = run.mapping
        doubts += run.doubts
        notes += run.notes
    elif mapping is None:
        _refuse(kind, cells, path, variables, state.left_out)
        notes.append(f"{path}: it writes no mounts file, so the mounts are those of the layout")
    if left_out:
        notes.append(f"{path}: read up to the first training command; {counted(left_out, 'later cell')} left out")
    found = Imported(
        kind,
        mapping or NO_MAPPING,
        variables,
        _layout(variables, mapping or NO_MAPPING),
        _network(cells, variables),
        run.gpus if run else "",
        run.images if run else {},
        written.passed if written else run.passed if run else (),
        questions=tuple(state.questions.values()),
        doubts=tuple(doubts),
        notes=tuple(notes),
        others={**(run.others if run else {}), **_texts(state)},
        set_at=state.set_at,
    )
    return found.with_own(own_comment.read("\n".join(cell.text for cell in used)))


def _texts(state: State) -> dict[str, str]:
    """Return the variables of the code itself that hold text."""
    return {name: value for name, value in state.scopes[0].items() if isinstance(value, str)}


def _state(cells: Iterable[Cell], path: str, around: Surroundings, answers: Mapping[str, str]) -> State:
    """Return the state after `cells`. What they take from the environment is there from the beginning."""
    cells = list(cells)
    state = code.read(cells, path, around, answers)
    given = {name: answers.get(name, asked.default) for name, asked in state.questions.items() if not asked.written}
    given = {name: value for name, value in given.items() if value and name not in around.environ}
    if not given:
        return state
    again = code.read(cells, path, around._replace(environ={**around.environ, **given}), answers)
    again.environ = {**given, **again.environ}
    again.questions = {**state.questions, **again.questions}
    return again


def _docker_run(cells: Iterable[Cell], path: str, state: State) -> Imported | None:
    """Return what the `!docker run` of the cells says; None if there is none.

    Raises TaoshellError if there are several that differ.
    """
    found = [
        (cell.number, line, command)
        for cell in cells
        for line, command in notebook.located_commands(cell.text)
        if is_docker_run(command)
    ]
    if not found:
        return None
    if len({number for number, _, _ in found}) == 1:  # the lines of the text are those of the cell
        number = found[0][0]
        path = f"{path}, code cell {number}" if number else path
        lines = [""] * max(line for _, line, _ in found)
        for _, line, command in found:
            lines[line - 1] = command
    else:
        lines = [command for _, _, command in found]
    environ = {name: value for name, value in state.environ.items() if isinstance(value, str)}
    around = state.around._replace(environ={**state.around.environ, **environ})
    return docker_run.read("\n".join(lines), path, around, state.answers)


def is_docker_run(command: str) -> bool:
    """Whether a command runs a container."""
    found = _DOCKER.search(command)
    return found is not None and re.search(r"[ \t]run\b", command[found.end() :]) is not None


def _refuse(kind: str, cells: list[Cell], path: str, variables: Collection[str], left_out: list[TaoshellError]) -> None:
    """Raise TaoshellError if a file that writes no mapping says nothing else of a project."""
    if any(names & set(variables) for names in _FAMILIES.values()) or "LOCAL_PROJECT_DIR" in variables:
        return
    known = [name for name in variables if name in (*_OF_PROJECTS, *container_variables())]
    if known and any(_COMMAND.search(cell.text) for cell in cells):  # it has no container of its own, as in Colab
        return
    broken = {error.where.file: error for error in left_out if error.where}
    for cell in cells:
        if (error := broken.get(f"{path}, code cell {cell.number}")) and _SETS_UP.search(cell.text):
            raise error
    _require_no_service(kind, cells, path)
    what = f"sets only {', '.join(known)}, runs no tao" if known else "sets no variable of a TAO project"
    raise TaoshellError(f"this {kind} {what}, and writes no mounts file", "name another file", at=Where(path))


def _require_no_service(kind: str, cells: Iterable[Cell], path: str) -> None:
    """Raise TaoshellError if the file drives the TAO API service."""
    if any(_SERVICE.search(cell.text) for cell in cells):
        cause = f"this {kind} drives the TAO API service, which mounts nothing from this machine"
        raise TaoshellError(cause, "name another file", at=Where(path))


def _layout(variables: Collection[str], mapping: model.Mapping) -> str:
    """Return the layout whose names, or else container paths, the file uses; "" if it uses neither."""
    counts = {layout: len(names & set(variables)) for layout, names in _FAMILIES.items()}
    if any(counts.values()):
        return max(counts, key=lambda layout: counts[layout])
    return mounts_file.layout_of(mapping.mounts)


def _network(cells: Iterable[Cell], variables: Mapping[str, str]) -> str:
    """Return the network that the commands of all cells name most often, or else a folder; "" if none is named."""
    named = [word for cell in cells for word in _COMMAND.findall(cell.text)]
    known = [word for word in named if word in NAMES and word not in DATA_SERVICES]
    folders = [os.path.basename(variables.get(name, "")) for name in ("USER_EXPERIMENT_DIR", "LOCAL_EXPERIMENT_DIR")]
    named_by_folder = next((name for name in folders if name in NAMES), "")
    return max(dict.fromkeys(known), key=known.count, default=named_by_folder)
