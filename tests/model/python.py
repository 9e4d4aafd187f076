"""Python's settle, modelled after mounts/settle.py and state/sessions.py, system call by system call."""

from __future__ import annotations

from tests.model.calls import Steps, act, look, when
from tests.model.ops import Op
from tests.model.protocol import Protocol
from tests.model.python_files import (
    collect_late_writes,
    expose,
    is_touched,
    mounts_is_link,
    names_project,
    recover,
    take_over,
)
from tests.model.scan import is_alive, reads
from tests.model.world import (
    OWN,
    Session,
    World,
    put,
    session_of,
)


def settle(actor: int, sessions: int, own: int | None, protocol: Protocol) -> Steps[None]:
    """`own`: the shell that has just written its session, or None."""
    yield from lock(actor, protocol)
    yield from sweep(sessions)
    if own is not None and protocol.makes_newest:
        yield from make_newest(own, sessions)
    if protocol.recovers:
        yield from recover()
    done = None
    while True:
        wanted = yield from holder(sessions)
        if wanted == done:
            break
        yield from hand_over(wanted, protocol)
        done = wanted
        if not protocol.python_looks_again:
            break
    yield unlock()


def lock(actor: int, protocol: Protocol) -> Steps[None]:
    if protocol.locks:
        yield when("Python locks", lambda world: world.lock is None, lambda world: world._replace(lock=actor))


def unlock() -> Op[World]:
    return act("Python unlocks", lambda world: world._replace(lock=None))


# -- sessions.py -----------------------------------------------------------------------------


def sweep(sessions: int) -> Steps[None]:
    shell = 0
    while shell < sessions:
        if not (yield is_alive(shell)):
            yield removes(shell)
        shell += 1


def make_newest(own: int, sessions: int) -> Steps[None]:
    newest = -1
    shell = 0
    while shell < sessions:
        if shell != own:
            time: int = yield how_old(shell)
            newest = max(newest, time)
        shell += 1
    if newest > (yield look("what time is it?", lambda world: world.now)):
        yield act("makes its own session the newest", lambda world: aged(world, own, newest + 1))


def holder(sessions: int) -> Steps[str]:
    """Return what the newest live session wants."""
    found: tuple[tuple[int, int, str], ...] = ()
    shell = 0
    while shell < sessions:
        time: int = yield how_old(shell)
        if time != DEAD:
            claim: str = yield reads(shell)
            if claim:
                found = max(found, ((time, shell, claim),))
        shell += 1
    return found[0][2] if found else OWN


DEAD = -(10**6)


def how_old(shell: int) -> Op[World]:
    return look(f"how old is the session of {shell}?", lambda world: time_if_alive(world, shell))


def time_if_alive(world: World, shell: int) -> int:
    return session_of(world, shell).time if world.alive[shell] else DEAD


def removes(shell: int) -> Op[World]:
    return act(
        f"removes the session of {shell}", lambda world: world._replace(sessions=put(world.sessions, shell, None))
    )


def aged(world: World, shell: int, time: int) -> World:
    return world._replace(sessions=put(world.sessions, shell, Session(session_of(world, shell).claim, time)))


# -- settle.py -------------------------------------------------------------------------------


def hand_over(wanted: str, protocol: Protocol) -> Steps[None]:
    if wanted != OWN:
        yield from collect_late_writes(wanted)
        if (yield from is_touched(wanted)):
            yield from expose(wanted, None, protocol)
        yield from take_over(protocol)
        yield from point_cur(wanted)
        return
    if (yield names_project()):
        yield from take_over(protocol)
    if (yield names_project()) or (yield mounts_is_link()):
        yield from point_cur(OWN)


def point_cur(wanted: str) -> Steps[None]:
    if (yield look("what does cur name?", lambda world: world.cur)) != wanted:
        yield act(f"cur becomes {wanted}", lambda world: world._replace(cur=wanted))
