"""The help of each command as finished text, so that `--help` imports no command. `make pages` writes the texts.

Click makes them from the commands' own words; a test compares the two.
"""

from __future__ import annotations

import os

from taoshell.terminal.width import columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = os.path.dirname(os.path.abspath(__file__))
WIDTH = 80  # columns


def file_name(words: Sequence[str]) -> str:
    """Return the name of the file with the help of `taoshell WORDS`."""
    return "-".join(["taoshell", *words]) + ".txt"


def page(words: Sequence[str]) -> str | None:
    """Return the help of `taoshell WORDS`. None if there is no such page, or if the terminal is too narrow for it."""
    path = os.path.join(FOLDER, file_name(words))
    if not all(word.isalpha() for word in words) or not os.path.exists(path) or columns() < WIDTH:
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()
