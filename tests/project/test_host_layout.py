"""The layout of TAO 5 and 6, from `init` to what the launcher reads: HOST_… variables, short container paths."""

from __future__ import annotations

import json
import os
import pwd
import re
from pathlib import Path
from typing import Any

import pytest

from taoshell import __version__
from taoshell.state import generations
from taoshell.state.paths import State
from tests.commands.conftest import Done, User
from tests.launcher import nvidia
from tests.support.trees import snapshot

ME = pwd.getpwuid(os.getuid()).pw_name
SECRET = "hush-hush"


class Project:
    """A project at `root`, made by `init`."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.root = user.home / "my cars"
        self.root.mkdir()
        self.toml, self.env = self.root / "taoshell.toml", self.root / ".env"
        self.said = self.init()
        self.written = self.toml.read_text()
        self.toml.write_text(self.written.partition("\n[container]")[0])  # the tests add tables of their own
        self.allow()

    def init(self, *more: str) -> Done:
        words = ("--layout", "host", "--network", "dino", "--gpus", "2", "--key-stdin", "--direnv", "--yes", "--mkdir")
        return self.user.must("init", self.root, *words, *more, stdin=f"{SECRET}\n")

    def add(self, toml: str = "", env: str = "") -> None:
        self.toml.write_text(self.toml.read_text() + toml)
        self.env.write_text(env + self.env.read_text())

    def allow(self) -> Done:
        return self.user.must("allow", self.root, "--yes")

    def variables(self) -> dict[str, str]:
        """The variables that a shell gets."""
        in_force = generations.current(State.of({"HOME": str(self.user.home)}).project(str(self.root)))
        assert in_force is not None
        return dict(in_force.variables)

    def mapping(self) -> dict[str, Any]:
        """The content of the mounts file that the launcher reads."""
        found: dict[str, Any] = json.loads(Path(self.variables()["LAUNCHER_MOUNTS"]).read_text())
        return found

    def mounts(self) -> dict[str, str]:
        return {mount["source"]: mount["destination"] for mount in self.mapping()["Mounts"]}


@pytest.fixture
def project(home: Path) -> Project:
    user = User(home)
    user.environ |= {"USER": ME, "LOGNAME": ME}
    return Project(user)


# -- init ------------------------------------------------------------------------------------------


def test_init_gives_the_host_variables(project: Project) -> None:
    root = project.root
    found = project.variables()
    assert found.pop("LAUNCHER_MOUNTS").endswith("/mounts.json")
    assert found == {
        "KEY": SECRET,
        "NUM_GPUS": "2",
        "LOCAL_PROJECT_DIR": f"{root}",
        "HOST_DATA_DIR": f"{root}/data",
        "DATA_DIR": "/data",
        "HOST_SPECS_DIR": f"{root}/specs",
        "SPECS_DIR": "/specs",
        "HOST_RESULTS_DIR": f"{root}/dino/results",
        "RESULTS_DIR": "/results",
    }


def test_init_sets_the_options_of_nvidias_notebooks(project: Project) -> None:
    project.toml.write_text(project.written)
    project.allow()
    assert project.mapping()["DockerOptions"] == {
        "user": f"{os.getuid()}:{os.getgid()}",
        "shm_size": "16G",
        "network": "host",
        "ulimits": {"memlock": -1, "stack": 67108864},
    }
    assert 'taoshell: ! network = "host": ' in project.said.err


def test_each_place_has_a_mount_of_its_own(project: Project) -> None:
    root = project.root
    assert project.mapping() == {
        "Mounts": [
            {"source": f"{root}", "destination": "/workspace/tao-experiments"},
            {"source": f"{root}/data", "destination": "/data"},
            {"source": f"{root}/specs", "destination": "/specs"},
            {"source": f"{root}/dino/results", "destination": "/results"},
        ]
    }
    assert all(os.path.isdir(source) for source in project.mounts())


def test_init_shows_the_places_and_variables(project: Project) -> None:
    for text in ("dino, layout host", "HOST_RESULTS_DIR", "~/my cars/dino/results", "⇒ /results", "NUM_GPUS"):
        assert text in project.said.out
    assert f"created {project.root}/dino/results" in project.said.err
    assert SECRET not in project.said.out + project.said.err


def test_init_again_changes_nothing(project: Project) -> None:
    before = snapshot(project.root)
    project.init()
    assert snapshot(project.root) == before


def test_no_file_for_git_holds_a_path_or_a_secret(project: Project) -> None:
    committed = [path for path in project.root.iterdir() if path.is_file() and path.name != ".env"]
    assert {path.name for path in committed} == {"taoshell.toml", ".gitignore", ".envrc"}
    assert ".env" in (project.root / ".gitignore").read_text().splitlines()
    for path in committed:
        text = path.read_text()
        assert SECRET not in text
        assert str(project.user.home) not in text
        assert not re.search(r"(^|[\s\"'=])/\w", text), path


def test_the_dotenv_has_all_variables_for_other_programs(project: Project) -> None:
    assert project.env.stat().st_mode & 0o777 == 0o600
    lines = project.env.read_text().splitlines()
    for name, value in project.variables().items():
        if name != "LAUNCHER_MOUNTS":
            assert f"{name}={value}" in lines or f"{name}='{value}'" in lines


# -- what a project may add ------------------------------------------------------------------------

OPTIONS = """
[container]
user = "auto"
shm_size = "16G"
network = "host"
privileged = true
ulimits = { memlock = -1, stack = 67108864 }
ports = { "8888/tcp" = 8888, "6006" = [6006, 6007] }
"""


def test_user_auto_comes_with_the_variables_that_images_need(project: Project) -> None:
    project.add('[container]\nuser = "auto"\n')
    project.allow()
    assert project.mapping()["DockerOptions"] == {"user": f"{os.getuid()}:{os.getgid()}"}
    assert project.mapping()["Envs"] == [
        {"variable": "HOME", "value": "/tmp"},
        {"variable": "USER", "value": ME},
        {"variable": "LOGNAME", "value": ME},
    ]


def test_all_of_the_launchers_options(project: Project) -> None:
    project.add(OPTIONS)
    project.allow()
    assert project.mapping()["DockerOptions"] == {
        "user": f"{os.getuid()}:{os.getgid()}",
        "shm_size": "16G",
        "network": "host",
        "privileged": True,
        "ulimits": {"memlock": -1, "stack": 67108864},
        "ports": {"8888/tcp": 8888, "6006": [6006, 6007]},
    }


def test_variables_for_the_container_and_for_the_shell(project: Project) -> None:
    project.add(
        '[container]\nuser = "auto"\n'
        '[container.env]\nHOME = "/results"\nWANDB_MODE = "offline"\n'
        'WANDB_API_KEY = { from = ".env" }\nABSENT = { from = ".env" }\n'
        '[env]\nCUDA_VISIBLE_DEVICES = "0"\n',
        f"WANDB_API_KEY={SECRET}2\n",
    )
    said = project.allow()
    assert {entry["variable"]: entry["value"] for entry in project.mapping()["Envs"]} == {
        "HOME": "/results",
        "USER": ME,
        "LOGNAME": ME,
        "WANDB_MODE": "offline",
        "WANDB_API_KEY": f"{SECRET}2",
    }
    assert "ABSENT is not in .env, so the container does not get it" in said.err
    assert SECRET not in said.out + said.err
    found = project.variables()
    assert (found["CUDA_VISIBLE_DEVICES"], found["WANDB_API_KEY"]) == ("0", f"{SECRET}2")
    assert "WANDB_MODE" not in found


def test_places_of_its_own_with_their_own_variables(project: Project) -> None:
    cache = project.user.home / "cache"
    cache.mkdir()
    (project.root / "pretrained").mkdir()
    project.add(
        "[places]\n"
        'cache = { host = "~/cache", container = "/cache", host_variable = "CACHE_DIR", '
        'container_variable = "CACHE_IN_CONTAINER" }\n'
        'model = "pretrained"\n'
        'notes = { host = "notes", container = "/workspace/tao-experiments/notes", host_variable = "NOTES_DIR" }\n'
    )
    project.allow()
    found = project.variables()
    assert found["CACHE_DIR"] == str(cache)
    assert found["CACHE_IN_CONTAINER"] == "/cache"
    assert found["HOST_MODEL_DIR"] == f"{project.root}/pretrained"
    assert found["NOTES_DIR"] == f"{project.root}/notes"  # reached through the project's mount
    assert project.mounts() == {
        f"{project.root}": "/workspace/tao-experiments",
        f"{project.root}/data": "/data",
        f"{project.root}/specs": "/specs",
        f"{project.root}/dino/results": "/results",
        f"{project.root}/pretrained": "/model",
        f"{cache}": "/cache",
    }


def test_a_line_in_dotenv_moves_a_place(project: Project) -> None:
    big = project.user.home / "big"
    big.mkdir()
    project.add(env=f"HOST_DATA_DIR={big}\nHOST_MODEL_DIR={project.root}/data\n")
    project.allow()
    assert project.mounts()[str(big)] == "/data"
    assert project.mounts()[f"{project.root}/data"] == "/model"
    assert project.variables()["HOST_DATA_DIR"] == str(big)


def test_nvidias_launcher_reads_the_same(project: Project) -> None:
    project.add(OPTIONS)
    project.allow()
    found = project.variables()
    (reading,) = nvidia.read(
        env={**project.user.environ, "LAUNCHER_MOUNTS": found["LAUNCHER_MOUNTS"]}, cwd=project.user.home
    )
    assert (reading.error, reading.text) == ("", "")
    assert reading.mounts == project.mounts()
    assert set(reading.envs) == {"HOME=/tmp", f"USER={ME}", f"LOGNAME={ME}", *nvidia.OWN_ENVS}
    limits = {limit["Name"]: (limit["Soft"], limit["Hard"]) for limit in reading.options.pop("ulimits")}
    assert limits == {"memlock": (-1, -1), "stack": (67108864, 67108864)}
    given = project.mapping()["DockerOptions"]
    assert reading.options == {name: value for name, value in given.items() if name != "ulimits"}


# -- what is refused -------------------------------------------------------------------------------

# The text added to taoshell.toml, the line of the problem in that text, and the message.
WRONG_TOML = {
    "an unknown option": (
        '[container]\nshm_size = "16G"\nvolumes = "x"\n',
        3,
        f'unknown key "container.volumes"; taoshell {__version__} knows: user, ports, shm_size, ulimits',
    ),
    "a mode in other words": (
        '[places.cache]\nhost = "~"\ncontainer = "/cache"\nmode = "readonly"\n',
        4,
        'places.cache.mode is \'readonly\'; write "rw" (read and write) or "ro"',
    ),
    "a place without a container path": (
        '[places]\ncache = "~/cache"\n',
        2,
        'place "cache" needs a container path, as the layout has no such place; '
        'write cache = { host = "…", container = "/…" }',
    ),
    "a place without a host path": (
        '[places]\ncache = { container = "/cache", host_variable = "CACHE_DIR" }\n',
        2,
        'place "cache" has no host path; add host = "…", or CACHE_DIR=… in .env',
    ),
    "a variable of the layout for a place of one's own": (
        '[places]\ncache = { host = "~", container = "/c", host_variable = "HOST_DATA_DIR" }\n',
        2,
        'HOST_DATA_DIR cannot name a path: place "data" already has it; use another name',
    ),
    "a secret for everybody": (
        '[container.env]\nWANDB_API_KEY = "k"\n',
        2,
        'WANDB_API_KEY is a secret, which must not go into taoshell.toml; write WANDB_API_KEY = { from = ".env" } here',
    ),
    "tty, whose only value is the default": ("[container]\ntty = true\n", 2, "container.tty is no setting"),
    "a user of several words": ('[container]\nuser = "me too"\n', 2, "container.user is 'me too'; write \"auto\""),
}


def is_refused(project: Project, line: str, said: str) -> None:
    """Assert that the error is one line with file, line, cause and cure, and that nothing is written or approved."""
    before = snapshot(project.root)
    in_force = (project.user.home / ".local/state/taoshell").rglob("mounts.json")
    mappings = {path: path.read_bytes() for path in in_force}
    done = project.user.types("allow", project.root, "--yes")
    assert (done.status, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert done.err.startswith(f"taoshell: {line}: ")
    assert said in done.err
    assert "; " in done.err.removeprefix(f"taoshell: {line}: ")
    assert SECRET not in done.err
    assert snapshot(project.root) == before
    assert {path: path.read_bytes() for path in mappings} == mappings


@pytest.mark.parametrize(("toml", "line", "said"), WRONG_TOML.values(), ids=WRONG_TOML)
def test_a_mistake_in_the_toml(project: Project, toml: str, line: int, said: str) -> None:
    above = len(project.toml.read_text().splitlines())
    project.add(toml)
    is_refused(project, f"{project.toml}:{above + line}", said)


def test_an_unknown_layout(project: Project) -> None:
    project.toml.write_text(project.toml.read_text().replace('"host"', '"hosts"'))
    (line,) = [
        number for number, text in enumerate(project.toml.read_text().splitlines(), 1) if text.startswith("layout")
    ]
    is_refused(project, f"{project.toml}:{line}", 'unknown layout "hosts"; did you mean "host"?')
    done = project.user.types("init", project.user.home / "my cars", "--layout", "hosts")
    assert done.status == 2
    assert "'hosts' is not one of 'classic', 'host'" in done.err


def test_an_edit_in_the_block(project: Project) -> None:
    text = project.env.read_text()
    project.env.write_text(text.replace("HOST_DATA_DIR='", "HOST_DATA_DIR='/x"))
    block = text.splitlines().index("# >>> taoshell: written by taoshell, do not edit inside") + 1
    is_refused(
        project,
        f"{project.env}:{block}",
        "HOST_DATA_DIR in taoshell's block is not as taoshell wrote it; delete the block",
    )


def test_a_line_added_in_the_block(project: Project) -> None:
    project.env.write_text(project.env.read_text().replace("\nHOST_DATA_DIR", "\nMINE=1\nHOST_DATA_DIR"))
    is_refused(project, f"{project.env}:3", "MINE in taoshell's block is not as taoshell wrote it")


def test_a_container_variable_in_dotenv(project: Project) -> None:
    project.add(
        '[places]\ncache = { host = ".", container = "/cache", container_variable = "CACHE_IN_CONTAINER" }\n',
        "CACHE_IN_CONTAINER=/elsewhere\n",
    )
    project.toml.write_text(project.toml.read_text().replace('host = "."', f'host = "{project.user.home}"'))
    is_refused(
        project,
        f"{project.env}:1",
        'CACHE_IN_CONTAINER is the container path of place "cache", so the mounts decide its value; '
        "remove the line, and set places.cache.container in taoshell.toml",
    )
