"""The benchmark's code: it reads, judges and shows figures correctly. No test asserts a figure."""

from __future__ import annotations

import contextlib
import itertools
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import calls, chart, growth, noise, prompts, report, run, starts
from bench.commands import INTERPRETER
from bench.figures import FLOOR, Figures
from bench.goals import START, goals
from bench.noise import Noise
from bench.projects import World
from bench.shells import SHELLS, Session, Shell, WrongFigures, measure, samples, step, visits
from bench.tools import Empty, Taoshell, session
from tests.support.clone import CLONE


@pytest.fixture
def figures() -> Figures:
    made = Figures()
    for tool, idle, switch in ((FLOOR, 10.0, 20.0), ("taoshell", 25.0, 1500.0), ("mise", 2010.0, 9000.0)):
        made.add("idle", "bash", tool, [idle, idle, 99999.0])
        made.add("switch", "bash", tool, [switch])
        made.add(prompts.MEASURE, "bash", tool, [400.0 + idle])
    made.add("start", "", START, [16_000.0])
    made.add("start", "", INTERPRETER, [10_000.0])
    return made


def test_samples_of_bash_and_zsh() -> None:
    text = "taoshell: a: 9 variables\n@ idle 400 8000\ndirenv: loading\n@ switch 1 1234\n@ done\n"
    assert list(samples(text)) == [("idle", 20.0), ("switch", 1234.0)]


def test_samples_of_fish_are_read_from_its_time_command() -> None:
    time = "\n______\nExecuted in    {}    fish           external\n   usr time   20.00 micros   0.00 micros\n"
    text = "@ switch 1\ntaoshell: a: 9 variables\n" + time.format("6.50 millis")
    text += "@ idle 400" + time.format("800.00 micros")
    assert list(samples(text)) == [("switch", 6500.0), ("idle", 2.0)]


def test_median_and_net(figures: Figures) -> None:
    assert figures.median("idle", "bash", "mise") == 2010.0
    assert figures.net("idle", "bash", "mise") == 2000.0
    assert figures.net("idle", "bash", FLOOR) == 0.1, "never nothing: ratios divide by it"
    assert figures.median("idle", "zsh", "mise") is None


def test_a_run_takes_the_median_of_each_round_and_shows_their_quartiles() -> None:
    run = Figures()
    for value in (20.0, 30.0, 10.0, 50.0, 40.0):
        one = Figures()
        one.add("idle", "bash", "mise", [value, value, 9999.0])
        run.take(one)
    assert run.median("idle", "bash", "mise") == 30.0
    assert run.quartiles("idle", "bash", "mise") == (20.0, 40.0)
    assert "| bash | 30.0 µs (20.0–40.0) |" in report.page(run, [], "results.svg")


def test_differences_in_the_same_turn_come_before_those_of_medians() -> None:
    figures = Figures()
    for floor, ours in ((100.0, 150.0), (500.0, 560.0), (900.0, 940.0)):
        figures.add("typed", "bash", FLOOR, [floor])
        figures.add("typed", "bash", "taoshell", [ours])
        figures.add_net("typed", "bash", "taoshell", ours - floor)
    assert figures.net("typed", "bash", "taoshell") == 50.0
    assert figures.places("typed") == ["bash"]
    figures.add_net("typed", "fish", "taoshell", -300.0)
    assert figures.net("typed", "fish", "taoshell") == 10.0, "what a run cannot see is no ratio of a million"


def test_goals_are_judged(figures: Figures) -> None:
    judged = {goal.what: (goal.figure, goal.reached) for goal in goals(figures)}
    assert judged == {
        "bash: from Enter to the prompt, net, compared with mise": ("133 ×", True),
        "bash: idle prompt in a loop, net, compared with mise": ("133 ×", True),
        "bash: switch to another project, mounts file swapped, compared with mise": ("6.0 ×", True),
        f"shell start: `{START}` compared with `{INTERPRETER}`": ("1.60 ×", False),
    }


def test_the_page_names_goals_that_were_missed(figures: Figures) -> None:
    page = report.page(figures, ["2 CPUs"], "results.svg")
    assert "| ≤ 1.5 × | 1.60 × | **not reached** |" in page
    assert "| bash | 410 µs | 425 µs | 2.41 ms | 133 × |" in page


