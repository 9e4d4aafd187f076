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


NONE = "no project here\n"


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
    first, *others = done.out.splitlines()
    assert first == "p  detectnet_v2, layout classic   ✓ approved  ! not loaded"
    for text in ("LOCAL_SPECS_DIR", "~/p/specs", f"{CONTAINER}/data"):
        assert text in "".join(others)
    assert done.err == ""


def test_another_holder_of_the_mounts_file_is_named(user: User, sample: Sample, home: Path) -> None:
    sample.allow()
    account = Account(home)
    other = account.project("other")
    session = account.enter(other)
    account.settle()
    name = "! ~/.tao_mounts.json has the mapping of ~/other, by shell"
    unset = "\n! LAUNCHER_MOUNTS is not set here, so TAO's launcher would use that file\n"
    assert f"{name} {SELF}{unset}" in user.must("status", sample.root, **HOOK).out
    assert user.must("status", home, **HOOK).out == f"{NONE}{name} {SELF}{unset}  next: cd to a project\n"
    found = machine(user, sample)["mounts_file"]
    assert isinstance(found, dict)
    assert (found["project"], found["pid"], found["host"]) == (other, SELF, None)
    session.rename(session.with_name("7-7@machine@another-boot-1"))
    assert f"{name} 7 on machine{unset}" in user.must("status", sample.root, **HOOK).out
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
        lines = user.must("status", folder, **HOOK, LAUNCHER_MOUNTS=path).out.splitlines()
        return lines[next(at for at, line in enumerate(lines) if "has the mapping of" in line) + 1]

    assert said(sample.root, own) == "✓ LAUNCHER_MOUNTS is this project's own"
    assert said(home, own) == f"! LAUNCHER_MOUNTS is another file: {own.replace(str(home), '~', 1)}"
    assert said(sample.root, foreign) == "! LAUNCHER_MOUNTS is another file: ~/mine.json"
    assert said(sample.root, refused) == "! TAO's launcher refuses to start in this shell"
    user.must("deny", sample.root)
    assert said(sample.root, own) == "! TAO's launcher refuses to start in this shell"


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
        "seen_at": f"{CONTAINER}/data",
    }


def test_a_place_that_is_elsewhere_in_the_container(user: User, sample: Sample) -> None:
    sample.toml.write_text(sample.toml.read_text() + "[places]\nspecs.mount = false\n")
    assert "SPECS_DIR does not lead to" in user.must("allow", "--yes", sample.root).err
    out = user.must("status", sample.root, **HOOK, COLUMNS="300").out
    value = f"{CONTAINER}/detectnet_v2/specs  ! in the container, this folder is {CONTAINER}/specs\n"
    assert f"           SPECS_DIR              {value}" in out
    note = "SPECS_DIR does not lead to the folder of its place in the container; to mount what is missing: "
    note += f"taoshell unset places.specs.mount {sample.root}"
    assert f"\n! {note}\n" in out
    found = json.loads(user.must("status", "--json", sample.root).out)
    assert note in found["notes"]
    assert [place["seen_at"] for place in found["places"]][-1] == f"{CONTAINER}/specs"


def test_not_approved(user: User, sample: Sample) -> None:
    assert machine(user, sample)["state"] == "not approved"
    done = user.must("status", sample.root, **HOOK)
    assert done.out == f"p  detectnet_v2   ✗ not approved\n  next: taoshell allow {sample.root}\n"


def test_changed_since(user: User, sample: Sample) -> None:
    sample.allow()
    sample.env.write_text(ENV + "A=1\n")
    found = machine(user, sample)
    assert (found["state"], found["changed"]) == ("not approved", [".env"])


def test_loaded_in_the_shell_that_asks(user: User, sample: Sample) -> None:
    sample.allow()
    environ = {**HOOK, "TAOSHELL_ROOT": str(sample.root), "TAOSHELL_PROJECT": "p"}
    assert "  ✓ approved  ✓ loaded  !" in user.must("status", sample.root, **environ).out
    assert [machine(user, sample, **environ)[name] for name in ("loaded", "blocked")] == [True, False]
    environ["TAOSHELL_BLOCKED"] = "1"
    assert [machine(user, sample, **environ)[name] for name in ("loaded", "blocked")] == [False, True]
    environ["TAOSHELL_ROOT"] = "/another"
    assert [machine(user, sample, **environ)[name] for name in ("loaded", "blocked")] == [False, False]


def test_broken(user: User, sample: Sample) -> None:
    sample.toml.write_text("=")
    done = user.types("status", sample.root)
    first, second, *_ = done.out.splitlines()
    assert (done.status, done.err) == (1, "")
    assert first.startswith("p   ✗ broken: taoshell.toml:1: this is not valid TOML")
    assert second.startswith("✗ the hook") or second.startswith("  next: ")
    found = machine(user, sample)
    assert found["state"] == "broken"
    assert str(found["problem"]).startswith(f"{sample.toml}:1: this is not valid TOML")


