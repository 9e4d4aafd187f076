"""How problems are collected: a problem ends the reading of one part of a project; the other parts are still read."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from taoshell.errors import TaoshellError, Where
from taoshell.project.names import without_assignments

P = ParamSpec("P")
T = TypeVar("T")


class Problem(TaoshellError):
    """One thing that is wrong in a project. `id` names its kind and never changes."""

    where: Where

    def __init__(self, id: str, cause: str, cure: str, at: Where) -> None:
        super().__init__(without_assignments(cause), cure, at=at)
        self.id = id


class Problems(list[Problem]):
    """The problems that were found so far."""

    def read(self, reader: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return what `reader` returns. If it raises a Problem, keep the problem and return None."""
        try:
            return reader(*args, **kwargs)
        except Problem as problem:
            self.append(problem)
            return None
