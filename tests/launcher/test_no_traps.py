"""taoshell writes no mounts file with a trap, and the launcher reads taoshell's mounts files as intended."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from taoshell.actions import change
from taoshell.actions.sources import read_sources
from taoshell.errors import TaoshellError, Where
from taoshell.formats import mounts_file
from taoshell.project.model import Project
from taoshell.state.paths import State
from tests.launcher.nvidia import OWN_ENVS, read

# A taoshell.toml without its first two lines, and a part of taoshell's message. "@" is the project's folder.
REFUSED = {
    "a missing source": ('places.data = "/nowhere/data"', "/nowhere/data"),
    "$HOME in a source": ('places.data = "$HOME/data"', "$HOME"),
    "one destination twice": (
        'places.data = { host = "/usr", container = "/workspace/tao-experiments/detectnet_v2/specs" }',
        "/workspace/tao-experiments/detectnet_v2/specs",
    ),
    "a relative destination": ('places.data = { host = "/usr", container = "w/a" }', "w/a"),
    "~ in a destination": ('places.data = { host = "/usr", container = "~/a" }', "~/a"),
    "a destination through a symlink of the host": ('places.data = { host = "/usr", container = "@/link/a" }', "link"),
    "a colon in a destination": ('places.data = { host = "/usr", container = "/w:a" }', ":"),
    "a colon in a source": ('places.data = "with:colon"', ":"),
    "an unknown Docker option": ('container.gpus = "all"', "gpus"),
    "ulimits as a list": ('container.ulimits = ["memlock=-1"]', "ulimits"),
    "tty false": ("container.tty = false", "tty"),
    "a key of the mounts file that is none": ('comment = "mine"', "comment"),
    "Mounts twice": ('places.data = "a"\nplaces.data = "b"', "data"),
}

WRITTEN = {
    "nothing more": "",
    "~ in a source": 'places.data = "~/elsewhere"',
    "a relative source outside": 'places.data = "../elsewhere"',
    "a symlink as a source": 'places.data = "link to elsewhere"',
    "a space, quotes and letters of all kinds": "places.data = '''odd 'q\" 数据'''",
    # of these, the launcher loses something (mounts_file.losses)
    "one source twice: the last destination": 'places.data = "specs"',
    "one source twice, once through a symlink": 'places.data = "link"',
    "a read-only place": 'places.data = { host = "~/elsewhere", mode = "ro" }',
    "an option that is for other engines": 'container.ipc = "host"',
    "another container path": 'places.data = { host = "~/elsewhere", container = "/data set" }',
    "this user": 'container.user = "auto"',
    "NVIDIA's sample options": (
        'container = { shm_size = "16G", user = "1000:1000", ulimits = { memlock = -1, stack = 67108864 } }'
    ),
    "all other options": 'container = { privileged = true, network = "host", ports = { "8888/tcp" = 8888 } }',
    "values of all kinds": "container.env = { A = 'a b', B = \"it's \\\"$B\\\" \\\\\", C = '数', D = '', E = 'x=y' }",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder in its own home, with the files that the tables above name."""
    home = tmp_path.resolve() / "home"
    root = home / "detectnet"
    for folder in ("specs", "data", "with:colon", "odd 'q\" 数据", "../elsewhere"):
        (root / folder).mkdir(parents=True)
    (root / "link").symlink_to("specs")
    (root / "link to elsewhere").symlink_to("../elsewhere")
    monkeypatch.setenv("HOME", str(home))
    return root


def check(root: Path, toml: str) -> Project:
    """The project, as `taoshell allow` builds and checks it before it writes."""
    text = f'layout = "classic"\nnetwork = "detectnet_v2"\n{toml}\n'.replace("@", str(root))
    (root / "taoshell.toml").write_text(text)
    home = root.parent
    planned = change.plan(State(f"{home}/state", f"{home}/.tao_mounts.json"), read_sources(str(root)))
    planned.require_folders()
    return planned.project


@pytest.mark.parametrize("trap", REFUSED)
def test_taoshell_refuses(trap: str, root: Path) -> None:
    toml, words = REFUSED[trap]
    with pytest.raises(TaoshellError) as refused:
        check(root, toml)
    assert words in refused.value.cause
    assert refused.value.cure
    if trap != "a missing source":  # this may be a layout's own folder, so the message names no line
        assert refused.value.where == Where(f"{root}/taoshell.toml", 2 + len(toml.splitlines()))


@pytest.mark.parametrize("case", WRITTEN)
def test_the_launcher_reads_what_taoshell_intends(case: str, root: Path) -> None:
    project = check(root, WRITTEN[case])
    file = root.parent / "mounts.json"
    file.write_text(mounts_file.written(project.mapping))
    (reading,) = read(file, env={"HOME": "/nonexistent"}, cwd=Path("/"))  # in any folder and for any user
    assert reading.error == ""
    assert reading.mounts == {os.path.realpath(mount.source): mount.destination for mount in project.mapping.mounts}
    assert reading.envs == [f"{name}={value}" for name, value in project.mapping.variables.items()] + OWN_ENVS
    options = json.loads(mounts_file.written(project.mapping)).get("DockerOptions", {})
    limits = {limit["Name"]: limit["Hard"] for limit in reading.options.pop("ulimits", [])}
    assert {**reading.options, **({"ulimits": limits} if limits else {})} == options
