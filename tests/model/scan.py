"""A shell's scan for the newest live session; the names are those of shell/posix/sessions.sh."""

from __future__ import annotations

from typing import NamedTuple

from tests.model.calls import ALIVE, Steps, act, look
from tests.model.ops import Op
from tests.model.protocol import Protocol
from tests.model.world import OWN, Generation, World, put, session_of, wanted
from tests.model.world import newest as newest_live


class Seen(NamedTuple):
    """What a scan has found so far."""

    best: int | None
    bad: frozenset[int] = frozenset()  # sessions that do not count
    emptied: bool = False  # one dead session is emptied in a scan


class Memory(NamedTuple):
    """What a shell remembers between two prompts."""

    found: str = ""
    generation: Generation | None = None
    loaded: tuple[Generation | None, ...] = (None, None)  # the newest generation of each project that it has read
    claimed: str = ""
    holder: int | None = None
    mode: str = "unknown"
    want: str = OWN
    again: bool = False
    noted: bool = False  # it tests `arrived`
    brief: bool = False


def newest(me: int, sessions: int, memory: Memory, protocol: Protocol) -> Steps[tuple[int | None, str]]:
    """Return the session that holds the mounts file, and the mapping that it wants."""
    if protocol.one_scan:
        found: tuple[int | None, str] = yield look(
            "scans the sessions", lambda world: (newest_live(world.sessions, world.alive), wanted(world))
        )
        return found
    seen = Seen(None)
    while True:
        seen = seen._replace(best=me if memory.claimed else None)
        files = tuple(range(sessions))
        if not memory.claimed:
            holder = memory.holder
            says = holder is not None and (yield says_something(me, holder))
            files = ((holder,) if holder is not None and says else files[-4:]) + files
        while files:
            file, files = files[0], files[1:]
            if (yield from is_better(me, file, seen, protocol)):
                if (yield from may_live(file, protocol)):
                    seen = seen._replace(best=file)
                elif not seen.emptied:
                    yield empties(file)
                    seen = seen._replace(emptied=True)
        best = seen.best
        if best is None:
            return None, OWN
        if best == me:
            return me, memory.claimed
        claim: str = yield from counts(best, protocol)
        if claim:
            return best, claim
        seen = seen._replace(bad=seen.bad | {best})


def is_better(me: int, file: int, seen: Seen, protocol: Protocol) -> Steps[bool]:
    """Whether a session is newer than the best one and says something; each test in the shell reads the files again."""
    best = seen.best
    if file == best or (file == me and best is None):  # our own is empty then
        return False
    if protocol.one_look:
        newer: int | None = yield look(f"is the session of {file} newer?", lambda world: newer_of(world, file, best))
        if newer == best:
            return False
    else:
        if (yield from is_newer(me, best, file)):
            return False
        if not (yield says_something(me, file)):
            return False
        if (
            best is not None
            and not (yield from is_newer(me, file, best))
            and not (protocol.breaks_ties and file > best)
        ):
            return False
    return file not in seen.bad


def says_something(me: int, file: int) -> Op[World]:
    return look(f"is the session of {file} empty?", lambda world: bool(session_of(world, file).claim), local=file == me)


def may_live(file: int, protocol: Protocol) -> Steps[bool]:
    """Whether the process exists, as far as anybody can tell."""
    return not protocol.skips_dead or (protocol.checks_process and (yield exists(file)))


def counts(best: int, protocol: Protocol) -> Steps[str]:
    """Return what a session of a live process says. The pid of a dead one may be that of another process now."""
    if protocol.skips_dead and protocol.checks_start and not (yield is_alive(best)):
        yield empties(best)
        return ""
    claim: str = yield reads(best)
    return claim


def empties(shell: int) -> Op[World]:
    return act(
        f"empties the session of {shell}",
        lambda world: world._replace(sessions=put(world.sessions, shell, None)),
    )


def exists(shell: int) -> Op[World]:
    return look(f"does process {shell} exist?", lambda world: world.alive[shell] or shell in world.reused, ALIVE)


def is_alive(shell: int) -> Op[World]:
    return look(f"is shell {shell} alive?", lambda world: world.alive[shell], ALIVE)


def reads(shell: int) -> Op[World]:
    return look(f"reads the session of {shell}", lambda world: session_of(world, shell).claim)


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
