"""After `cd` into a project, NVIDIA's code reads its mapping in this shell, and the right mounts file elsewhere."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.launcher.conftest import cd
from tests.launcher.nvidia import OWN_ENVS, Reading, launcher_python, read
from tests.shells.projects import Home, Project
from tests.shells.terminal import Terminal
from tests.support.slow import slow


@pytest.fixture(params=["bash", pytest.param("zsh", marks=slow)])
def terminal(request: pytest.FixtureRequest, open_shell: Callable[[str], Terminal]) -> Terminal:
    launcher_python()  # skip before any work if there is no launcher
    return open_shell(request.param)


def both_readings(terminal: Terminal) -> tuple[Reading, Reading]:
    """Return what `tao` would read in this shell, and what a reader that ignores LAUNCHER_MOUNTS would."""
    env = terminal.environment()
    cwd = Path(env["HOME"])
    (own,) = read(env=env, cwd=cwd)
    (shared,) = read(env={name: value for name, value in env.items() if name != "LAUNCHER_MOUNTS"}, cwd=cwd)
    assert shared.file == f"{env['HOME']}/.tao_mounts.json"
    assert own.file == env.get("LAUNCHER_MOUNTS", shared.file)
    return own, shared


def article(project: Project) -> dict[str, str]:
    """The article's two mounts for detectnet_v2."""
    return {
        f"{project.root}": "/workspace/tao-experiments",
        f"{project.root}/specs": "/workspace/tao-experiments/detectnet_v2/specs",
    }


def test_the_articles_mapping(terminal: Terminal, user: Home) -> None:
    project = user.project('my "first" 项目')
    cd(terminal, project.root)
    for reading in both_readings(terminal):
        assert (reading.error, reading.mounts) == ("", article(project))


def test_a_moved_place_gets_a_mount_of_its_own(terminal: Terminal, user: Home) -> None:
    project, disk = user.project(), user.path / "another disk"
    disk.mkdir()
    project.set("LOCAL_DATA_DIR", os.path.relpath(disk, project.root))  # no `$`, which the home has
    project.allow()
    cd(terminal, project.root)
    for reading in both_readings(terminal):
        assert reading.mounts == {**article(project), str(disk): "/workspace/tao-experiments/data"}


def test_docker_options_and_container_variables(terminal: Terminal, user: Home) -> None:
    project = user.project()
    project.append_toml(
        '[container]\nshm_size = "16G"\nuser = "1000:1000"\nulimits = { memlock = -1, stack = 67108864 }\n'
        "[container.env]\nGREETING = 'two \"words\" and a $sign'"
    )
    project.allow()
    cd(terminal, project.root)
    for reading in both_readings(terminal):
        assert reading.error == ""
        assert reading.options["shm_size"] == "16G"
        assert reading.options["user"] == "1000:1000"
        limits = {limit["Name"]: (limit["Soft"], limit["Hard"]) for limit in reading.options["ulimits"]}
        assert limits == {"memlock": (-1, -1), "stack": (67108864, 67108864)}
        assert 'GREETING=two "words" and a $sign' in reading.envs
        assert not any(env.startswith("KEY=") for env in reading.envs), "a secret that nobody asked to pass on"


def test_the_users_own_mapping_comes_back(terminal: Terminal, user: Home) -> None:
    own = {"Mounts": [{"source": str(user.path), "destination": "/mine"}]}
    user.mounts_file.write_text(json.dumps(own))
    project = user.project()
    cd(terminal, project.root)
    assert [reading.mounts for reading in both_readings(terminal)] == [article(project)] * 2
    cd(terminal, user.path)
    for reading in both_readings(terminal):
        assert (reading.mounts, reading.envs) == ({str(user.path): "/mine"}, OWN_ENVS)


def test_two_shells_have_a_mapping_each(terminal: Terminal, user: Home, open_shell: Callable[[str], Terminal]) -> None:
    first, second, newer = user.project("first"), user.project("second"), open_shell("bash")
    cd(terminal, first.root)
    cd(newer, second.root)
    own, shared = both_readings(terminal)
    assert own.mounts == article(first)
    assert shared.mounts == article(second), "the newest shell has the account's mounts file"
    newer.exit()
    terminal.enter()
    assert [reading.mounts for reading in both_readings(terminal)] == [article(first)] * 2


def test_a_blocked_project_stops_the_launcher_with_our_message(terminal: Terminal, user: Home) -> None:
    project = user.project()
    project.append_toml("# edited, and not approved")
    cd(terminal, project.root)
    for reading in both_readings(terminal):
        words = f"(taoshell: {project.root} is not approved; run: taoshell allow)"
        said = repr(f"Invalid field {words} found in {reading.file} file.")  # a KeyError quotes its text
        assert (reading.error, reading.text) == ("KeyError", said)
    project.allow()
    terminal.enter()
    assert [reading.mounts for reading in both_readings(terminal)] == [article(project)] * 2


def test_a_denied_project_stops_the_launcher_too(terminal: Terminal, user: Home) -> None:
    project = user.project()
    cd(terminal, project.root)
    user.taoshell("deny", project.root)
    terminal.enter()
    for reading in both_readings(terminal):
        assert reading.error == "KeyError"
        assert f"(taoshell: {project.root} is not approved; run: taoshell allow)" in reading.text
