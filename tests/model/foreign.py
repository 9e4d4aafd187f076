"""Other events than settle: notebooks write in place, editors replace the file, the clock is set back, `allow`."""

from __future__ import annotations

from tests.model import python
from tests.model.calls import Steps, act
from tests.model.protocol import Protocol
from tests.model.world import (
    EDIT,
    FOREIGN,
    LINK,
    OLD,
    OWN,
    PROJECTS,
    WRITING,
    Inode,
    Time,
    World,
    new_inode,
    put,
    resolved,
    write,
)

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


def time(world: World, me: int, count: int, protocol: Protocol) -> Time:
    number = world.open[me]
    assert number is not None
    return FOREIGN * (me + 1) + count if protocol.fine_times else world.inodes[number].time


def copier(me: int) -> Steps[None]:
    """Copy an old file, with its time, into the one that the mounts file leads to."""
    by = f"copier {me}"
    yield act("opens the mounts file", lambda world: opened(world, me, by))
    yield act("copies an old file into it", lambda world: written(world, me, Inode(by, "first", OLD - me)))
    yield act("closes", lambda world: world._replace(open=put(world.open, me, None)))


def opened(world: World, me: int, by: str) -> World:
    number = resolved(world)
    if number is None:
        number, world = new_inode(world, Inode(by, WRITING, FOREIGN * (me + 1) - 1))
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
    yield act("replaces the mounts file", lambda world: replaced(world, me, f"replacer {me}"))


def replaced(world: World, me: int, by: str) -> World:
    before = world.mounts
    number, world = new_inode(world, Inode(by, "first", FOREIGN * (me + 1)))
    world = world._replace(mounts=number)
    if isinstance(before, int) and before not in (world.original, world.spare, *world.backups):
        world = write(world, before, world.inodes[before]._replace(by=GONE))
    return world


def remover() -> Steps[None]:
    yield act("removes the mounts file", lambda world: world._replace(mounts=None))


def clock() -> Steps[None]:
    yield act(
        "goes back",
        lambda world: world._replace(now=world.now - FAR, just_looked=frozenset(range(len(world.sessions)))),
    )


# -- the sources of a project ------------------------------------------------------------------


def edit(project: str, what: str, text: str) -> Steps[None]:
    """`what`: toml, env, "old toml" (a copy that keeps its time) or link (a step becomes a symlink)."""
    number = PROJECTS.index(project)
    yield act(f"edits {what} of {project}", lambda world: edited(world, number, what, text))


def edited(world: World, number: int, what: str, text: str) -> World:
    world = world._replace(edits=world.edits + 1)
    project, now, old = world.projects[number], EDIT * world.edits, OLD - 10**4 * world.edits
    if what == "toml":
        project = project._replace(toml=(text, now))
    elif what == "old toml":
        project = project._replace(toml=(text, old))
    elif what == "env":
        project = project._replace(env=(text, now))
    elif what == "old env":
        project = project._replace(env=(text, old))
    else:
        assert what == "link", what
        project = project._replace(link=True)
    return world._replace(projects=put(world.projects, number, project))


def allow(actor: int, project: str, protocol: Protocol) -> Steps[None]:
    yield from python.sync(actor, PROJECTS.index(project), True, protocol)


def again(actor: int, sessions: int, protocol: Protocol) -> Steps[None]:
    """Run any taoshell command that settles."""
    yield from python.settle(actor, sessions, None, protocol)
