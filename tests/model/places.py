"""The places in a program, identified by its frames."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic

from tests.model.ops import ENDED, Killed, Op, Program, W


class Places(Generic[W]):
    """For each place: its number, the shortest known history that leads there, and the next call."""

    def __init__(self, start: Callable[[], Program[W]], merging: bool) -> None:
        self._start = start
        self._merging = merging
        self._numbers: dict[Hashable, int] = {}
        self._histories: list[tuple[Any, ...]] = []
        self.ops: list[Op[W]] = []
        self._next: dict[tuple[int, Any], int] = {}

    def first(self) -> int:
        return self._place(())

    def after(self, place: int, result: Hashable) -> int:
        key = (place, type(result), result)
        if key not in self._next:  # type: ignore[comparison-overlap]
            self._next[key] = self._place((*self._histories[place], result))  # type: ignore[index]
        return self._next[key]  # type: ignore[index]

    def _place(self, history: tuple[Any, ...]) -> int:
        program = self._start()
        try:
            op = next(program)
            for result in history:
                op = program.throw(Killed()) if result is Killed else program.send(result)
        except (StopIteration, Killed):
            return ENDED
        known = _frames(program) if self._merging else history
        if known not in self._numbers:
            self._numbers[known] = len(self.ops)
            self._histories.append(history)
            self.ops.append(op)
        return self._numbers[known]


def _frames(program: Any) -> Hashable:
    frames = []
    while program is not None:
        frame = program.gi_frame
        frames.append((frame.f_code, frame.f_lasti, tuple(frame.f_locals.items())))
        program = program.gi_yieldfrom
    return tuple(frames)
