"""`make recording`: run a short form of the demo in a real bash and record it as the animated picture of the README.

The picture is the same on each run and each machine, so a test can compare it with what taoshell does now.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from contextlib import closing
from pathlib import Path

if not __package__:  # run by its path
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from demo import animation
from demo.animation import Frame
from demo.samples import LAUNCHER, Sample, make_home
from demo.terminal import Terminal, TerminalError

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "demo.svg"
TITLE = "taoshell: cd into a project, and its variables and mounts are right; cd out, and they are gone"
CAPTION = ("Two TAO projects on one machine.", "cd, and variables and mounts are right.")
HOME = "/home/me"  # shown instead of the real home folder of the recording


def main() -> int:
    """Make the recording and return the exit status."""
    parser = argparse.ArgumentParser(description="Record a short form of the demo as an animated SVG.")
    parser.add_argument("--output", type=Path, default=PICTURE, metavar="FILE", help="default: docs/demo.svg")
    parser.add_argument(
        "--rc", metavar="LINE", default="", help="extra line for the start file (tests break the recording)"
    )
    options = parser.parse_args()
    bash = shutil.which("bash")
    if bash is None:
        print("recording: bash is not on PATH; install bash", file=sys.stderr)
        return 1
    if not (LAUNCHER / "tao").exists():
        print("recording: NVIDIA's launcher is missing; run: make recording", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="tao-") as folder:
        home = os.path.realpath(folder)
        rc, environment = make_home(home, options.rc)
        try:
            with closing(Terminal(bash, rc, environment, home)) as shell:
                frames = record(home, shell)
        except (TerminalError, WrongStory) as error:
            print(f"recording: {error}", file=sys.stderr)
            return 1
    new = options.output.with_suffix(".new")
    new.write_text(animation.picture(TITLE, frames, CAPTION))
    new.replace(options.output)
    print(f"\n\n{options.output}: {animation.seconds(frames):.1f} seconds, {options.output.stat().st_size} bytes")
    return 0


class WrongStory(Exception):
    """A line did not print what the recording must show."""


def record(home: str, shell: Terminal) -> list[Frame]:
    """Run the story: each line, and the last line that it must print."""
    cars, roads = Sample(home, "cars", "detectnet_v2", 1), Sample(home, "roads", "unet", 2)
    set_up(shell, cars, roads)
    story = (
        ("cd cars", cars.entered),
        ("echo $SPECS_DIR", "/workspace/tao-experiments/detectnet_v2/specs"),
        ("cd ../roads && echo $SPECS_DIR", "/workspace/tao-experiments/unet/specs"),
        ("grep source ~/.tao_mounts.json", roads.sources[-1]),
        ("echo NUM_GPUS=4 >> .env", f"taoshell: .env changed since you approved {home}/roads; run: taoshell allow"),
        ("cd && echo ${SPECS_DIR-unset}", "unset"),
        # NVIDIA's launcher. This command needs no Docker, so the recording is the same on each machine.
        ("cd cars && tao info", "published_date: 03/20/2026"),
    )
    frames = []
    # The first frame shows at once what there is, because it is all that a reader sees before the animation starts.
    first = "grep network */taoshell.toml"
    output = [f"{shell.prompt}{first}", *shell.run(first).lines]
    for line, expected in story:
        frames.append(Frame(output, shell.prompt, line))
        given = shell.run(line)
        if given.status != 0 or not given.output.rstrip().endswith(expected):
            raise WrongStory(f"{line!r} should print {expected!r}; it printed {given.output!r}, status {given.status}")
        output = [shown.replace(home, HOME) for shown in given.lines]
    return [*frames, Frame(output, shell.prompt)]


def set_up(shell: Terminal, *samples: Sample) -> None:
    """Create both projects and enter each once, so that messages which appear only once are not recorded."""
    for sample in samples:
        made = shell.run(f"mkdir {sample.name} && {sample.init}")
        if made.status != 0:
            raise WrongStory(made.output)
        shell.run(f"cd {sample.name}")
        shell.run("cd")


if __name__ == "__main__":
    sys.exit(main())
