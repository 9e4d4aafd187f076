"""Find taoshell's block in the text of a `.env`. Pure.

The markers are found before anything is parsed. A quote that the user forgot to close cannot hide them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where
from taoshell.project.toml import BOM
from taoshell.text.dotenv_statements import Statement, statements
from taoshell.text.lines import universal_lines

BEGIN = "# >>> taoshell: written by taoshell, do not edit inside"
END = "# <<< taoshell"
_BEGIN_PREFIX = "# >>> taoshell:"


class Parts(NamedTuple):
    """The text of a file in order. `block` includes its two marker lines, and is empty if there is no block."""

    bom: str
    before: str
    block: str
    after: str

    @property
    def first_line_of_block(self) -> int:
        return len(universal_lines(self.before)) + 1

    def above(self, path: str) -> Iterator[Statement]:
        return statements(self.before, path)

    def below(self, path: str) -> Iterator[Statement]:
        return statements(self.after, path, self.first_line_of_block + len(universal_lines(self.block)))

    def user_statements(self, path: str) -> list[Statement]:
        """Return the statements around the block. Raises TaoshellError if a line does not parse."""
        return [*self.above(path), *self.below(path)]

    def block_values(self, path: str) -> dict[str, str] | None:
        """Return the variables of the block, or None without a block. Raises TaoshellError if a line does not parse."""
        if not self.block:
            return None
        inside = "".join(universal_lines(self.block)[1:-1])
        try:
            found = statements(inside, path, self.first_line_of_block + 1)
            return {item.name: item.checked_value(path) for item in found if item.name is not None}
        except TaoshellError as error:
            cure = "delete the block and its two marker lines"
            raise TaoshellError(f"in taoshell's block: {error.cause}", cure, at=error.where) from error


def split(text: str, path: str) -> Parts:
    """Return `text` in its parts. Raises TaoshellError unless there is no marker, or one pair in order."""
    bom = BOM if text.startswith(BOM) else ""
    lines = universal_lines(text[len(bom) :])
    begins = [at for at, line in enumerate(lines) if line.startswith(_BEGIN_PREFIX)]
    ends = [at for at, line in enumerate(lines) if line.rstrip() == END]
    if len(begins) > 1:
        raise _misplaced("taoshell's block begins a second time", "delete one of the two blocks", path, begins[1])
    if len(ends) > 1:
        raise _misplaced("taoshell's block ends a second time", "delete this line", path, ends[1])
    if ends and (not begins or ends[0] < begins[0]):
        raise _misplaced("taoshell's block ends before it begins", "delete this line", path, ends[0])
    if not begins:
        return Parts(bom, "".join(lines), "", "")
    if not ends:
        cure = f"write the line '{END}' below the last line of the block"
        raise _misplaced("taoshell's block is not closed", cure, path, begins[0])
    begin, end = begins[0], ends[0] + 1
    return Parts(bom, "".join(lines[:begin]), "".join(lines[begin:end]), "".join(lines[end:]))


def _misplaced(cause: str, cure: str, path: str, at: int) -> TaoshellError:
    return TaoshellError(cause, cure, at=Where(path, at + 1))
