"""The small worlds to explore; each combines events that could interfere."""

from __future__ import annotations

from dataclasses import dataclass

from tests.model import foreign, python
from tests.model.calls import ALIVE, FILES, NEWS, ORDER, SOURCES, Steps, done
from tests.model.engine import Model, Result
from tests.model.properties import Rules
from tests.model.protocol import AS_IT_IS, Protocol
from tests.model.shell import shell
from tests.model.world import FIRST, PROJECTS, World, start


@dataclass(frozen=True)
class Configuration:
    """`shells`: the moves of each; `turns`: when they happen, if in order.

    `others`: the other programs, by their names in `_other`. `copied`: both projects have
    a taoshell.toml of the same age.
    """

    shells: tuple[tuple[str, ...], ...]
    others: tuple[str, ...] = ()
    kills: int = 0
    own: bool = True
    taken: bool = True
    last_prompt: bool = False
    always_there: bool = True
    turns: tuple[tuple[int, ...], ...] = ()
    copied: bool = False

    def model(self, protocol: Protocol, *, merging: bool = True) -> Model[World]:
        count = len(self.shells)
        world = start(
            count,
            own=self.own,
            taken=self.taken,
            writers=count + len(self.others),
            kills=self.kills,
            ordered="clock" in self.others,
            prompts=self.last_prompt,
            **(_copied(protocol) if self.copied else {}),
        )
        names = [f"shell {number}" for number in range(count)] + list(self.others)
        programs = [_program(self, number, protocol) for number in range(len(names))]
        kinds = ["shell"] * count + [
            "python" if "allow" in name or "command" in name or "sync" in name else name for name in self.others
        ]
        edits = any(name.startswith("edit") for name in self.others)
        fixed = {FILES} if self.taken and not set(self.others) - {"clock", "command"} else set()
        fixed |= set() if edits else {SOURCES}
        fixed |= set() if self.last_prompt else {NEWS}
        dies = any(move.startswith("die") for moves in self.shells for move in moves)
        fixed |= set() if self.kills or dies else {ALIVE}
        fixed |= set() if "clock" in self.others else {ORDER}
        rules = Rules(tuple(kinds), self.own, self.always_there, protocol, frozenset(fixed))
        return Model(world, list(zip(names, programs, strict=True)), rules, merging=merging)

    def explore(self, protocol: Protocol = AS_IT_IS, limit: int = 10**7) -> Result:
        return self.model(protocol).explore(limit)


def _copied(protocol: Protocol) -> dict[str, tuple[int, int]]:
    return {"tomls": (FIRST, FIRST), "times": (FIRST + 1, FIRST + 1 + protocol.unique_times)}


def _program(configuration: Configuration, number: int, protocol: Protocol):  # type: ignore[no-untyped-def]
    count = len(configuration.shells)

    def begin() -> Steps[None]:
        if number < count:
            turns = configuration.turns[number] if configuration.turns else None
            return shell(number, count, configuration.shells[number], turns, protocol, configuration.last_prompt)
        return _other(configuration.others[number - count], number, count, protocol, configuration.last_prompt)

    return begin


def _other(kind: str, number: int, count: int, protocol: Protocol, last_prompt: bool) -> Steps[None]:
    if kind.startswith("writer"):
        yield from foreign.writer(number, kind == "writer, later", protocol)
    elif kind == "replacer":
        yield from foreign.replacer(number)
    elif kind == "remover":
        yield from foreign.remover()
    elif kind == "clock":
        yield from foreign.clock()
    elif kind == "copier":
        yield from foreign.copier(number)
    elif kind == "edit and allow":
        yield from foreign.edit("A", "toml", "A again")
        yield from foreign.allow(number, "A", protocol)
    elif kind == "edit and allow, and back":
        yield from foreign.edit("A", "toml", "A again")
        yield from foreign.allow(number, "A", protocol)
        yield from foreign.edit("A", "toml", "A")
        yield from foreign.allow(number, "A", protocol)
    elif kind == "edit old toml and sync":
        yield from foreign.edit("A", "old toml", "older")
        yield from python.sync(number, PROJECTS.index("A"), False, protocol)
    elif kind.startswith("edit "):
        yield from foreign.edit("A", kind.removeprefix("edit "), "edited")
    else:
        assert kind == "command", kind
        yield from foreign.again(number, count, protocol)
    if last_prompt:
        yield done(number)
