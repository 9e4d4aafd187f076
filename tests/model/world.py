"""The account in the model: names, inodes, sessions, the lock. Worlds are immutable; each function returns a new one.

All times are numbers, as the code compares them. The clock of sessions is coarse; those of the other files are unique,
unless two projects were copied with their times.
"""

from __future__ import annotations

from typing import NamedTuple

LINK = "our link to cur"
OWN = "own"  # what `cur` names outside projects: ~/.tao_mounts.original.json
PROJECTS = ("A", "B")
WRITING = "…"  # the content of a file that another program has truncated and not yet written

Name = int | str | None  # what a name refers to: an inode, our link, nothing
Time = int  # in nanoseconds
OLD, FIRST, EDIT, FOREIGN = (
    500,
    10**4,
    10**4,
    10**9,
)  # of older files, the first taoshell.toml, each edit, other programs
TOMBSTONE = "tombstone"


class Inode(NamedTuple):
    """`by`: the last writer, "" for us. An inode that no program can reach is FREE."""

    by: str
    content: str
    time: Time


FREE = Inode("", "", 0)
USERS = "the user"


class Session(NamedTuple):
    claim: str  # the project, "" for none
    time: int


class Generation(NamedTuple):
    """What it was compiled from, and whether the user had approved that."""

    toml: str
    env: str
    link: bool
    approved: bool

    @property
    def text(self) -> str:
        """The text of the mapping."""
        return self.toml if self.approved else TOMBSTONE


class Project(NamedTuple):
    """The sources of a project, with their times, and what Python has compiled from them.

    `link`: a step to a place is a symlink. `stamps`: generation, name and time of each.
    """

    toml: tuple[str, Time]
    env: tuple[str, Time]
    link: bool
    approved: frozenset[tuple[str, str, bool]]
    current: Generation
    stamps: frozenset[tuple[Generation, str, Time]]


class World(NamedTuple):
    sessions: tuple[Session | None, ...]  # one for each shell; a higher number is a higher pid
    alive: tuple[bool, ...]
    mounts: Name
    original: Name
    cur: str | None
    inodes: tuple[Inode, ...]
    shared: tuple[Name, ...]  # shared.json of each project
    twins: tuple[tuple[str, Time], ...]  # mounts.json of each project: its content and its time
    projects: tuple[Project, ...]
    spare: Name = None
    backups: frozenset[int] = frozenset()
    retired: frozenset[tuple[int, Time]] = frozenset()  # the inode, and the mtime in its name
    open: tuple[int | None, ...] = ()  # the inode that each foreign writer has open
    now: int = 0  # the clock of the file system
    edits: int = 1  # the number of edits
    lock: int | None = None
    ready: frozenset[int] = frozenset()  # the programs that have made all their moves
    kills: int = 0  # the number of kills that may still happen
    reused: frozenset[int] = frozenset()  # dead shells whose pids other processes have
    turn: int = 0  # how many of the moves that have a turn are done
    prompting: bool = False  # a shell is at its last prompt, and the others wait
    wrong: str = ""  # what a shell did not find at an idle prompt
    # Of `arrived` and the last look of each shell, it matters which is newer. None if no prompt tests that.
    news: frozenset[int] | None = None  # the shells that will look again
    just_looked: frozenset[int] = (
        frozenset()
    )  # those that looked in this tick of the clock or, as it says, in the future
    just_arrived: bool = False  # somebody wrote to `arrived` in this tick
    quiet: frozenset[int] = frozenset()  # the shells that have begun a search, and nobody has arrived since then
    settled: frozenset[int] = frozenset()  # shells that have settled since their last move
    later: tuple[frozenset[int], ...] | None = None  # for each shell: the others that had settled when it moved


def start(
    sessions: int,
    *,
    own: bool = True,
    taken: bool = True,
    writers: int = 0,
    kills: int = 0,
    ordered: bool = False,
    prompts: bool = False,
    times: tuple[Time, Time] = (FIRST + 1, FIRST + 11),
    tomls: tuple[Time, Time] = (FIRST, FIRST + 10),
) -> World:
    """Return an account with two projects and no shell in either. `taken`: after the first take-over.

    `times`: of the mappings; `prompts`: there are idle prompts.
    """
    inodes = [Inode(USERS, "own", 0) if own else FREE]
    inodes += [Inode("", project, time) for project, time in zip(PROJECTS, times, strict=True)]
    there = 0 if own else None
    return World(
        sessions=(None,) * sessions,
        alive=(True,) * sessions,
        mounts=LINK if taken else there,
        original=there if taken else None,
        cur=OWN if taken else None,
        inodes=tuple(inodes),
        shared=(1, 2),
        twins=tuple(zip(PROJECTS, times, strict=True)),
        projects=tuple(map(_project, PROJECTS, tomls, times)),
        open=(None,) * writers,
        kills=kills,
        later=(frozenset(),) * sessions if ordered else None,
        news=frozenset(range(sessions)) if prompts else None,
    )


def _project(name: str, toml: Time, mapping: Time) -> Project:
    generation = Generation(name, "", False, True)
    times = {"toml": toml, "env": FIRST, "mounts": mapping}
    stamps = {(generation, f"{file}{side}", time + by) for file, time in times.items() for side, by in SIDES}
    return Project((name, toml), ("", FIRST), False, frozenset({(name, "", False)}), generation, frozenset(stamps))


SIDES = (("-", -1), ("+", 1))  # the lower and the upper stamp of a file


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


def not_in_force(world: World) -> str:
    """Return what the mounts file is, unless it is that of the newest live session, which is in a project."""
    want, seen = wanted(world), resolved(world)
    if world.mounts != LINK or world.cur != want or seen is None or not is_ours(world, seen):
        return f"the newest is in {want}, and the mounts file is {shown(world, seen)}"
    if world.inodes[seen].content != world.twins[PROJECTS.index(want)][0]:
        return "the file of the project is not what its twin is"
    return ""


def shown(world: World, seen: int | None) -> str:
    if seen is None:
        return "nothing"
    names = [name for name in (OWN, *PROJECTS) if mapping(world, name) == seen]
    by = world.inodes[seen].by
    return f"that of {names[0] if names else 'nobody'}" + (f", written by {by}" if by not in ("", USERS) else "")


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


def is_due(project: Project, generation: Generation | None) -> bool:
    """Whether this is the generation that should be in force."""
    sources = (project.toml[0], project.env[0], project.link)
    return generation is not None and generation == (*sources, sources in project.approved)


def new_inode(world: World, found: Inode) -> tuple[int, World]:
    """Create a file that has no name yet. Inode 0 is the user's and is never reused."""
    for number in range(1, len(world.inodes)):
        if world.inodes[number] == FREE:
            return number, world._replace(inodes=put(world.inodes, number, found))
    inodes = world.inodes or (FREE,)
    return len(inodes), world._replace(inodes=(*inodes, found))


def write(world: World, number: int, found: Inode) -> World:
    return world._replace(inodes=put(world.inodes, number, found))
