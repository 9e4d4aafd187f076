"""Any value passes through every shell unchanged, also under options that change quoting, or Python refuses it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from taoshell.shells import dialect
from taoshell.shells.generation import Check, Generation
from taoshell.shells.render import render
from taoshell.state.paths import State
from tests.shells.reused_shell import ReusedShell, environment
from tests.support.needs import need
from tests.support.slow import slow_unless


@dataclass(frozen=True)
class Mood:
    """A shell and its user's settings."""

    shell: str
    options: tuple[str, ...] = ()
    setup: str = ""
    locale: str = "C.UTF-8"

    def __str__(self) -> str:
        return " ".join([self.shell, *self.options, self.setup, self.locale]).replace("C.UTF-8", "").strip()


BASH, ZSH, FISH = ("--norc", "--noprofile"), ("-f",), ("--no-config",)
MOODS = [
    Mood("bash", BASH),
    Mood("bash", (*BASH, "-i"), "set -u -H"),
    Mood("bash", BASH, "set -u; set -o posix; IFS=/", "C"),
    Mood("zsh", ZSH),
    Mood(
        "zsh", (*ZSH, "-i"), "setopt ksh_arrays sh_word_split glob_subst extended_glob interactive_comments bang_hist"
    ),
    Mood("zsh", ZSH, "setopt no_unset rc_quotes magic_equal_subst null_glob brace_ccl; IFS=/", "C"),
    Mood("fish", FISH),
    Mood("fish", (*FISH, "-i"), "", "C"),
]
NAMES = ["A", "B_1", "LOCAL_DATA_DIR", "KEY"]


@pytest.fixture(scope="module", params=slow_unless(lambda mood: not mood.setup and mood.locale != "C", MOODS), ids=str)
def mood(request: pytest.FixtureRequest) -> Mood:
    found: Mood = request.param
    return found


@pytest.fixture(scope="module")
def runner(mood: Mood, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReusedShell]:
    """A running shell that has evaluated the hook."""
    program = need(shutil.which(mood.shell), mood.shell)
    home = tmp_path_factory.mktemp("fuzz")
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": mood.locale}
    hook = render(mood.shell, State.of(env))
    runner = ReusedShell(mood.shell, program, list(mood.options), f"{mood.setup}\n{hook}", env)
    yield runner
    runner.close()


# -- values ------------------------------------------------------------------------------------------------

# Characters and words that have a meaning in a shell or under one of the options.
PIECES = [
    *" \t\n\r\\'\"`$!#~=*?[]{}()<>|&;^%@+-:,.\x1b\x7f\x01\xa0\u2028\ufeff\ufdd0\uf600\uf6ff\U0010ffff",
    *(
        "$(",
        "${",
        "$'",
        "!!",
        "!$",
        "\\n",
        "\\'",
        "''",
        "$((",
        "=ls",
        "~root",
        "\\\n",
        "\r\n",
        "é",
        "数",
        "🚀",
        "e\u0301",
    ),
]
UTF8 = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
PIECED = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
TEXT = st.one_of(PIECED, UTF8, st.builds(str.__add__, PIECED, UTF8))
ANY = st.one_of(TEXT, st.binary(max_size=12).map(lambda data: os.fsdecode(data.replace(b"\0", b""))))
LONG = "x'\\\n$!é" * 15_000

fuzzed = settings(
    deadline=None, database=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def same(text: str) -> str:
    """Return the text as the system would return it, because a value is bytes."""
    return os.fsdecode(os.fsencode(text))


@fuzzed
@given(values=st.lists(ANY, min_size=len(NAMES), max_size=len(NAMES)))
@example(values=[LONG, "", "\n", "\n\n"])
def test_what_quote_makes_one_word_and_export_a_variable(runner: ReusedShell, values: list[str]) -> None:
    language = dialect(runner.name)
    variables = {name: same(value) for name, value in zip(NAMES, values, strict=True)}
    words = " ".join(map(language.quote, values[1:]))  # the first may be too long for a command line
    printed = runner.evaluate(f"builtin printf '%s\\0' {words}\n{language.export(variables)}env -0\n")
    assert [os.fsdecode(word) for word in printed.split(b"\0")[: len(values) - 1]] == list(map(same, values[1:]))
    found = environment(b"\0".join(printed.split(b"\0")[len(values) - 1 :]))
    assert {name: found.get(name) for name in NAMES} == variables


@fuzzed
@given(
    new=st.lists(TEXT, min_size=len(NAMES), max_size=len(NAMES)),
    old=st.lists(st.none() | ANY, min_size=len(NAMES), max_size=len(NAMES)),
)
@example(new=[LONG, "\n", "", " "], old=["\n\n", LONG[:90_000], None, ""])
def test_entering_sets_and_leaving_gives_back(runner: ReusedShell, new: list[str], old: list[str | None]) -> None:
    language = dialect(runner.name)
    wanted = dict(zip(NAMES, new, strict=True))
    before = {name: same(value) for name, value in zip(NAMES, old, strict=True) if value is not None}
    own = {"TAOSHELL_ROOT": new[0], "TAOSHELL_GENERATION": "a1", "TAOSHELL_PROJECT": "p"}
    file = runner.folder / "current" / language.SCRIPT
    file.parent.mkdir(exist_ok=True)
    generation = Generation("a1", own, wanted, [Check("absent", "/nowhere")], [], "p: entered", True)
    file.write_text(language.script(generation))
    erase = "set -e" if runner.name == "fish" else "unset"
    lines = [
        *(f"{erase} {name}" for name in NAMES),
        language.export(before) if before else "",
        "set -g _taoshell_holding" if runner.name == "fish" else "_taoshell_holding=",  # as after the first prompt
        f"env -0; builtin printf '\\0'; _taoshell_read {language.quote(str(file))} /p",
        "_taoshell_enter_a1 '' 2>&1; builtin printf '\\0\\0'; env -0; builtin printf '\\0'",
        "_taoshell_leave_a1 ''; env -0",
    ]
    first, said, entered, left = runner.evaluate("\n".join(lines)).split(b"\0\0")
    assert said == b"taoshell: p: entered\n"
    found = environment(entered)
    assert {name: found.get(name) for name in wanted} == wanted
    assert environment(left) == environment(first)
    assert {name: value for name, value in environment(left).items() if name in wanted} == before
