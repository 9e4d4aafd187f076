"""A shell, modelled after shell/posix/settle.sh and the idle prompt of core.sh; the names are the same."""

from __future__ import annotations

from tests.model import python
from tests.model.calls import FILES, ORDER, Steps, act, choose, done, either, look, ticks, when
from tests.model.ops import Killed, Op
from tests.model.protocol import Protocol
from tests.model.scan import Memory, is_alive, is_newer, newest
from tests.model.world import (
    LINK,
    OWN,
    PROJECTS,
    Session,
    Time,
    World,
    inode,
    mapping,
    put,
    resolved,
)


def shell(me: int, sessions: int, moves: tuple[str, ...], protocol: Protocol, last_prompt: bool) -> Steps[None]:
    """Make `moves`, each of which may be skipped; with `last_prompt`, add a prompt when all others are done."""
    memory = Memory()
    left = moves
    while left:
        move = yield choose((left[0], "stay"))
        left = left[1:]
        if move != "stay":
            memory = yield from prompt(me, sessions, memory, move, protocol)
    del left
    if not last_prompt:
        return
    yield done(me)
    yield when("waits at its prompt", all_ready, lambda world: world)
    if memory.mode == "unknown" or memory.again or not (yield from is_calm(me, memory, protocol)):
        yield from settle(me, sessions, memory, False, protocol)


def all_ready(world: World) -> bool:
    return all_done(world) and world.lock is None  # the Python of a dead shell may still be running


def all_done(world: World) -> bool:
    dead = {shell for shell, alive in enumerate(world.alive) if not alive}
    return len(world.ready | dead) == len(world.open)


def prompt(me: int, sessions: int, memory: Memory, claim: str, protocol: Protocol) -> Steps[Memory]:
    """The first prompt in another directory: write the session and settle."""
    claim = "" if claim == "out" else claim
    if claim == memory.claimed:
        return memory
    if protocol.writes_first:
        yield from register(me, claim)
    memory = memory._replace(claimed=claim)
    memory = yield from settle(me, sessions, memory, bool(claim), protocol)
    if not protocol.writes_first:
        yield from register(me, claim)
    yield Op("", lambda world: [(None, settled(world, me))], reads=ORDER)
    return memory


def register(me: int, claim: str) -> Steps[None]:
    """Write one line on entering a project, or empty the file on leaving."""

    def write(world: World) -> list[World]:
        return [moved(ticked, me, claim) for ticked in ticks(world)]

    yield either(f"writes its session: {claim or 'in no project'}", write)


def moved(world: World, me: int, claim: str) -> World:
    """Record the move; `later` tells which shells had settled since their last move."""
    later = world.later
    if later is not None:
        later = tuple(others - {me} for others in later)
        later = put(later, me, world.settled - {me})
    sessions = put(world.sessions, me, Session(claim, world.now))
    return world._replace(sessions=sessions, later=later, settled=world.settled - {me})


def settled(world: World, me: int) -> World:
    return world if world.later is None else world._replace(settled=world.settled | {me})


# -- settle --------------------------------------------------------------------------------


def settle(me: int, sessions: int, memory: Memory, wrote: bool, protocol: Protocol) -> Steps[Memory]:
    asked = False
    if wrote and (yield from judge(memory.claimed, memory.mode == "apart")) == "swap":  # we are probably the holder
        yield from swap(memory.claimed, protocol)
        if not protocol.looks_again:
            return memory._replace(mode="held", want=memory.claimed)
    while True:
        holder, want = yield from newest(me, sessions, memory, protocol)
        memory = Memory(memory.claimed, holder, memory.mode, want)
        if protocol.asks_python and wrote and holder != me and (yield from is_newer(me, holder, me)):
            mode = "ask"
        else:
            mode = yield from judge(want, asked or memory.mode == "apart")
        wrote = False
        memory = memory._replace(mode=mode)
        if mode == "swap":
            yield from swap(want, protocol)
            if protocol.looks_again:
                continue
            return memory
        if mode != "ask":
            return memory
        if asked:
            return memory._replace(mode="failed", again=protocol.tries_again)
        asked = True
        try:
            yield from python.settle(me, sessions, me, protocol)
        except Killed:
            return memory._replace(mode="failed", again=protocol.tries_again)


def swap(want: str, protocol: Protocol) -> Steps[None]:
    if not protocol.replaces_cur:
        yield act("removes cur", lambda world: world._replace(cur=None))
    yield act(f"cur becomes {want}", lambda world: world._replace(cur=want))


def judge(want: str, looked: bool) -> Steps[str]:
    if want != OWN:
        if (yield from is_touched(want)):
            return "ask"
        if (
            yield look(
                f"is the mounts file that of {want}?", lambda world: resolved(world) == inode(mapping(world, want))
            )
        ):
            return "held"
        return "swap" if (yield from is_ours()) else "ask"
    if (yield look("does cur name the user's own?", names_original)):
        return "own" if (yield from is_ours()) else "apart"
    if (yield look("is there no cur?", lambda world: world.cur is None)):
        nowhere = yield look(
            "does the mounts file lead nowhere?", lambda world: world.mounts == LINK and resolved(world) is None
        )
        return "ask" if nowhere and not looked else "apart"
    return "swap" if (yield from is_ours()) else "ask"


def names_original(world: World) -> bool:
    return world.cur is not None and mapping(world, world.cur) == inode(world.original)


def is_touched(want: str) -> Steps[bool]:
    """Model `-nt` or `-ot`. Each reads both files; the second read can only find what the first could have found."""
    number = PROJECTS.index(want)
    time: Time = yield look(
        f"when was that of {want} written?", lambda world: time_of(world, world.shared[number]), FILES
    )
    touched: bool = yield look("is its twin as old?", lambda world: world.twins[number][1] != time, FILES)
    return touched


def time_of(world: World, name: object) -> Time:
    return world.inodes[name].time if isinstance(name, int) else ("", -1)


def is_ours() -> Steps[bool]:
    if not (yield look("is the mounts file a link?", lambda world: world.mounts == LINK, FILES)):
        return False
    same: bool = yield look(
        "does it lead where cur does?",
        lambda world: world.cur is not None and resolved(world) == inode(mapping(world, world.cur)),
    )
    return same


# -- the idle prompt -------------------------------------------------------------------------


def is_calm(me: int, memory: Memory, protocol: Protocol) -> Steps[bool]:
    """Whether a prompt in the same directory has nothing to do."""
    if memory.mode == "held":
        number = PROJECTS.index(memory.want)
        seen: Time = yield look("how old is the mounts file?", lambda world: time_of(world, resolved(world)))
        twin: Time = yield look("how old is its twin?", lambda world: world.twins[number][1], FILES)
        if protocol.watches_times and seen != twin:
            return False
    elif memory.mode == "own":
        there = yield look("is there an original?", lambda world: world.original is not None)
        if not there:
            return (yield look("is there a mounts file now?", lambda world: resolved(world) is None)) is True
        seen = yield look("how old is the mounts file?", lambda world: time_of(world, resolved(world)))
        twin = yield look("how old is the original?", lambda world: time_of(world, world.original))
        if protocol.watches_times and seen != twin:
            return False
    elif memory.mode == "apart":
        link = yield look("is the mounts file a link?", lambda world: world.mounts == LINK and world.cur is not None)
        if link:
            return False
    holder = memory.holder
    if holder is None or holder == me or not protocol.watches_holder:
        return True
    alive: bool = yield is_alive(holder)
    return alive
