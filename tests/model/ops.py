"""The steps of programs: single system calls, and kills."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable
from typing import Any, Generic, NamedTuple, TypeVar

W = TypeVar("W", bound=Hashable)
Program = Generator["Op[W]", Any, None]
ENDED = -1


class Killed(Exception):
    """Thrown into a program when a kill ends a part of it: the Python that the shell waits for."""


class Op(NamedTuple, Generic[W]):
    """One system call: its possible results, each with the world after it; no results while it has to wait.

    `local`: no other program can change what the call reads or see what it does, so it commutes with every step of the
    others and is joined with the step before it. The same applies if no program changes `reads`, a name that the
    rules know.
    """

    label: str
    outcomes: Callable[[W], Iterable[tuple[Hashable, W]]]
    local: bool = False
    reads: str = ""


class Kill(NamedTuple, Generic[W]):
    """A kill that may happen now, and the world after it. `thrown`: the program receives `Killed` and continues."""

    label: str
    world: W
    thrown: bool
