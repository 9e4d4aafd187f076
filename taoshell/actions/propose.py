"""What the files in a folder say about the layout of its project: which variables its notebooks use, and its specs."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Collection
from typing import NamedTuple

from taoshell.actions.sources import read_file
from taoshell.errors import TaoshellError

_MOST_FILES = 50
_IN_NOTEBOOKS = re.compile(rb"\b(HOST|LOCAL)_(?:DATA|SPECS|RESULTS|EXPERIMENT|MODEL)_DIR\b")
_CONTAINER_FOLDERS = (b"data", b"specs", b"results", b"model")  # of layout host, below /
_IN_SPECS = re.compile(rb"[\s\"'\[,:=](?:/(data|specs|results|model)\b|/workspace/tao-experiments\b)")


class Proposal(NamedTuple):
    """A layout, and the name of the file that uses it."""

    layout: str
    file: str


def layout(root: str) -> Proposal | None:
    """Return the layout that the folder's own files use: its notebooks, or else its specs. None if they do not say."""
    notebooks = _count(f"{glob.escape(root)}/*.ipynb", _IN_NOTEBOOKS, (b"HOST",))
    return notebooks or _count(f"{glob.escape(root)}/specs/**/*.[ytj]*", _IN_SPECS, _CONTAINER_FOLDERS)


def _count(pattern: str, word: re.Pattern[bytes], of_host: Collection[bytes]) -> Proposal | None:
    for path in sorted(glob.glob(pattern, recursive=True))[:_MOST_FILES]:
        found = [match in of_host for match in word.findall(_content(path))]
        if found:
            return Proposal("host" if sum(found) * 2 > len(found) else "classic", os.path.basename(path))
    return None


def _content(path: str) -> bytes:
    """Return the content of a file that a person wrote; nothing if it is too large for that, or unreadable."""
    try:
        return read_file(path).data or b""
    except TaoshellError:
        return b""
