"""Jupyter notebooks (.ipynb, nbformat 3 and 4) and what notebooks are exported to (.py): their code cells. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from taoshell.errors import TaoshellError, Where
from taoshell.formats.ipython import Cell

_LONGEST_CELL = 1 << 18  # characters; the longest cell of NVIDIA's notebooks has 9000
_MARK = re.compile(r"^# (?:In\[[ \d]*\]:|%%.*)[ \t]*$", re.MULTILINE)  # of nbconvert; of jupytext and VS Code
_COMMENTED = re.compile(r"^# (?=%(?:set_)?env |!)", re.MULTILINE)  # jupytext comments magics out
_COMMANDS = re.compile(r"^[ \t]*!((?:[^\n\\]|\\[^\n]|\\\n)*)|get_ipython\(\)\.system\(([^\n]*)", re.MULTILINE)
_PROGRAM = re.compile(r"\b(?:tao|tlt|docker)\b")
# What trains a model, as a word of its own: specs/train.yaml is none. prune, quantize and export take a trained one.
_TRAIN = re.compile(r"(?<![\w./=-])(?:train|retrain|distill)(?![\w./=-])")
_CALLS = re.compile(r"\b(?:os\.system|os\.popen|subprocess\.\w+)\(\s*[fr]*([\"'])(.*?)\1")
_SHELL_CELL = re.compile(r"\s*%%(?:bash|sh|script[ \t]+\S*sh)\b[^\n]*\n")


def cells(text: str, path: str) -> list[Cell]:
    """Return the code cells of the notebook `path`, whose text is `text`.

    Raises TaoshellError if it is no notebook, or if its cells are in a language other than Python.
    """
    document = _document(text, path)
    _require_python(document, path)
    sheets = document.get("worksheets")
    raw = document.get("cells") if sheets is None else [cell for sheet in _list(sheets) for cell in _cells(sheet)]
    code = [cell for cell in _list(raw) if isinstance(cell, Mapping) and cell.get("cell_type") == "code"]
    return [Cell(number, _source(cell, number, path)) for number, cell in enumerate(code, 1)]


def exported_cells(text: str) -> list[Cell]:
    """Return the cells of a Python file: those that a notebook was exported from, or the whole file."""
    marks = [*_MARK.finditer(text)]
    if not marks:
        return [Cell(0, text)]
    if any("%%" in mark[0] for mark in marks):
        text = _COMMENTED.sub("  ", text)
    starts = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(text)]
    # the lines before keep their numbers: in a file, a line of the file says more than a line of a cell
    return [
        Cell(0, "\n" * text.count("\n", 0, start) + text[start:end]) for start, end in zip(starts, ends, strict=True)
    ]


def set_up_cells(found: list[Cell]) -> tuple[list[Cell], int]:
    """Return the cells before the first training command, and the number of the others.

    The lines above that command, in its own cell, are a cell too.
    """
    first = next((at for at, cell in enumerate(found) if is_training(cell.text)), len(found))
    heads = [cell._replace(text=head) for cell in found[first : first + 1] if (head := _head(cell.text)).strip()]
    return [*found[:first], *heads], len(found) - first


def _head(text: str) -> str:
    """Return the lines above the training command; nothing if it is inside of a block or an expression."""
    start = next((found.start() for found in _COMMANDS.finditer(text) if is_training(found[0])), None)
    if start is None:  # a call, or a cell for a shell
        return ""
    line = text.rfind("\n", 0, start) + 1 if not text[start:].startswith("\n") else start
    return text[:line] if text[line : line + 1] in ("!", "g") else ""


def is_training(text: str) -> bool:
    """Whether a cell runs a training command."""
    body = _SHELL_CELL.match(text)
    lines = [text[body.end() :]] if body else [*commands(text), *(found[2] for found in _CALLS.finditer(text))]
    starts = [(command, found) for command in lines if (found := _PROGRAM.search(command))]
    return any(_TRAIN.search(command, found.end()) for command, found in starts)


def commands(text: str) -> list[str]:
    """Return the commands that a cell gives to a shell."""
    return [command for _, command in located_commands(text)]


def located_commands(text: str) -> list[tuple[int, str]]:
    """Return the commands that a cell gives to a shell, each with its line."""
    return [
        (text.count("\n", 0, found.start()) + 1, found[1] if found[2] is None else found[2])
        for found in _COMMANDS.finditer(text)
    ]


def _document(text: str, path: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise TaoshellError("this is not JSON, as a notebook is", "name another file", at=Where(path, line)) from error
    if not isinstance(found, dict) or not ("cells" in found or "worksheets" in found):
        raise TaoshellError("this is JSON, but not a notebook", "name another file", at=Where(path))
    return found


def _require_python(document: Mapping[str, object], path: str) -> None:
    metadata = document.get("metadata")
    for key, name in (("kernelspec", "language"), ("language_info", "name")):
        part = metadata.get(key) if isinstance(metadata, Mapping) else None
        language = part.get(name) if isinstance(part, Mapping) else None
        if isinstance(language, str) and language.lower() not in ("python", "ipython", "ipython3", ""):
            cause = f"the language of this notebook is {language[:40]}, and taoshell reads Python"
            raise TaoshellError(cause, "name another file", at=Where(path))


def _source(cell: Mapping[str, object], number: int, path: str) -> str:
    source = cell.get("source", cell.get("input", ""))
    text = "".join(line for line in source if isinstance(line, str)) if isinstance(source, list) else source
    if not isinstance(text, str):
        raise TaoshellError(f"code cell {number} has no text", "name another file", at=Where(path))
    if len(text) > _LONGEST_CELL:
        raise TaoshellError(f"code cell {number} is too long to read", "name another file", at=Where(path))
    return text.replace("\r\n", "\n")


def _cells(sheet: object) -> Iterator[object]:
    yield from _list(sheet.get("cells") if isinstance(sheet, Mapping) else None)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
