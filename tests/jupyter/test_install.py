"""`taoshell install jupyter`: every profile, shown first, undone without a trace; and what the hook needs to run."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from taoshell.shells import ipython as hook
from tests.commands.conftest import User
from tests.support.samples import Sample

STARTUP = "startup/00-taoshell.py"


@pytest.mark.parametrize("folder", ["", "my ipython"])
def test_every_profile_gets_the_hook_and_loses_it_again(user: User, folder: str) -> None:
    if folder:
        user.environ["IPYTHONDIR"] = str(user.home / folder)
    profiles = user.home / (folder or ".ipython")
    own = profiles / "profile_own" / STARTUP
    own.parent.mkdir(parents=True)
    own.write_bytes(b"x = 1  # the user's, without a line end")
    done = user.must("install", "jupyter", "--yes")
    assert done.err == "taoshell: installed: every new kernel loads the hook; restart those that run\n"
    default = profiles / "profile_default" / STARTUP
    for path in (default, own):
        assert f"+++ {path}" in done.out
        assert "hooks/ipython.py" in path.read_text()
    assert str(user.home) not in default.read_text()  # homes may move
    again = user.must("install", "jupyter")  # it asks nothing
    assert (again.out, again.err) == ("", "taoshell: already installed: every new kernel loads the hook\n")
    user.must("uninstall", "--yes")
    assert not default.exists()
    assert own.read_bytes() == b"x = 1  # the user's, without a line end"
    assert not (user.home / ".local/state/taoshell/hooks").exists()


def test_a_relative_folder_is_refused(user: User, tmp_path: Path) -> None:
    done = user.tries("install", "jupyter", "--yes", cwd=tmp_path, IPYTHONDIR="mine")
    cause = "IPYTHONDIR is 'mine', which is another folder for each kernel"
    assert (done.status, done.err) == (1, f"taoshell: {cause}; set it to a whole path, or unset it\n")
    user.must("uninstall", "--yes", cwd=tmp_path, IPYTHONDIR="mine")
    assert not (tmp_path / "mine").exists()


def test_a_folder_in_the_home_is_where_ipython_has_it(user: User) -> None:
    user.must("install", "jupyter", "--yes", IPYTHONDIR="~/mine")
    assert (user.home / "mine/profile_default" / STARTUP).exists()


def test_nothing_changes_without_consent(user: User) -> None:
    user.must("install", "jupyter", "--dry-run")
    done = user.tries("install", "jupyter")
    assert (done.status, done.err) == (1, "taoshell: not installed; there is no terminal to ask at: add --yes\n")
    assert not (user.home / ".ipython").exists()


def test_the_line_does_nothing_if_the_hook_is_another_users_or_gone(user: User) -> None:
    user.must("install", "jupyter", "--yes")
    line = (user.home / ".ipython/profile_default" / STARTUP).read_text()
    path = user.home / ".local/state/taoshell/hooks/ipython.py"
    path.write_text("raise SystemExit('was run')")
    with pytest.raises(SystemExit, match="was run"):
        exec(line, {})
    exec(line.replace("os.getuid()", "os.getuid() + 1"), {})
    path.unlink()
    exec(line, {})


def test_a_hook_of_another_version_is_written_again(user: User, sample: Sample) -> None:
    user.must("install", "jupyter", "--yes")
    path = user.home / ".local/state/taoshell/hooks/ipython.py"
    new = path.read_bytes()
    path.write_bytes(b"# old\n")
    user.must("export", "kernel", sample.root)  # as the old one asks
    assert path.read_bytes() == new
    path.write_bytes(b"# old\n")
    assert "installed" in user.must("install", "jupyter", "--yes").err
    assert path.read_bytes() == new


def test_the_hook_needs_an_old_python_and_nothing_of_ours() -> None:
    tree = ast.parse(Path(hook.__file__).read_text(), feature_version=(3, 7))
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    modules = {getattr(node, "module", None) or node.names[0].name for node in imports}
    assert modules <= {"__future__", "json", "os", "shlex", "subprocess", "sys", "threading", "time"} | {
        "IPython",
        "typing",
        "collections.abc",
    }


# -- export kernel ---------------------------------------------------------------------------------------------


def test_export_kernel_leads_into_a_project_and_out_again(user: User, sample: Sample) -> None:
    sample.allow()
    entered = json.loads(user.must("export", "kernel", sample.root).out)
    assert (entered["version"], entered["project"], entered["loaded"]) == (1, str(sample.root), True)
    assert entered["set"]["LOCAL_PROJECT_DIR"] == str(sample.root)
    assert entered["unset"] == []
    inside = {**user.environ, **entered["set"]}
    again = json.loads(user.must("export", "kernel", sample.root, **entered["set"]).out)
    assert (again["set"], again["unset"]) == ({}, [])
    left = json.loads(user.must("export", "kernel", user.home, **entered["set"]).out)
    assert {name: value for name, value in inside.items() if name not in left["unset"]} == user.environ
    assert (left["project"], left["loaded"], left["set"], left["say"]) == (None, False, {}, ["left p"])


def test_export_kernel_takes_no_session_and_no_mounts_file(user: User, sample: Sample) -> None:
    sample.allow()
    own = user.home / ".tao_mounts.json"
    own.write_text('{"Mounts": []}')
    user.must("export", "kernel", sample.root)
    assert own.read_text() == '{"Mounts": []}'
    assert not own.is_symlink()
    assert [*(user.home / ".local/state/taoshell/sessions").glob("*")] == []


@pytest.mark.parametrize("why", ["never approved", "changed", "denied", "wrong"])
def test_a_project_that_may_not_be_loaded_drops_another(user: User, sample: Sample, why: str) -> None:
    other = Sample(user.home, "other")
    other.allow()
    inside = json.loads(user.must("export", "kernel", other.root).out)["set"]
    if why != "never approved":
        sample.allow()
    if why in ("changed", "wrong"):
        sample.toml.write_text(sample.toml.read_text() + ("gpus = 2\n" if why == "changed" else "gpus = {}\n"))
    if why == "denied":
        user.must("deny", sample.root)
    change = json.loads(user.must("export", "kernel", sample.root, **inside).out)
    assert change["loaded"] is False
    assert change["set"]["LAUNCHER_MOUNTS"] == sample.state.refused
    assert "(taoshell: " in Path(sample.state.refused).read_text()
    assert {"LOCAL_PROJECT_DIR", "KEY", "NUM_GPUS", "SPECS_DIR", "TAOSHELL_PROJECT"} <= {*change["unset"]}
    (line,) = change["say"]
    assert str(sample.root) in line
    assert ("run: taoshell allow" in line) == (why != "wrong")


def test_a_stranger_is_not_told_to_make_folders(user: User, sample: Sample) -> None:
    (sample.root / "specs").rmdir()
    (line,) = json.loads(user.must("export", "kernel", sample.root).out)["say"]
    assert line == f"{sample.root}: the project is not approved as it is now; run: taoshell allow {sample.root}"
