"""The model matches the code: the real shell/posix/settle.sh, the real Python and the model make the same decisions."""

from __future__ import annotations

import itertools
import os
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from taoshell.state import files, sessions
from taoshell.state.paths import State
from tests.model import foreign, real, shell
from tests.model.calls import alone
from tests.model.protocol import Protocol
from tests.model.scan import Memory
from tests.model.world import LINK, OWN, PROJECTS, USERS, Session, World, newest, resolved, start
from tests.support.accounts import FOREIGN, Account, mapping_of
from tests.support.accounts import OWN as USERS_OWN
from tests.support.slow import slow

SAYINGS = [
    None,
    ("", 1),
    ("A", 0),
    ("A", 1),
    ("B", 1),
    ("B", 2),
    ("gone", 2),
]  # the project, the time; the project "gone" has no mapping
DEAD = 1  # the one of the four processes that has ended
START_NS = 1_700_000_000_123_456_789


@dataclass(frozen=True)
class Configuration:
    """The content of each session, the shell that asks, and the session that it saw last."""

    said: tuple[tuple[str, int] | None, ...]
    asks: int
    saw: int | None

    def newest(self) -> int | None:
        """Return the model's answer."""
        known = (saying and Session(saying[0] if saying[0] in PROJECTS else "", saying[1]) for saying in self.said)
        return newest(tuple(known), tuple(number != DEAD for number in range(len(self.said))))


def configurations() -> Iterator[Configuration]:
    """Yield every combination for three of four sessions, and a thousand random ones for all four."""
    for said in itertools.product(SAYINGS, repeat=3):
        yield Configuration((*said, None), 2, None)
    chance = random.Random(1)
    for _ in range(1000):
        said = tuple(chance.choice(SAYINGS) for _ in range(4))
        yield Configuration(said, chance.choice([0, 2, 3]), chance.choice([None, 0, 1, 2, 3]))


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder for a thousand homes, in memory if possible. Its path is short: the state folder repeats its parts."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as path:
        yield Path(path)


@pytest.mark.parametrize("program", [pytest.param("sh", marks=slow), "bash"])
def test_which_session_is_the_newest(folder: Path, program: str) -> None:
    account = Account(folder / program)
    account.home.mkdir()
    roots = {name: account.project(name) for name in PROJECTS} | {"gone": str(account.home / "gone"), "": ""}
    known = list(configurations())
    with real.processes(4) as processes:
        files = [real.session_file(account.state, process.pid) for process in processes]
        processes[DEAD].kill()
        processes[DEAD].wait()
        states = [written(account.state, number, files, each, roots) for number, each in enumerate(known)]
        questions = [
            real.Question(state, processes[each.asks].pid, claimed(each, roots), saw(account.state, state, files, each))
            for each, state in zip(known, states, strict=True)
        ]
        answers = real.newest(program, questions)
        for each, state, (file, want) in zip(known, states, answers, strict=True):
            number = each.newest()
            expected = "" if number is None else moved(account.state, state, files[number])
            assert file == expected, each
            holder = sessions.holder(state)
            assert (holder.path if holder else "") == expected, each
            if number is None:
                assert want == "own", each
            else:
                said = each.said[number]
                assert said is not None
                assert want == state.project(roots[said[0]]).shared


def written(state: State, number: int, files: list[str], each: Configuration, roots: dict[str, str]) -> State:
    """Create a state with the same projects, and with the sessions of the configuration."""
    copy = State(f"{state.root}-{number}", state.mounts_file)
    sessions.ensure_folder(copy)
    os.symlink(f"{state.root}/projects", f"{copy.root}/projects")
    for file, saying in zip(files, each.said, strict=True):
        if saying is not None:
            path = Path(moved(state, copy, file))
            path.write_text(f"{roots[saying[0]]}\n" if saying[0] else "")
            os.utime(path, ns=(START_NS + saying[1], START_NS + saying[1]))
    return copy


def moved(state: State, copy: State, file: str) -> str:
    return copy.root + file.removeprefix(state.root)


def claimed(each: Configuration, roots: dict[str, str]) -> str:
    """Return the project that the asking shell remembers; it cannot have entered one without a mapping."""
    saying = each.said[each.asks]
    return roots[saying[0]] if saying and saying[0] in PROJECTS else ""


def saw(state: State, copy: State, files: list[str], each: Configuration) -> str:
    return "" if each.saw is None else moved(state, copy, files[each.saw])


# -- what a prompt does --------------------------------------------------------------------------


EVENTS = ["A", "B", "out", "prompt", "prompt", "kill", "write", "replace"]


@pytest.mark.parametrize("seed", range(8))
def test_a_prompt_does_the_same_in_the_model(home: Path, seed: int) -> None:
    """After each event of a random story, the mounts file, the mode and the backups are the same as in the model."""
    chance = random.Random(seed)
    account = Account(home)
    own = account.write_own().inode if seed % 2 else None
    roots = {name: account.project(name) for name in PROJECTS} | {OWN: ""}
    files.ensure(account.state)
    world = start(3, own=own is not None, taken=False, writers=4)
    claims = [OWN] * 3
    story: list[str] = []
    with real.processes(3) as processes:
        for process in processes:
            real.session_file(account.state, process.pid)
        for _ in range(10):
            event, who = chance.choice(EVENTS), chance.choice([number for number in range(3) if world.alive[number]])
            story.append(f"{who}: {event}")
            if event == "kill":
                if sum(world.alive) > 1:
                    processes[who].kill()
                    processes[who].wait()
                    world = world._replace(alive=tuple(world.alive[n] and n != who for n in range(3)))
            elif event == "write":
                account.write_in_place()
                _, world = alone(foreign.writer(3, False, Protocol()), world)
            elif event == "replace":
                account.replace()
                _, world = alone(foreign.replacer(3), world)
            else:
                claim = claims[who] if event == "prompt" else OWN if event == "out" else event
                until_the_clock_goes_on(account)
                answer = real.settle(account, processes[who].pid, roots[claims[who]], roots[claim])
                memory, world = prompted(world, who, claims[who], claim)
                claims[who] = claim
                assert answer.mode == memory.mode, story
            assert seen(account, roots) == seen_in(world, roots), story


def prompted(world: World, who: int, claimed: str, claim: str) -> tuple[Memory, World]:
    memory = Memory("" if claimed == OWN else claimed)
    if claim == claimed:
        return alone(shell.settle(who, 3, memory, False, Protocol()), world)
    return alone(shell.prompt(who, 3, memory, "out" if claim == OWN else claim, Protocol()), world)


def seen(account: Account, roots: dict[str, str]) -> tuple[object, ...]:
    cur = os.readlink(account.cur) if os.path.islink(account.cur) else None
    names = {account.state.original: OWN, None: None}
    names |= {os.path.relpath(account.state.project(roots[name]).shared, account.state.root): name for name in PROJECTS}
    return account.mounts_file.is_symlink(), names[cur], account.in_force(), len(account.backed_up())


def seen_in(world: World, roots: dict[str, str]) -> tuple[object, ...]:
    number = resolved(world)
    content = None
    if number is not None:
        found = world.inodes[number]
        ours = mapping_of(roots[found.content]).encode() if found.by == "" else b""
        content = ours or (USERS_OWN if found.by == USERS else FOREIGN)
    return world.mounts == LINK, world.cur, content, len(world.backups)


def until_the_clock_goes_on(account: Account) -> None:
    """Wait, so that no two moves happen in the same tick; the other test covers ties."""
    file = account.home / "clock"
    file.touch()
    before = file.stat().st_mtime_ns
    while file.stat().st_mtime_ns == before:
        file.touch()
