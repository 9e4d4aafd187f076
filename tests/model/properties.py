"""What must hold in every state, at every step, and at the end.

1. The mounts file is what the newest live session wants, or the user's own.
2. What another program wrote is kept: as the user's own, in the backups, or where the next check finds it.
3. We never write into an inode that is not ours or that others may have open, and never remove the last name of one.
4. A reader finds a complete file of ours, a file that another program is writing, or the user's own; never no file.
5. Every program ends.
6. If an idle prompt in a project finds nothing to do, its generation is the one that should be in force, compiled from
   what the user approved, and the mounts file is what the newest live session wants.
7. Nobody empties or removes the session of a live shell but that shell itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.model import python
from tests.model.calls import ALIVE, NEWS, ORDER, SOURCES, alone
from tests.model.foreign import GONE
from tests.model.ops import Kill, Op
from tests.model.protocol import AS_IT_IS, Protocol
from tests.model.shell import all_done
from tests.model.world import (
    FREE,
    LINK,
    OWN,
    PROJECTS,
    World,
    inode,
    named,
    newest,
    not_in_force,
    resolved,
    session_of,
    shown,
    wanted,
)


def _part(world: World, what: str) -> object:
    if what == ALIVE:
        return world.alive
    if what == ORDER:
        return world.later
    if what == SOURCES:
        return world.projects
    if what == NEWS:
        return world.news
    return (world.mounts, world.original, world.spare, world.inodes, world.shared, world.twins)


@dataclass(frozen=True)
class Rules:
    """`actors`: each program's kind, "shell", "python" or any other. `own`: the user has a mapping from the start."""

    actors: tuple[str, ...]
    own: bool
    always_there: bool = True  # the "never no file" of property 4
    protocol: Protocol = AS_IT_IS
    fixed: frozenset[str] = frozenset()  # what no program here changes: FILES, ALIVE, ORDER, SOURCES, NEWS

    # -- kills -------------------------------------------------------------------------------

    def kills(self, world: World, actor: int) -> Iterable[Kill[World]]:
        orphan = world.lock is not None and self.actors[world.lock] == "shell" and not world.alive[world.lock]
        if not world.kills or (all_done(world) and not orphan) or self.actors[actor] not in ("shell", "python"):
            return
        left = world._replace(kills=world.kills - 1)
        if world.lock == actor:
            ready = world.ready if self.actors[actor] == "shell" else world.ready | {actor}
            yield Kill("Python is killed", left._replace(lock=None, ready=ready), thrown=True)
        if self.actors[actor] == "shell" and world.alive[actor]:
            alive = (*world.alive[:actor], False, *world.alive[actor + 1 :])
            yield Kill("the shell is killed", left._replace(alive=alive), thrown=False)

    def goes_on(self, world: World, actor: int) -> bool:
        """Python continues while it has the lock, even if its shell is dead."""
        return self.actors[actor] != "shell" or world.alive[actor] or world.lock == actor

    def is_local(self, world: World, actor: int, op: Op[World]) -> bool:
        return op.local or op.reads in self.fixed

    # -- the properties ------------------------------------------------------------------------

    def check(self, world: World) -> str:
        if world.wrong:
            return world.wrong
        seen = resolved(world)
        if (
            seen is None
            and self.always_there
            and (self.own or world.cur in PROJECTS)
            and world.mounts != world.original
        ):
            return "4: a reader finds nothing"
        if seen is not None and world.inodes[seen].content == "half":
            return "4: a reader finds half of ours"
        names = named(world)
        for number, found in enumerate(world.inodes):
            if found.by not in ("", GONE) and number not in names:
                return f"2: what {found.by} wrote has no name any more"
        return ""

    def check_step(self, before: World, after: World, actor: int) -> str:
        for what in self.fixed:
            assert _part(before, what) == _part(after, what), f"{what} are no longer the same"
        for shell, (said, says) in enumerate(zip(before.sessions, after.sessions, strict=True)):
            if shell != actor and said and said.claim and before.alive[shell] and not (says and says.claim):
                return f"7: the session of shell {shell} is emptied, which is alive"
        if self.actors[actor] not in ("shell", "python"):
            return ""
        names = named(before)
        left = named(after)
        for number in names:
            found = before.inodes[number]
            then = after.inodes[number] if number < len(after.inodes) else FREE
            if found.by not in ("", GONE) and number not in left:
                return f"3: the last name of what {found.by} wrote is removed"
            if number in left and then != found:
                return f"3: inode {number}, that others may have open, is written into"
        return ""

    def check_end(self, world: World, unfinished: tuple[int, ...]) -> str:
        if unfinished:
            return f"5: {', '.join(str(actor) for actor in unfinished)} cannot go on"
        want = wanted(world)
        seen = resolved(world)
        if not any(world.alive):
            return self._kept(world)
        if want != OWN:
            if wrong := not_in_force(world):
                return f"1: {wrong}"
        elif world.mounts == LINK and (world.cur in PROJECTS):
            return f"1: no shell is in a project, and the mounts file is {shown(world, seen)}"
        elif self.own and seen is None:
            return "1: the user's own mapping is not in force"
        return self._in_order(world) or self._kept(world)

    def _in_order(self, world: World) -> str:
        """Whether no shell entered its project after the holder had settled, regardless of the clock."""
        holder = newest(world.sessions, world.alive)
        for shell, earlier in enumerate(world.later or ()):
            session = session_of(world, shell)
            if (
                holder is not None
                and holder in earlier
                and session.claim
                and session.time != session_of(world, holder).time
            ):
                return f"1: shell {shell} moved after shell {holder}, which holds the mounts file"
        return ""

    def _kept(self, world: World) -> str:
        """Whether each foreign file, after Python has settled once more, is the user's own, in the backups, or in a
        project that will find it."""
        _, world = alone(python.settle(0, len(world.sessions), None, self.protocol), world)
        late = {number for number, time in world.retired if world.inodes[number].time != time}
        touched = {
            number
            for number, (_, time) in zip(world.shared, world.twins, strict=True)
            if isinstance(number, int) and world.inodes[number].time != time
        }
        own = {inode(world.mounts), inode(world.original)}
        for number, found in enumerate(world.inodes):
            if found.by in ("", GONE) or number in world.backups | late | touched | own:
                continue
            return f"2: no later check will find what {found.by} wrote"
        return ""
