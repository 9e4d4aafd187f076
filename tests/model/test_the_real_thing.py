"""The model matches the code: the real hook, the real Python and the model make the same decisions."""

from __future__ import annotations

import itertools
import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from taoshell.state import sessions
from taoshell.state.paths import State
from tests.model import foreign, idle, real, shell
from tests.model.calls import alone
from tests.model.protocol import Protocol
from tests.model.scan import Memory
from tests.model.world import LINK, OWN, PROJECTS, USERS, Session, newest, put, resolved, start
from tests.support.accounts import FOREIGN, Account
from tests.support.accounts import OWN as USERS_OWN
from tests.support.samples import Sample
from tests.support.slow import slow, slow_unless

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
    """The content of each session, and the shell that asks."""

    said: tuple[tuple[str, int] | None, ...]
    asks: int

    def newest(self) -> int | None:
        """Return the model's answer."""
        known = (saying and Session(saying[0] if saying[0] in PROJECTS else "", saying[1]) for saying in self.said)
        return newest(tuple(known), tuple(number != DEAD for number in range(len(self.said))))


def configurations() -> Iterator[Configuration]:
    """Yield every combination for three of four sessions, and a thousand random ones for all four.

    A shell that asks cannot be in a project without a mapping.
    """
    for first, second, own in itertools.product(SAYINGS, SAYINGS, SAYINGS[:-1]):
        yield Configuration((first, second, own, None), 2)
    chance = random.Random(1)
    for _ in range(1000):
        said = tuple(chance.choice(SAYINGS) for _ in range(4))
        asks = chance.choice([0, 2, 3])
        if said[asks] != SAYINGS[-1]:
            yield Configuration(said, asks)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder for a thousand homes, in memory if possible. Its path is short: the state folder repeats its parts."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as path:
        yield Path(path)


@pytest.mark.parametrize("program", ["bash", "zsh", pytest.param("fish", marks=slow)])
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
            real.Question(state, processes[each.asks].pid, claimed(each, roots))
            for each, state in zip(known, states, strict=True)
        ]
        answers = real.newest(program, account, questions)
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
    """Return the project that the asking shell remembers."""
    saying = each.said[each.asks]
    return roots[saying[0]] if saying else ""


# -- what a prompt does --------------------------------------------------------------------------


EVENTS = [
    "A",
    "B",
    "out",
    "prompt",
    "prompt",
    "prompt",
    "kill",
    "write",
    "copy",
    "replace",
    "edit",
    "old",
    "env",
    "allow",
]


KEPT = {"bash": 4, "zsh": 2, "fish": 2}  # the stories that are not slow
COUNT = 3


@pytest.mark.parametrize(
    ("program", "seed"),
    slow_unless(lambda program, seed: seed < KEPT[program], itertools.product(("bash", "zsh", "fish"), range(12))),
)
def test_a_prompt_does_the_same_in_the_model(home: Path, program: str, seed: int) -> None:
    """After each event of a random story, the shell knows, and the account has, what the model says."""
    story = Story(home, program, own=seed % 2 == 1)
    chance = random.Random(seed)
    with story.begin():
        for _ in range(16):
            story.go_on(chance.choice(EVENTS), chance.choice(story.living()))


