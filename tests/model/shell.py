"""A shell, modelled after shell/posix/{prompt,switch,sessions,settle}.sh; the names are the same."""

from __future__ import annotations

from tests.model import python
from tests.model.calls import FILES, NEWS, ORDER, SOURCES, Steps, act, choose, done, either, look, tick, ticks, when
from tests.model.idle import is_calm, is_news, time_of, unchanged
from tests.model.ops import Killed, Op
from tests.model.protocol import Protocol
from tests.model.scan import Memory, is_newer, newest, reads
from tests.model.world import (
    LINK,
    OWN,
    PROJECTS,
    Generation,
    Session,
    Time,
    World,
    inode,
    is_due,
    mapping,
    not_in_force,
    put,
    resolved,
)


def shell(
    me: int,
    sessions: int,
    moves: tuple[str, ...],
    turns: tuple[int, ...] | None,
    protocol: Protocol,
    last_prompt: bool,
) -> Steps[None]:
    """Make `moves`, each of which may be skipped; with `last_prompt`, add a prompt when all others are done.

    With `turns`, each move waits until so many such moves are done, and the last prompt until no other shell is at its
    own.
    """
    memory = Memory()
    in_turn = turns is not None
    left = moves
    while left:
        move = yield choose((left[0], "stay"))
        left = left[1:]
        has_turn = bool(turns)
        if turns:
            yield waits(turns[0])
            turns = turns[1:]
        if move.startswith("die"):
            yield dies(me, move)
            return
        if move != "stay":
            memory = yield from prompt(me, sessions, memory, move, protocol)
        if has_turn:
            yield act("", next_turn)
    del left
    if not last_prompt:
        return
    yield done(me)
    if in_turn:
        yield when("waits at its prompt", is_free, lambda world: world._replace(prompting=True))
    else:
        yield when("waits at its prompt", all_ready, lambda world: world)
    if memory.mode == "unknown" or memory.again or not (yield from is_calm(me, memory, protocol)):
        yield from update(me, sessions, memory, protocol)
    elif memory.claimed:
        yield act("is calm", lambda world: calm(world, memory))
    if in_turn:
        yield act("", lambda world: world._replace(prompting=False))


def waits(turn: int) -> Op[World]:
    return when("waits for its turn", lambda world: world.turn == turn, lambda world: world)


def dies(me: int, move: str) -> Op[World]:
    return act(move.replace("die", "dies", 1), lambda world: died(world, me, move.endswith("used again")))


def died(world: World, me: int, pid_is_used: bool) -> World:
    reused = world.reused | {me} if pid_is_used else world.reused
    return next_turn(world._replace(alive=put(world.alive, me, False), reused=reused))


def next_turn(world: World) -> World:
    return world._replace(turn=world.turn + 1)


def calm(world: World, memory: Memory) -> World:
    """An idle prompt in a project has found nothing to do: was that right?"""
    project = world.projects[PROJECTS.index(memory.found)]
    if not is_due(project, memory.generation):
        wrong = "its generation is outdated"
    elif memory.generation != project.current:
        wrong = "another generation is the current one"
    elif world.lock is None:  # otherwise another shell has just found something, and its Python is about to mend it
        wrong = not_in_force(world)
    else:
        wrong = ""
    return world._replace(wrong=f"6: a shell is calm, but {wrong}" if wrong else "")


def all_ready(world: World) -> bool:
    return all_done(world) and world.lock is None  # the Python of a dead shell may still be running


def is_free(world: World) -> bool:
    return all_ready(world) and not world.prompting


def all_done(world: World) -> bool:
    dead = {shell for shell, alive in enumerate(world.alive) if not alive}
    return len(world.ready | dead) == len(world.open)


def prompt(me: int, sessions: int, memory: Memory, move: str, protocol: Protocol) -> Steps[Memory]:
    """An idle prompt, or the first one in another directory."""
    if move == "prompt":
        if memory.mode == "unknown" or memory.again or not (yield from is_calm(me, memory, protocol)):
            memory = yield from update(me, sessions, memory, protocol)
        return memory
    found = "" if move == "out" else move
    if found == memory.found:
        return memory
    memory = yield from update(me, sessions, memory._replace(found=found), protocol)
    yield Op("", lambda world: [(None, settled(world, me))], reads=ORDER)
    return memory


