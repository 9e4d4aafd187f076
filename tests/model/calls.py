"""Single steps that the programs of the shell and of Python share."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable
from typing import Any, TypeAlias, TypeVar

from tests.model.ops import Op
from tests.model.world import Inode, World, new_inode, tidy

T = TypeVar("T")
Steps: TypeAlias = Generator[Op[World], Any, T]


FILES = "files"  # all but `cur`
ALIVE = "alive"  # which processes are alive
ORDER = "order"  # the order in which shells have moved
SOURCES = "sources"  # of the projects, with their generations and stamps
NEWS = "news"  # the times of `arrived` and of looks


def look(label: str, seen: Callable[[World], Hashable], reads: str = "", *, local: bool = False) -> Op[World]:
    """A call that only reads. `local`: no other program can change what it reads; else only changes of `reads` can."""
    return Op(label, lambda world: [(seen(world), world)], local, reads)


def act(label: str, change: Callable[[World], World], writes: str = "", *, local: bool = False) -> Op[World]:
    """A call that changes something. It does nothing if nobody changes `writes` here."""
    return Op(label, lambda world: [(None, tidy(change(world)))], local, writes)


def either(label: str, changes: Callable[[World], Iterable[World]], writes: str = "") -> Op[World]:
    return Op(label, lambda world: [(None, tidy(changed)) for changed in changes(world)], reads=writes)


def when(label: str, ready: Callable[[World], bool], change: Callable[[World], World]) -> Op[World]:
    """Wait until `ready`."""
    return Op(label, lambda world: [(None, change(world))] if ready(world) else [])


def done(actor: int) -> Op[World]:
    return act("is done", lambda world: world._replace(ready=world.ready | {actor}))


def choose(options: tuple[str, ...]) -> Op[World]:
    """Let the user choose the next move."""
    return Op("", lambda world: [(option, world) for option in options], local=True)


def ticks(world: World) -> Iterable[World]:
    """Let the clock advance between two writes, or not, as it may be coarse."""
    return (world, tick(world)._replace(now=world.now + 2))


def tick(world: World) -> World:
    """Let it advance: what just happened is older than what happens next, unless the clock was set back."""
    return world._replace(just_looked=world.just_looked if world.now < 0 else frozenset(), just_arrived=False)


def with_new_inode(world: World, found: Inode, place: Callable[[World, int], World]) -> World:
    number, made = new_inode(world, found)
    return place(made, number)


def alone(program: Steps[T], world: World) -> tuple[T, World]:
    """Run `program` alone; return its result and the world after it. The clock advances."""
    result: Hashable = None
    while True:
        try:
            op = program.send(result)
        except StopIteration as end:
            return end.value, world
        *_, (result, world) = op.outcomes(world)
