"""The small worlds to explore; each combines events that could interfere."""

from __future__ import annotations

from dataclasses import dataclass

from tests.model import foreign
from tests.model.calls import ALIVE, FILES, ORDER, Steps, done
from tests.model.engine import Model, Result
from tests.model.properties import Rules
from tests.model.protocol import AS_IT_IS, Protocol
from tests.model.shell import shell
from tests.model.world import World, start


@dataclass(frozen=True)
class Configuration:
    """`shells`: the moves of each. `others`: the other programs, by their names in `_other`."""

    shells: tuple[tuple[str, ...], ...]
    others: tuple[str, ...] = ()
    kills: int = 0
    own: bool = True
    taken: bool = True
    last_prompt: bool = False
    always_there: bool = True

    def model(self, protocol: Protocol, *, merging: bool = True) -> Model[World]:
        count = len(self.shells)
        world = start(
            count,
            own=self.own,
            taken=self.taken,
            writers=count + len(self.others),
            kills=self.kills,
            ordered="clock" in self.others,
        )
        names = [f"shell {number}" for number in range(count)] + list(self.others)
        programs = [_program(self, number, protocol) for number in range(len(names))]
        kinds = ["shell"] * count + [
            "python" if name.startswith(("allow", "command")) else name for name in self.others
        ]
        fixed = {FILES} if self.taken and not set(self.others) - {"clock", "command"} else set()
        fixed |= set() if self.kills else {ALIVE}
        fixed |= set() if "clock" in self.others else {ORDER}
        rules = Rules(tuple(kinds), self.own, self.always_there, protocol, frozenset(fixed))
        return Model(world, list(zip(names, programs, strict=True)), rules, merging=merging)

    def explore(self, protocol: Protocol = AS_IT_IS, limit: int = 10**6) -> Result:
        return self.model(protocol).explore(limit)


def _program(configuration: Configuration, number: int, protocol: Protocol):  # type: ignore[no-untyped-def]
    count = len(configuration.shells)

    def begin() -> Steps[None]:
        if number < count:
            return shell(number, count, configuration.shells[number], protocol, configuration.last_prompt)
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
    elif kind == "allow A":
        yield from foreign.allow(number, "A", "A again", protocol)
    else:
        assert kind == "command", kind
        yield from foreign.again(number, count, protocol)
    if last_prompt:
        yield done(number)
