"""What every engine must do: each is a test on the real one, and a row of docs/reports/engines.md."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pexpect

from tests.engines.bench import MODELS, ODD, SECRET, UID, Bench, ended
from tests.support.waiting import wait_until

PROPERTIES: dict[str, Callable[[Bench], None]] = {}
NESTED = 'layout = "classic"\nnetwork = "dino"\n[images]\nmodel = "taoshell-train:1"\n'
TRAIN = ("dino", "train", "-e", "/specs/train.yaml")


def prop(name: str) -> Callable[[Callable[[Bench], None]], Callable[[Bench], None]]:
    def keep(check: Callable[[Bench], None]) -> Callable[[Bench], None]:
        PROPERTIES[name] = check
        return check

    return keep


def interrupted(bench: Bench, *words: str) -> int:
    """Start a command without a terminal, send SIGINT, and return the exit status."""
    process = bench.start(*words)
    process.send_signal(signal.SIGINT)
    return ended(process)


@prop("a training reads its spec and data, and writes results")
def _(bench: Bench) -> None:
    root = bench.sample.root
    (root / "data/image").write_text("pixels")
    (root / "specs/train.yaml").write_text("data: /data\nresults_dir: /results/first\n")
    done = bench.run(*TRAIN)
    assert (done.status, done.out) == (0, "epoch 1 of 1\nsaved /results/first/model.pth\n"), done.err
    assert (root / "dino/results/first/model.pth").stat().st_uid == UID


@prop("mounts: blanks, commas and quotes in a path; one folder at two paths")
def _(bench: Bench) -> None:
    assert bench.says("cat '/my models/weights' '/models again/weights'") == "pretrained\npretrained"


@prop("mounts: a mount inside another one leaves no folder of root's")
def _(bench: Bench) -> None:
    sample = bench.project("nested", NESTED)
    (sample.root / "specs/here").touch()
    inner = sample.root / "dino/specs"
    shutil.rmtree(sample.root / "dino", ignore_errors=True)
    line = bench.run("--dry-run", "dino", "run", "true", sample=sample)
    assert line.status == 0
    assert not inner.exists()
    assert bench.says("ls /workspace/tao-experiments/dino/specs", sample=sample) == "here"
    assert inner.stat().st_mode & 0o777 == 0o777 & ~umask()


def umask() -> int:
    """Our own: an engine would have made the folder with its own."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


@prop("mounts: a source that is missing is refused, and not made")
def _(bench: Bench) -> None:
    words = bench.run("--dry-run", "dino", "run", "true").out
    shutil.rmtree(bench.user.home / MODELS)
    done = bench.run("dino", "run", "true")
    assert done.status == 1
    assert "which do not exist; run: mkdir -p" in done.err or "which does not exist; run: mkdir -p" in done.err
    engine = subprocess.run(["sh", "-c", words], env=bench.user.environ, capture_output=True, check=False)
    assert engine.returncode != 0  # also between our look and the start of the container
    assert not (bench.user.home / MODELS).exists()


@prop("modes: a place with mode ro cannot be written")
def _(bench: Bench) -> None:
    (bench.user.home / MODELS).chmod(0o777)
    done = bench.run("dino", "run", "sh", "-c", "touch '/models again/x'; touch '/my models/y'")
    assert done.status == 1
    assert sorted(os.listdir(bench.user.home / MODELS)) == ["weights", "x"]


@prop("variables: every character; HOME, USER and LOGNAME")
def _(bench: Bench) -> None:
    assert bench.says('echo "$ODD"; echo $HOME $USER $LOGNAME') == f"{ODD}\n/tmp {UID} {UID}"


@prop("user: the container's files belong to it")
def _(bench: Bench) -> None:
    assert bench.says("id -u; id -g; touch /results/x") == f"{UID}\n{UID}"
    found = (bench.sample.root / "dino/results/x").stat()
    assert (found.st_uid, found.st_gid) == (UID, UID)


@prop("options: shm_size")
def _(bench: Bench) -> None:
    assert bench.says("df -k /dev/shm | tail -1 | tr -s ' ' | cut -d ' ' -f 2") == str(64 << 10)


@prop("GPUs: a list, a number, all, and none are asked for as they are")
def _(bench: Bench) -> None:
    def asked(*words: str) -> str:
        done = bench.run(*words, "dino", "run", "sh", "-c", "env | grep -E '^(NVIDIA_VISIBLE_DEVICES|SEEN_GPU)'; true")
        assert done.status == 0, done.err
        return done.out.strip()

    is_podman = bench.name == "podman"
    assert asked("--gpus", "1,") == ("SEEN_GPU_1=1" if is_podman else "NVIDIA_VISIBLE_DEVICES=1")
    both = "SEEN_GPU_0=0\nSEEN_GPU_1=1"
    assert asked("--gpus", "0,1") == (both if is_podman else "NVIDIA_VISIBLE_DEVICES=0,1")
    assert asked("--gpus", "2") == (both if is_podman else "NVIDIA_VISIBLE_DEVICES=0,1")
    assert asked("--gpus", "all") == (both if is_podman else "NVIDIA_VISIBLE_DEVICES=all")
    assert asked("--gpus", "none") == ""