def test_a_question_is_no_next_step(user: User, sample: Sample) -> None:
    sample.toml.write_text('layot = "host"\n')
    assert '\n  did you mean "layout"?\n' in user.types("status", sample.root, **HOOK).out


def test_after_uninstall_the_mounts_file_is_not_released_by_the_user(user: User, sample: Sample) -> None:
    sample.allow()
    user.must("install", "bash", "--yes")
    user.must("uninstall", "--yes")
    assert "your own, because taoshell was uninstalled;" in user.must("mounts").out


@pytest.mark.parametrize("name", ["+", "a:b"])
def test_an_impossible_path_gets_its_own_error(user: User, name: str) -> None:
    sample = Sample(user.home, name)
    done = user.types("status", sample.root)
    assert (done.status, done.err) == (1, "")
    assert "  next: rename or move the folder\n" in done.out


def test_no_project_here(user: User) -> None:
    done = user.must("status", **HOOK)
    assert (done.out, done.err) == (f"{NONE}  next: cd to a project\n", "")
    (user.home / "new").mkdir()
    assert "make this folder one: taoshell init\n" in user.must("status", cwd=user.home / "new", **HOOK).out
    found = json.loads(user.must("status", "--json").out)
    assert found["version"] == 1
    assert found["project"] is None


@pytest.mark.parametrize("hook", ["", "x", "0", "of a shell that has ended"])
def test_a_missing_hook_is_reported_with_a_cure(user: User, hook: str) -> None:
    hook = str(ended_pid()) if " " in hook else hook
    done = in_bash(user, TAOSHELL_HOOK=hook)
    hint = "✗ the hook is not loaded in this shell\n  next: cd to a project\n  next: taoshell install bash\n"
    assert done == f"{NONE}{hint}"
    user.must("install", "bash", "--yes")
    assert in_bash(user, TAOSHELL_HOOK=hook).endswith("  next: start a new shell: exec bash\n")
    user.must("uninstall", "--yes")
    (user.home / ".bashrc").write_text('eval "$(taoshell hook bash)"\n')
    assert in_bash(user, TAOSHELL_HOOK=hook).endswith("  next: start a new shell: exec bash\n")


def test_a_hook_that_no_prompt_calls_is_reported(user: User) -> None:
    (user.home / ".bashrc").write_text('eval "$(taoshell hook bash)"\nPROMPT_COMMAND=mine\n')
    here = "the hook is loaded in this shell, but no prompt calls it, as PROMPT_COMMAND was replaced"
    cure = 'to have it called again: eval "$(taoshell hook bash)"'
    line = f"{user.home}/.bashrc:2: this line replaces PROMPT_COMMAND, so the hook is never called"
    where = f"  {line}; move it above the line that loads taoshell's hook\n"
    found = in_bash(user, TAOSHELL_HOOK="PROMPT_COMMAND")
    assert found == f"{NONE}✗ {here}\n{where}  next: cd to a project\n  next: {cure}\n"


def in_bash(user: User, **environ: str) -> str:
    """Return what `taoshell status` says in a bash."""
    bash = need(shutil.which("bash"), "bash")
    line = f"'{COMMAND[0]}' -m taoshell status; :"  # with a second command, the shell stays our parent
    env = {**user.environ, **environ}
    done = subprocess.run([bash, "-c", line], cwd=user.home, env=env, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


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


def test_a_clone_without_its_folders_is_also_not_approved(user: User, sample: Sample) -> None:
    specs = sample.root / "specs"
    specs.rmdir()
    out = user.tries("status", sample.root, TAOSHELL_HOOK=str(os.getpid()), COLUMNS="500").out
    cause = f"broken: taoshell.toml: the container needs {specs}, which does not exist"
    steps = [f"  next: mkdir -p {specs}", f"  next: taoshell allow {sample.root}"]
    assert out.splitlines() == [f"p   ✗ {cause}  ✗ not approved", *steps]
    specs.mkdir()
    user.must("allow", "--yes", sample.root)
    specs.rmdir()
    out = user.tries("status", sample.root, TAOSHELL_HOOK=str(os.getpid()), COLUMNS="500").out
    assert out.splitlines() == [f"p   ✗ {cause}", steps[0]]


def test_a_private_env_is_named(user: User, sample: Sample) -> None:
    sample.env.unlink()
    sample.env.mkdir()  # such as a virtual environment
    user.must("allow", "--yes", sample.root)
    private = f"{user.home}/.config/taoshell/env{sample.root}/+/.env"
    assert (
        f"! your own .env for this project is ~{private.removeprefix(str(user.home))}"
        in user.must("status", sample.root).out
    )
    assert json.loads(user.must("status", "--json", sample.root).out)["env_file"] == private
