"""Other events than settle: notebooks write in place, editors replace the file, the clock is set back, `allow`."""

from __future__ import annotations

from tests.model import python, python_files
from tests.model.calls import Steps, act
from tests.model.protocol import Protocol
from tests.model.world import LINK, OWN, WRITING, Inode, World, new_inode, put, resolved, write

FAR = 1000  # how far the clock is set back; the model never catches up
GONE = "overwritten by another program"


def writer(me: int, later: bool, protocol: Protocol) -> Steps[None]:
    """Open the file that the mounts file leads to, truncate it and write it; with `later`, write once more."""
    by = f"writer {me}"
    yield act("opens the mounts file", lambda world: opened(world, me, by))
    yield act("truncates it", lambda world: written(world, me, Inode(by, WRITING, time(world, me, 0, protocol))))
    yield act("writes", lambda world: written(world, me, Inode(by, "first", time(world, me, 1, protocol))))
    if later:
        yield act("writes again", lambda world: written(world, me, Inode(by, "second", time(world, me, 2, protocol))))
    yield act("closes", lambda world: world._replace(open=put(world.open, me, None)))


def time(world: World, me: int, count: int, protocol: Protocol) -> tuple[str, int]:
    number = world.open[me]
    assert number is not None
    return (f"written by {me}", count) if protocol.fine_times else world.inodes[number].time


def opened(world: World, me: int, by: str) -> World:
    number = resolved(world)
    if number is None:
        number, world = new_inode(world, Inode(by, WRITING, (f"written by {me}", -1)))
        if world.mounts == LINK:
            assert world.cur == OWN, "only the user's own mapping may be missing"
            world = world._replace(original=number)
        else:
            world = world._replace(mounts=number)
    return world._replace(open=put(world.open, me, number))


def written(world: World, me: int, found: Inode) -> World:
    number = world.open[me]
    assert number is not None
    if world.inodes[number].by == GONE:
        return world
    return write(world, number, found)


def replacer(me: int) -> Steps[None]:
    """Rename a new file over the mounts file. If the old one had no other name, it is lost, which is not our fault."""
    yield act("replaces the mounts file", lambda world: replaced(world, f"replacer {me}"))


def replaced(world: World, by: str) -> World:
    before = world.mounts
    number, world = new_inode(world, Inode(by, "first", (by, 0)))
    world = world._replace(mounts=number)
    if isinstance(before, int) and before not in (world.original, world.spare, *world.backups):
        world = write(world, before, world.inodes[before]._replace(by=GONE))
    return world


def remover() -> Steps[None]:
    yield act("removes the mounts file", lambda world: world._replace(mounts=None))


def clock() -> Steps[None]:
    yield act("goes back", lambda world: world._replace(now=world.now - FAR))


def allow(actor: int, project: str, text: str, protocol: Protocol) -> Steps[None]:
    """Write a new mapping of a project, under the lock."""
    yield from python.lock(actor, protocol)
    yield from python_files.expose(project, text, protocol)
    yield python.unlock()


def again(actor: int, sessions: int, protocol: Protocol) -> Steps[None]:
    """Run any taoshell command that settles."""
    yield from python.settle(actor, sessions, None, protocol)
