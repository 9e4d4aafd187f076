"""What Python does with the files, modelled after mounts/mapping.py and link.py, system call by system call."""

from __future__ import annotations

from tests.model.calls import FILES, Steps, act, look, with_new_inode
from tests.model.ops import Op
from tests.model.protocol import Protocol
from tests.model.world import LINK, OWN, PROJECTS, Inode, Name, Time, World, put, write


def names_project() -> Op[World]:
    return look("does cur name a project?", lambda world: world.cur in PROJECTS)


def mounts_is_link() -> Op[World]:
    return look("is the mounts file our link?", lambda world: world.mounts == LINK, FILES)


# -- mapping.py ------------------------------------------------------------------------------


def is_touched(project: str) -> Steps[bool]:
    number = PROJECTS.index(project)
    touched: bool = yield look(
        f"is the file of {project} as old as its twin?",
        lambda world: world.inodes[shared(world, number)].time != world.twins[number][1],
        FILES,
    )
    return touched


def expose(number: int, text: str, after: Time, protocol: Protocol) -> Steps[None]:
    """Write a new mapping. The twins and the retired inodes change only under the lock.

    In real life its time is that of the writing. Here it is the next after that of taoshell.toml, the worst case.
    """
    twin: tuple[str, Time] = yield look("reads the twin", lambda world: world.twins[number], local=True)
    touched = yield from is_touched(PROJECTS[number])
    if not touched and text == twin[0]:
        return
    time: Time = yield look("finds a free time", lambda world: free_time(world, number, after, protocol), local=True)
    yield from replace(number, text, time, protocol)


def free_time(world: World, number: int, after: Time, protocol: Protocol) -> Time:
    taken = {time for other, (_, time) in enumerate(world.twins) if other == number or protocol.unique_times}
    return next(time for time in range(after + 1, after + 99) if time not in taken)


def repair(number: int, protocol: Protocol) -> Steps[None]:
    twin: tuple[str, Time] = yield look("reads the twin", lambda world: world.twins[number], local=True)
    yield from replace(number, *twin, protocol)


def replace(number: int, text: str, time: Time, protocol: Protocol) -> Steps[None]:
    yield from make_room(number, text, time, protocol)
    yield act("a new file in its place", lambda world: replace_shared(world, number, text, time))
    yield act("the twin likewise", lambda world: world._replace(twins=put(world.twins, number, (text, time))))


def make_room(number: int, text: str, time: Time, protocol: Protocol) -> Steps[None]:
    """Give the present file a second name."""
    before: tuple[int, Time] = yield stats(number)
    twin: str = yield look("reads the twin", lambda world: world.twins[number][0], local=True)
    touched = yield from is_touched(PROJECTS[number])
    found: Inode = yield look("reads the file", lambda world: world.inodes[shared(world, number)])
    if not protocol.sets_aside:
        yield act("writes over the file", lambda world: write(world, before[0], Inode("", text, time)))
    elif touched and (found.by or found.content not in (text, twin)):
        yield from set_aside_shared(number, protocol)
    else:
        if not protocol.names_before:
            before = yield stats(number)
        name = before
        if protocol.retires:
            yield act("keeps a second name of the file", lambda world: world._replace(retired=world.retired | {name}))


def stats(number: int) -> Op[World]:
    return look("stats the file", lambda world: (shared(world, number), world.inodes[shared(world, number)].time))


def shared(world: World, number: int) -> int:
    """Return the inode of a project's file, which is never missing here."""
    found = world.shared[number]
    assert isinstance(found, int)
    return found


def replace_shared(world: World, number: int, text: str, time: Time) -> World:
    return with_new_inode(
        world, Inode("", text, time), lambda made, inode: made._replace(shared=put(made.shared, number, inode))
    )


def set_aside_shared(number: int, protocol: Protocol) -> Steps[None]:
    if protocol.moves_inode:
        yield act("a second name in the backups", lambda world: backed_up(world, world.shared[number]))
    else:
        yield act(
            "copies it into the backups",
            lambda world: with_new_inode(world, world.inodes[shared(world, number)], backed_up),
        )


def backed_up(world: World, name: Name) -> World:
    return world._replace(backups=world.backups | {name}) if isinstance(name, int) else world


def collect_late_writes(project: str) -> Steps[None]:
    """Move retired inodes that were written since. Each is one step, as a later write does not affect the move."""
    del project  # the model has one set of retired inodes for all projects
    retired = yield look("lists the retired", lambda world: tuple(sorted(world.retired)), local=True)
    while retired:
        yield moves_if_late(retired[0])
        retired = retired[1:]


def moves_if_late(kept: tuple[int, Time]) -> Op[World]:
    return act(f"moves {kept[0]} to the backups if it was written", lambda world: collected(world, kept))


def collected(world: World, kept: tuple[int, Time]) -> World:
    if world.inodes[kept[0]].time == kept[1]:
        return world
    return backed_up(world._replace(retired=world.retired - {kept}), kept[0])


# -- link.py ---------------------------------------------------------------------------------


def take_over(protocol: Protocol) -> Steps[None]:
    if (yield mounts_is_link()):
        return
    yield from recover()
    if (yield look("is there no mounts file?", lambda world: world.mounts is None)):
        if (yield look("is there no cur?", lambda world: world.cur is None)):
            yield act("cur becomes own", lambda world: world._replace(cur=OWN))
        yield act("our link, where nothing is", our_link_where_nothing_is)
    elif (yield names_project()):
        yield act("our link under the spare name", lambda world: world._replace(spare=LINK))
        yield from put_link("spare", protocol)
        yield act(
            "the spare name goes to the backups", lambda world: backed_up(world, world.spare)._replace(spare=None)
        )
    else:
        if (yield look("is there an original?", lambda world: world.original is not None)):
            yield act(
                "the original goes to the backups",
                lambda world: backed_up(world, world.original)._replace(original=None),
            )
        yield act("cur becomes own", lambda world: world._replace(cur=OWN))
        yield act("our link under the original's name", lambda world: world._replace(original=LINK))
        yield from put_link("original", protocol)


def put_link(aside: str, protocol: Protocol) -> Steps[None]:
    if protocol.exchanges:
        yield act(
            f"exchanges the mounts file and the {aside} name",
            lambda world: moved_aside(world, aside)._replace(mounts=LINK),
        )
        return
    yield act(f"the mounts file gets the {aside} name", lambda world: moved_aside(world, aside))
    yield act("our link, where nothing is", our_link_where_nothing_is)


def moved_aside(world: World, aside: str) -> World:
    if aside == "spare":
        return world._replace(mounts=None, spare=world.mounts)
    return world._replace(mounts=None, original=world.mounts)


def our_link_where_nothing_is(world: World) -> World:
    return world._replace(mounts=LINK) if world.mounts is None else world


def recover() -> Steps[None]:
    """Clean up after a killed Python."""

    def is_second_name(world: World) -> bool:
        return world.original == LINK or (world.original is not None and world.original == world.mounts)

    if (yield look("is the original's name our link, or a second one?", is_second_name)):
        yield act("removes that", lambda world: world._replace(original=None))
    spare = yield look("what has the spare name?", lambda world: world.spare, local=True)
    if spare == LINK:
        yield act("removes our link there", lambda world: world._replace(spare=None))
    elif spare is not None:
        yield act(
            "the spare name goes to the backups", lambda world: backed_up(world, world.spare)._replace(spare=None)
        )
