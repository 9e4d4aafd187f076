"""What another program does to the files while a command asks is neither lost nor approved."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from tests.commands.conftest import COMMAND, User
from tests.support.samples import Sample
from tests.support.trees import snapshot
from tests.support.waiting import SECONDS

OTHER_BRANCH = 'network = "ssd"\n'


def save_in_place(sample: Sample) -> None:
    with sample.env.open("a") as file:
        file.write("MINE=1\n")


def save_by_rename(sample: Sample) -> None:
    new = sample.root / ".env.swp"
    new.write_text("MINE=1\n")
    new.rename(sample.env)


def check_out_another_branch(sample: Sample) -> None:
    sample.toml.unlink()
    sample.toml.write_text(OTHER_BRANCH)


def check_out_a_branch_without_the_project(sample: Sample) -> None:
    sample.toml.unlink()


def put_a_fifo(sample: Sample) -> None:
    """As password managers do."""
    sample.env.unlink()
    os.mkfifo(sample.env)


def put_a_link(sample: Sample) -> None:
    (sample.root / "mine").write_text("MINE=1\n")
    sample.env.unlink()
    sample.env.symlink_to("mine")


MOVES = (
    save_in_place,
    save_by_rename,
    check_out_another_branch,
    check_out_a_branch_without_the_project,
    put_a_fifo,
    put_a_link,
)


SCENES = [*(("allow", move) for move in MOVES), *((word, save_by_rename) for word in ("init", "edit", "adopt"))]


@pytest.mark.parametrize(("command", "move"), SCENES)
def test_it_stays_and_is_not_approved(
    user: User, sample: Sample, home: Path, command: str, move: Callable[[Sample], None]
) -> None:
    sample.env.write_text("KEY=k\nNUM_GPUS=1\n")
    words = [command]
    if command == "adopt":
        user.must("allow", "--yes", sample.root)
        (home / "kitti").mkdir()
        mounts = [{"source": str(home / "kitti"), "destination": "/kitti"}]
        (home / "m.json").write_text(json.dumps({"Mounts": mounts}))
        words.append(str(home / "m.json"))
    environ = {**user.environ, "EDITOR": "true"}
    child = pexpect.spawn(
        COMMAND[0], [*COMMAND[1:], *words], env=environ, cwd=str(sample.root), encoding="utf-8", timeout=SECONDS
    )
    child.expect_exact("Approve this?")
    move(sample)
    before = snapshot(sample.root)
    child.sendline("y")
    said = child.read()
    child.wait()
    assert (child.exitstatus, "changed meanwhile, so nothing was written; run the command again" in said) == (1, True)
    assert snapshot(sample.root) == before
