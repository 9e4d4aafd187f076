"""How problems are collected: a problem ends the reading of one value, and the other values are still read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from taoshell.errors import TaoshellError, Where

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a project. `id` names its kind and never changes."""

    id: str
    cause: str
    cure: str
    where: Where

    def error(self) -> TaoshellError:
        """The error to raise if this problem stops a command."""
        return TaoshellError(self.cause, self.cure, at=self.where)


class Unknown(Exception):
    """A value cannot be read because it depends on another value, whose problem has been reported."""


class Refused(Exception):
    """A value cannot be read because of `problem`. It never leaves this package: see `Problems.read`."""

    def __init__(self, id: str, cause: str, cure: str, at: Where) -> None:
        super().__init__(cause)
        self.problem = Problem(id, cause, cure, at)


class Problems:
    """The problems that were found so far."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, id: str, cause: str, cure: str, at: Where) -> None:
        self.found.append(Problem(id, cause, cure, at))

    def read(self, reader: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What `reader` returns; None if there is a problem, which is then kept."""
        try:
            return reader(*args, **kwargs)
        except Refused as refused:
            self.found.append(refused.problem)
            return None
        except Unknown:  # its cause is among the problems already
            return None