def test_starts_are_judged_by_the_time_that_the_hook_adds() -> None:
    figures = Figures()
    for subject, value in ((starts.BARE, 5000.0), (starts.INSTALLED, 7000.0), ("direnv hook", 13_000.0)):
        figures.add(starts.MEASURE, "zsh", subject, [value])
    (goal,) = goals(figures)
    assert (goal.figure, goal.reached) == ("4.0 ×", True)
    assert "| taoshell install | 7.00 ms |" in report.page(figures, [], "results.svg")


def test_a_shells_start_is_timed_only_with_the_hook(tmp_path: Path) -> None:
    figures = Figures()
    starts.measure(figures, [Direct(Path(sys.executable))], [SHELLS["bash"]], tmp_path, 2)
    assert figures.subjects(starts.MEASURE) == [starts.BARE, starts.INSTALLED, "taoshell hook"]
    for samples_ in figures.samples.values():
        assert len(samples_) == 2
    with pytest.raises(WrongFigures, match="bash, taoshell hook: hook="):
        starts.measure(figures, [Dumb(Path(sys.executable))], [SHELLS["bash"]], tmp_path / "again", 1)


class Direct(Taoshell):
    """A command that runs this repository's taoshell with this Python."""

    def start(self, shell: str) -> list[str]:
        return ["taoshell", "hook", shell]

    def line(self, shell: Shell) -> str:
        return f'eval "$({shlex.quote(sys.executable)} {CLONE}/taoshell/__main__.py hook {shell.name})"\n'

    def run(self, world: World, *arguments: str, given: str = "") -> None:
        program: list[str | Path] = [self.program, CLONE / "taoshell/__main__.py", *arguments]
        subprocess.run(program, env=world.environment, cwd=world.home, capture_output=True, check=True)


class Dumb(Direct):
    def line(self, shell: Shell) -> str:
        return ":\n"


def test_picture_is_a_picture(figures: Figures) -> None:
    root = ElementTree.fromstring(chart.picture(figures))
    assert root.tag.endswith("svg")
    drawn = "".join(root.itertext())
    assert "taoshell 425 µs" in drawn
    assert "taoshell 25.0 µs" not in drawn, "a loop flatters us: the picture has real prompts"


def test_a_tool_that_does_not_do_its_work_is_not_timed(tmp_path: Path) -> None:
    bash = SHELLS["bash"]
    world = World.at(tmp_path, "/usr/bin:/bin")
    with pytest.raises(WrongFigures, match="LOCAL_SPECS_DIR"):
        list(measure(bash, world, Session(bash.nothing, [step("go", "switch", world.b.root)])))


@pytest.mark.parametrize("shell", [shell for shell in SHELLS.values() if shell.program])
def test_a_prompt_is_drawn_after_the_hook(shell: Shell, tmp_path: Path) -> None:
    world = World.at(tmp_path, "/usr/bin:/bin")
    with prompts.prompt(Slow(), shell, world, world.a.root) as slow:
        assert min(slow.enter() for _ in range(3)) > 100_000
    with prompts.prompt(Empty(), shell, world, world.a.root) as quick:
        assert min(quick.enter() for _ in range(3)) < 100_000


class Slow(Empty):
    def line(self, shell: Shell) -> str:
        return shell.nothing.replace(":;", "sleep 0.1;").replace("fish_prompt\n", "fish_prompt\nsleep 0.1\n")


def test_a_tool_that_does_not_do_its_work_has_no_prompt(tmp_path: Path) -> None:
    world = World.at(tmp_path, "/usr/bin:/bin")
    idler = Dumb(Path(sys.executable))
    with pytest.raises(WrongFigures, match="bash, taoshell: LOCAL_SPECS_DIR is not"):  # noqa: SIM117
        with prompts.prompt(idler, SHELLS["bash"], world, world.a.root):
            pass


