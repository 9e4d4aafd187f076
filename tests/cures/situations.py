"""For each cure, a situation that prints it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.cures.scene import Case, Scene
from tests.support.clone import CLONE
from tests.support.engine import StandIn
from tests.support.samples import CONTAINER, Sample

SITUATIONS: dict[str, Callable[[Scene], Case]] = {}


def situation(name: str) -> Callable[[Callable[[Scene], Case]], Callable[[Scene], Case]]:
    def keep(make: Callable[[Scene], Case]) -> Callable[[Scene], Case]:
        assert name not in SITUATIONS
        SITUATIONS[name] = make
        return make

    return keep


def word(path: object) -> str:
    return shlex.quote(str(path))


def entered(root: Path, error: str, shell: str = "bash") -> Case:
    """Return the case of a shell that enters the project in `root`, and enters it anew after the cure."""
    line = f"cd {word(root)}" if shell == "bash" else f'cd "{root}"'
    return Case(line, error, again=f"cd /; {line}", cwd=root, shell=shell)


# -- projects ----------------------------------------------------------------------------------------------


@situation("no-project")
def _(scene: Scene) -> Case:
    folder = scene.home / "it's new"
    folder.mkdir()
    return Case(f"taoshell allow {word(folder)}", "no taoshell.toml")


@situation("no-projects")
def _(scene: Scene) -> Case:
    folder = scene.home / "cars"
    folder.mkdir()
    return Case("taoshell list", "no projects yet", cwd=folder)


@situation("file-gone")
def _(scene: Scene) -> Case:
    root = scene.project().root
    line = f"taoshell edit {word(root)}"
    return Case(f"EDITOR=rm {line}", "the file is gone", again=f"EDITOR=true {line}")


@situation("symlink-out")
def _(scene: Scene) -> Case:
    sample = scene.project(approved=False)
    (scene.home / ".profile").write_text("mine\n")
    sample.env.unlink(missing_ok=True)
    sample.env.symlink_to("../.profile")
    return Case(f"taoshell allow {word(sample.root)}", "this symlink leads to")


@situation("missing-folders")
def _(scene: Scene) -> Case:
    sample = scene.project(toml="[places]\ndata = '../my \"big\" data'\n", approved=False)
    (sample.root / "specs").rmdir()
    (sample.root / "specs").symlink_to("the specs")  # mkdir of a dangling symlink fails
    return Case(f"taoshell allow --yes {word(sample.root)}", "do not exist")


@situation("missing-folder-outside")
def _(scene: Scene) -> Case:
    sample = scene.project(approved=False)
    (sample.root / "specs").rmdir()
    (sample.root / "specs").symlink_to("../the specs")
    return Case(f"taoshell init --mkdir --yes {word(sample.root)}", "there is no such folder")


@situation("after-a-change")
def _(scene: Scene) -> Case:
    root = scene.home / "cars"
    scene.types("mkdir cars && taoshell init --yes --mkdir --network dino cars")
    (root / "taoshell.toml").write_text((root / "taoshell.toml").read_text() + "[env]\nA = '1'\n")
    return Case("cat taoshell.toml; taoshell status", "blocked: taoshell.toml", cwd=root)


def changed(scene: Scene) -> Sample:
    sample = scene.project()
    sample.toml.write_text(f"{sample.toml.read_text()}[env]\nA = '1'\n")
    return sample


@situation("to-approve")
def _(scene: Scene) -> Case:
    return Case(f"taoshell status {word(scene.project(approved=False).root)}", "✗ not approved")


@situation("to-see-and-approve")
def _(scene: Scene) -> Case:
    return Case(f"taoshell status {word(changed(scene).root)}", "✗ blocked", looks="+A = '1'")


@situation("off")
def _(scene: Scene) -> Case:
    scene.project()
    return Case("taoshell off; taoshell status", "taoshell is off", again="taoshell status", shell="bash", here=True)


@situation("to-prune")
def _(scene: Scene) -> Case:
    scene.project("gone")
    shutil.rmtree(scene.home / "gone")
    return Case("taoshell list", "✗ gone")


@situation("not-approved")
def _(scene: Scene) -> Case:
    return Case(f"taoshell exec {word(changed(scene).root)} -- true", "not approved as it is now")


@situation("changed")
def _(scene: Scene) -> Case:
    sample = changed(scene)
    return entered(sample.root, "changed since you approved")


@situation("changed-and-wrong")
def _(scene: Scene) -> Case:
    sample = scene.project()
    right = sample.toml.read_text()
    sample.toml.write_text(f"{right}wrong\n")
    case = entered(sample.root, "changed since you approved")
    return replace(case, looks="taoshell.toml:3: ", then=lambda _: sample.toml.write_text(right))


@situation("denied")
def _(scene: Scene) -> Case:
    root = scene.project().root
    scene.types(f"taoshell deny {word(root)}")
    return entered(root, "is denied")


def never_approved(shell: str) -> Callable[[Scene], Case]:
    def make(scene: Scene) -> Case:
        return entered(scene.project(approved=False).root, "is not approved", shell)

    return make


situation("shell/posix/switch.sh")(never_approved("bash"))
situation("shell/fish/switch.fish")(never_approved("fish"))


def without_its_python(shell: str) -> Callable[[Scene], Case]:
    """A project whose environment has been removed since the approval."""

    def make(scene: Scene) -> Case:
        sample = scene.project(approved=False)
        sample.toml.write_text(sample.toml.read_text() + "[python]\nvenv = 'my env'\n")
        (sample.root / "my env/bin").mkdir(parents=True)
        (sample.root / "my env/bin/python").touch()
        sample.allow()
        shutil.rmtree(sample.root / "my env")
        return entered(sample.root, "is gone or not yours any more", shell)

    return make


situation("shell/posix/search_path.sh")(without_its_python("bash"))
situation("shell/fish/search_path.fish")(without_its_python("fish"))


@situation("launcher-refuses")
def _(scene: Scene) -> Case:
    sample = changed(scene)
    sample.sync()
    # The launcher prints the field's name: KeyError: 'Invalid field … found in … file.'
    script = "import json, sys; print(*[key[1:-1] for key in json.load(open(sys.argv[1])) if key[0] == '('])"
    return Case(
        f"{word(sys.executable)} -c {word(script)} {word(sample.kept)}/mounts.json", "is not approved", cwd=sample.root
    )


# -- settings ----------------------------------------------------------------------------------------------


@situation("quotes-for-docker")
def _(scene: Scene) -> Case:
    root = scene.project(env="A='it is'\n").root
    line = f"taoshell init --yes {word(root)}"
    return Case(line, "would keep the quotes of", looks="\nA=it is\n", again=SELF)


@situation("no-key")
def _(scene: Scene) -> Case:
    folder = scene.home / "it's new"
    folder.mkdir()
    return Case(f"taoshell init --yes --mkdir --network dino {word(folder)}", "KEY is not set")


SELF = "the cure"  # its own output no longer has the error


@situation("seen-by-all")
def _(scene: Scene) -> Case:
    return Case(f"taoshell set A_TOKEN=x B_TOKEN=y {word(scene.project().root)}", "every user", again=SELF)


@situation("no-value-here")
def _(scene: Scene) -> Case:
    return Case(f"taoshell set KEY abc {word(scene.project().root)}", "takes no value", again=SELF)


@situation("new-name")
def _(scene: Scene) -> Case:
    return Case(f"taoshell set NUM_GPU=2 'A=it is' A_TOKEN=x {word(scene.project().root)}", "is a new name")


@situation("new-network")
def _(scene: Scene) -> Case:
    return Case(
        f"taoshell set NUM_GPUS=2 network=detecnet_v2 {word(scene.project().root)}", "is not one that taoshell knows"
    )


@situation("unset-with-value")
def _(scene: Scene) -> Case:
    root = scene.project(env="A=1\nB=2\n").root
    return Case(f"taoshell unset B A=1 {word(root)}", "takes no value", again=SELF)


@situation("not-set")
def _(scene: Scene) -> Case:
    root = word(scene.project().root)
    line = f"taoshell unset XYZ {root}"
    return Case(line, "is not set", looks="NUM_GPUS", again=f"taoshell unset NUM_GPUS {root}")


@situation("container-path")
def _(scene: Scene) -> Case:
    return Case(f"taoshell set 'SPECS_DIR=/my specs' {word(scene.project().root)}", "is the container path", again=SELF)


@situation("secret-for-shell")
def _(scene: Scene) -> Case:
    return Case(f"taoshell set env.A_TOKEN=x {word(scene.project().root)}", "is a secret", again=SELF)


@situation("secret-for-container")
def _(scene: Scene) -> Case:
    return Case(f"taoshell set container.env.A_TOKEN=x {word(scene.project().root)}", "is a secret", again=SELF)


@situation("from-in-project")
def _(scene: Scene) -> Case:
    envs = [{"variable": "WANDB_MODE", "value": "offline"}]
    (scene.home / "its mounts.json").write_text(json.dumps({"Mounts": [], "Envs": envs}))
    line = f"taoshell init --yes {word(scene.project().root)} --from 'its mounts.json'"
    return Case(line, "this folder is a project already", again="true", cwd=scene.home)


@situation("symlinked-gitignore")
def _(scene: Scene) -> Case:
    root = scene.project().root
    (root / "ignored").write_text("*.log\n")
    (root / ".gitignore").symlink_to("ignored")
    return Case(f"taoshell allow --yes {word(root)}", "has no effect")


@situation("read-only")
def _(scene: Scene) -> Case:
    sample = scene.project()
    sample.toml.chmod(0o444)
    return Case(f"taoshell set container.shm_size=16G {word(sample.root)}", "the file is read-only")


@situation("git-tracks-env")
def _(scene: Scene) -> Case:
    root = scene.project().root
    for words in (["init", "--quiet"], ["add", ".env"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    line = f"taoshell deny {word(root)}; taoshell allow --yes {word(root)}"
    return Case(line, ".env is tracked")


@situation("no-secret")
def _(scene: Scene) -> Case:
    root = scene.project().root
    reference = word('container.env.WANDB_API_KEY={ from = ".env" }')
    return Case(f"taoshell set {reference} {word(root)}", "is not in .env", again=f"taoshell status {word(root)}")


@situation("secret-not-exported")
def _(scene: Scene) -> Case:
    root = scene.project(env="NGC_TOKEN=x\n").root
    folder = scene.home / "it's new"
    folder.mkdir()
    line = f"taoshell export docker {word(root)} > {word(scene.home / 'run.sh')}"
    line += f" && taoshell init --yes --from {word(scene.home / 'run.sh')} {word(folder)}"
    return Case(line, "NGC_TOKEN is a secret", again=f"taoshell status {word(folder)}")


@situation("place-stays")
def _(scene: Scene) -> Case:
    (scene.home / "mine").mkdir()
    root = scene.project(env="LOCAL_DATA_DIR=../mine\n").root
    return Case(f"taoshell set places.data=.. {word(root)}", "place data stays")


# -- containers ------------------------------------------------------------------------------------------------


def contained(scene: Scene, toml: str = "") -> tuple[StandIn, Sample]:
    """Return a stand-in for Docker, and a project."""
    return StandIn(scene.home, "docker"), scene.project(toml=toml)


@situation("no-login")
def _(scene: Scene) -> Case:
    engine, sample = contained(scene)
    engine.has()
    return Case("taoshell run dino train", "not logged in at nvcr.io", cwd=sample.root)


@situation("name-in-use")
def _(scene: Scene) -> Case:
    engine, sample = contained(scene)
    engine.runs("mine", os.getuid(), state="exited")
    return Case("taoshell run --name mine dino train", "there is a container mine already", cwd=sample.root)


@situation("detached")
def _(scene: Scene) -> Case:
    engine, sample = contained(scene)
    engine.runs("mine", os.getuid())  # the stand-in does not look at names
    line = "taoshell run --detach dino train"
    return Case(line, "to follow it", looks="epoch 1", again="true", cwd=sample.root)


@situation("see-jobs")
def _(scene: Scene) -> Case:
    engine, _ = contained(scene)
    engine.runs("mine", os.getuid())
    (engine.folder / "containers").rename(engine.folder / "kept")

    def is_there(_: str) -> None:
        (engine.folder / "kept").rename(engine.folder / "containers")

    line = "taoshell stop x"
    return Case(line, "no container is called x", looks="no jobs", then=is_there, again="taoshell stop mine")


@situation("spec-wrong")
def _(scene: Scene) -> Case:
    engine, sample = contained(scene)
    engine.acts("docker")
    spec = sample.root / "specs/a b.yaml"
    spec.write_text("data_dir: /data/nowhere\n")
    line = f"taoshell run --try dino train -e {word(f'{CONTAINER}/detectnet_v2/specs/a b.yaml')}"
    then = lambda _: spec.write_text("x: 1\n")  # noqa: E731
    return Case(line, "no mount reaches", looks="specs/a b.yaml", then=then, cwd=sample.root)


@situation("places-wrong")
def _(scene: Scene) -> Case:
    engine, sample = contained(scene)
    engine.acts("docker")
    scene.environ["DROP"] = f"{CONTAINER}/detectnet_v2/specs"

    def is_back(_: str) -> None:
        scene.environ["DROP"] = ""

    line = "taoshell run --try dino run true"
    return Case(line, "is not in the container", looks="✗ specs", then=is_back, cwd=sample.root)


# -- the mounts file ---------------------------------------------------------------------------------------


def mounts(source: str) -> str:
    return json.dumps({"Mounts": [{"source": source, "destination": "/workspace/tao-experiments/data"}]})


@situation("cannot-mount")
def _(scene: Scene) -> Case:
    (scene.home / "theirs.json").write_text(mounts(str(scene.home)))
    env = "# taoshell: ignore LOCAL_DATA_DIR\nLOCAL_DATA_DIR=/x\n"
    sample = scene.project(env=env)

    def without_the_line(_: str) -> None:
        sample.env.write_text(sample.env.read_text().replace(env, ""))
        sample.allow()

    line = "taoshell adopt ../theirs.json"
    return Case(line, "the project cannot mount", looks="LOCAL_DATA_DIR", then=without_the_line, cwd=sample.root)


@situation("released")
def _(scene: Scene) -> Case:
    scene.types("taoshell mounts release")
    return Case("taoshell mounts", "because you released it")


@situation("own-kept")
def _(scene: Scene) -> Case:
    (scene.home / ".tao_mounts.json").write_text(mounts("/mine"))
    (scene.home / "theirs.json").write_text(mounts("/theirs"))
    line = "taoshell mounts restore theirs.json; cat .tao_mounts.json"
    return Case(line, '"source": "/theirs"', again="cat .tao_mounts.json")


@situation("own-moved")
def _(scene: Scene) -> Case:
    root = scene.project().root
    (scene.home / ".tao_mounts.json").write_text(mounts("/mine"))
    own, home = "cat ../.tao_mounts.json", word(scene.home)
    line = f"taoshell exec -- mv {home}/.tao_mounts.original.json {home}/.tao_mounts.json; taoshell exec -- true; {own}"
    return Case(line, "No such file", again=own, cwd=root)


@situation("foreign-kept")
def _(scene: Scene) -> Case:
    root = scene.project().root
    (scene.home / "theirs.json").write_text(mounts(str(scene.home)))
    again = "taoshell exec -- true; taoshell status"  # the next shell that enters sees what was written
    line = f"taoshell exec -- cp {word(scene.home)}/theirs.json {word(scene.home)}/.tao_mounts.json; {again}"
    return Case(line, f"~/{root.name}/data", again=again, cwd=root)


@situation("cell-wrote")
def _(scene: Scene) -> Case:
    root = scene.project().root
    (scene.home / "theirs.json").write_text(mounts(str(scene.home)))
    scene.types("taoshell install jupyter --yes")
    code = "import shutil; shutil.copyfile('../theirs.json', '../.tao_mounts.json')"
    line = f'{word(sys.executable)} -m IPython -c "{code}"; taoshell status'
    return Case(line, f"~/{root.name}/data", again="taoshell status", cwd=root)


def with_a_backup(scene: Scene, name: str, error: str) -> Case:
    (scene.home / ".tao_mounts.json").write_text(mounts("/mine"))
    (scene.home / "theirs.json").write_text(mounts("/theirs"))
    scene.types("taoshell mounts restore theirs.json")
    again = "taoshell mounts restore $(taoshell mounts | grep -o '20[^ ]*own.json')"
    return Case(f"taoshell mounts restore {name}", error, looks=".own.json", again=again)


@situation("no-backup")
def _(scene: Scene) -> Case:
    return with_a_backup(scene, "2020", "there is no such file or backup")


@situation("bad-backup")
def _(scene: Scene) -> Case:
    return with_a_backup(scene, "bin", "this is a folder")


# -- shells and the program --------------------------------------------------------------------------------


@situation("usage")
def _(scene: Scene) -> Case:
    return Case("taoshell mounts re", "no such command", looks="take", again="taoshell mounts take")


@situation("hook-not-installed")
def _(scene: Scene) -> Case:
    return Case("taoshell status", "next: taoshell install", typed=True)


@situation("hook-not-loaded")
def _(scene: Scene) -> Case:
    line = "taoshell install --yes bash >/dev/null 2>&1; taoshell status"
    return Case(line, "the hook is not loaded", again="taoshell status", typed=True)


@situation("hook-unheard")
def _(scene: Scene) -> Case:
    line = 'eval "$(taoshell hook bash)"; PROMPT_COMMAND=true; taoshell status'
    return Case(line, "no prompt calls it", again="taoshell status", typed=True)


@situation("hook-installed")
def _(scene: Scene) -> Case:
    return Case("taoshell install bash; taoshell status", "the hook is not loaded", again="taoshell status", typed=True)


@situation("hook-outdated")
def _(scene: Scene) -> Case:
    scene.types("taoshell install --yes bash")
    config = scene.home / ".config/taoshell/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[defaults]\nlog = 'quiet'\n")
    return Case("taoshell config", "was installed before", typed=True)


@situation("config-writable")
def _(scene: Scene) -> Case:
    folder = scene.home / ".config/taoshell"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("[defaults]\n")
    folder.chmod(0o777)
    return Case("taoshell config", "could make taoshell start programs")


@situation("hook-needed")
def _(scene: Scene) -> Case:
    return Case("taoshell off", "it is not loaded here", typed=True)


@situation("clone-incomplete")
def _(scene: Scene) -> Case:
    clone = scene.home / "it's my clone"
    for part in ("taoshell", "shell"):
        shutil.copytree(CLONE / part, clone / part, ignore=shutil.ignore_patterns("__pycache__"))
    own = ("-c", "user.name=me", "-c", "user.email=me@example.org")
    for words in (("init", "-q"), ("add", "."), (*own, "commit", "-qm", "all")):
        subprocess.run(["git", "-C", clone, *words], check=True, env=scene.environ)
    (clone / "shell/posix/prompt.sh").unlink()
    scene.use(clone)
    return Case("taoshell hook bash", "this part of taoshell is missing")


def removed(scene: Scene, folder: str) -> Case:
    """Uninstall the hook with a Python in `folder`. A stand-in for pip says what it removes."""
    python = scene.home / folder / "bin/python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", scene.home / folder], check=True)
    (scene.home / "pip.py").write_text("import sys\nprint(*sys.argv[1:])\n")
    scene.environ["PYTHONPATH"] = str(scene.home)
    for name in ("pipx", "uv"):
        scene.program(name, 'echo "$@"')
    scene.use(python=str(python))
    return Case("taoshell uninstall --yes", "to remove the program", looks="uninstall taoshell", again=SELF)


@situation("program-of-pip")
def _(scene: Scene) -> Case:
    return removed(scene, "it's my venv")


@situation("program-of-pipx")
def _(scene: Scene) -> Case:
    return removed(scene, "pipx/venvs/taoshell")


@situation("program-of-uv")
def _(scene: Scene) -> Case:
    return removed(scene, ".local/share/uv/tools/taoshell")


@situation("program-of-install")
def _(scene: Scene) -> Case:
    case = removed(scene, ".local/share/taoshell")
    link = scene.home / ".local/bin/taoshell"
    link.parent.mkdir()
    link.symlink_to(scene.home / ".local/share/taoshell/bin/taoshell")

    def is_gone(_: str) -> None:
        assert not link.is_symlink()
        assert not (scene.home / ".local/share/taoshell").exists()

    return replace(case, looks="", then=is_gone)


# -- the lock ----------------------------------------------------------------------------------------------

HOLD = """import sys, time
from taoshell.state.lock_file import held
with held(sys.argv[1]):
    print(flush=True)
    time.sleep(99)
