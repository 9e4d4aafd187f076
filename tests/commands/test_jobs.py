"""`taoshell jobs`, `logs` and `stop`, with a stand-in for the engine. tests/engines has the real ones."""

from __future__ import annotations

import json
import os

import pytest

from tests.commands.conftest import User
from tests.support.engine import IMAGE, StandIn


@pytest.fixture
def engine(user: User) -> StandIn:
    user.environ["PATH"] = f"{user.home}/bin:/usr/bin:/bin"
    return StandIn(user.home, "docker")


def refused(user: User, *words: str) -> str:
    done = user.tries(*words)
    assert (done.status, done.out) == (1, "")
    assert done.err.count("\n") == 1
    return done.err


def test_no_jobs(user: User, engine: StandIn) -> None:
    assert user.must("jobs").out == "no jobs\n"
    assert json.loads(user.must("jobs", "--json").out) == {"version": 1, "jobs": []}


def test_a_running_one(user: User, engine: StandIn) -> None:
    engine.runs("mine", os.getuid(), gpus="0,1")
    assert user.must("jobs").out == "✓ running  mine  /home/ann/cars  docker  gpus 0,1\n"
    (job,) = json.loads(user.must("jobs", "--json").out)["jobs"]
    assert job == {
        "name": "mine",
        "state": "running",
        "status": None,
        "project": "/home/ann/cars",
        "engine": "docker",
        "gpus": "0,1",
        "image": IMAGE,
        "since": "2026-01-01T00:00:00Z",
    }


@pytest.mark.parametrize(("status", "shown"), [(0, "! exited (0)"), (3, "✗ exited (3)")])
def test_one_that_has_ended(user: User, engine: StandIn, status: int, shown: str) -> None:
    engine.runs("mine", os.getuid(), state="exited", status=status)
    assert user.must("jobs").out.startswith(f"{shown}  mine  ")
    assert json.loads(user.must("jobs", "--json").out)["jobs"][0]["status"] == status


def test_another_users_jobs_are_theirs(user: User, engine: StandIn) -> None:
    engine.runs("theirs", os.getuid() + 1)
    assert user.must("jobs").out == "no jobs\n"
    for command in ("stop", "logs"):
        assert "theirs was started by another user; use docker itself for it" in refused(user, command, "theirs")


def test_a_container_that_taoshell_did_not_start(user: User, engine: StandIn) -> None:
    engine.runs("db", os.getuid(), id="", project="")
    for words in (["stop", "db"], ["stop", "--remove", "db"], ["logs", "db"]):
        assert "db is a container that taoshell did not start; use docker itself for it" in refused(user, *words)
    assert not [call for call in engine.calls() if call[1] in ("stop", "rm", "logs")]


def test_stop(user: User, engine: StandIn) -> None:
    engine.runs("mine", os.getuid())
    assert user.must("stop", "mine").err == "taoshell: mine has ended\n"
    assert ["docker", "stop", "mine"] in engine.calls()
    engine.runs("mine", os.getuid(), state="exited", status=1)
    assert "mine has ended already, with status 1; to remove it too: --remove" in refused(user, "stop", "mine")
    assert user.must("stop", "--remove", "mine").err == "taoshell: mine had ended and is removed, with its log\n"
    assert ["docker", "rm", "--force", "0a"] in engine.calls()


def test_a_container_that_does_not_end(user: User, engine: StandIn) -> None:
    """Podman calls one `stopping` that it has failed to stop: its command may still run."""
    program = engine.bin / "docker"
    program.write_text(program.read_text().replace("rm-* | stop-*)", "rm-*)"))
    engine.runs("mine", os.getuid(), state="stopping")
    assert "mine has not ended: it is stopping; run the command again, or add --remove" in refused(user, "stop", "mine")
    assert json.loads(user.must("jobs", "--json").out)["jobs"][0]["status"] is None
    assert user.must("stop", "--remove", "mine").err == "taoshell: mine has ended and is removed, with its log\n"
    program.write_text(program.read_text().replace("rm-*)", "nothing)"))
    engine.runs("mine", os.getuid())
    assert "mine has ended, but it is not removed" in refused(user, "stop", "--remove", "mine")


def test_only_containers_with_all_our_labels_are_jobs(user: User, engine: StandIn) -> None:
    engine.runs("db", os.getuid(), id="")
    assert user.must("jobs").out == "no jobs\n"


def test_an_empty_name(user: User, engine: StandIn) -> None:
    for command in ("stop", "logs"):
        done = user.tries(command, "")
        assert (done.status, done.out) == (2, "")
        assert "NAME is empty; name a container" in done.err


def test_logs(user: User, engine: StandIn) -> None:
    engine.runs("mine", os.getuid())
    user.must("logs", "mine")
    user.must("logs", "-f", "mine")
    assert [call for call in engine.calls() if call[1] == "logs"] == [
        ["docker", "logs", "mine"],
        ["docker", "logs", "--follow", "mine"],
    ]


def test_no_such_name(user: User, engine: StandIn) -> None:
    engine.runs("mine", os.getuid())
    assert "no container is called --all" in refused(user, "stop", "--", "--all")
    (engine.folder / "containers").unlink()
    for command in ("stop", "logs"):
        assert "no container is called x; to see their names: taoshell jobs" in refused(user, command, "x")


def test_without_an_engine(user: User) -> None:
    user.environ["PATH"] = "/nowhere"
    for words in (["jobs"], ["stop", "x"], ["logs", "x"]):
        assert "neither docker nor podman is installed" in refused(user, *words)


def test_one_of_two_engines_does_not_answer(user: User, engine: StandIn) -> None:
    engine.runs("mine", os.getuid())
    broken = engine.bin / "podman"
    broken.write_text("#!/bin/sh\necho 'Error: cannot connect' >&2; exit 125\n")
    broken.chmod(0o755)
    done = user.must("jobs")
    assert "mine" in done.out
    assert done.err == "taoshell: podman: the engine does not answer; start it, or choose another engine\n"
    (engine.folder / "containers").unlink()
    assert user.must("jobs").out == "no jobs on docker\n"  # podman may have some
    engine.says("Cannot connect to the Docker daemon")
    done = user.tries("jobs")
    assert (done.status, done.out) == (1, "")
    assert [line.split(": ")[1:3] for line in done.err.splitlines()] == [
        [name, "the engine does not answer; start it, or choose another engine"] for name in ("docker", "podman")
    ]


def test_foreign_text_is_escaped(user: User, engine: StandIn) -> None:
    engine.runs("mine", os.getuid(), project="/home/\x1b[31mann")
    assert "\x1b" not in user.must("jobs").out