def update(me: int, sessions: int, memory: Memory, protocol: Protocol) -> Steps[Memory]:
    """Enter the project, leave it, or enter it anew if it has changed; then settle."""
    memory = memory._replace(again=False)
    memory = yield from switch(me, memory, protocol)
    memory = yield from settle(me, sessions, memory, protocol)
    brief = memory.mode == "held" and memory.generation is not None
    if protocol.brief_as_holder:
        brief = brief and memory.holder == me
    return memory._replace(brief=brief)


# -- switch --------------------------------------------------------------------------------


def switch(me: int, memory: Memory, protocol: Protocol) -> Steps[Memory]:
    if not memory.found:
        return memory._replace(generation=None)
    memory = yield from load(memory, protocol)
    if memory.generation is not None:
        return memory
    try:
        yield from python.sync(me, PROJECTS.index(memory.found), False, protocol)
    except Killed:
        return memory._replace(again=True)
    memory = yield from load(memory, protocol)
    return memory._replace(again=memory.generation is None)  # edited once more in the meantime


def load(memory: Memory, protocol: Protocol) -> Steps[Memory]:
    """Remember the generation that is in force, or None if there is none."""
    number = PROJECTS.index(memory.found)
    memory = memory._replace(generation=memory.loaded[number])
    if memory.generation is not None and (yield from unchanged(memory, protocol)):
        return memory
    current: Generation = yield look("reads the generation", lambda world: world.projects[number].current, SOURCES)
    memory = memory._replace(generation=current, loaded=put(memory.loaded, number, current))
    if (yield from unchanged(memory, protocol)):
        return memory
    return memory._replace(generation=None)


# -- this shell's session --------------------------------------------------------------------


def register(me: int, claim: str, protocol: Protocol) -> Steps[None]:
    """Write one line on entering a project, or empty the file on leaving."""

    def write(world: World) -> list[World]:
        return [moved(ticked, me, claim) for ticked in ticks(world)]

    if claim and not protocol.arrives_last:
        yield from arrive(protocol)
    yield either(f"writes its session: {claim or 'in no project'}", write)
    if claim and protocol.arrives_last:
        yield from arrive(protocol)


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


def arrive(protocol: Protocol) -> Steps[None]:
    def write(world: World) -> list[World]:
        return [arrived(now, protocol) for now in moments(world, bool(world.just_looked), protocol)]

    if protocol.arrives:
        yield either("writes to `arrived`", write)


def moments(world: World, matters: bool, protocol: Protocol) -> tuple[World, ...]:
    """Return the moments at which a file may be written: in the same tick of the clock, or later."""
    if not matters or world.news is None:
        return (world,)
    return (world, tick(world)) if protocol.same_tick else (tick(world),)


def arrived(world: World, protocol: Protocol) -> World:
    world = world._replace(quiet=frozenset())
    if world.news is None:
        return world
    missed = world.just_looked if not protocol.fine_looks or world.now < 0 else frozenset()
    news = frozenset(range(len(world.sessions))) - missed | world.news
    return world._replace(news=news, just_arrived=protocol.fine_looks)


def note_look(me: int, memory: Memory, protocol: Protocol) -> Steps[Memory]:
    if not memory.claimed:
        return memory._replace(noted=False)
    if not memory.noted or (yield is_news(me)):
        yield either("notes its look", lambda world: looks(world, me, protocol), NEWS)
    return memory._replace(noted=True)


def looks(world: World, me: int, protocol: Protocol) -> list[World]:
    return [looked(now, me, protocol) for now in moments(world, world.just_arrived, protocol)]


def looked(world: World, me: int, protocol: Protocol) -> World:
    if world.news is None:
        return world
    just_looked = world.just_looked if protocol.fine_looks and world.now >= 0 else world.just_looked | {me}
    return world._replace(news=world.news if world.just_arrived else world.news - {me}, just_looked=just_looked)


# -- settle --------------------------------------------------------------------------------


