"""Where taoshell's block stands in the text of a `.env`.

The markers are looked for before anything is parsed, so that a quote which a user forgot to close cannot swallow them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where
from taoshell.text.dotenv_statements import LINE, Statement, statements

BEGIN = "# >>> taoshell: written by taoshell, do not edit inside"
END = "# <<< taoshell"
_BEGIN_PREFIX = "# >>> taoshell:"
_BOM = "\ufeff"  # some editors put it first; it is kept there and means nothing


class Parts(NamedTuple):
    """A file's text in order; `block` holds its marker lines, and is empty where there is none."""

    bom: str
    before: str
    block: str
    after: str

    @property
    def first_of_block(self) -> int:
        return len(LINE.findall(self.before)) + 1

    def above(self, path: str) -> Iterator[Statement]:
        return statements(self.before, path)

    def below(self, path: str) -> Iterator[Statement]:
        return statements(self.after, path, self.first_of_block + len(LINE.findall(self.block)))

    def user_statements(self, path: str) -> list[Statement]:
        """Of the whole file, but for the block. Raises TaoshellError where a line does not parse."""
        return [*self.above(path), *self.below(path)]

    def block_values(self, path: str) -> dict[str, str] | None:
        """None without a block. Raises TaoshellError where a line in it does not parse."""
        if not self.block:
            return None
        inside = "".join(LINE.findall(self.block)[1:-1])
        try:
            found = statements(inside, path, self.first_of_block + 1)
            return {item.name: item.plain_value(path) for item in found if item.name is not None}
        except TaoshellError as error:
            cure = "delete the block, its two marker lines too, then run: taoshell allow"
            raise TaoshellError(f"in taoshell's block: {error.cause}", cure, at=error.where) from error


def split(text: str, path: str) -> Parts:
    """Raises TaoshellError where the markers are not one pair in order."""
    bom = _BOM if text.startswith(_BOM) else ""
    lines = LINE.findall(text[len(bom) :])
    begins = [at for at, line in enumerate(lines) if line.startswith(_BEGIN_PREFIX)]
    ends = [at for at, line in enumerate(lines) if line.rstrip() == END]
    if len(begins) > 1:
        raise _misplaced("taoshell's block begins a second time", "delete one of the two blocks", path, begins[1])
    if len(ends) > 1:
        raise _misplaced("taoshell's block ends a second time", "delete this line", path, ends[1])
    if ends and (not begins or ends[0] < begins[0]):
        raise _misplaced("taoshell's block ends where none has begun", "delete this line", path, ends[0])
    if not begins:
        return Parts(bom, "".join(lines), "", "")
    if not ends:
        cure = f"write the line '{END}' below the last line that is taoshell's"
        raise _misplaced("taoshell's block is not closed", cure, path, begins[0])
    begin, end = begins[0], ends[0] + 1
    return Parts(bom, "".join(lines[:begin]), "".join(lines[begin:end]), "".join(lines[end:]))


def _misplaced(cause: str, cure: str, path: str, at: int) -> TaoshellError:
    return TaoshellError(cause, f"{cure}, then run: taoshell allow", at=Where(path, at + 1))
