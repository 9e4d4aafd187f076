"""What a prompt tests, modelled after shell/posix/prompt.sh and the script of a generation (shells/posix.py)."""

from __future__ import annotations

from collections.abc import Callable

from tests.model.calls import FILES, NEWS, SOURCES, Steps, look
from tests.model.ops import Op
from tests.model.protocol import Protocol
from tests.model.scan import Memory, exists
from tests.model.world import LINK, PROJECTS, Generation, Name, Time, World, inode, resolved


def is_calm(me: int, memory: Memory, protocol: Protocol) -> Steps[bool]:
    """Whether a prompt in the same directory has nothing to do."""
    if memory.noted and (yield is_news(me)):
        return False
    if memory.brief:
        return (yield from is_calm_briefly(memory, protocol))
    if not (yield from is_as_it_was(memory, protocol)):
        return False
    if memory.holder not in (None, me) and protocol.watches_holder and not (yield exists(memory.holder or 0)):
        return False
    return memory.generation is None or (yield from unchanged(memory, protocol))


def is_news(me: int) -> Op[World]:
    return look("is its look older than `arrived`?", lambda world: world.news is not None and me in world.news, NEWS)


# -- the mounts file -------------------------------------------------------------------------


def is_as_it_was(memory: Memory, protocol: Protocol) -> Steps[bool]:
    if memory.mode == "held":
        number = PROJECTS.index(memory.want)
        seen: Time | None = yield look("how old is the mounts file?", lambda world: time_of(world, resolved(world)))
        twin: Time = yield look("how old is its twin?", lambda world: world.twins[number][1], FILES)
        if protocol.watches_times and seen != twin:
            return False
    elif memory.mode == "own":
        found: Name = yield look("what is the mounts file?", resolved)
        if found != (yield look("what is the original?", lambda world: inode(world.original))):
            return False
    elif memory.mode == "apart":
        return not (
            yield look("is the mounts file a link?", lambda world: world.mounts == LINK and world.cur is not None)
        )
    else:
        return True
    return (yield look("is the mounts file a link?", lambda world: world.mounts == LINK, FILES)) is True


def time_of(world: World, name: object) -> Time | None:
    return world.inodes[name].time if isinstance(name, int) else None


# -- the sources -----------------------------------------------------------------------------


def is_calm_briefly(memory: Memory, protocol: Protocol) -> Steps[bool]:
    number = PROJECTS.index(memory.found)
    generation = memory.generation
    assert generation is not None
    lower = is_above_toml if protocol.tests_age and not protocol.both_sides else is_mounts_above
    if not protocol.tests_age:
        if not (yield look("is the mounts file as old as its twin?", lambda world: is_as_old_as_twin(world, number))):
            return False
    else:
        if not (yield look("is the mounts file new enough?", lambda world: lower(world, number, generation))):
            return False
        if not (yield look("is it old enough?", lambda world: is_mounts_below(world, number, generation))):
            return False
    return (yield from unchanged(memory, protocol, one_side=lower is is_above_toml or not protocol.tests_age))


def unchanged(memory: Memory, protocol: Protocol, *, one_side: bool = False) -> Steps[bool]:
    """Test whether the generation is in force. `one_side`: other tests show that taoshell.toml is not newer."""
    number = PROJECTS.index(memory.found)
    generation = memory.generation
    assert generation is not None
    if protocol.lower_stamp and not (
        yield source("is taoshell.toml newer than its stamp?", lambda world: is_toml_above(world, number, generation))
    ):
        return False
    if not one_side and not (
        yield source("is taoshell.toml older than its stamp?", lambda world: is_toml_below(world, number, generation))
    ):
        return False
    return (yield from others_unchanged(number, generation, protocol))


def others_unchanged(number: int, generation: Generation, protocol: Protocol) -> Steps[bool]:
    if not (yield source("is .env newer than its stamp?", lambda world: is_env_above(world, number, generation))):
        return False
    if not (yield source("is .env older than its stamp?", lambda world: is_env_below(world, number, generation))):
        return False
    if not protocol.tests_links:
        return True
    link: bool = yield source("is a step a symlink?", lambda world: world.projects[number].link)
    return link == generation.link


def source(label: str, seen: Callable[[World], bool]) -> Op[World]:
    return look(label, seen, SOURCES)


def stamp(world: World, number: int, generation: Generation, name: str) -> Time | None:
    stamps = world.projects[number].stamps
    return next((time for of, stamp, time in stamps if (of, stamp) == (generation, name)), None)


def nt(one: Time | None, other: Time | None) -> bool:
    """As bash: a file is newer than one that is missing."""
    return one is not None and (other is None or one > other)


def is_toml_above(world: World, number: int, generation: Generation) -> bool:
    return nt(world.projects[number].toml[1], stamp(world, number, generation, "toml-"))


def is_toml_below(world: World, number: int, generation: Generation) -> bool:
    return nt(stamp(world, number, generation, "toml+"), world.projects[number].toml[1])


def is_env_above(world: World, number: int, generation: Generation) -> bool:
    return nt(world.projects[number].env[1], stamp(world, number, generation, "env-"))


def is_env_below(world: World, number: int, generation: Generation) -> bool:
    return nt(stamp(world, number, generation, "env+"), world.projects[number].env[1])


def is_mounts_above(world: World, number: int, generation: Generation) -> bool:
    return nt(time_of(world, resolved(world)), stamp(world, number, generation, "mounts-"))


def is_above_toml(world: World, number: int, _: Generation) -> bool:
    return nt(time_of(world, resolved(world)), world.projects[number].toml[1])


def is_mounts_below(world: World, number: int, generation: Generation) -> bool:
    return nt(stamp(world, number, generation, "mounts+"), time_of(world, resolved(world)))


def is_as_old_as_twin(world: World, number: int) -> bool:
    return time_of(world, resolved(world)) == world.twins[number][1]
