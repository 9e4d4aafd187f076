"""Python's settle and sync, modelled after mounts/settle.py, state/sessions.py, actions/compile.py and state/stamps.py.

Each step is a system call.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.model.calls import SOURCES, Steps, act, look, when
from tests.model.ops import Op
from tests.model.protocol import Protocol
from tests.model.python_files import (
    collect_late_writes,
    expose,
    is_touched,
    mounts_is_link,
    names_project,
    recover,
    repair,
    take_over,
)
from tests.model.scan import is_alive, reads
from tests.model.world import (
    OWN,
    PROJECTS,
    SIDES,
    Generation,
    Project,
    Session,
    Time,
    World,
    put,
    session_of,
)


def settle(actor: int, sessions: int, own: int | None, protocol: Protocol) -> Steps[None]:
    """`own`: the shell that has just written its session, or None."""
    yield from lock(actor, protocol)
    yield from sweep(sessions)
    if own is not None and protocol.makes_newest:
        yield from make_newest(own, sessions, protocol)
    if protocol.recovers:
        yield from recover()
    number = 0
    while number < len(PROJECTS):
        if (yield is_claimed(number)):
            yield from keep_writes(PROJECTS[number], protocol)
        number += 1
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


def make_newest(own: int, sessions: int, protocol: Protocol) -> Steps[None]:
    newest = -1
    shell = 0
    while shell < sessions:
        if shell != own:
            time: int = yield how_old(shell)
            newest = max(newest, time)
        shell += 1
    if newest > (yield look("what time is it?", lambda world: world.now)):
        yield act("makes its own session the newest", lambda world: aged(world, own, newest + 1))
        if protocol.announces_newest:
            yield act("writes to `arrived`", lambda world: world._replace(quiet=frozenset()))


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


def is_claimed(number: int) -> Op[World]:
    def claimed(world: World) -> bool:
        return any(session and session.claim == PROJECTS[number] for session in world.sessions)

    return look(f"is a shell in {PROJECTS[number]}?", claimed)


def keep_writes(claim: str, protocol: Protocol) -> Steps[None]:
    yield from collect_late_writes(claim)
    if (yield from is_touched(claim)):
        yield from repair(PROJECTS.index(claim), protocol)


def hand_over(wanted: str, protocol: Protocol) -> Steps[None]:
    if wanted != OWN:
        yield from keep_writes(wanted, protocol)
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


# -- compile.py and stamps.py ------------------------------------------------------------------


def sync(actor: int, number: int, allows: bool, protocol: Protocol) -> Steps[None]:
    """Compile a project from what it is. `allows`: the user approves that."""
    yield from lock(actor, protocol)
    sources: Project = yield look("reads the sources", lambda world: world.projects[number], SOURCES)
    known = (sources.toml[0], sources.env[0], sources.link)
    if allows:
        if protocol.outdates_first:
            yield from withdraw(number, protocol)
        yield change("approves that", number, lambda now: now._replace(approved=now.approved | {known}))
    generation = Generation(*known, approved=allows or known in sources.approved)
    yield from put_in_force(number, generation, sources.toml[1], sources.env[1], protocol)
    yield unlock()


def put_in_force(number: int, generation: Generation, toml: Time, env: Time, protocol: Protocol) -> Steps[None]:
    yield from withdraw(number, protocol)
    yield from expose(number, generation.text, toml, protocol)
    mapping: Time = yield look("how old is the mapping?", lambda world: world.twins[number][1], local=True)
    if protocol.stamps_last:
        yield replaces_current(number, generation)
    yield from enclose(number, generation, "toml", toml)
    yield from enclose(number, generation, "env", env)
    yield from enclose(number, generation, "mounts", mapping)
    if not protocol.stamps_last:
        yield replaces_current(number, generation)


def change(label: str, number: int, to: Callable[[Project], Project]) -> Op[World]:
    return act(label, lambda world: world._replace(projects=put(world.projects, number, to(world.projects[number]))))


def replaces_current(number: int, generation: Generation) -> Op[World]:
    return change("current becomes the generation", number, lambda now: now._replace(current=generation))


def enclose(number: int, generation: Generation, name: str, time: Time) -> Steps[None]:
    sides: tuple[tuple[str, int], ...] = SIDES
    while sides:
        yield writes_stamp(number, (generation, name + sides[0][0], time + sides[0][1]))
        sides = sides[1:]


def writes_stamp(number: int, stamp: tuple[Generation, str, Time]) -> Op[World]:
    return change(f"writes the stamp {stamp[1]}", number, lambda now: now._replace(stamps=now.stamps | {stamp}))


def removes_stamp(number: int, stamp: tuple[Generation, str, Time]) -> Op[World]:
    return change(f"removes the stamp {stamp[1]}", number, lambda now: now._replace(stamps=now.stamps - {stamp}))


def withdraw(number: int, protocol: Protocol) -> Steps[None]:
    """Nothing else changes stamps while we have the lock."""
    stamps: tuple[tuple[Generation, str, Time], ...] = yield look(
        "lists the stamps", lambda world: in_order(world.projects[number], protocol), local=True
    )
    while stamps:
        yield removes_stamp(number, stamps[0])
        stamps = stamps[1:]


def in_order(project: Project, protocol: Protocol) -> tuple[tuple[Generation, str, Time], ...]:
    last = "-" if protocol.upper_first else "+"
    return tuple(sorted(project.stamps, key=lambda stamp: (stamp[1].endswith(last), stamp)))