def settle(me: int, sessions: int, memory: Memory, protocol: Protocol) -> Steps[Memory]:
    asked = False
    claim = memory.found if memory.generation is not None else ""
    changed = claim != memory.claimed
    wrote = changed and bool(claim)
    if changed and memory.claimed and (yield from is_touched(memory.claimed)):
        try:
            yield from python.settle(me, sessions, None, protocol)
        except Killed:
            memory = memory._replace(again=protocol.tries_again)
    if changed and protocol.writes_first:
        yield from register(me, claim, protocol)
    memory = memory._replace(claimed=claim)
    if protocol.notes_before:
        memory = yield from note_look(me, memory, protocol)
    if wrote and (yield from judge(claim, memory.mode == "apart")) == "swap":  # we are probably the holder
        yield from swap(claim, protocol)
        if not protocol.looks_again:
            return memory._replace(mode="held", want=claim)
    memory = yield from settle_as_scanned(me, sessions, memory, wrote, asked, protocol)
    if not protocol.notes_before:
        memory = yield from note_look(me, memory, protocol)
    if changed and not protocol.writes_first:
        yield from register(me, claim, protocol)
    return memory


def settle_as_scanned(
    me: int, sessions: int, memory: Memory, wrote: bool, asked: bool, protocol: Protocol
) -> Steps[Memory]:
    swapped = False
    while True:
        if swapped and (yield from is_still_newest(me, memory, protocol)):
            todo = yield from judge(memory.want, asked or memory.mode == "apart")
            if todo not in ("swap", "ask"):
                yield ends_search(me)
                return memory._replace(mode=todo)
        if not wrote:
            yield begins_to_search(me)
        holder, want = yield from newest(me, sessions, memory, protocol)
        memory = memory._replace(holder=holder, want=want)
        if protocol.asks_python and wrote and holder != me and (yield from is_newer(me, holder, me)):
            todo = "ask"
        else:
            todo = yield from judge(want, asked or memory.mode == "apart")
        swapped = todo == "swap"
        wrote = False
        if swapped:
            yield from swap(want, protocol)
            if protocol.looks_again:
                continue
            return memory
        yield ends_search(me)
        if todo != "ask":
            return memory._replace(mode=todo)
        if asked:
            return memory._replace(mode="failed", again=protocol.tries_again)
        asked = True
        try:
            yield from python.settle(me, sessions, me, protocol)
        except Killed:
            return memory._replace(mode="failed", again=protocol.tries_again)


def is_still_newest(me: int, memory: Memory, protocol: Protocol) -> Steps[bool]:
    """Whether a second search can only find what the first one has found.

    The content of `arrived` tells whether somebody has arrived. Its time can only say yes where the content says no.
    """
    quiet: bool = yield Op("has nobody arrived?", lambda world: quiet_or_not(world, me, protocol))
    if not quiet:
        return False
    if memory.holder in (None, me) or not protocol.heeds_holder:
        return True
    claim: str = yield reads(memory.holder or 0)
    return claim == memory.want


def quiet_or_not(world: World, me: int, protocol: Protocol) -> list[tuple[bool, World]]:
    return [(False, world)] + [(True, world)] * (me in world.quiet or not protocol.heeds_arrivals)


def begins_to_search(me: int) -> Op[World]:
    return act("reads `arrived`", lambda world: world._replace(quiet=world.quiet | {me}))


def ends_search(me: int) -> Op[World]:
    return act("", lambda world: world._replace(quiet=world.quiet - {me}), local=True)


def swap(want: str, protocol: Protocol) -> Steps[None]:
    if not protocol.replaces_cur:
        yield act("removes cur", lambda world: world._replace(cur=None))
    yield act(f"cur becomes {want}", lambda world: world._replace(cur=want))


def judge(want: str, looked: bool) -> Steps[str]:
    """Return what to do: swap or ask; or else the mode."""
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
    time: Time | None = yield look(
        f"when was that of {want} written?", lambda world: time_of(world, world.shared[number]), FILES
    )
    touched: bool = yield look("is its twin as old?", lambda world: world.twins[number][1] != time, FILES)
    return touched


def is_ours() -> Steps[bool]:
    if not (yield look("is the mounts file a link?", lambda world: world.mounts == LINK, FILES)):
        return False
    same: bool = yield look(
        "does it lead where cur does?",
        lambda world: world.cur is not None and resolved(world) == inode(mapping(world, world.cur)),
    )
    return same
