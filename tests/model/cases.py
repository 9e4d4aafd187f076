"""The cases to explore, each with its number of states (the tests allow ±10 %, as Python versions differ)."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from tests.model.configurations import Configuration
from tests.model.protocol import Protocol

SHELLS_ALONE = Protocol(one_look=True, asks_python=False)
ONE_SCAN = Protocol(one_scan=True, asks_python=False)
NO_EXCHANGE = Protocol(exchanges=False)


class Case(NamedTuple):
    configuration: Configuration
    states: int
    protocol: Protocol = Protocol()


TWO = (("A", "out"), ("B", "A"))
ONE_EACH = (("A",), ("B",))
AND_A_BYSTANDER = (("A",), ())

MOVES = Configuration(TWO)
CLOCK = Configuration(ONE_EACH, ("clock",))
COMMAND = Configuration(ONE_EACH, ("command",))
FIRST = Configuration(ONE_EACH, taken=False)
KILLED = Configuration(ONE_EACH, kills=2, last_prompt=True)
WRITER = Configuration((("A", "B"),), ("writer, later",), last_prompt=True)
WRITERS = Configuration((("A",),), ("writer", "writer"), last_prompt=True)
WRITER_AND_ALLOW = Configuration((("A",),), ("writer, later", "edit and allow"), last_prompt=True)
REPLACER_KILLED = Configuration(AND_A_BYSTANDER, ("replacer",), kills=2, last_prompt=True)
FIRST_KILLED = Configuration(AND_A_BYSTANDER, ("replacer",), kills=2, taken=False, last_prompt=True)

# three shells: the first two differ, the third comes for the mapping of the first, and dies
COME_AND_GO = (("B",), ("A",), ("B", "die"))
IN_TURN = Configuration(COME_AND_GO, last_prompt=True, turns=((0,), (1,), (2, 3)))
TWO_IN_TURN = Configuration(COME_AND_GO, last_prompt=True, turns=((), (0,), (1, 2)))
AT_ONCE = Configuration(COME_AND_GO, last_prompt=True)
BOTH_IN_ONE = Configuration((("A", "prompt"), ("A",)), ("writer",), last_prompt=True, turns=((0, 2), (1,)))
NOT_THE_HOLDER = Configuration((("B", "prompt"), *COME_AND_GO[1:]), last_prompt=True, turns=((0, 3), (1,), (2, 4)))
PID_USED_AGAIN = Configuration(
    (("A", "out"), ("B", "die, and its pid is used again")), turns=((0, 3), (1, 2)), last_prompt=True
)
ONE = (("A",),)
EDITED = Configuration(ONE, ("edit toml",), last_prompt=True)
COPIED_OVER = Configuration(ONE, ("edit old toml",), last_prompt=True)
LINKED = Configuration(ONE, ("edit link",), last_prompt=True)
COPIED_OVER_AND_SYNC = Configuration(ONE, ("edit old toml and sync",), kills=1, last_prompt=True)
ALLOWED_TWICE = Configuration(ONE, ("edit and allow, and back",), kills=1, last_prompt=True)
COPIED_PROJECT = Configuration(ONE_EACH, kills=1, last_prompt=True, copied=True)

CASES = {
    # correct as soon as every shell has settled, without another prompt
    "two shells, two moves each": Case(MOVES, 56300),
    "three shells, a move each, without Python": Case(Configuration((("A",), ("B",), ("A",))), 1127800, SHELLS_ALONE),
    "the clock is set back": Case(CLOCK, 57500),
    "the clock is set back, and another move": Case(Configuration((("A", "out"), ("B",)), ("clock",)), 180200),
    "a command settles meanwhile": Case(COMMAND, 266200),
    "the first take-over": Case(FIRST, 36400),
    "the first take-over, the user has no mapping": Case(Configuration(ONE_EACH, taken=False, own=False), 35700),
    # correct after one more prompt of each shell
    "two shells, two kills": Case(KILLED, 45400),
    "two shells, one of them leaves, two kills": Case(
        Configuration((("A", "out"), ("B",)), kills=2, last_prompt=True), 190000
    ),
    "three shells, a kill": Case(Configuration((("A", "out"), ("A",), ()), kills=1, last_prompt=True), 443100),
    "three shells in turn, the last dies": Case(IN_TURN, 20500, Protocol(same_tick=True)),
    "three shells, two of them in turn, the last dies": Case(TWO_IN_TURN, 214600, Protocol(one_look=True)),
    "three shells, the last dies": Case(AT_ONCE, 2281100, ONE_SCAN),
    "three shells in turn, and a prompt between": Case(NOT_THE_HOLDER, 13400),
    "a pid is used again": Case(PID_USED_AGAIN, 1593),
    "one project is a copy of the other, a kill": Case(COPIED_PROJECT, 35700),
    "taoshell.toml is edited": Case(EDITED, 341),
    "taoshell.toml is edited, two shells": Case(
        Configuration((("A",), ("A",)), ("edit toml",), last_prompt=True), 242200, Protocol(one_look=True)
    ),
    "an older taoshell.toml is copied over it": Case(COPIED_OVER, 335),
    "the same, and a killed sync": Case(COPIED_OVER_AND_SYNC, 9693),
    ".env is edited": Case(Configuration(ONE, ("edit env",), last_prompt=True), 353),
    "an older .env is copied over it": Case(Configuration(ONE, ("edit old env",), last_prompt=True), 347),
    "a step becomes a symlink": Case(LINKED, 359),
    "a project is approved anew, and again as it was, a kill": Case(ALLOWED_TWICE, 48000),
    "an older file is copied over the mounts file": Case(
        Configuration(ONE, ("copier",), kills=1, last_prompt=True), 955
    ),
    "a notebook writes, and later again": Case(WRITER, 3303),
    "a notebook writes, two shells": Case(Configuration(ONE_EACH, ("writer",), last_prompt=True), 557800, SHELLS_ALONE),
    "a notebook writes, two shells in one project": Case(BOTH_IN_ONE, 14000),
    "two notebooks write": Case(WRITERS, 12100),
    "a notebook writes while the user has no mapping": Case(
        Configuration((("A", "out"),), ("writer", "writer"), own=False, last_prompt=True), 41800
    ),
    "a notebook writes while the project is approved anew, and a kill": Case(
        replace(WRITER_AND_ALLOW, kills=1), 183200
    ),
    "an editor replaces, two kills": Case(REPLACER_KILLED, 21400),
    "two editors replace": Case(Configuration((("A", "out"),), ("replacer", "replacer"), last_prompt=True), 10200),
    "an editor replaces, a notebook writes": Case(
        Configuration((("A",),), ("replacer", "writer"), kills=1, last_prompt=True), 18300
    ),
    "an editor replaces, two shells": Case(
        Configuration(ONE_EACH, ("replacer",), last_prompt=True), 356400, SHELLS_ALONE
    ),
    "an editor replaces during the first take-over, two kills": Case(FIRST_KILLED, 26900),
    "a notebook writes during the first take-over, a kill": Case(
        Configuration(AND_A_BYSTANDER, ("writer",), kills=1, taken=False, last_prompt=True), 20000
    ),
    "the first take-over in two steps, an editor, a kill": Case(
        Configuration(AND_A_BYSTANDER, ("replacer",), kills=1, taken=False, last_prompt=True, always_there=False),
        25400,
        NO_EXCHANGE,
    ),
}