class Story:
    """The same events in real life and in the model."""

    def __init__(self, home: Path, program: str, *, own: bool) -> None:
        self.account, self.program = Account(home), program
        if own:
            self.account.write_own()
        self.samples = {name: Sample(home, name) for name in PROJECTS}
        for sample in self.samples.values():
            sample.allow()
        self.roots = {name: str(sample.root) for name, sample in self.samples.items()}
        self.world = start(COUNT, own=own, taken=False, writers=COUNT + 1, prompts=True)
        self.memories = [Memory()] * COUNT
        self.told: list[str] = []

    @contextmanager
    def begin(self) -> Iterator[None]:
        with real.shells(self.program, self.account, COUNT) as self.shells:
            yield

    def living(self) -> list[int]:
        return [number for number in range(COUNT) if self.world.alive[number]]

    def go_on(self, event: str, who: int) -> None:
        self.told.append(f"{who}: {event}")
        until_the_clock_goes_on(self.account)
        if event == "kill":
            if len(self.living()) > 1:
                self.shells[who].kill()
                self.world = self.world._replace(alive=put(self.world.alive, who, False))
        elif event in ("write", "copy", "replace"):
            self.foreign(event)
        elif event in ("edit", "old", "env"):
            self.edit({"edit": "toml", "old": "old toml", "env": "env"}[event])
        elif event == "link":
            self.link()
        elif event == "allow":
            self.samples["A"].allow()
            _, self.world = alone(foreign.allow(COUNT, "A", Protocol()), self.world)
        else:
            self.prompt(event, who)
        assert self.account_now() == self.account_in_model(), self.told

    def foreign(self, event: str) -> None:
        if event == "replace":
            self.account.replace()
            _, self.world = alone(foreign.replacer(COUNT), self.world)
            return
        self.account.write_in_place()
        if event == "copy":
            os.utime(self.account.mounts_file, ns=(START_NS, START_NS))
        writer = foreign.copier(COUNT) if event == "copy" else foreign.writer(COUNT, False, Protocol())
        _, self.world = alone(writer, self.world)

    def edit(self, what: str) -> None:
        sample, text = self.samples["A"], f"edited {len(self.told)}"
        file = sample.env if what == "env" else sample.toml
        with file.open("a") as lines:
            lines.write(f"\n# {text}\n")
        if what == "old toml":
            time = START_NS - len(self.told) * 10**9
            os.utime(file, ns=(time, time))
        _, self.world = alone(foreign.edit("A", what, text), self.world)

    def link(self) -> None:
        """A step to the places of A becomes a symlink, unless it is one already."""
        step = self.samples["A"].root / "specs"
        if not step.is_symlink():
            step.rename(step.with_name("elsewhere"))
            step.symlink_to("elsewhere")
        _, self.world = alone(foreign.edit("A", "link", ""), self.world)

    def prompt(self, event: str, who: int) -> None:
        memory = self.memories[who]
        move = event if event != "prompt" else memory.found or "out"
        known = self.shells[who].prompt(self.roots.get(move, str(self.account.home)))
        self.tick_after_arrival(who)
        calm = False
        if ("" if move == "out" else move) == memory.found and memory.mode != "unknown" and not memory.again:
            calm, _ = alone(idle.is_calm(who, memory, Protocol()), self.world)
        move = event if ("" if move == "out" else move) != memory.found else "prompt"
        memory, self.world = alone(shell.prompt(who, COUNT, memory, move, Protocol()), self.world)
        self.memories[who] = memory
        pids = [shell.process.pid for shell in self.shells]
        holder = None if memory.holder is None else pids[memory.holder]
        mapping = self.account.state.original
        if memory.want != OWN:
            mapping = self.account.state.project(self.roots[memory.want]).shared
        expected = real.Prompt(memory.mode, holder, mapping, memory.noted, memory.brief, calm)
        assert known == expected, self.told

    def tick_after_arrival(self, who: int) -> None:
        """As if the clock had advanced between the arrival of a shell and its look."""
        looked = Path(self.account.state.looks, self.shells[who].session.name)
        arrived = Path(self.account.state.root, "arrived")
        if looked.exists() and looked.stat().st_mtime_ns == arrived.stat().st_mtime_ns:
            time = arrived.stat().st_mtime_ns + 1
            os.utime(looked, ns=(time, time))

    def account_now(self) -> tuple[object, ...]:
        state = self.account.state
        cur = os.readlink(self.account.cur) if os.path.islink(self.account.cur) else None
        names = {os.path.basename(state.original): OWN, None: None}
        for name, root in self.roots.items():
            names[state.from_home(state.project(root).shared)] = name
        claims = tuple(shell.session.read_text().strip() if shell.session.exists() else "" for shell in self.shells)
        return (
            self.account.mounts_file.is_symlink(),
            names[cur],
            self.whose(self.account.in_force()),
            len(self.account.backed_up()),
            tuple(os.path.basename(claim) for claim in claims),
        )

    def whose(self, text: bytes | None) -> str | None:
        known: dict[bytes | None, str | None] = {None: None, USERS_OWN: "own", FOREIGN: "foreign"}
        for name, root in self.roots.items():
            known[Path(self.account.state.project(root).mounts).read_bytes()] = name
        return known[text]

    def account_in_model(self) -> tuple[object, ...]:
        world, number = self.world, resolved(self.world)
        whose = None
        if number is not None:
            found = world.inodes[number]
            whose = {"": found.content, USERS: "own"}.get(found.by, "foreign")
            if found.by == "":
                whose = next(name for name in PROJECTS if world.twins[PROJECTS.index(name)][0] == found.content)
        claims = tuple(session.claim if session else "" for session in world.sessions)
        return world.mounts == LINK, world.cur, whose, len(world.backups), claims


def until_the_clock_goes_on(account: Account) -> None:
    """Wait, so that no two moves happen in the same tick; the other test covers ties."""
    file = account.home / "clock"
    file.touch()
    before = file.stat().st_mtime_ns
    while file.stat().st_mtime_ns == before:
        file.touch()