def test_noise_is_what_others_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stat, second = tmp_path / "stat", os.sysconf("SC_CLK_TCK")

    def after(seconds: float, ours: float, user: int, idle: int, disk: int, stolen: int) -> None:
        fields = [user, 0, 0, idle, disk, 0, 0, stolen]
        stat.write_text("cpu  " + " ".join(str(field * second) for field in fields) + " 0 0\ncpu0 1\n")
        monkeypatch.setattr(noise, "_own", lambda: ours)
        monkeypatch.setattr(time, "monotonic", lambda: seconds)

    monkeypatch.setattr(noise, "_STAT", stat)
    after(seconds=100, ours=7, user=50, idle=1000, disk=5, stolen=0)
    begun = Noise()
    after(seconds=110, ours=13, user=58, idle=1009, disk=7, stolen=1)
    assert begun.others() == pytest.approx(0.3), "9 seconds of work without 6 of ours, in 10 seconds"


def test_the_quietest_rounds_count(monkeypatch: pytest.MonkeyPatch) -> None:
    others = iter([0.9, 0.1, 0.8, 0.2, 0.7])
    rounds = itertools.count(1)
    monkeypatch.setattr(Noise, "others", lambda self: next(others))
    monkeypatch.setattr(run, "measure_round", lambda figures, *_: figures.add("idle", "bash", "mise", [next(rounds)]))
    figures, seen = run.run([], [], run.QUICK, ["hooks"], 3)
    assert seen == [0.9, 0.1, 0.8, 0.2, 0.7], "three rounds, and two repeats at most"
    assert sorted(figures.samples["idle", "bash", "mise"]) == [2, 4, 5]
    (said, *_) = [fact for fact in run.facts([], [], seen, 3) if fact.startswith("rounds")]
    assert said == (
        "rounds: 3; other programs used 0.10 to 0.70 of a CPU in them: **a noisy run**; 2 more rounds do not count"
    )


def test_another_clone_is_measured_beside_this_one(tmp_path: Path) -> None:
    (before,) = [tool for tool in run.tools_of(tmp_path, [CLONE])[0] if tool.name == "before"]
    world = World.at(tmp_path / "home", "/usr/bin:/bin")
    before.set_up(world)
    samples = dict(session(before, SHELLS["bash"], world, [*visits(world), step("go", "switch", world.b.root)]))
    assert samples.keys() == {"line", "switch"}


def test_calls_are_sorted() -> None:
    log = """\
1 newfstatat(1</dev/pts/0>, "", {st_mode=S_IFCHR|0600}, AT_EMPTY_PATH) = 0
1 newfstatat(AT_FDCWD</a>, "/a/b", 0x7ff, 0) = -1 ENOENT (No such file or directory)
1 access("", F_OK) = -1 ENOENT (No such file or directory)
1 write(1</dev/pts/0>, "x", 1) = 1
1 write(3</a/b>, "x", 1 <unfinished ...>
1 <... write resumed>) = 1
1 openat(AT_FDCWD</a>, "b", O_RDONLY) = 3</a/b>
1 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 2
1 vfork() = 3
"""
    assert calls.read(log) == {calls.TESTS: 2, calls.CHANGES: 2, calls.PROCESSES: 1}


def test_a_quick_run_completes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "HERE", tmp_path / "bench")
    options = ["--quick", "--measure", "hooks", "--shell", "bash", "--tool", FLOOR]
    assert run.main([*options, "--output", str(tmp_path)]) == 0
    page = (tmp_path / "results.md").read_text()
    assert page in capsys.readouterr().out
    assert "## Prompt in a loop, nothing changed" in page
    assert (tmp_path / "results.svg").exists()
    for path in (Path.home(), tmp_path, Path.cwd()):
        assert str(path) not in page


def test_a_part_does_not_replace_the_figures_of_a_full_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "HERE", tmp_path / "bench")
    monkeypatch.setattr(run, "measure_round", lambda *_: None)
    monkeypatch.setattr(growth, "conditions", lambda *_: contextlib.nullcontext({}))
    monkeypatch.setattr(calls, "measure", lambda *_: None)
    for part in (["--rounds", "1"], ["--quick"], ["--shell", "bash"], ["--tool", FLOOR], ["--against", str(CLONE)]):
        assert run.main(part) == 0
    assert not (tmp_path / "bench").exists()
    assert run.main([]) == 0
    assert (tmp_path / "bench/results.md").exists()
