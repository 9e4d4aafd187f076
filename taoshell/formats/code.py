"""Read the cells of a notebook or a script without running them: what they set, and what they write. Pure."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Collection, Iterable, Mapping

from taoshell.errors import TaoshellError, Where
from taoshell.formats.ipython import Cell, CellMagic, as_python
from taoshell.formats.python_state import State
from taoshell.formats.python_statements import Statements
from taoshell.formats.python_values import Dumped, Open, Unknown, unknown_in
from taoshell.formats.surroundings import Surroundings

_MOUNTS_FILE = re.compile(r"mounts.*\.json$")
_SETS = re.compile(r"^[ \t]*export[ \t]+([A-Za-z_]\w*)=", re.MULTILINE)


def read(
    cells: Iterable[Cell],
    path: str,
    around: Surroundings,
    answers: Mapping[str, str],
    skipped: Collection[int] = (),
) -> State:
    """Return what the state of the kernel would be after `cells` of the file `path`, as far as it can be known.

    `answers` are what the user filled in, by the name of the variable. Cells whose number is in `skipped` do not count.
    A cell that is no valid Python is left out, with a note. Raises TaoshellError if a script is not.
    """
    state = State(around, answers)
    for cell in cells:
        if cell.number in skipped:
            continue
        name = f"{path}, code cell {cell.number}" if cell.number else path
        python = as_python(cell.text)
        if isinstance(python, CellMagic):
            _cell_magic(state, python, Where(name, 1))
            continue
        try:
            body = _parsed(python, name)
        except TaoshellError as error:
            if not cell.number or error.where is None:
                raise
            state.left_out.append(error)
            state.note(f"{error.cause}; the cell is left out, as Jupyter would not run it either", error.where)
            continue
        try:
            Statements(state, name).run(body)
        except RecursionError as error:
            raise TaoshellError("this is nested too deeply to read", "name another file", at=Where(name)) from error
    for command, at in state.commands:
        _note_export(state, command, at)
    return state


def written_map(state: State) -> tuple[object, Where] | None:
    """Return the mapping that the code writes into a mounts file, as JSON data, and where; None if it writes none."""
    found = [file for path, file in state.files.items() if file.pieces and _is_mounts_file(path, file)]
    return (_data(found[-1]), found[-1].at) if found else None


def _is_mounts_file(path: str, file: Open) -> bool:
    data = _data(file)
    return _MOUNTS_FILE.search(path) is not None or (isinstance(data, Mapping) and "Mounts" in data)


def _data(file: Open) -> object:
    """Return what `file` holds, as JSON data."""
    if len(file.pieces) == 1 and isinstance(file.pieces[0], Dumped):
        return file.pieces[0].data
    text = ""
    for piece in file.pieces:
        if isinstance(piece, Unknown):
            return piece
        text += json.dumps(piece.data) if isinstance(piece, Dumped) and unknown_in(piece.data) is None else str(piece)
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return Unknown("what the code writes is not JSON", file.at)
    return found


def _parsed(text: str, name: str) -> list[ast.stmt]:
    try:
        with warnings.catch_warnings():  # of wrong escapes in the code, which are its author's
            warnings.simplefilter("ignore")
            return ast.parse(text).body
    except SyntaxError as error:
        # The line may have a secret, so it is not shown. Python's message may quote a word of it.
        kind = re.sub(r"'[^']{2,}'", "'…'", error.msg.partition(":")[0])
        cause = f"this is not valid Python: {kind}"
        raise TaoshellError(cause, "correct the cell, or name another file", at=Where(name, error.lineno)) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise TaoshellError("this is no Python that can be read", "name another file", at=Where(name)) from error


def _cell_magic(state: State, magic: CellMagic, at: Where) -> None:
    if magic.name in ("writefile", "file"):
        path = magic.argument.removeprefix("-a ").strip().strip("\"'")
        file = state.opened(path.replace("~", state.around.home, 1) if path.startswith("~/") else path, "w", at)
        if isinstance(file, Open):
            file.pieces.append(magic.body)
    else:
        state.commands.append((magic.body, at))


def _note_export(state: State, command: str, at: Where) -> None:
    names = _SETS.findall(command)
    if names:
        state.note(f"an export in a command sets nothing in a notebook, so {', '.join(names)} is left out", at)
