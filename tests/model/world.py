"""The account in the model: names, inodes, sessions, the lock. Worlds are immutable; each function returns a new one.

The times of sessions are numbers, as the code compares them. Of mappings it only matters whether two times are equal.
"""

from __future__ import annotations

from typing import NamedTuple

LINK = "our link to cur"
OWN = "own"  # what `cur` names outside projects: ~/.tao_mounts.original.json
PROJECTS = ("A", "B")
WRITING = "…"  # the content of a file that another program has truncated and not yet written

Name = int | str | None  # what a name refers to: an inode, our link, nothing
Time = tuple[str, int]  # the time of a mapping; only compared for equality


class Inode(NamedTuple):
    """`by`: the last writer, "" for us. An inode that no program can reach is FREE."""

    by: str
    content: str
    time: Time


FREE = Inode("", "", ("", 0))
USERS = "the user"


class Session(NamedTuple):
    claim: str  # the project, "" for none
    time: int


class World(NamedTuple):
    sessions: tuple[Session | None, ...]  # one for each shell; a higher number is a higher pid
    alive: tuple[bool, ...]
    mounts: Name
    original: Name
    cur: str | None
    inodes: tuple[Inode, ...]
    shared: tuple[Name, ...]  # shared.json of each project
    twins: tuple[tuple[str, Time], ...]  # mounts.json of each project: its content and its time
    spare: Name = None
    backups: frozenset[int] = frozenset()
    retired: frozenset[tuple[int, Time]] = frozenset()  # the inode, and the mtime in its name
    open: tuple[int | None, ...] = ()  # the inode that each foreign writer has open
    now: int = 0  # the clock of the file system
    version: int = 1  # the number of the newest mapping that we wrote
    lock: int | None = None
    ready: frozenset[int] = frozenset()  # the programs that have made all their moves
    kills: int = 0  # the number of kills that may still happen
    settled: frozenset[int] = frozenset()  # shells that have settled since their last move
    later: tuple[frozenset[int], ...] | None = None  # for each shell: the others that had settled when it moved


def start(
    sessions: int, *, own: bool = True, taken: bool = True, writers: int = 0, kills: int = 0, ordered: bool = False
) -> World:
    """Return an account with two projects and no shell in either. `taken`: after the first take-over."""
    inodes = [Inode(USERS, "own", (USERS, 0)) if own else FREE]
    inodes += [Inode("", project, (project, 1)) for project in PROJECTS]
    there = 0 if own else None
    return World(
        sessions=(None,) * sessions,
        alive=(True,) * sessions,
        mounts=LINK if taken else there,
        original=there if taken else None,
        cur=OWN if taken else None,
        inodes=tuple(inodes),
        shared=(1, 2),
        twins=tuple((project, (project, 1)) for project in PROJECTS),
        open=(None,) * writers,
        kills=kills,
        later=(frozenset(),) * sessions if ordered else None,
    )


def put(values: tuple, index: int, value: object) -> tuple:  # type: ignore[type-arg]
    return (*values[:index], value, *values[index + 1 :])


def resolved(world: World) -> int | None:
    """Return the inode that a reader of the mounts file gets."""
    if world.mounts != LINK:
        return inode(world.mounts)
    return inode(mapping(world, world.cur))


def mapping(world: World, name: str | None) -> Name:
    """Return what `name`, a possible target of `cur`, refers to."""
    if name is None:
        return None
    found = world.original if name == OWN else world.shared[PROJECTS.index(name)]
    if found == LINK:  # a cycle, between two steps of the first take-over
        return None
    return found


def inode(name: Name) -> int | None:
    return name if isinstance(name, int) else None


def named(world: World) -> frozenset[int]:
    """Return the inodes that have a name."""
    names = (world.mounts, world.original, world.spare, *world.shared)
    found = {name for name in names if isinstance(name, int)}
    return world.backups | {number for number, _ in world.retired} | found


def is_ours(world: World, number: int) -> bool:
    return world.inodes[number].by == ""


def wanted(world: World) -> str:
    """Return what the mounts file should be: a project, or OWN."""
    holder = newest(world.sessions, world.alive)
    return OWN if holder is None else session_of(world, holder).claim


def session_of(world: World, shell: int) -> Session:
    return world.sessions[shell] or Session("", -1)


def newest(sessions: tuple[Session | None, ...], alive: tuple[bool, ...]) -> int | None:
    """Return the newest live session that is in a project; in a tie, the one with the higher pid."""
    claims = [(session.time, pid) for pid, session in enumerate(sessions) if session and session.claim and alive[pid]]
    return max(claims)[1] if claims else None


def tidy(world: World) -> World:
    """Free the inodes that no program can reach."""
    reached = named(world) | set(world.open)
    inodes = [found if number in reached else FREE for number, found in enumerate(world.inodes)]
    while inodes and inodes[-1] == FREE:
        inodes.pop()
    return world._replace(inodes=tuple(inodes))


def new_inode(world: World, found: Inode) -> tuple[int, World]:
    """Create a file that has no name yet. Inode 0 is the user's and is never reused."""
    for number in range(1, len(world.inodes)):
        if world.inodes[number] == FREE:
            return number, world._replace(inodes=put(world.inodes, number, found))
    inodes = world.inodes or (FREE,)
    return len(inodes), world._replace(inodes=(*inodes, found))


def write(world: World, number: int, found: Inode) -> World:
    return world._replace(inodes=put(world.inodes, number, found))
