"""A shell's scan for the newest live session; the names are those of shell/posix/sessions.sh."""

from __future__ import annotations

from typing import NamedTuple

from tests.model.calls import ALIVE, Steps, look
from tests.model.ops import Op
from tests.model.protocol import Protocol
from tests.model.world import OWN, World, session_of


class Memory(NamedTuple):
    """What a shell remembers between two prompts."""

    claimed: str = ""
    holder: int | None = None
    mode: str = "unknown"
    want: str = OWN
    again: bool = False


def newest(me: int, sessions: int, memory: Memory, protocol: Protocol) -> Steps[tuple[int | None, str]]:
    """Return the session that holds the mounts file, and the mapping that it wants."""
    dead: frozenset[int] = frozenset()
    while True:
        best = yield from scan(me, sessions, memory, dead, protocol)
        if best is None:
            return None, OWN
        if best == me:
            if memory.claimed:
                return me, memory.claimed
        elif not protocol.skips_dead or (yield is_alive(best)):
            claim = yield reads(best)
            if claim:
                return best, claim
        dead |= {best}


def is_alive(shell: int) -> Op[World]:
    return look(f"is shell {shell} alive?", lambda world: world.alive[shell], ALIVE)


def reads(shell: int) -> Op[World]:
    return look(f"reads the session of {shell}", lambda world: session_of(world, shell).claim)


def scan(me: int, sessions: int, memory: Memory, dead: frozenset[int], protocol: Protocol) -> Steps[int | None]:
    best = memory.holder
    if memory.claimed:
        best = me
    elif best == me:
        best = None
    if best in dead:
        best = None
    file = 0
    while file < sessions:
        if file != best and file not in dead:
            best = yield from better(me, file, best, protocol)
        file += 1
    return best


def better(me: int, file: int, best: int | None, protocol: Protocol) -> Steps[int | None]:
    """Return the newer of the two; each test in the shell reads the files again."""
    if protocol.one_look:
        newer: int | None = yield look(f"is the session of {file} newer?", lambda world: newer_of(world, file, best))
        return newer
    if (yield from is_newer(me, best, file)):
        return best
    if not (
        yield look(f"is the session of {file} empty?", lambda world: session_of(world, file).claim, local=file == me)
    ):
        return best
    if best is None or (yield from is_newer(me, file, best)):
        return file
    return file if protocol.breaks_ties and file > best else best


def newer_of(world: World, file: int, best: int | None) -> int | None:
    sessions = [(session_of(world, number).time, number) for number in (file, best) if number is not None]
    return max(sessions)[1] if session_of(world, file).claim else best


def is_newer(me: int, file: int | None, than: int | None) -> Steps[bool]:
    """Model `-nt`, which is two stats. No other program writes our own session."""
    if file is None or than is None:
        return False
    time = yield look(
        f"how old is the session of {file}?", lambda world: session_of(world, file).time, local=file == me
    )
    newer: bool = yield look(
        f"is that of {than} older?", lambda world: time > session_of(world, than).time, local=than == me
    )
    return newer