@prop("exit status: of the command, 126, 127, and 128 + N")
def _(bench: Bench) -> None:
    for words, status in {
        ("dino", "fail"): 3,
        ("dino", "run", "/etc"): 126,
        ("dino", "run", "no-such-command"): 127,
        ("dino", "run", "sh", "-c", "kill -9 $$"): 137,
    }.items():
        assert bench.run(*words).status == status, words


@prop("input: the command reads a pipe")
def _(bench: Bench) -> None:
    done = bench.run("dino", "run", "cat", stdin="over here\n")
    assert (done.status, done.out) == (0, "over here\n")


@prop("a terminal, only if there is one")
def _(bench: Bench) -> None:
    assert bench.run("dino", "run", "sh", "-c", "test -t 0 || test -t 1").status == 1
    child = bench.at_terminal("--shell")
    child.expect_exact("# " if bench.name == "never" else "$ ")
    child.sendline("test -t 0 && test -t 1 && exit 9")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 9


@prop("Ctrl-C without a terminal ends the container at once, with 130")
def _(bench: Bench) -> None:
    start = time.monotonic()
    assert interrupted(bench, "dino", "wait") == 130
    assert time.monotonic() - start < 15


@prop("Ctrl-C at a terminal ends the container, with 130")
def _(bench: Bench) -> None:
    child = bench.at_terminal("dino", "wait")
    child.expect("ready")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130


@prop("SIGTERM ends the container, with 143")
def _(bench: Bench) -> None:
    process = bench.start("dino", "wait")
    process.terminate()
    assert ended(process) == 143


@prop("a command that ends with 0 on Ctrl-C, like NVIDIA's entrypoint: 130 all the same")
def _(bench: Bench) -> None:
    assert interrupted(bench, "dino", "polite") == 130


@prop("a command that ignores Ctrl-C: the third one kills it")
def _(bench: Bench) -> None:
    process = bench.start("dino", "stubborn")
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
    assert ended(process) == 130


@prop("a command that ignores Ctrl-C, which also reaches the programs of the engine: killed, with 130")
def _(bench: Bench) -> None:
    """As from a terminal or a script: the fourth one comes while taoshell removes the container."""
    process = bench.start("dino", "stubborn", MINE)
    for _ in range(4):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.3)
    assert ended(process) == 130
    assert bench.ours() == []
    assert not running()


MINE = f"of-{os.getpid()}"  # an argument that tells this worker's commands from those of the others


def running() -> list[Path]:
    """The processes of such a command, in whichever container."""
    return [path for path in Path("/proc").glob("[0-9]*/cmdline") if MINE.encode() in read(path).split(b"\0")]


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


@prop("stop --remove ends what another program has failed to stop")
def _(bench: Bench) -> None:
    """The other one is killed while it waits: Podman calls such a container `stopping` from then on."""
    name = bench.run("--detach", "dino", "stubborn", MINE).out.strip()
    with subprocess.Popen([bench.program, "stop", name], env=bench.user.environ, stdout=subprocess.DEVNULL) as other:
        time.sleep(1)
        other.kill()
    state = bench.listed()
    assert state == f"{name}: {'stopping' if bench.name == 'podman' else 'running'} None"
    assert bench.types("stop", "--remove", name) == f"taoshell: {name} has ended and is removed, with its log\n"
    assert bench.ours() == []
    assert not running()


@prop("a closed terminal leaves no container")
def _(bench: Bench) -> None:
    child = bench.at_terminal("dino", "wait")
    child.expect("ready")
    os.close(child.child_fd)
    wait_until(lambda: bench.ours() == [])


@prop("detach, jobs, logs and stop")
def _(bench: Bench) -> None:
    done = bench.run("--detach", "--name", "mine", "dino", "wait")
    assert (done.status, done.out) == (0, "mine\n")
    assert done.err == "taoshell: to follow it: taoshell logs --follow mine\n"
    assert bench.listed() == "mine: running None"
    assert bench.types("logs", "mine") == "ready\n"
    assert "there is a container mine already, which is running" in bench.run("--name", "mine", "dino", "fail").err
    assert bench.types("stop", "mine") == "taoshell: mine has ended\n"
    assert bench.listed() == "mine: exited 143"
    assert "stop --remove mine" in bench.run("--name", "mine", "dino", "fail").err
    assert bench.types("stop", "--remove", "mine") == "taoshell: mine had ended and is removed, with its log\n"
    assert bench.listed() == ""


@prop("logs --follow ends when the container ends")
def _(bench: Bench) -> None:
    name = bench.run("--detach", "dino", "run", "sh", "-c", "echo one; sleep 1; echo two; exit 4").out.strip()
    assert bench.types("logs", "--follow", name) == "one\ntwo\n"
    assert bench.listed() == f"{name}: exited 4"
    bench.types("stop", "--remove", name)


