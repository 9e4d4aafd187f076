"""`taoshell status`: what is in force here, and why. Secrets are never shown."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from taoshell.mounts import mapping
from taoshell.state.paths import State
from tests.commands.conftest import COMMAND, User
from tests.support.accounts import SELF, Account, ended_pid
from tests.support.needs import need
from tests.support.samples import CONTAINER, ENV, Sample
from tests.support.trees import snapshot

HOOK = {"TAOSHELL_HOOK": str(os.getpid())}  # as if this process were a shell with the hook


def machine(user: User, sample: Sample, **environ: str) -> dict[str, object]:
    done = user.types("status", "--json", sample.root, **environ)
    assert done.err == ""
    found: dict[str, object] = json.loads(done.out)
    assert found["version"] == 1
    assert done.status == (found["state"] == "broken")
    return found


def test_the_table(user: User, sample: Sample) -> None:
    sample.allow()
    done = user.must("status", cwd=sample.root / "specs", **HOOK)
    for text in ("p: detectnet_v2, layout classic", "LOCAL_SPECS_DIR", f"{sample.root}/specs", f"{CONTAINER}/data"):
        assert text in done.out
    assert done.err.startswith(f"taoshell: {sample.root}: approved, not loaded in this shell\n")


def test_another_holder_of_the_mounts_file_is_named(user: User, sample: Sample, home: Path) -> None:
    sample.allow()
    account = Account(home)
    other = account.project("other")
    session = account.enter(other)
    account.settle()
    name = f"taoshell: ~/.tao_mounts.json has the mapping of {other}, by shell"
    unset = "; LAUNCHER_MOUNTS is not set here, so TAO's launcher would use that mapping\n"
    assert f"{name} {SELF}{unset}" in user.must("status", sample.root, **HOOK).err
    assert user.must("status", home, **HOOK).err == f"taoshell: no project here\n{name} {SELF}{unset}"
    found = machine(user, sample)["mounts_file"]
    assert isinstance(found, dict)
    assert (found["project"], found["pid"], found["host"]) == (other, SELF, None)
    session.rename(session.with_name("7-7@machine@another-boot-1"))
    assert f"{name} 7 on machine{unset}" in user.must("status", sample.root, **HOOK).err
    found = machine(user, sample)["mounts_file"]
    assert isinstance(found, dict)
    assert (found["project"], found["pid"], found["host"]) == (other, 7, "machine")


def test_with_another_holder_it_says_what_the_launcher_would_use_here(user: User, sample: Sample, home: Path) -> None:
    sample.allow()
    account = Account(home)
    account.enter(account.project("other"))
    account.settle()
    state = State.of(user.environ)
    own, refused, foreign = state.project(str(sample.root)).mounts, state.refused, f"{home}/mine.json"
    mapping.ensure_refusal(state)

    def said(folder: Path, path: str) -> str:
        line = user.must("status", folder, **HOOK, LAUNCHER_MOUNTS=path).err.splitlines()[1]
        return line.partition("; ")[2]

    assert said(sample.root, own) == "LAUNCHER_MOUNTS is this project's own"
    assert said(home, own) == f"LAUNCHER_MOUNTS is another file: {own}"
    assert said(sample.root, foreign) == f"LAUNCHER_MOUNTS is another file: {foreign}"
    assert said(sample.root, refused) == "TAO's launcher refuses to start in this shell"
    user.must("deny", sample.root)
    assert said(sample.root, own) == "TAO's launcher refuses to start in this shell"


def test_secrets_are_masked_everywhere(user: User, sample: Sample) -> None:
    sample.allow()
    names = ["KEY", "MY_KEY", "A_TOKEN", "B_SECRET", "C_PASSWORD"]
    sample.env.write_text("".join(f"{name}=hush\n" for name in names) + "PLAIN=open\n")
    for command in (
        ["status"],
        ["status", "--json"],
        ["allow", "--yes"],
        ["status"],
        ["status", "--json"],
        ["list"],
        ["diff"],
    ):
        done = user.types(*command, cwd=sample.root)
        assert "hush" not in done.out + done.err
    variables = machine(user, sample)["variables"]
    assert isinstance(variables, dict)
    assert {name: variables[name] for name in [*names, "PLAIN"]} == {**dict.fromkeys(names, "••••"), "PLAIN": "open"}


def test_json(user: User, sample: Sample) -> None:
    sample.allow()
    found = machine(user, sample)
    assert {name: found[name] for name in ("project", "name", "state", "network", "layout", "problem", "loaded")} == {
        "project": str(sample.root),
        "name": "p",
        "state": "approved",
        "network": "detectnet_v2",
        "layout": "classic",
        "problem": None,
        "loaded": False,
    }
    assert found["mounts"] == [
        {"source": str(sample.root), "destination": CONTAINER, "mode": "rw"},
        {"source": f"{sample.root}/specs", "destination": f"{CONTAINER}/detectnet_v2/specs", "mode": "rw"},
    ]
    places = found["places"]
    assert isinstance(places, list)
    assert places[1] == {
        "name": "data",
        "host": f"{sample.root}/data",
        "container": f"{CONTAINER}/data",
        "host_variables": ["LOCAL_DATA_DIR"],
        "container_variables": ["DATA_DOWNLOAD_DIR"],
        "mode": "rw",
        "is_mounted": True,
    }


def test_not_approved(user: User, sample: Sample) -> None:
    assert machine(user, sample)["state"] == "not approved"
    done = user.must("status", sample.root, **HOOK)
    assert done.err.startswith(
        f"taoshell: {sample.root}: not approved, not loaded in this shell; run: taoshell allow {sample.root}\n"
    )


def test_changed_since(user: User, sample: Sample) -> None:
    sample.allow()
    sample.env.write_text(ENV + "A=1\n")
    assert machine(user, sample)["state"] == "not approved"


def test_loaded_in_the_shell_that_asks(user: User, sample: Sample) -> None:
    sample.allow()
    environ = {**HOOK, "TAOSHELL_ROOT": str(sample.root), "TAOSHELL_PROJECT": "p"}
    said = user.must("status", sample.root, **environ).err
    assert said.startswith(f"taoshell: {sample.root}: approved, loaded in this shell\n")
    assert machine(user, sample, **environ)["loaded"] is True
    found = machine(user, sample, **environ, TAOSHELL_BLOCKED="1")
    assert found["blocked"] is True


def test_broken(user: User, sample: Sample) -> None:
    sample.toml.write_text("=")
    done = user.types("status", sample.root)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"taoshell: {sample.toml}:1: this is not valid TOML")
    found = machine(user, sample)
    assert found["state"] == "broken"
    assert str(found["problem"]).startswith(f"{sample.toml}:1: this is not valid TOML")


@pytest.mark.parametrize("name", ["+", "a:b"])
def test_an_impossible_path_gets_its_own_error(user: User, name: str) -> None:
    sample = Sample(user.home, name)
    done = user.types("status", sample.root)
    assert (done.status, done.out) == (1, "")
    assert "rename or move the folder" in done.err


def test_no_project_here(user: User) -> None:
    done = user.must("status", **HOOK)
    assert (done.out, done.err) == ("", "taoshell: no project here\n")
    found = json.loads(user.must("status", "--json").out)
    assert found["version"] == 1
    assert found["project"] is None


@pytest.mark.parametrize("hook", ["", "x", "0", "of a shell that has ended"])
def test_a_missing_hook_is_reported_with_a_cure(user: User, hook: str) -> None:
    hook = str(ended_pid()) if " " in hook else hook
    done = in_bash(user, TAOSHELL_HOOK=hook)
    hint = "the hook is not loaded in this shell; run: taoshell install bash"
    assert done == f"taoshell: no project here\ntaoshell: {hint}\n"
    user.must("install", "bash", "--yes")
    assert in_bash(user, TAOSHELL_HOOK=hook).endswith("in this shell; start a new shell: exec bash\n")
    user.must("uninstall", "--yes")
    (user.home / ".bashrc").write_text('eval "$(taoshell hook bash)"\n')
    assert in_bash(user, TAOSHELL_HOOK=hook).endswith("in this shell; start a new shell: exec bash\n")


def test_a_hook_that_no_prompt_calls_is_reported(user: User) -> None:
    (user.home / ".bashrc").write_text('eval "$(taoshell hook bash)"\nPROMPT_COMMAND=mine\n')
    here = "the hook is loaded in this shell, but no prompt calls it, as PROMPT_COMMAND was replaced"
    cure = 'to have it called again: eval "$(taoshell hook bash)"'
    line = f"{user.home}/.bashrc:2: this line replaces PROMPT_COMMAND, so the hook is never called"
    where = f"taoshell: {line}; move it above the line that loads taoshell's hook\n"
    found = in_bash(user, TAOSHELL_HOOK="PROMPT_COMMAND")
    assert found == f"taoshell: no project here\ntaoshell: {here}; {cure}\n{where}"


def in_bash(user: User, **environ: str) -> str:
    """Return what `taoshell status` says in a bash."""
    bash = need(shutil.which("bash"), "bash")
    line = f"'{COMMAND[0]}' -m taoshell status; :"  # with a second command, the shell stays our parent
    env = {**user.environ, **environ}
    done = subprocess.run([bash, "-c", line], cwd=user.home, env=env, capture_output=True, text=True, check=True)
    return done.stderr


def test_json_has_the_hook(user: User, sample: Sample) -> None:
    assert machine(user, sample, **HOOK)["hook"] == {"loaded": True, "cure": None}
    found = machine(user, sample)["hook"]
    assert isinstance(found, dict)
    assert (found["loaded"], bool(found["cure"])) == (False, True)


def test_it_writes_nothing(user: User, sample: Sample) -> None:
    before = snapshot(user.home)
    user.must("status", sample.root)
    user.must("status")
    assert snapshot(user.home) == before
    sample.allow()
    before = snapshot(user.home)
    user.must("status", "--json", sample.root)
    assert snapshot(user.home) == before


@pytest.mark.parametrize(
    ("environ", "printed"),
    [
        ({}, ""),
        ({"TAOSHELL_PROJECT": "p"}, ""),
        ({"TAOSHELL_BLOCKED": "1"}, ""),
        ({"TAOSHELL_PROMPT": "gone*"}, "gone*\n"),
        ({"TAOSHELL_ROOT": "/x/p", "TAOSHELL_PROJECT": "n", "TAOSHELL_BLOCKED": "1", "TAOSHELL_PROMPT": "n~"}, "n!\n"),
        ({"TAOSHELL_ROOT": "/x/a\tp", "TAOSHELL_GENERATION": "refused", "TAOSHELL_BLOCKED": "1"}, "a\\tp!\n"),
        ({"TAOSHELL_ROOT": "/x/p", "TAOSHELL_PROJECT": "n", "TAOSHELL_GENERATION": "0"}, "n*\n"),
    ],
)
def test_prompt_without_the_hook(user: User, environ: dict[str, str], printed: str) -> None:
    done = user.must("status", "--prompt", **environ)
    assert (done.out, done.err) == (printed, "")


def test_a_fifo_in_place_of_a_file_does_not_block(user: User, sample: Sample) -> None:
    sample.toml.unlink()
    os.mkfifo(sample.toml)
    assert user.types("status", sample.root).status == 1
