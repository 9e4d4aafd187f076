"""`make demo`: two TAO projects, created in an empty home folder, in real shells.

The terminals of the shells show everything between the headings. The demo checks it as it goes; the exit status is 1 if
any check fails.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

if not __package__:  # run by its path
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from demo.samples import OWN_MAPPING, Sample, make_home
from demo.terminal import COLUMNS, Result, Terminal, TerminalError

VARIABLES = "env | grep -E '^(KEY|NUM_GPUS|[A-Z_]+_DIR)=' | sort"


@dataclass(slots=True)
class Checks:
    """The number of checks, and those that failed."""

    count: int = 0
    wrong: list[str] = field(default_factory=list)

    def equal(self, what: str, got: object, expected: object) -> None:
        self.count += 1
        if got != expected:
            self.wrong.append(f"{what}: expected {expected!r}, got {got!r}")

    def holds(self, what: str, got: Result, *expected: str) -> None:
        """Check that each of `expected` is a line of the output."""
        for line in expected:
            self.equal(what, line if line in got.lines else got.lines, line)


def main() -> int:
    """Run the demo and return the exit status."""
    parser = argparse.ArgumentParser(description="Show taoshell with two new sample projects in real shells.")
    parser.add_argument(
        "--rc", metavar="LINE", default="", help="extra line for the start file (tests break the demo with it)"
    )
    options = parser.parse_args()
    bash = shutil.which("bash")
    if bash is None:
        print("demo: bash is not on PATH; install bash", file=sys.stderr)
        return 1
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="tao-") as folder:
        home = os.path.realpath(folder)
        rc, environment = make_home(home, options.rc)
        try:
            with (
                closing(Terminal(bash, rc, environment, home)) as first,
                closing(Terminal(bash, rc, environment, home)) as second,
            ):
                show(home, first, second, checks)
        except TerminalError as error:
            checks.wrong.append(str(error))
        except KeyboardInterrupt:
            return 130
    for line in checks.wrong:
        print(f"demo: WRONG: {line}", file=sys.stderr)
    if not checks.wrong:
        heading(f"Done: all {checks.count} checks passed")
    return 1 if checks.wrong else 0


def show(home: str, first: Terminal, second: Terminal, checks: Checks) -> None:
    """Run the story in two shells."""
    cars = Sample(home, "cars", "detectnet_v2", 1)
    roads = Sample(home, "roads", "unet", 2)

    def run(shell: Terminal, line: str) -> Result:
        result = shell.run(line)
        checks.equal(f"exit status of {line!r}", result.status, 0)
        return result

    heading("A user's start file, and a mounts file from before taoshell")
    run(first, "cat ~/.bashrc")
    run(first, "cat ~/.tao_mounts.json")

    heading("Create two projects")
    run(first, "mkdir cars roads")
    for sample in (cars, roads):
        run(first, sample.init)

    heading("Enter: one line is printed, and everything is set")
    checks.holds("entering cars", run(first, "cd cars"), cars.entered)
    checks.equal("the prompt in cars", first.prompt, "~/cars [cars] $ ")
    checks.equal("the nine variables", run(first, VARIABLES).lines, cars.variables)
    checks.equal("the mounts file", mounts(run(first, "cat ~/.tao_mounts.json")), cars.mounts)
    own = f"{home}/.local/state/taoshell/projects{home}/cars/+/mounts.json"
    checks.equal("LAUNCHER_MOUNTS", run(first, 'echo "$LAUNCHER_MOUNTS"').lines, [own])

    heading("At the same time, a second shell enters the second project")
    checks.holds("entering roads", run(second, "cd roads"), roads.entered)
    checks.equal("the prompt in roads", second.prompt, "~/roads [roads] $ ")
    checks.equal("the other nine variables", run(second, VARIABLES).lines, roads.variables)
    checks.equal("its own mapping", stripped(run(second, 'grep source "$LAUNCHER_MOUNTS"')), roads.sources)
    checks.equal("the mounts file", stripped(run(second, "grep source ~/.tao_mounts.json")), roads.sources)

    heading("The first shell still has its own mapping, although the mounts file has changed")
    checks.equal("its own mapping", stripped(run(first, 'grep source "$LAUNCHER_MOUNTS"')), cars.sources)
    checks.equal("the mounts file", stripped(run(first, "grep source ~/.tao_mounts.json")), roads.sources)

    heading("The second shell leaves: the mounts file goes back to the project that is still in use")
    checks.holds("leaving roads", run(second, "cd"), "taoshell: left roads")
    checks.equal("the prompt outside", second.prompt, "~ $ ")
    checks.equal("the mounts file", stripped(run(second, "grep source ~/.tao_mounts.json")), cars.sources)

    heading("The first shell leaves: everything is as it was before, NUM_GPUS=8 included")
    checks.holds("leaving cars", run(first, "cd"), "taoshell: left cars")
    checks.equal("the variables outside", run(first, VARIABLES).lines, ["NUM_GPUS=8"])
    checks.equal("LAUNCHER_MOUNTS", run(first, "echo ${LAUNCHER_MOUNTS-unset}").lines, ["unset"])
    checks.equal("the user's mapping", run(first, "cat ~/.tao_mounts.json").output, OWN_MAPPING)

    heading("Release: the mounts file is the user's own regular file again")
    run(first, "taoshell mounts release")
    checks.equal("the mounts file", run(first, "stat -c %F ~/.tao_mounts.json").lines, ["regular file"])
    checks.equal("the user's mapping", run(first, "cat ~/.tao_mounts.json").output, OWN_MAPPING)


def heading(text: str) -> None:
    print(f"\n\n── {text} {'─' * (COLUMNS - len(text) - 4)}\n", flush=True)


def mounts(shown: Result) -> object:
    """Return the mounts of the mounts file in the output."""
    try:
        return json.loads(shown.output)["Mounts"]
    except (ValueError, KeyError, TypeError) as error:
        return f"{error!r} in {shown.output!r}"


def stripped(shown: Result) -> list[str]:
    return [line.strip() for line in shown.lines]


if __name__ == "__main__":
    sys.exit(main())
