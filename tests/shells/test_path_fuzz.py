"""A project in a folder with any possible name can be found, entered and left in every shell, or it is refused."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from taoshell.errors import TaoshellError, printable
from taoshell.shells import NAMES, dialect
from taoshell.shells.render import render
from taoshell.state.paths import State
from tests.shells.dialects import SHELLS
from tests.shells.reused_shell import ReusedShell, environment
from tests.support.needs import need
from tests.support.samples import ENV, TOML, approve_now
from tests.support.slow import slow_unless

LONG_AGO = (1_600_000_000, 1_600_000_000)
PIECES = [*" \t\n\r\\'\"`$!#~=*?[]{}()<>|&;^%@+-:,.\x1b\x7f\xa0\u202e\uf600é数", "$(touch x)", "-n", "..", "a"]
NAME = st.one_of(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
    st.binary(min_size=1, max_size=8).map(os.fsdecode),
).filter(lambda name: name not in {".", ".."} and not {"/", "\0"} & set(name))
FOLDER = st.lists(NAME, min_size=1, max_size=3)
fuzzed = settings(
    deadline=None, database=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass(frozen=True)
class Visit:
    """A `cd` into a folder and back: the environment before, the messages, the environment inside and afterwards."""

    before: dict[str, str]
    said: str
    inside: dict[str, str]
    after: dict[str, str]


class Lab:
    """An interactive shell with the hook, whose prompt function the test calls itself, and folders to go to."""

    def __init__(self, name: str, home: Path) -> None:
        env = {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        self.state = State.of(env)
        self.home = home
        self.runner = ReusedShell(
            name, need(shutil.which(name), name), SHELLS[name].options, render(name, self.state), env
        )
        self._numbers = itertools.count()
        approve_now(self.state, self.folder(["first"]))  # also writes the mapping for unapproved projects

    def folder(self, names: list[str]) -> str:
        """A new folder with a taoshell.toml in it."""
        root = os.path.join(self.home, f"{next(self._numbers):04}", *names)
        os.makedirs(root)
        for name, text in (("taoshell.toml", TOML), (".env", ENV)):
            path = os.path.join(root, name)
            with open(path, "w") as file:
                file.write(text)
            os.utime(path, LONG_AGO)  # a file with a mtime of this instant would make `allow` wait
        os.mkdir(os.path.join(root, "specs"))
        return root

    def visit(self, folder: str) -> Visit:
        language, look = dialect(self.runner.name), SHELLS[self.runner.name].look
        drawn = language.export({"_taoshell_holding": ""})  # as after the first prompt: lines are printed at once
        before = self.runner.evaluate(f"cd /; {look}; {drawn.strip()}; env -0")
        self.runner.said()
        inside = self.runner.evaluate(f"cd {language.quote(folder)}; {look}; env -0")
        said = self.runner.said()
        after = self.runner.evaluate(f"cd /; {look}; env -0")
        return Visit(environment(before), said, environment(inside), environment(after))


@pytest.fixture(scope="module", params=NAMES)
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(request.param, tmp_path_factory.mktemp("paths"))
    yield lab
    lab.runner.close()


def refusal_of(lab: Lab, root: str) -> TaoshellError | None:
    try:
        approve_now(lab.state, root)
    except TaoshellError as refusal:
        return refusal
    return None


def is_safe(text: str) -> bool:
    """Whether `text` contains nothing that a terminal interprets, hides or reverses."""
    return printable(text) == text


def goes_in_and_out(lab: Lab, names: list[str]) -> str:
    """An approved project is entered and left without a trace; any other is refused with a message."""
    root = lab.folder(names)
    refusal = refusal_of(lab, root)
    visit = lab.visit(root)
    assert visit.said.endswith("\n")
    assert is_safe(visit.said[:-1]), visit.said
    assert visit.after == visit.before
    assert visit.inside["TAOSHELL_ROOT"] == root
    if refusal is None:
        assert not {"\n", ":"} & set(root)
        assert visit.said == f"taoshell: {printable(os.path.basename(root))} (detectnet_v2): 9 variables, 2 mounts\n"
        assert visit.inside["LOCAL_PROJECT_DIR"] == root
        assert visit.inside["LOCAL_SPECS_DIR"] == f"{root}/specs"
        assert visit.inside["LAUNCHER_MOUNTS"] == lab.state.project(root).mounts
    else:
        assert refusal.cure
        assert is_safe(str(refusal))
        assert visit.said.endswith(" is not approved; run: taoshell allow\n")
        assert "LOCAL_PROJECT_DIR" not in visit.inside
        assert visit.inside["LAUNCHER_MOUNTS"] == lab.state.refused
    return root


@pytest.mark.parametrize("lab", slow_unless(lambda name: name == "zsh", NAMES), indirect=True)
@fuzzed
@given(names=FOLDER)
@example(names=["n" * 255])
@example(names=["é" * 127] * 3)
@example(names=["\u202e"])
@example(names=[":\u202e", "\udcff"])
@example(names=["\n\u200b", "\x1b[2J"])
def test_a_folder_of_any_name(lab: Lab, names: list[str]) -> None:
    goes_in_and_out(lab, names)


@pytest.mark.parametrize("names", [["x\n"], ["x\n", "p"], ["\n"], ["p\n\n"], ["p", "\n"]])
@pytest.mark.parametrize("through", ["", "link"])
def test_a_name_that_ends_in_a_newline_is_not_the_name_without_it(lab: Lab, names: list[str], through: str) -> None:
    """`$(pwd)` and `string collect` drop newlines at the end."""
    plain = lab.folder([name.strip("\n") or "empty" for name in names])
    approve_now(lab.state, plain)
    root = os.path.join(os.path.dirname(plain) if len(names) == 1 else os.path.dirname(os.path.dirname(plain)), *names)
    os.makedirs(root)
    shutil.copy(os.path.join(plain, "taoshell.toml"), root)
    if through:
        os.symlink(root, f"{plain}.link")
        root = f"{plain}.link"
    visit = lab.visit(root)
    assert "LOCAL_PROJECT_DIR" not in visit.inside
    assert visit.inside["LAUNCHER_MOUNTS"] == lab.state.refused
    assert visit.inside["TAOSHELL_ROOT"] == os.path.realpath(root)
    assert visit.after == visit.before


@pytest.mark.parametrize("name", ["a\n", "\n", "n\nm", "*", "\udcff", "-"])
def test_a_folder_in_a_project_may_have_any_name(lab: Lab, name: str) -> None:
    root = lab.folder(["p"])
    approve_now(lab.state, root)
    folder = os.path.join(root, name, "deeper")
    os.makedirs(folder)
    for where in (os.path.dirname(folder), folder):
        assert lab.visit(where).inside.get("LOCAL_PROJECT_DIR") == root


@pytest.mark.parametrize("length", [1000, 3900, 3990, 4040, 4075])
def test_a_path_as_long_as_a_path_can_be(lab: Lab, length: int) -> None:
    """Our files about a project have longer paths than the project: if one is too long, nothing is stored."""
    used = len(f"{lab.home}/0000/")
    whole, rest = divmod(length - used, 201)
    root = goes_in_and_out(lab, ["d" * 200] * whole + ["e" * rest] * (rest > 0))
    assert length - 1 <= len(root) <= length
    is_kept = os.path.lexists(lab.state.project(root).folder)
    assert is_kept == (length < 3950)


def test_a_folder_beyond_the_longest_path_is_still_in_its_project(lab: Lab) -> None:
    """Such a folder can only be reached step by step."""
    root = lab.folder(["p"])
    approve_now(lab.state, root)
    look = SHELLS[lab.runner.name].look
    step = dialect(lab.runner.name).quote("d" * 250)
    lines = [
        f"cd {dialect(lab.runner.name).quote(root)}",
        *([f"mkdir {step} && cd {step}"] * 20),
        look,
        "env -0",
        "cd /",
        look,
    ]
    found = environment(lab.runner.evaluate("\n".join(lines)))
    assert found.get("LOCAL_PROJECT_DIR") == root
    subprocess.run(["rm", "-rf", "--", root], check=True)