@prop("a detached command that cannot start leaves nothing")
def _(bench: Bench) -> None:
    shutil.rmtree(bench.sample.root / "specs")
    done = bench.run("--detach", "dino", "train")
    assert done.status != 0
    assert bench.ours() == []


@prop("a container that taoshell did not start is left alone")
def _(bench: Bench) -> None:
    bench.engine("run", "--detach", "--name", "theirs", "taoshell-train:1", "dino", "wait")
    try:
        assert "is a container that taoshell did not start" in bench.types("stop", "--remove", "theirs", status=1)
        assert "is a container that taoshell did not start" in bench.types("logs", "theirs", status=1)
        assert "there is a container theirs already" in bench.run("--name", "theirs", "dino", "fail").err
        assert "theirs" not in bench.types("jobs")
        assert bench.engine("ps", "--quiet", "--filter", "name=theirs")
    finally:
        bench.engine("rm", "--force", "theirs")


@prop("secrets: inside, and in no argument of a process")
def _(bench: Bench) -> None:
    assert SECRET not in bench.run("--dry-run", "dino", "train").out
    process = bench.start("dino", "run", "sh", "-c", 'echo ready; read x; test "$WANDB_API_KEY" && sleep 30')
    assert process.stdout is not None
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    process.send_signal(signal.SIGINT)
    ended(process)
    assert len(lines) > 1
    assert not [line for line in lines if SECRET.encode() in line]
    assert bench.says("echo $WANDB_API_KEY") == SECRET


@prop("--dry-run prints a line that any POSIX shell runs")
def _(bench: Bench) -> None:
    line = bench.run("--dry-run", "dino", "run", "sh", "-c", 'cat "/my models/weights"; echo "$ODD"; exit 5').out
    for shell in ("sh", "bash"):
        environ = {**bench.user.environ, "WANDB_API_KEY": SECRET}
        done = subprocess.run([shell, "-c", line], env=environ, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (5, f"pretrained\n{ODD}\n"), done.stderr


@prop("two projects at once, each with its own folders")
def _(bench: Bench) -> None:
    other = bench.project("roads")
    (bench.sample.root / "data/cars").touch()
    (other.root / "data/roads").touch()
    one = bench.start("--gpus", "0,", "dino", "run", "sh", "-c", "echo ready; ls /data; exec sleep 60")
    done = bench.run("--gpus", "0,1", "dino", "run", "ls", "/data", sample=other)
    assert (done.status, done.out) == (0, "roads\n")
    assert "runs on the same GPU" in done.err
    assert "runs on the same GPU" not in bench.run("--gpus", "1,", "dino", "run", "ls", "/data", sample=other).err
    one.terminate()
    said = one.communicate()[0]
    assert said.split() == ["cars"], said


@prop("try: all places are the same inside, and nothing is left in them")
def _(bench: Bench) -> None:
    (bench.user.home / MODELS).chmod(0o777)
    said = bench.types("try", "--on", bench.name)
    assert "✗" not in said
    assert f"/results gets files that belong to the user {UID}" in said
    left = [name for _, _, names in os.walk(bench.user.home) for name in names if "taoshell-try" in name]
    assert left == []


@prop("try: a mount that the engine drops shows")
def _(bench: Bench) -> None:
    """A program in front of the engine leaves out the mount of the results."""
    (bench.user.home / MODELS).chmod(0o777)
    is_compose = bench.name == "compose"
    program = "docker-compose" if is_compose else bench.program
    real = shutil.which(program, path=bench.user.environ["PATH"])
    stand_in = bench.user.home / "bin" / program
    stand_in.parent.mkdir()
    stand_in.write_text(WITHOUT_RESULTS % real)
    stand_in.chmod(0o755)
    bench.user.environ["PATH"] = f"{stand_in.parent}:{bench.user.environ['PATH']}"
    said = bench.types("try", "--on", bench.name, status=1)
    assert "✗ /results is not in the container" in said
    assert said.count("✗") == 2, said


WITHOUT_RESULTS = r"""#!/usr/bin/env python3
import os, sys
words = sys.argv[1:]
at = next((at for at, word in enumerate(words) if word.startswith("type=bind") and "target=/results" in word), None)
if at is not None:
    del words[at - 1 : at + 1]
if "--file" in words:
    import yaml
    at = words.index("--file") + 1
    file = yaml.safe_load(open(words[at]))
    service = file["services"]["tao"]
    service["volumes"] = [volume for volume in service["volumes"] if volume["target"] != "/results"]
    os.lseek(int(words[at].rpartition("/")[2]), 0, 0)
    fd = os.memfd_create("x", 0)
    os.write(fd, yaml.safe_dump(file).encode())
    words[at] = f"/dev/fd/{fd}"
os.execv("%s", [sys.argv[0], *words])
"""
