"""`taoshell run`, with a stand-in for the engine. tests/engines has the real ones."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pexpect
import pytest

from taoshell.engines.docker import Docker
from taoshell.project.task_images import own_table
from tests.commands.conftest import COMMAND, User
from tests.support.engine import IMAGE, StandIn
from tests.support.samples import CONTAINER, Sample
from tests.support.waiting import SECONDS, wait_until

TRAIN = ("dino", "train")


@pytest.fixture
def engine(user: User) -> StandIn:
    """Docker alone is installed. The folders of the system have neither engine."""
    user.environ["PATH"] = f"{user.home}/bin:/usr/bin:/bin"
    return StandIn(user.home, "docker")


@pytest.fixture
def approved(sample: Sample) -> Sample:
    sample.allow()
    return sample


def dry(user: User, sample: Sample, *words: str) -> list[str]:
    return shlex.split(user.must("run", "--dry-run", *words, cwd=sample.root).out)


def refused(user: User, sample: Sample, *words: str, status: int = 1) -> str:
    done = user.tries("run", *words, cwd=sample.root)
    assert (done.status, done.out) == (status, "")
    assert done.err.count("\n") == 1, done.err
    return done.err


# -- the line ----------------------------------------------------------------------------------------------------------


def test_the_line_has_all_that_the_container_gets(user: User, sample: Sample, engine: StandIn) -> None:
    toml = '[container]\nuser = "7:8"\nshm_size = "16G"\nulimits = { memlock = -1 }\nports = { "80/tcp" = [81, 82] }\n'
    sample.env.write_text("KEY=tlt_encode\n")
    sample.toml.write_text(f'gpus = [0, 1]\n{sample.toml.read_text()}{toml}[container.env]\nA = "x y"\n')
    sample.allow()
    (sample.root / "specs/a.yaml").touch()
    words = dry(user, sample, *TRAIN, "-e", f"{CONTAINER}/detectnet_v2/specs/a.yaml", "it's")
    assert words[:4] == ["docker", "run", "--rm", "--init"]
    assert words[-6:] == [IMAGE, *TRAIN, "-e", f"{CONTAINER}/detectnet_v2/specs/a.yaml", "it's"]
    pairs = list(pairwise(words))
    for pair in (
        ("--mount", f"type=bind,source={sample.root},target={CONTAINER}"),
        ("--gpus", '"device=0,1"'),
        ("-e", "A=x y"),
        ("-e", "HOME=/tmp"),
        ("--user", "7:8"),
        ("--shm-size", "16G"),
        ("--ulimit", "memlock=-1"),
        ("-p", "81:80/tcp"),
        ("-p", "82:80/tcp"),
        ("--label", f"taoshell.project={sample.root}"),
    ):
        assert pair in pairs
    assert engine.calls() == []


def test_it_runs_what_dry_run_prints(user: User, approved: Sample, engine: StandIn) -> None:
    words = dry(user, approved, "--name", "mine", *TRAIN)
    user.must("run", "--name", "mine", *TRAIN, cwd=approved.root)
    ran = engine.ran()
    differ = [word for word in words if word not in ran]
    assert all(word.startswith("taoshell.id=") for word in differ)
    assert len(ran) == len(words)


def test_each_job_is_a_project_of_compose(user: User, approved: Sample, engine: StandIn) -> None:
    """In a common project, `docker compose down` for one job would remove all."""

    def project() -> str:
        line = user.must("run", "--on", "compose", "--dry-run", *TRAIN, cwd=approved.root).out.partition("3<<")[0]
        words = shlex.split(line)
        return words[words.index("--project-name") + 1]

    assert project() != project()


@pytest.mark.parametrize(
    ("words", "image", "command"),
    [
        (TRAIN, IMAGE, ["dino", "train"]),
        (("model", *TRAIN), IMAGE, ["dino", "train"]),
        (("--", *TRAIN, "--help"), IMAGE, ["dino", "train", "--help"]),
        (("deploy", "dino", "infer"), own_table()["deploy"]["dino"], ["dino", "infer"]),
        (("dataset", "annotations", "convert"), own_table()["dataset"]["annotations"], ["annotations", "convert"]),
        (("ssd", "run", "ls", "-l"), own_table()["model"]["ssd"], ["ls", "-l"]),
        (("--shell",), own_table()["model"]["detectnet_v2"], ["/bin/bash"]),
        (("--shell", "dino"), IMAGE, ["/bin/bash"]),
        (("--image", "a/b:c", "new_net", "train"), "a/b:c", ["new_net", "train"]),
    ],
)
def test_image_and_command(
    user: User, approved: Sample, words: tuple[str, ...], image: str, command: list[str]
) -> None:
    assert dry(user, approved, *words)[-len(command) - 1 :] == [image, *command]


def test_the_image_of_the_project_then_of_the_launcher_then_ours(user: User, sample: Sample) -> None:
    config = {"task_group": {"model": {"dockers": {"tao": {"9": {"docker_registry": "nvcr.io", "tasks": ["dino"]}}}}}}
    bin = user.home / "venv/bin"
    package = user.home / "venv/lib/python3.10/site-packages/nvidia_tao_cli/config"
    for folder in (bin, package):
        folder.mkdir(parents=True)
    (package / "config.json").write_text(json.dumps(config))
    (bin / "tao").write_text(f"#!{bin}/python\n")
    (bin / "tao").chmod(0o755)
    user.environ["PATH"] = f"{bin}:{user.environ['PATH']}"
    sample.allow()
    assert "nvcr.io/tao:9" in dry(user, sample, *TRAIN)
    assert own_table()["model"]["unet"] in dry(user, sample, "unet", "train")  # the launcher does not know it
    own = user.home / ".tao/config.json"
    own.parent.mkdir()
    own.write_text(json.dumps(config).replace("nvcr.io", "mine.org"))
    assert "mine.org/tao:9" in dry(user, sample, *TRAIN)
    own.write_text("{")
    assert "nvcr.io/tao:9" in dry(user, sample, *TRAIN)
    sample.toml.write_text(f'{sample.toml.read_text()}[images]\nmodel = "pinned:1"\n')
    sample.allow()
    assert "pinned:1" in dry(user, sample, *TRAIN)


@pytest.mark.parametrize(
    ("words", "said", "status"),
    [
        ((), "no command is given; name TASK and SUBTASK", 2),
        (("dion", "train"), "no image is known for model 'dion'; did you mean dino?", 1),
        (("annotations", "convert"), "did you mean dataset annotations?", 1),
        (("dino", "run"), "no command is given", 2),
        (("--shell", "dino", "train"), "--shell takes no SUBTASK", 2),
        (("--shell", "--detach"), "--shell cannot be detached", 2),
        (("--name", "", *TRAIN), "a container cannot have the name ''", 2),
        (("--name", "a b", *TRAIN), "a container cannot have the name 'a b'", 2),
        (("--image", "A B", *TRAIN), "is not the name of an image", 2),
        (("--on", "dokcer", *TRAIN), 'did you mean "docker"?', 2),
        (("--gpus", "-1", *TRAIN), "--gpus is '-1'; write all, none, a number", 2),
        (("--gpus", "9999999999", *TRAIN), "--gpus is '9999999999'", 2),
        (("--gpus", "0,0", *TRAIN), "--gpus is '0,0'", 2),
        (("--gpus", "0", *TRAIN), "--gpus is '0'", 2),
    ],
)
def test_words_that_mean_nothing(
    user: User, approved: Sample, engine: StandIn, words: tuple[str, ...], said: str, status: int
) -> None:
    assert said in refused(user, approved, *words, status=status)
    assert engine.calls() == []


# -- the engine --------------------------------------------------------------------------------------------------------


def test_the_default_engine(user: User, approved: Sample) -> None:
    user.environ["PATH"] = f"{user.home}/bin:/nowhere"
    assert "neither docker nor podman is installed; install one of them" in refused(user, approved, *TRAIN)
    stand_in = StandIn(user.home, "podman")
    assert dry(user, approved, *TRAIN)[0] == "podman"
    (stand_in.bin / "docker").write_text('#!/bin/sh\nexec /usr/bin/podman "$@"\n')  # podman-docker
    (stand_in.bin / "docker").chmod(0o755)
    assert dry(user, approved, *TRAIN)[0] == "podman"
    StandIn(user.home, "docker")
    assert dry(user, approved, *TRAIN)[0] == "docker"
    config = user.home / ".config/taoshell/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[defaults]\nengine = "podman"\n')
    assert dry(user, approved, *TRAIN)[0] == "podman"
    assert dry(user, approved, "--on", "docker", *TRAIN)[0] == "docker"
    config.write_text('[defaults]\nengine = "dokcer"\n')
    assert 'config.toml:2: unknown engine "dokcer"; did you mean "docker"?' in refused(user, approved, *TRAIN)


def test_a_cluster_is_for_later(user: User, sample: Sample, engine: StandIn) -> None:
    sample.toml.write_text(f'{sample.toml.read_text()}[cluster.dgx]\nengine = "slurm"\n')
    sample.allow()
    assert "cannot run on a cluster yet, such as dgx; use docker, podman or compose" in refused(
        user, sample, "--on", "dgx", *TRAIN
    )


ENGINE_SAYS = {
    "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?": "the engine does not answer",
    "permission denied while trying to connect to the Docker daemon socket": "you may not use this engine; ask an",
    "something\nError: disk full\n": "docker: disk full",
    "dial tcp: lookup there: no such host": "the engine does not answer",
}


@pytest.mark.parametrize("said", ENGINE_SAYS)
def test_an_engine_that_refuses(user: User, approved: Sample, engine: StandIn, said: str) -> None:
    engine.says(said)
    assert ENGINE_SAYS[said] in refused(user, approved, *TRAIN)
    assert [call[1] for call in engine.calls()] == ["image"]


@pytest.mark.parametrize("status", [0, 1, 125, 126, 127, 137])
def test_the_exit_status_is_the_commands(user: User, approved: Sample, engine: StandIn, status: int) -> None:
    (engine.folder / "status").write_text(str(status))
    done = user.tries("run", *TRAIN, cwd=approved.root)
    assert done.status == status
    assert done.err == ("taoshell: docker could not start the container; it says why above\n" if status == 125 else "")


def test_only_an_approved_project_runs(user: User, sample: Sample, engine: StandIn) -> None:
    assert "is not approved as it is now" in refused(user, sample, *TRAIN)
    sample.allow()
    sample.toml.write_text(f"{sample.toml.read_text()}\n")
    assert "is not approved as it is now" in refused(user, sample, *TRAIN)
    assert engine.calls() == []


def test_a_source_that_is_gone(user: User, approved: Sample, engine: StandIn) -> None:
    (approved.root / "specs").rmdir()
    assert "specs, which does not exist; run: mkdir -p" in refused(user, approved, *TRAIN)
    assert engine.calls() == []


@pytest.mark.parametrize("make", [Path.touch, os.mkfifo])
def test_a_place_that_is_a_folder_no_more(
    user: User, approved: Sample, engine: StandIn, make: Callable[[Path], None]
) -> None:
    """A container would get the file, or wait for the other end of the FIFO."""
    (approved.root / "specs").rmdir()
    make(approved.root / "specs")
    for words in (("run", *TRAIN), ("run", "--dry-run", *TRAIN), ("try",)):
        done = user.tries(*words, cwd=approved.root)
        assert (done.status, done.out) == (1, "")
        assert "/specs is no folder, as a place must be; put a folder there" in done.err
    assert not [call for call in engine.calls() if call[1] == "run"]


# -- images ------------------------------------------------------------------------------------------------------------


def test_a_missing_image_is_fetched_after_the_login_is_checked(user: User, approved: Sample, engine: StandIn) -> None:
    engine.has()
    said = refused(user, approved, *TRAIN)
    assert f"{IMAGE} is not on this machine, and you are not logged in at nvcr.io" in said
    assert said.endswith("; run: docker login nvcr.io --username '$oauthtoken'\n")
    (user.home / ".docker").mkdir()
    (user.home / ".docker/config.json").write_text('{"credHelpers": {"nvcr.io": "x"}}')
    done = user.tries("run", *TRAIN, cwd=approved.root)
    assert (done.status, done.out) == (0, "")  # the engine's progress does not mix with the output of the command
    assert f"{IMAGE} (from taoshell's table of 2026-03-20) is not on this machine: docker fetches it" in done.err
    assert "progress" in done.err
    assert [call[1] for call in engine.calls()][-3:] == ["pull", "ps", "run"]


def test_an_image_of_another_registry_needs_no_login(user: User, approved: Sample, engine: StandIn) -> None:
    (engine.folder / "broken-pull").touch()
    done = user.tries("run", "--image", "busybox:9", *TRAIN, cwd=approved.root)
    assert done.status == 1
    assert "docker could not fetch busybox:9; it says why above" in done.err


@pytest.mark.parametrize("text", ["{", "[]", '{"auths": []}', '{"auths": {"docker.io": {}}}', None])
def test_no_login(user: User, text: str | None) -> None:
    (user.home / ".docker").mkdir()
    if text is not None:
        (user.home / ".docker/config.json").write_text(text)
    assert not Docker(user.environ).is_logged_in("nvcr.io")


# -- the arguments -----------------------------------------------------------------------------------------------------


def test_a_path_of_this_machine(user: User, approved: Sample, engine: StandIn) -> None:
    (approved.root / "specs/a.yaml").write_text("x: 1\n")
    inside = f"{CONTAINER}/detectnet_v2/specs/a.yaml"
    for word in (f"{approved.root}/specs/a.yaml", "specs/a.yaml"):
        said = refused(user, approved, *TRAIN, "-e", word)
        assert f"{word} is a path of this machine; in the container it is {inside}; write that one" in said
        done = user.must("run", "--translate", "--dry-run", *TRAIN, "-e", word, cwd=approved.root)
        assert shlex.split(done.out)[-1] == inside
        assert done.err == f"taoshell: {word} is {inside} in the container\n"
    words = dry(user, approved, "--translate", *TRAIN, f"results_dir={approved.root}/out")
    assert words[-1] == f"results_dir={CONTAINER}/out"
    (user.home / "kitti").mkdir()
    done = user.must(
        "run", "--translate", "--dry-run", *TRAIN, f"x={approved.root}/a,{user.home}/kitti,{approved.root}/b",
        cwd=approved.root,
    )  # fmt: skip
    assert shlex.split(done.out)[-1] == f"x={CONTAINER}/a,{user.home}/kitti,{CONTAINER}/b"
    assert f"{user.home}/kitti is not in the container; " in done.err, "what stays is named"
    assert engine.calls() == []


def test_paths_of_the_container_and_of_the_image_are_left_alone(user: User, approved: Sample) -> None:
    for word in (f"{CONTAINER}/x", "/usr/bin/env", "a=/opt/x", "no/path", "x=[1,2]"):
        done = user.must("run", "--dry-run", *TRAIN, word, cwd=approved.root)
        assert (shlex.split(done.out)[-1], done.err) == (word, "")


def test_a_spec_that_is_nowhere_by_its_relative_path(user: User, approved: Sample) -> None:
    for words in (("-e", "specs/none.txt"), ("--experiment_spec=specs/none.txt",)):
        done = user.must("run", "--dry-run", *TRAIN, *words, cwd=approved.root)
        assert done.err == (
            "taoshell: specs/none.txt is no file here, and the container would look for it in the image's own folder; "
            f"write its path in the container, such as {CONTAINER}/detectnet_v2/specs/none.txt\n"
        )
        assert shlex.split(done.out)[-len(words) :] == [*words]


def test_a_secret_among_the_arguments(user: User, sample: Sample) -> None:
    sample.env.write_text("KEY=hush\n")
    sample.allow()
    for words in (["-k", "hush"], ["encryption_key=hush"]):
        said = user.must("run", "--dry-run", *TRAIN, *words, cwd=sample.root).err
        assert said == "taoshell: an argument is the value of KEY: everybody here can read it in ps\n"
    assert "the value of KEY" in user.must("run", "--dry-run", "--name", "hush", *TRAIN, cwd=sample.root).err
    assert user.must("run", "--dry-run", *TRAIN, "hush2", cwd=sample.root).err == ""


def test_a_secret_of_the_container_is_only_in_its_environment(user: User, sample: Sample, engine: StandIn) -> None:
    sample.toml.write_text(f'{sample.toml.read_text()}[container.env]\nA_TOKEN = {{ from = ".env" }}\n')
    sample.env.write_text("A_TOKEN=hush\n")
    sample.allow()
    user.must("run", *TRAIN, cwd=sample.root)
    assert "A_TOKEN" in engine.ran()
    assert "hush" not in (engine.folder / "calls").read_text()
    assert "A_TOKEN=hush" in (engine.folder / "environment").read_text().splitlines()


def test_the_spec_is_checked(user: User, approved: Sample, engine: StandIn) -> None:
    spec = approved.root / "specs/a.yaml"
    words = (*TRAIN, "-e", f"{CONTAINER}/detectnet_v2/specs/a.yaml")
    spec.write_text("data_dir: /data/nowhere\nresults_dir: /workspace/tao-experiments/out\n")
    done = user.tries("run", *words, cwd=approved.root)
    assert done.status == 0
    assert f"{spec}:1: data_dir: no mount reaches /data/nowhere" in done.err
    assert done.err.count("\n") == 1
    said = refused(user, approved, "--try", *words)
    assert f"taoshell try --spec {spec}" in said
    assert [call[1] for call in engine.calls()] == ["image", "ps", "run"]


@pytest.mark.parametrize(
    "data", [b"a: [", b"\0\1", b"a: " + b"x" * (1 << 23), "a: 1  # é".encode("latin-1"), "folder", None]
)
def test_a_spec_that_cannot_be_read_is_the_tasks_business(
    user: User, approved: Sample, engine: StandIn, data: bytes | str | None
) -> None:
    spec = approved.root / "specs/a.yaml"
    if isinstance(data, bytes):
        spec.write_bytes(data)
    elif data:
        spec.mkdir()
    words = ("-e", f"{CONTAINER}/detectnet_v2/specs/a.yaml")
    done = user.must("run", *TRAIN, *words, cwd=approved.root)
    assert done.err.startswith(f"taoshell: the spec is not checked: {spec}")
    assert done.err.count("\n") == 1
    assert engine.ran()[-4:] == [*TRAIN, *words]
    assert str(spec) in refused(user, approved, "--try", *TRAIN, *words)
    assert str(spec) in user.tries("try", *words, cwd=approved.root).err


def test_e_of_another_command_is_no_spec(user: User, approved: Sample, engine: StandIn) -> None:
    """`run TASK run CMD` runs any command, and `grep -e` names no spec."""
    (approved.root / "specs/a.yaml").write_text("a: [")
    for command in (("grep", "-e", CONTAINER), ("sh", "-e", f"{CONTAINER}/detectnet_v2/specs/a.yaml")):
        for options in ((), ("--try",)):
            done = user.tries("run", "--dry-run", *options, "dino", "run", *command, cwd=approved.root)
            assert (done.status, done.err) == (0, "")
            assert shlex.split(done.out)[-3:] == [*command]


# -- names and GPUs ----------------------------------------------------------------------------------------------------


def test_a_name_in_use(user: User, approved: Sample, engine: StandIn) -> None:
    engine.runs("mine", os.getuid())
    assert "there is a container mine already, which is running; use another --name" in refused(
        user, approved, "--name", "mine", *TRAIN
    )
    engine.runs("mine", os.getuid(), state="exited", status=1)
    assert "which is exited; to remove it and its log: taoshell stop --remove mine" in refused(
        user, approved, "--name", "mine", *TRAIN
    )


def test_a_gpu_in_use(user: User, approved: Sample, engine: StandIn) -> None:
    engine.runs("other", os.getuid(), gpus="0,1")
    done = user.must("run", "--gpus", "1,", *TRAIN, cwd=approved.root)
    assert done.err == "taoshell: other runs on the same GPU\n"
    assert user.must("run", "--gpus", "2,", *TRAIN, cwd=approved.root).err == ""
    engine.runs("other", os.getuid(), gpus="0,1", state="exited")
    assert user.must("run", "--gpus", "all", *TRAIN, cwd=approved.root).err == ""


def test_a_gpu_in_use_on_another_engine(user: User, approved: Sample, engine: StandIn) -> None:
    """A job of the same stand-in, by the name of the other engine. One that does not answer is not waited for."""
    other = engine.bin / "podman"
    text = (engine.bin / "docker").read_text()
    other.write_text(text.replace("case $1-$2", "folder=$folder-other; case $1-$2", 1))
    other.chmod(0o755)
    (user.home / "engine-other").mkdir()
    engine.runs("other", os.getuid(), gpus="1,", engine="podman")
    for name in ("ids", "containers"):
        (engine.folder / name).rename(user.home / "engine-other" / name)
    for on in ("docker", "compose"):
        done = user.must("run", "--on", on, "--gpus", "1,", *TRAIN, cwd=approved.root)
        assert done.err == "taoshell: other runs on the same GPU\n"
    other.write_text("#!/bin/sh\nexec sleep 60\n")
    start = time.monotonic()
    assert user.must("run", "--gpus", "1,", *TRAIN, cwd=approved.root).err == ""
    assert time.monotonic() - start < 20


def test_detached(user: User, approved: Sample, engine: StandIn) -> None:
    done = user.must("run", "--detach", "--name", "mine", *TRAIN, cwd=approved.root)
    assert (done.out, done.err) == ("mine\n", "taoshell: to follow it: taoshell logs --follow mine\n")
    assert "--rm" not in engine.ran()
    (engine.folder / "status").write_text("125")
    assert user.tries("run", "--detach", *TRAIN, cwd=approved.root).status == 125


def test_a_mount_point_is_made_before_the_engine_makes_it(user: User, approved: Sample, engine: StandIn) -> None:
    assert not (approved.root / "detectnet_v2").exists()
    user.must("run", *TRAIN, cwd=approved.root)
    assert (approved.root / "detectnet_v2/specs").is_dir()


def test_podman_without_root(user: User, sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    from taoshell.engines import podman
    from taoshell.engines.job import Job
    from taoshell.project.model import Mapping

    monkeypatch.setattr("os.geteuid", lambda: 1000)
    mapping = Mapping((), {}, {"user": "1000:1000", "ipc": "host", "shm_size": "16G"})
    job = Job("n", "i", ("true",), mapping, gpus="2", is_own=True, groups=(7,))
    words = podman.Podman({"PATH": "/nowhere"}).line(job).words
    assert "--userns" in words
    assert "--shm-size" not in words
    assert [word for word in words if "nvidia" in word] == ["nvidia.com/gpu=0", "nvidia.com/gpu=1"]
    assert "--group-add" not in words  # only crun can
    (user.home / "crun").touch()
    (user.home / "crun").chmod(0o755)
    assert "keep-groups" in podman.Podman({"PATH": str(user.home)}).line(job).words


def test_folder(user: User, engine: StandIn, tmp_path: Path) -> None:
    done = user.tries("run", *TRAIN, cwd=tmp_path)
    assert done.status == 1
    assert "no taoshell.toml in this folder or above it" in done.err


# -- Ctrl-C, at each stage ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["image-inspect", "pull", "run"])
def test_ctrl_c(user: User, approved: Sample, engine: StandIn, stage: str) -> None:
    """The engine hangs at a stage. Ctrl-C ends it, and nothing is left of it."""
    program = engine.bin / "docker"
    hang = f'case "$1-$2" in {stage}*) echo hangs; exec sleep 60 ;; esac\n'
    program.write_text(program.read_text().replace("case $1-$2", f"{hang}case $1-$2", 1))
    if stage == "pull":
        engine.has("other")
    words = [*COMMAND[1:], "run", "--image", IMAGE if stage != "pull" else "busybox:9", *TRAIN]
    child = pexpect.spawn(COMMAND[0], words, cwd=approved.root, env=user.environ, encoding="utf-8", timeout=SECONDS)
    wait_until(lambda: any(call[1] == stage.split("-")[0] for call in engine.calls()))
    engine.runs("left", os.getuid())  # what the engine would still list
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert "Traceback" not in child.before
    assert [call[1] for call in engine.calls() if call[1] == "rm"] == (["rm"] if stage == "run" else [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_the_command_line_of_the_engine_leaves_no_container(
    user: User, approved: Sample, engine: StandIn, number: signal.Signals
) -> None:
    program = engine.bin / "docker"
    hang = 'case "$1" in run) exec sleep 60 ;; esac\n'
    program.write_text(program.read_text().replace("case $1-$2", f"{hang}case $1-$2", 1))
    line = [*COMMAND, "run", *TRAIN]
    child = subprocess.Popen(line, cwd=approved.root, env=user.environ, stdin=subprocess.DEVNULL)
    wait_until(lambda: any(call[1] == "run" for call in engine.calls()))
    engine.runs("left", os.getuid())
    child.send_signal(number)
    assert child.wait(SECONDS) == 128 + number
    assert engine.calls()[-1] == ["docker", "rm", "--force", "0a"]
