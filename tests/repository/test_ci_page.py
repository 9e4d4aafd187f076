"""docs/ci.md and docs/editors.md: each snippet does what the page says, run by the real program if there is one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import User
from tests.support.clone import CLONE
from tests.support.needs import need
from tests.support.raw_file_readers import github
from tests.support.samples import CONTAINER, Sample

PAGE = (CLONE / "docs/ci.md").read_text()
EDITORS = (CLONE / "docs/editors.md").read_text()
SPECS = f"{CONTAINER}/detectnet_v2/specs"
TRAINED = f"tao model detectnet_v2 train -e {SPECS}/train.txt"
NOT_APPROVED = "the project is not approved as it is now; run: taoshell allow"


def blocks(language: str, page: str = PAGE) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def yaml(text: str) -> Any:
    return pytest.importorskip("yaml").safe_load(text)


@pytest.fixture
def user(home: Path) -> User:
    """A user with `taoshell` and a `tao` that says how it was called, with which key and mounts."""
    user = User(home)
    path = ":".join([str(CLONE), *(folder for folder in sys.path if folder.endswith("-packages"))])
    programs = {
        "taoshell": f'PYTHONPATH="{path}" exec "{sys.executable}" -m taoshell "$@"',
        "tao": 'echo "tao $*"; echo "KEY=${KEY-}"; test -s "$LAUNCHER_MOUNTS" && echo mounted',
    }
    (home / "bin").mkdir()
    for name, body in programs.items():
        (home / "bin" / name).write_text(f"#!/bin/sh\n{body}\n")
        (home / "bin" / name).chmod(0o755)
    user.environ |= {"PATH": f"{home / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return user


@pytest.fixture
def sample(home: Path) -> Sample:
    """A clone of a project in CI: without a `.env`."""
    return Sample(home, env=None)


def run(user: User, command: list[str], cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {**user.environ, **environ}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("at", [0, 1])
def test_github_actions(user: User, sample: Sample, at: int) -> None:
    """Each step is a bash of its own, as in the runner; it gets what the earlier ones wrote to GITHUB_ENV."""
    said, file = "", user.home / "github_env"
    environ: dict[str, str] = {}
    for step in yaml(blocks("yaml")[at])["steps"]:
        file.write_text("")
        secrets = {name: "hush" for name, value in step.get("env", {}).items() if value == "${{ secrets.TAO_KEY }}"}
        if "run" in step:
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            done = run(user, command, sample.root, GITHUB_ENV=str(file), **environ, **secrets)
            assert done.returncode == 0, done.stderr
            said += done.stdout
            environ |= github(file)
    assert TRAINED in said
    assert "mounted" in said
    assert ("KEY=hush" in said) == (at == 0)


def test_gitlab_ci(user: User, sample: Sample) -> None:
    """The lines of `script` run in one shell."""
    train, prepare = (yaml(text) for text in blocks("yaml")[2:4])
    done = run(user, ["sh", "-ec", "\n".join(train["train"]["script"])], sample.root, TAO_KEY="hush")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"{TRAINED}\nKEY=hush\nmounted\n")
    job = prepare["prepare"]
    assert run(user, ["sh", "-ec", "\n".join(job["script"])], sample.root).returncode == 0
    report = (sample.root / job["artifacts"]["reports"]["dotenv"]).read_text()
    assert f"\nSPECS_DIR={SPECS}\n" in report
    assert "hush" not in report


def test_nothing_runs_without_approval(user: User, sample: Sample) -> None:
    for script in ("taoshell exec -- tao", "taoshell export env-file", "taoshell export sh"):
        done = run(user, ["sh", "-ec", script], sample.root)
        assert (done.returncode, done.stdout) == (1, "")
        assert NOT_APPROVED in done.stderr


# -- build tools -------------------------------------------------------------------------------------------

MAKE = blocks("make")[0]
ONE_TARGET = "\n".join(re.findall(r"`(train: [^`]*)`", PAGE)) + MAKE[MAKE.index("\n\n") :]
RECIPES = {"make": ("Makefile", MAKE), "make, one target": ("Makefile", ONE_TARGET)}
RECIPES["just"] = ("justfile", blocks("just")[0])


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_run_in_the_project(user: User, sample: Sample, name: str) -> None:
    file, text = RECIPES[name]
    (sample.root / file).write_text(text)
    beside = Path(sys.executable).with_name(name)
    program = need(str(beside) if beside.exists() else shutil.which(name.split(",")[0]), name)
    refused = run(user, [program, "train"], sample.root)
    assert refused.returncode != 0
    assert NOT_APPROVED in refused.stderr
    assert "mounted" not in refused.stdout
    sample.allow()
    done = run(user, [program, "train"], sample.root)
    assert done.returncode == 0, done.stderr
    assert f"{TRAINED}\nKEY=\nmounted\n" in done.stdout


def test_the_lines_of_make_are_one_target_of_two() -> None:
    assert ONE_TARGET.startswith("train: SHELL := taoshell\ntrain: .SHELLFLAGS := exec -- sh -ec\n\ntrain:\n\t")


# -- pre-commit --------------------------------------------------------------------------------------------


def committed(user: User, sample: Sample, config: str) -> str:
    """Commit the project with pre-commit; then break it, and return what the second commit prints."""
    beside = Path(sys.executable).with_name("pre-commit")
    program = need(str(beside) if beside.exists() else shutil.which("pre-commit"), "pre-commit")
    (sample.root / ".pre-commit-config.yaml").write_text(config)
    git = ["git", "-c", "user.name=me", "-c", "user.email=me@here"]
    for command in (["git", "init", "-q"], [program, "install"], ["git", "add", "."], [*git, "commit", "-m", "right"]):
        done = run(user, command, sample.root)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stderr
    sample.toml.write_text('layout = "clasic"\n')
    run(user, ["git", "add", "."], sample.root)
    done = run(user, [*git, "commit", "-m", "wrong"], sample.root)
    assert done.returncode == 1
    return done.stdout + done.stderr


def test_pre_commit(user: User, sample: Sample) -> None:
    assert 'unknown layout "clasic"' in committed(user, sample, blocks("yaml")[4])


@pytest.mark.slow
def test_pre_commit_installs_this_repository(user: User, sample: Sample) -> None:
    """A clone with all that is here now, as a commit of its own: pre-commit takes only commits."""
    clone = user.home / "clone"
    ignored = shutil.ignore_patterns(".git", ".venv", ".cache", "__pycache__", ".*_cache")
    shutil.copytree(CLONE, clone, ignore=ignored)
    git = ["git", "-c", "user.name=me", "-c", "user.email=me@here"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"], ["tag", "now"]):
        assert run(user, [*git, *command], clone).returncode == 0
    config = {"repos": [{"repo": str(clone), "rev": "now", "hooks": [{"id": "taoshell"}]}]}
    (user.home / "bin" / "taoshell").unlink()
    user.environ["PATH"] = f"{user.home / 'bin'}:{os.environ['PATH']}"
    assert 'unknown layout "clasic"' in committed(user, sample, json.dumps(config))


# -- VS Code -----------------------------------------------------------------------------------------------


def test_a_task_of_vs_code_runs_in_the_project(user: User, sample: Sample) -> None:
    """VS Code starts the task's shell with these arguments, and then the command as one more."""
    sample.allow()
    (tasks,) = (json.loads(text) for text in blocks("json", EDITORS) if "tasks" in text)
    shell, (task,) = tasks["options"]["shell"], tasks["tasks"]
    done = run(user, [shell["executable"], *shell["args"], task["command"]], sample.root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(TRAINED)
