"""`taoshell export`: only the approved values, in the form that another program reads."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from dotenv import dotenv_values

from taoshell.formats.dotenv import written
from tests.commands.conftest import COMMAND, User
from tests.support.needs import need
from tests.support.samples import CONTAINER, ENV, TOML, Sample
from tests.support.trees import snapshot


@pytest.fixture
def approved(user: User, sample: Sample) -> Sample:
    sample.allow()
    return sample


def expected(sample: Sample) -> dict[str, str]:
    """Return the article's seven values, KEY, NUM_GPUS and the mounts file."""
    return {
        "LAUNCHER_MOUNTS": str(sample.kept / "mounts.json"),
        "KEY": "tlt_encode",
        "NUM_GPUS": "1",
        "LOCAL_PROJECT_DIR": str(sample.root),
        "LOCAL_DATA_DIR": f"{sample.root}/data",
        "DATA_DOWNLOAD_DIR": f"{CONTAINER}/data",
        "LOCAL_EXPERIMENT_DIR": f"{sample.root}/detectnet_v2",
        "USER_EXPERIMENT_DIR": f"{CONTAINER}/detectnet_v2",
        "LOCAL_SPECS_DIR": f"{sample.root}/specs",
        "SPECS_DIR": f"{CONTAINER}/detectnet_v2/specs",
    }


def test_json(user: User, approved: Sample) -> None:
    done = user.must("export", "json", approved.root)
    assert done.err == ""
    assert json.loads(done.out) == expected(approved)


@pytest.mark.parametrize(("form", "arguments"), [("bash", ["-c"]), ("zsh", ["-fc"]), ("fish", ["--no-config", "-c"])])
def test_what_a_shell_evaluates(user: User, approved: Sample, form: str, arguments: list[str]) -> None:
    program = need(shutil.which(form), form)
    done = user.must("export", form, cwd=approved.root)
    assert done.err == ""
    shell = subprocess.run(
        [program, *arguments, f"{done.out}\nenv -0"], env=user.environ, capture_output=True, text=True, check=True
    )
    assert shell.stderr == ""
    got = dict(entry.split("=", 1) for entry in shell.stdout.split("\0") if entry)
    assert {name: got.get(name) for name in expected(approved)} == expected(approved)


POSIX = {"dash": ["dash"], "bash": ["bash", "--posix"], "ksh": ["ksh"], "mksh": ["mksh"], "zsh": ["zsh", "-f"]}
POSIX["busybox"] = ["busybox", "sh"]


