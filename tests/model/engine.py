"""An explicit-state model checker: it explores every interleaving of a few programs, breadth first.

A program is a generator that yields `Op`s, which are single system calls, and receives their results. So it reads like
the code that it models. Its frames tell how far it has got: the position in the code and the variables of each running
function. Two histories with the same frames have the same future, so they are one state. (Therefore a program keeps
everything in variables, never inside an expression, and all values are hashable.)

The steps of a program depend only on the world and on the program's place, so they are computed once for each such
pair. A state of the whole model is a tuple of small numbers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, Protocol

from tests.model.ops import ENDED, Kill, Killed, Op, Program, W
from tests.model.places import Places

State = tuple[int, ...]  # the world, then the place of each program; all as numbers


class Step(NamedTuple):
    label: str
    world: int
    place: int


class Rules(Protocol[W]):
    """What the engine needs to know about worlds. The checks return the violated property, or ""."""

    def kills(self, world: W, actor: int) -> Iterable[Kill[W]]: ...
    def goes_on(self, world: W, actor: int) -> bool: ...
    def is_local(self, world: W, actor: int, op: Op[W]) -> bool: ...
    def check(self, world: W) -> str: ...
    def check_step(self, before: W, after: W, actor: int) -> str: ...
    def check_end(self, world: W, unfinished: tuple[int, ...]) -> str: ...


class Violation(NamedTuple):
    """A violated property, and the shortest trace that violates it."""

    what: str
    trace: list[str]

    def __str__(self) -> str:
        return "\n".join([self.what, *(f"{number:3}. {line}" for number, line in enumerate(self.trace, 1))])


class Result(NamedTuple):
    states: int
    ends: int
    violation: Violation | None


class Model(Generic[W]):
    """The model: the programs `starts`, called `names`, in `world`."""

    def __init__(
        self, world: W, starts: list[tuple[str, Callable[[], Program[W]]]], rules: Rules[W], *, merging: bool = True
    ) -> None:
        self._names = [name for name, _ in starts]
        self._places = [Places(start, merging) for _, start in starts]
        self._rules = rules
        self._numbers: dict[W, int] = {}
        self.worlds: list[W] = []
        self._wrong: dict[int, str] = {}
        self._steps: dict[tuple[int, int, int], list[Step]] = {}
        self._wrong_steps: dict[tuple[int, int, int], str] = {}
        self.ends: set[int] = set()
        self._first: State = (self._number(world), *(places.first() for places in self._places))

    def explore(self, limit: int = 10**7) -> Result:
        """Explore every reachable state, until a property is violated."""
        parents: dict[State, State | None] = {self._first: None}
        arrivals: dict[State, int] = {self._first: 0}
        queue = deque([self._first])
        while queue:
            state = queue.popleft()
            wrong = self._wrong.get(state[0], "")
            successors = [] if wrong else list(self._successors(state))
            if not wrong and not successors:
                self.ends.add(state[0])
                unfinished = tuple(actor for actor, place in enumerate(state[1:]) if place != ENDED)
                wrong = self._rules.check_end(self.worlds[state[0]], unfinished)
            if wrong:
                return Result(len(parents), len(self.ends), Violation(wrong, self._trace(parents, state)))
            for actor, step, after in successors:
                crime = self._wrong_steps.get((state[0], step.world, actor), "")
                if crime:
                    trace = [*self._trace(parents, state), f"{self._names[actor]}: {step.label}"]
                    return Result(len(parents), len(self.ends), Violation(crime, trace))
                if after in parents:
                    arrivals[after] += 1
                else:
                    parents[after] = state
                    arrivals[after] = 1
                    queue.append(after)
            assert len(parents) <= limit, "too many states"
        endless = self._on_a_cycle(arrivals)
        if endless is not None:
            return Result(
                len(parents), len(self.ends), Violation("5: it may go on forever", self._trace(parents, endless))
            )
        return Result(len(parents), len(self.ends), None)

    def _on_a_cycle(self, arrivals: dict[State, int]) -> State | None:
        """Return a state on a cycle, or None: repeatedly remove the states that no other state leads to."""
        ready = [self._first]
        left = len(arrivals)
        while ready:
            state = ready.pop()
            left -= 1
            for _, _, after in self._successors(state):
                arrivals[after] -= 1
                if arrivals[after] == 0:
                    ready.append(after)
        return next((state for state, count in arrivals.items() if count > 0), None) if left else None

    def _successors(self, state: State) -> Iterator[tuple[int, Step, State]]:
        world = state[0]
        for actor, place in enumerate(state[1:]):
            if place == ENDED:
                continue
            key = (world, actor, place)
            steps = self._steps.get(key)
            if steps is None:
                steps = self._steps[key] = self._work_out(*key)
            for step in steps:
                yield actor, step, (step.world, *state[1 : actor + 1], step.place, *state[actor + 2 :])

    def _work_out(self, world: int, actor: int, place: int) -> list[Step]:
        before = self.worlds[world]
        places = self._places[actor]
        steps: list[Step] = []
        if self._rules.goes_on(before, actor):
            op = places.ops[place]
            for result, after in op.outcomes(before):
                steps += self._run_on(actor, op.label, before, after, places.after(place, result))
        for kill in self._rules.kills(before, actor):
            then = places.after(place, Killed) if kill.thrown else place
            if not kill.thrown and not self._rules.goes_on(kill.world, actor):
                then = ENDED
            steps += self._run_on(actor, kill.label, before, kill.world, then)
        return steps

    def _run_on(self, actor: int, label: str, before: W, after: W, place: int) -> Iterator[Step]:
        """Yield the step, joined with all local steps that follow it."""
        number = self._number(after)
        if crime := self._rules.check_step(before, after, actor):
            self._wrong_steps[self._number(before), number, actor] = crime
            yield Step(label, number, place)
            return
        if place != ENDED and not self._rules.goes_on(after, actor):
            place = ENDED
        op = self._places[actor].ops[place] if place != ENDED else None
        if op is not None and self._rules.is_local(after, actor, op):
            for result, then in op.outcomes(after):
                yield from self._run_on(actor, label, before, then, self._places[actor].after(place, result))
        else:
            yield Step(label, number, place)

    def _number(self, world: W) -> int:
        number = self._numbers.setdefault(world, len(self.worlds))
        if number == len(self.worlds):
            self.worlds.append(world)
            if wrong := self._rules.check(world):
                self._wrong[number] = wrong
        return number

    def _trace(self, parents: dict[State, State | None], state: State) -> list[str]:
        lines: list[str] = []
        before = parents[state]
        while before is not None:
            actor, step = next((actor, step) for actor, step, after in self._successors(before) if after == state)
            if step.label:
                lines.append(f"{self._names[actor]}: {step.label}")
            state, before = before, parents[before]
        return lines[::-1]
