"""A user with a project, and one of the real engines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pexpect

from tests.commands.conftest import COMMAND, User
from tests.support.children import Done
from tests.support.samples import Sample

LAB = Path(os.environ.get("TAO_LAB") or "/var/lib/taoshell-lab")
SETUP = Path(__file__).with_name("lab") / "setup.sh"
IMAGE = "taoshell-train:1"
SECONDS = 60.0  # a container starts in half a second, but a loaded machine may need longer
UID = 1000  # of the containers, as of the first user of a machine; the tests are root
SECRET = "s3cr3t-of-the-tests"
ODD = 'it\'s "$HOME", \\ and `id`'
MODELS = 'my, "models"'  # what an engine's syntax may trip over
TOML = f"""\
layout = "host"
network = "dino"
[images]
model = "{IMAGE}"
[container]
user = "{UID}:{UID}"
shm_size = "64M"
[container.env]
ODD = '''{ODD}'''
WANDB_API_KEY = {{ from = ".env" }}
[places.models]
host = '../{MODELS}'
container = "/my models"
mode = "ro"
[places.again]
host = '../{MODELS}'
container = "/models again"
"""


class Bench:
    """The user, the engine `name`, and the approved project `sample`."""

    def __init__(self, home: Path, name: str) -> None:
        self.name = name
        self.user = User(home)
        self.user.environ |= {
            "PATH": f"{LAB}/bin:{os.environ['PATH']}",
            "DOCKER_HOST": f"unix://{LAB}/state/dockerd.sock",
            "CONTAINERS_CONF": f"{LAB}/podman/containers.conf",
        }
        (home / MODELS).mkdir()
        (home / MODELS / "weights").write_text("pretrained\n")
        self.sample = self.project("cars")

    @property
    def program(self) -> str:
        """The engine that has the containers."""
        return "podman" if self.name == "podman" else "docker"

    def project(self, name: str, toml: str = TOML) -> Sample:
        """Make and approve a project whose folders the container can write to."""
        sample = Sample(self.user.home, name, toml=toml, env=f"KEY=tlt_encode\nWANDB_API_KEY={SECRET}\n")
        for folder in ("data", "dino/results"):
            (sample.root / folder).mkdir(parents=True)
        self.user.must("allow", "--yes", sample.root)
        for folder, _, _ in os.walk(sample.root):
            os.chown(folder, UID, UID)
        return sample

    def run(self, *words: str, sample: Sample | None = None, stdin: str = "") -> Done:
        """`taoshell run WORDS` on this engine, in the project."""
        line = [*COMMAND, "run", "--on", self.name, *words]
        root = (sample or self.sample).root
        done = subprocess.run(
            line, cwd=root, env=self.user.environ, input=stdin, capture_output=True, text=True, timeout=SECONDS,
            check=False,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    def says(self, *words: str, sample: Sample | None = None) -> str:
        """What a shell command prints in the container. It must succeed."""
        done = self.run("dino", "run", "sh", "-c", *words, sample=sample)
        assert done.status == 0, done.err
        return done.out.strip()

    def types(self, *words: str, status: int = 0) -> str:
        """What `taoshell WORDS` prints on both streams."""
        done = self.user.types(*words, cwd=self.sample.root)
        assert done.status == status, done.out + done.err
        return done.out + done.err

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start `taoshell run WORDS` without a terminal, in a process group of its own, and wait for its first line."""
        process = subprocess.Popen(
            [*COMMAND, "run", "--on", self.name, *words], cwd=self.sample.root, env=self.user.environ,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            if line == "ready\n":
                return process
        raise AssertionError(f"it ended with {process.wait()}")

    def at_terminal(self, *words: str) -> pexpect.spawn[str]:
        """Start `taoshell run WORDS` at a terminal."""
        command = [*COMMAND, "run", "--on", self.name, *words]
        return pexpect.spawn(
            command[0], command[1:], cwd=self.sample.root, env=self.user.environ, encoding="utf-8", timeout=SECONDS
        )

    def listed(self) -> str:
        """The states and names of the jobs of this project."""
        jobs = json.loads(self.types("jobs", "--json"))["jobs"]
        ours = [job for job in jobs if job["project"] == str(self.sample.root)]
        return " ".join(f"{job['name']}: {job['state']} {job['status']}" for job in ours)

    def engine(self, *words: str) -> str:
        """What the engine itself answers."""
        return subprocess.run(
            [self.program, *words], env=self.user.environ, capture_output=True, text=True, check=True
        ).stdout

    def ours(self) -> list[str]:
        """The containers of this project, running or not."""
        label = f"label=taoshell.project={self.sample.root}"
        return self.engine("ps", "--all", "--quiet", "--filter", label).split()


def ended(process: subprocess.Popen[str]) -> int:
    """Return the exit status of a process that must end soon."""
    try:
        process.communicate(timeout=SECONDS / 3)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return process.returncode
