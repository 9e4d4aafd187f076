"""`make demo` shows real output, and fails if anything is wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.clone import CLONE
from tests.support.slow import slow_unless

DEMO = CLONE / "demo" / "demo.py"
SECONDS = 120.0  # it takes one; this limit is for slow machines


def run(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the demo like `make demo`, for a user who already has a home, a project and a mapping."""
    theirs = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "LAUNCHER_MOUNTS": "/theirs", "TAOSHELL_ROOT": "/theirs"}
    return subprocess.run(
        [sys.executable, DEMO, *arguments],
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path), **theirs},
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_it_shows_the_whole_story(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    home = re.escape(str(tmp_path.resolve())) + "/tao-[^/]+"
    story = [
        r"~ \$ cd cars",
        r"taoshell: cars \(detectnet_v2\): 9 variables, 2 mounts",
        r"taoshell: ~/\.tao_mounts\.json now follows your projects.*",
        r"~/cars \[cars\] \$ env \| .*",
        rf"LOCAL_SPECS_DIR={home}/cars/specs",
        r"SPECS_DIR=/workspace/tao-experiments/detectnet_v2/specs",
        rf' +"source": "{home}/cars/specs",',
        r' +"destination": "/workspace/tao-experiments/detectnet_v2/specs"',
        rf"{home}/\.local/state/taoshell/projects{home}/cars/\+/mounts\.json",
        r"taoshell: roads \(unet\): 9 variables, 2 mounts",
        rf"LOCAL_SPECS_DIR={home}/roads/specs",
        r"~/cars \[cars\] \$ grep source \"\$LAUNCHER_MOUNTS\"",
        rf' +"source": "{home}/cars",',
        r"taoshell: left roads",
        r"taoshell: left cars",
        r"NUM_GPUS=8",
        r"unset",
        r'\{"Mounts": \[\{"source": "/mnt/mine", "destination": "/mine"\}\]\}',
        r"regular file",
    ]
    lines = iter(done.stdout.splitlines())  # an iterator, so that the order matters
    assert [line for line in story if not any(re.fullmatch(line, shown) for shown in lines)] == []
    assert "\x1b" not in done.stdout
    assert list(tmp_path.iterdir()) == [], "the demo leaves nothing behind and does not touch the user's files"


@pytest.mark.parametrize(
    ("sabotage", "complaint"),
    slow_unless(
        lambda sabotage, complaint: complaint == "the mounts file",
        [
            ("_taoshell_find() { _taoshell_found=; }", "entering cars"),
            ("_taoshell_settle() { :; }", "the mounts file"),
            ("PROMPT_COMMAND+='; unset TAOSHELL_PROMPT'", "the prompt in cars"),
            ("PROMPT_COMMAND+='; unset LAUNCHER_MOUNTS'", "LAUNCHER_MOUNTS"),
            ("PROMPT_COMMAND+='; unset TAOSHELL_WAS_NUM_GPUS'", "the variables outside"),
            ("PROMPT_COMMAND+='; [ \"$PWD\" = ~ ] || exit 3'", "the shell has ended"),
        ],
    ),
)
def test_it_fails_when_something_is_broken(tmp_path: Path, sabotage: str, complaint: str) -> None:
    done = run(tmp_path, "--rc", sabotage)
    assert done.returncode == 1
    assert f"demo: WRONG: {complaint}" in done.stderr
    assert list(tmp_path.iterdir()) == []