@pytest.mark.parametrize("shell", POSIX)
def test_sh_in_each_posix_shell(user: User, approved: Sample, shell: str) -> None:
    values = {"QUOTES": 'it\'s "here" `id` $(id) $HOME \\ !x', "TILDE": "~/a:~/b", "GLOB": "*[a]?", "BLANK": " a  "}
    values["TWO_LINES"] = "one\ntwo\n"
    approved.env.write_text(ENV + written(values))
    approved.allow()
    program, *options = POSIX[shell]
    script = f'eval "$({shlex.join(COMMAND)} export sh)"\nexec {shutil.which("env")} -0'
    command = [need(shutil.which(program), program), *options, "-eu", "-c", script]
    done = subprocess.run(command, env=user.environ, cwd=approved.root, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    got = dict(entry.split("=", 1) for entry in done.stdout.split("\0") if entry)
    assert {name: got.get(name) for name in values} == values
    assert {name: got.get(name) for name in expected(approved)} == expected(approved)


def test_env_file(user: User, approved: Sample) -> None:
    approved.env.write_text(f"{ENV}QUOTED='it is'\n")
    approved.allow()
    lines = user.must("export", "env-file", approved.root).out.splitlines()
    assert dict(line.split("=", 1) for line in lines) == {**expected(approved), "QUOTED": "it is"}


def test_env_file_refuses_a_line_end(user: User, approved: Sample) -> None:
    approved.env.write_text(f'{ENV}A="1\\n2"\n')
    approved.allow()
    done = user.tries("export", "env-file", approved.root)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("taoshell: A has a line end, which an env-file cannot hold; ")


PYTHON_IN = {
    "bash": ["bash", "-c"],
    "zsh": ["zsh", "-fc"],
    "fish": ["fish", "--no-config", "-c"],
    "sh": ["sh", "-c"],
    "direnv": ["bash", "-c"],
}


@pytest.mark.parametrize("form", PYTHON_IN)
def test_the_python_comes_first_in_path(user: User, sample: Sample, form: str) -> None:
    program, *options = PYTHON_IN[form]
    need(shutil.which(program), program)
    sample.toml.write_text(f"{sample.toml.read_text()}[python]\nvenv = 'it is'\n")
    (sample.root / "it is/bin").mkdir(parents=True)
    (sample.root / "it is/bin/python").touch()
    sample.allow()
    text = user.must("export", form, sample.root).out
    command = [program, *options, f"{text}\nenv -0"]
    done = subprocess.run(command, env=user.environ, capture_output=True, text=True, check=True)
    got = dict(entry.split("=", 1) for entry in done.stdout.split("\0") if entry)
    assert got["PATH"] == f"{sample.root}/it is/bin:{user.environ['PATH']}"
    assert got["VIRTUAL_ENV"] == f"{sample.root}/it is"
    # a file of variables cannot add to PATH, and may be read in a container
    assert "VIRTUAL_ENV" not in user.must("export", "dotenv", sample.root).out
    assert json.loads(user.must("export", "json", sample.root).out) == expected(sample)


def test_dotenv(user: User, approved: Sample, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(user.must("export", "dotenv", approved.root).out)
    assert dotenv_values(tmp_path / "x", interpolate=False) == expected(approved)


def test_it_changes_nothing(user: User, approved: Sample) -> None:
    before = snapshot(user.home)
    user.must("export", "bash", approved.root)
    assert snapshot(user.home) == before


# -- not approved ------------------------------------------------------------------------------------------


def refused(user: User, sample: Sample) -> str:
    before = snapshot(user.home)
    done = user.types("export", "bash", sample.root)
    assert (done.status, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert snapshot(user.home) == before
    return done.err


NOT_APPROVED = "the project is not approved as it is now; run: taoshell allow"


def test_never_approved(user: User, sample: Sample) -> None:
    assert refused(user, sample) == f"taoshell: {sample.root}: {NOT_APPROVED} {sample.root}\n"


@pytest.mark.parametrize("name", ["taoshell.toml", ".env"])
def test_changed_since(user: User, approved: Sample, name: str) -> None:
    with open(approved.root / name, "a") as file:
        file.write("\n")
    assert refused(user, approved) == f"taoshell: {approved.root}: {NOT_APPROVED} {approved.root}\n"


def test_denied(user: User, approved: Sample) -> None:
    user.must("deny", approved.root)
    assert refused(user, approved) == f"taoshell: {approved.root}: {NOT_APPROVED} {approved.root}\n"


def test_broken(user: User, approved: Sample) -> None:
    approved.toml.write_text("=")
    assert refused(user, approved).startswith(f"taoshell: {approved.toml}:1: this is not valid TOML")


# -- another approved content --------------------------------------------------------------------------------


def test_mounts_and_variables_are_of_the_same_content(user: User, approved: Sample) -> None:
    """As after `git checkout` in a script, before any shell has compiled that branch."""
    (user.home / "big").mkdir()
    approved.toml.write_text(TOML + '[places]\ndata = "../big"\n')
    user.must("allow", "--yes", approved.root)
    approved.toml.write_text(TOML)
    got = json.loads(user.must("export", "json", approved.root).out)
    assert got["LOCAL_DATA_DIR"] == f"{approved.root}/data"
    mounts = json.loads(Path(got["LAUNCHER_MOUNTS"]).read_text())
    assert [mount["source"] for mount in mounts["Mounts"]] == [str(approved.root), f"{approved.root}/specs"]


def test_a_deleted_mounts_file_is_written_again(user: User, approved: Sample) -> None:
    (approved.kept / "mounts.json").unlink()
    got = json.loads(user.must("export", "json", approved.root).out)
    assert "Mounts" in json.loads(Path(got["LAUNCHER_MOUNTS"]).read_text())


def test_a_touched_project_is_still_approved(user: User, approved: Sample) -> None:
    approved.env.write_text(ENV)  # without the block, which needs no approval
    assert json.loads(user.must("export", "json", approved.root).out) == expected(approved)
