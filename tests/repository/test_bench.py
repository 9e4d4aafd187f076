"""The benchmark's code: it reads, judges and shows figures correctly. No test asserts a figure."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import chart, report, starts
from bench.commands import INTERPRETER
from bench.figures import Figures
from bench.goals import FLOOR, START, goals
from bench.projects import World
from bench.run import main
from bench.shells import SHELLS, Session, Shell, WrongFigures, measure, samples
from bench.tools import Taoshell
from tests.support.clone import CLONE


@pytest.fixture
def figures() -> Figures:
    made = Figures()
    for tool, idle, switch in ((FLOOR, 10.0, 20.0), ("taoshell", 25.0, 1500.0), ("mise", 2010.0, 9000.0)):
        made.add("idle", "bash", tool, [idle, idle, 99999.0])
        made.add("switch", "bash", tool, [switch])
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
    assert figures.net("idle", "bash", "mise", FLOOR) == 2000.0
    assert figures.net("idle", "bash", FLOOR, FLOOR) == 0.1, "never nothing: ratios divide by it"
    assert figures.median("idle", "zsh", "mise") is None


def test_goals_are_judged(figures: Figures) -> None:
    judged = {goal.what: (goal.figure, goal.reached) for goal in goals(figures)}
    assert judged == {
        "idle prompt in bash, minus the empty hook, compared with mise": ("133 ×", True),
        "switch A → B in bash, mounts file swapped, compared with mise": ("6.0 ×", True),
        f"shell start: `{START}` compared with `{INTERPRETER}`": ("1.60 ×", False),
    }


def test_the_page_names_goals_that_were_missed(figures: Figures) -> None:
    page = report.page(figures, ["2 CPUs"], "results.svg")
    assert "| ≤ 1.5 × | 1.60 × | **not reached** |" in page
    assert "| bash | 10.0 µs | 25.0 µs | 2.01 ms | 133 × |" in page


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
    assert "taoshell 25.0 µs" in "".join(root.itertext())


def test_a_tool_that_does_not_do_its_work_is_not_timed(tmp_path: Path) -> None:
    bash = SHELLS["bash"]
    world = World.at(tmp_path, "/usr/bin:/bin")
    with pytest.raises(WrongFigures, match="LOCAL_SPECS_DIR"):
        list(measure(bash, world, Session(bash.nothing, batches=1, prompts=1, turns=1)))


def test_a_quick_run_completes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--quick", "--measure", "hooks", "--shell", "bash", "--tool", FLOOR]
    assert main([*options, "--output", str(tmp_path)]) == 0
    page = (tmp_path / "results.md").read_text()
    assert page in capsys.readouterr().out
    assert "## Prompt, nothing changed" in page
    assert (tmp_path / "results.svg").exists()
    for path in (Path.home(), tmp_path, Path.cwd()):
        assert str(path) not in page
