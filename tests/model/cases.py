"""The cases to explore, each with its number of states (the tests allow ±10 %, as Python versions differ)."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from tests.model.configurations import Configuration
from tests.model.protocol import Protocol

SHELLS_ALONE = Protocol(one_look=True, asks_python=False)
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
KILLED = Configuration((("A", "out"), ("B",)), kills=2, last_prompt=True)
WRITER = Configuration((("A", "B"),), ("writer, later",), last_prompt=True)
WRITERS = Configuration((("A",),), ("writer", "writer"), last_prompt=True)
WRITER_AND_ALLOW = Configuration((("A",),), ("writer, later", "allow A"), last_prompt=True)
REPLACER_KILLED = Configuration(AND_A_BYSTANDER, ("replacer",), kills=2, last_prompt=True)
FIRST_KILLED = Configuration(AND_A_BYSTANDER, ("replacer",), kills=2, taken=False, last_prompt=True)

CASES = {
    # correct as soon as every shell has settled, without another prompt
    "two shells, two moves each": Case(MOVES, 24000),
    "three shells, a move each, without Python": Case(Configuration((("A",), ("B",), ("A",))), 288000, SHELLS_ALONE),
    "the clock is set back": Case(CLOCK, 29100),
    "the clock is set back, and another move": Case(Configuration((("A", "out"), ("B",)), ("clock",)), 69200),
    "a command settles meanwhile": Case(COMMAND, 131000),
    "the first take-over": Case(FIRST, 23100),
    "the first take-over, the user has no mapping": Case(Configuration(ONE_EACH, taken=False, own=False), 22400),
    # correct after one more prompt of each shell
    "two shells, two kills": Case(KILLED, 37200),
    "three shells, a kill": Case(Configuration((("A", "out"), ("A",), ()), kills=1, last_prompt=True), 92700),
    "a notebook writes, and later again": Case(WRITER, 2350),
    "a notebook writes, two shells": Case(Configuration(ONE_EACH, ("writer",), last_prompt=True), 185500, SHELLS_ALONE),
    "two notebooks write": Case(WRITERS, 9400),
    "a notebook writes while the user has no mapping": Case(
        Configuration((("A", "out"),), ("writer", "writer"), own=False, last_prompt=True), 20100
    ),
    "a notebook writes while the project is approved anew, and a kill": Case(replace(WRITER_AND_ALLOW, kills=1), 22600),
    "an editor replaces, two kills": Case(REPLACER_KILLED, 13400),
    "two editors replace": Case(Configuration((("A", "out"),), ("replacer", "replacer"), last_prompt=True), 8000),
    "an editor replaces, a notebook writes": Case(
        Configuration((("A",),), ("replacer", "writer"), kills=1, last_prompt=True), 15600
    ),
    "an editor replaces, two shells": Case(
        Configuration(ONE_EACH, ("replacer",), last_prompt=True), 125300, SHELLS_ALONE
    ),
    "an editor replaces during the first take-over, two kills": Case(FIRST_KILLED, 16000),
    "a notebook writes during the first take-over, a kill": Case(
        Configuration(AND_A_BYSTANDER, ("writer",), kills=1, taken=False, last_prompt=True), 12200
    ),
    "the first take-over in two steps, an editor, a kill": Case(
        Configuration(AND_A_BYSTANDER, ("replacer",), kills=1, taken=False, last_prompt=True, always_there=False),
        14600,
        NO_EXCHANGE,
    ),
}