"""
HOLD_UNSIGNED = (
    "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print(flush=True); time.sleep(99)"
)


def locked(scene: Scene, script: str) -> tuple[str, subprocess.Popen[bytes]]:
    """Let another process hold the lock. Return a command that needs it, and that process."""
    root = scene.project().root
    path = scene.home / ".local/state/taoshell/lock"
    assert path.exists()
    holder = subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE, cwd=CLONE)
    assert holder.stdout is not None
    holder.stdout.readline()
    return f"taoshell deny {word(root)}", holder


@situation("lock-held")
def _(scene: Scene) -> Case:
    return Case(locked(scene, HOLD)[0], "has held the lock")


@situation("lock-held-by-another")
def _(scene: Scene) -> Case:
    line, holder = locked(scene, HOLD_UNSIGNED)
    return Case(line, "has held the lock", looks=str(holder.pid), then=lambda _: holder.kill())


# -- another user than root ----------------------------------------------------------------------------------


@situation("unreadable")
def _(scene: Scene) -> Case:
    sample = scene.project(approved=False)
    sample.env.chmod(0)
    return Case(f"taoshell status {word(sample.root)}", "you may not read this file")


@situation("no-venv")
def _(scene: Scene) -> Case:
    root = word(scene.project(toml="[python]\nvenv = 'my env'\n").root)
    return Case(f"taoshell status {root}", "has no bin/python")


@situation("no-conda")
def _(scene: Scene) -> Case:
    root = word(scene.project(toml="[python]\nconda = 'tao'\n").root)
    made = '"$HOME/miniconda3/envs/$4"'  # conda create --yes --name NAME …
    scene.program("conda", f"mkdir -p {made}/conda-meta {made}/bin; touch {made}/conda-meta/history {made}/bin/python")
    return Case(f"taoshell status {root}", "no conda environment tao was found")


@situation("no-dashes")
def _(scene: Scene) -> Case:
    root = word(scene.project("it's").root)
    line = f"taoshell exec {root} echo 'a b'"
    return Case(line, "is a folder", looks="a b\n", again=SELF)


@situation("not-at-its-path")
def _(scene: Scene) -> Case:
    sample = scene.project(toml="[places]\nspecs = { mount = false }\n")
    return Case(f"taoshell status {word(sample.root)}", "in the container")


@situation("root-writes")
def _(scene: Scene) -> Case:
    root = word(scene.project(approved=False).root)
    scene.types(f"taoshell allow --yes {root}")
    return Case(f"taoshell status {root}", "will belong to root")


@situation("no-mount")
def _(scene: Scene) -> Case:
    root = scene.project().root
    folder = scene.home / 'ann\'s "big" data'
    folder.mkdir()
    return Case(f"taoshell path {word(folder)}", "no mount carries", cwd=root)


AS_USER = {"unreadable", "root-writes"}
