"""What programs are made of: single system calls, and kills."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable
from typing import Any, Generic, NamedTuple, TypeVar

W = TypeVar("W", bound=Hashable)
Program = Generator["Op[W]", Any, None]
ENDED = -1


class Killed(Exception):
    """Thrown into a program where a kill ends a part of it (Python, which the shell waits for)."""


class Op(NamedTuple, Generic[W]):
    """One system call: what it can result in, each with the world after it; nothing at all while it has to wait.

    `local`: nobody else can change what it looks at, nor see what it does, so that it commutes with every step of
    all others; it is taken together with the step before it. So is one whose `reads`, a name that the rules
    know, is nothing that anybody changes here.
    """

    label: str
    outcomes: Callable[[W], Iterable[tuple[Hashable, W]]]
    local: bool = False
    reads: str = ""


class Kill(NamedTuple, Generic[W]):
    """A kill that may happen now: the world after it; `thrown`: the program goes on, told by `Killed`."""

    label: str
    world: W
    thrown: bool
