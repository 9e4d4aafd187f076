"""Approvals: only the approved content in the approved folder is loaded. Anything else blocks, with a reason."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from taoshell import cli
from taoshell.actions import approve, change, compile, record, sources
from taoshell.actions.change import Change
from taoshell.actions.sources import Sources, machine, read_sources
from taoshell.errors import ChangedMeanwhile, TaoshellError
from taoshell.project import build
from taoshell.project.machine import Machine
from taoshell.state import approvals, files
from taoshell.state.paths import State
from taoshell.state.swap import Swaps
from tests.support.samples import ENV, TOML, Sample, approve_now
from tests.support.trees import snapshot

BLOCK = "# >>> taoshell: written by taoshell, do not edit inside\n"


@pytest.fixture
def sample(home: Path) -> Sample:
    return Sample(home)


def is_approved(sample: Sample) -> bool:
    planned = planned_now(sample)
    return record.is_approved(sample.state, planned.now, planned.project)


def planned_now(sample: Sample) -> Change:
    return change.plan(sample.state, read_sources(str(sample.root)))


# -- allow -----------------------------------------------------------------------------------------


def test_allow_puts_the_project_in_force(sample: Sample) -> None:
    allowed = sample.allow()
    assert allowed.project.variables["LOCAL_DATA_DIR"] == f"{sample.root}/data"
    assert is_approved(sample)
    assert sample.is_fresh
    assert not sample.is_blocked


def test_the_env_gets_the_block_below_the_users_lines(sample: Sample) -> None:
    sample.allow()
    assert sample.env.read_text() == (
        f"{ENV}{BLOCK}LOCAL_PROJECT_DIR={sample.root}\nLOCAL_DATA_DIR={sample.root}/data\n"
        "DATA_DOWNLOAD_DIR=/workspace/tao-experiments/data\n"
        f"LOCAL_EXPERIMENT_DIR={sample.root}/detectnet_v2\n"
        "USER_EXPERIMENT_DIR=/workspace/tao-experiments/detectnet_v2\n"
        f"LOCAL_SPECS_DIR={sample.root}/specs\nSPECS_DIR=/workspace/tao-experiments/detectnet_v2/specs\n"
        "# <<< taoshell\n"
    )


def test_a_second_allow_changes_nothing(sample: Sample) -> None:
    sample.allow()
    in_project = snapshot(sample.root)
    script, mounts = sample.script, sample.mounts
    sample.allow()
    assert snapshot(sample.root) == in_project
    assert (sample.script, sample.mounts) == (script, mounts)


@pytest.mark.parametrize(
    "text",
    [
        "A=1",  # no line end
        "A=1\r\nB='x y'\r\n",
        "\ufeffA=1\n",
        "# only a comment\n\n\n",
        "A='a\nb'\n",
        "",
        "export A=1 # why\n\n  B = 2\n",
    ],
)
def test_the_users_lines_stay_byte_for_byte(sample: Sample, text: str) -> None:
    sample.env.write_bytes(text.encode())
    sample.allow()
    after = sample.env.read_bytes()
    assert after.startswith(text.encode())
    assert after[len(text.encode()) :].lstrip(b"\r\n").startswith(b"# >>> taoshell")
    sample.allow()
    assert sample.env.read_bytes() == after


def test_lines_below_the_block_stay_there(sample: Sample) -> None:
    sample.allow()
    with open(sample.env, "a") as file:
        file.write("BELOW=1\n")
    text = sample.env.read_bytes()
    assert sample.allow().project.variables["BELOW"] == "1"
    assert sample.env.read_bytes() == text


def test_a_new_env_is_private(home: Path) -> None:
    sample = Sample(home, env=None)
    before = os.umask(0)
    try:
        sample.allow()
    finally:
        os.umask(before)
    assert stat.S_IMODE(sample.env.stat().st_mode) == 0o600


def test_an_env_that_is_a_link_inside_the_project_stays_one(sample: Sample) -> None:
    elsewhere = sample.root / "mine" / "values"
    elsewhere.parent.mkdir()
    sample.env.rename(elsewhere)
    sample.env.symlink_to("mine/values")
    sample.allow()
    assert os.readlink(sample.env) == "mine/values"
    assert BLOCK in elsewhere.read_text()
    assert sample.is_fresh


def test_the_block_is_output_so_it_needs_no_approval(sample: Sample) -> None:
    sample.allow()
    sample.env.write_text(ENV)
    assert is_approved(sample)
    assert sample.sync() == []
    assert not sample.is_blocked
    assert BLOCK in sample.env.read_text()


@pytest.mark.parametrize(
    ("name", "text", "cause"),
    [
        ("taoshell.toml", "layout = ", "taoshell.toml:1: this is not valid TOML"),
        ("taoshell.toml", 'plases = 1\nnetwork = "dino"\n', 'taoshell.toml:1: unknown key "plases"'),
        (".env", "A=1\nPATH=/x\n", r"\.env:2: PATH is refused"),
        (".env", "A=1\nB='\n", r"\.env:2: a quoted value is not closed"),
        (".env", "SPECS_DIR=/x\n", r"\.env:1: SPECS_DIR is the container path"),
        (".env", "LOCAL_SPECS_DIR=/nowhere/at/all\n", r"\.env:1: the container needs /nowhere/at/all"),
    ],
)
@pytest.mark.parametrize("before", ["never approved", "approved"])
def test_an_error_is_refused_and_nothing_changes(sample: Sample, name: str, text: str, cause: str, before: str) -> None:
    if before == "approved":
        sample.allow()
    else:
        files.ensure(sample.state)
        (Path(sample.state.root) / "lock").touch(0o600)
    (sample.root / name).write_text(text)
    there = snapshot(sample.home)
    with pytest.raises(TaoshellError, match=cause) as raised:
        sample.allow()
    assert raised.value.cure
    assert snapshot(sample.home) == there


@pytest.mark.parametrize("name", ["taoshell.toml", ".env"])
def test_an_edit_after_the_plan_is_neither_lost_nor_approved(sample: Sample, name: str) -> None:
    planned = planned_now(sample)
    path = sample.root / name
    path.write_text(path.read_text() + "# mine\n")
    there = snapshot(sample.root)
    with pytest.raises(ChangedMeanwhile, match=f"{name}: this changed meanwhile, so nothing was written; run the comm"):
        approve.allow(sample.state, planned)
    assert snapshot(sample.root) == there
    assert os.listdir(sample.state.allowed) == []


def test_a_file_that_appears_or_goes_after_the_plan_is_a_change(sample: Sample) -> None:
    sample.env.unlink()
    planned = planned_now(sample)
    sample.env.write_text("")
    with pytest.raises(ChangedMeanwhile):
        approve.allow(sample.state, planned)
    planned = planned_now(sample)
    sample.env.unlink()
    with pytest.raises(ChangedMeanwhile):
        approve.allow(sample.state, planned)
    assert not sample.env.exists()


def test_a_touch_after_the_plan_is_no_change(sample: Sample) -> None:
    planned = planned_now(sample)
    os.utime(sample.toml)
    approve.allow(sample.state, planned)
    assert sample.is_fresh


@pytest.mark.parametrize("target", ["/", "data", "../elsewhere"])
def test_a_place_that_becomes_a_symlink_after_the_plan_is_a_change(sample: Sample, target: str) -> None:
    (sample.root / "data").mkdir()
    planned = planned_now(sample)
    (sample.root / "specs").rmdir()
    (sample.root / "specs").symlink_to(target)
    with pytest.raises(ChangedMeanwhile, match="specs: this changed meanwhile"):
        approve.allow(sample.state, planned)
    assert os.listdir(sample.state.allowed) == []


def test_a_folder_of_another_user_that_becomes_a_symlink_after_the_plan_is_a_change(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = sample.home / "theirs"
    (theirs / "kitti").mkdir(parents=True)
    sample.env.write_text(f"{ENV}LOCAL_DATA_DIR={theirs}/kitti\n")
    stranger = os.getuid() + 1

    def machine_of_two() -> Machine:
        return machine()._replace(link_owner=lambda path: stranger if path == str(theirs) else os.getuid())

    for module in (sources, approve):
        monkeypatch.setattr(module, "machine", machine_of_two)
    planned = planned_now(sample)
    (theirs / "kitti").rmdir()
    (theirs / "kitti").symlink_to("/etc")
    with pytest.raises(ChangedMeanwhile, match="kitti: this changed meanwhile"):
        approve.allow(sample.state, planned)
    assert os.listdir(sample.state.allowed) == []


def test_an_edit_while_the_block_is_written_is_neither_lost_nor_approved(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Swaps.replace

    def race_and_replace(self: Swaps, path: str, *arguments: Any, **more: Any) -> int:
        Path(path).write_text("EVIL=1\n")
        return replace(self, path, *arguments, **more)

    monkeypatch.setattr(Swaps, "replace", race_and_replace)
    with pytest.raises(ChangedMeanwhile):
        sample.allow()
    assert sample.env.read_text() == "EVIL=1\n"
    assert not is_approved(sample)
    assert os.listdir(sample.state.allowed) == []


def test_an_edit_just_after_the_block_is_written_is_neither_lost_nor_approved(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Swaps.replace

    def replace_and_race(self: Swaps, path: str, *arguments: Any, **more: Any) -> int:
        mtime_ns = replace(self, path, *arguments, **more)
        sample.env.write_text("EVIL=1\n")
        return mtime_ns

    monkeypatch.setattr(Swaps, "replace", replace_and_race)
    sample.allow()  # approves what the user saw
    assert sample.env.read_text() == "EVIL=1\n"
    assert not is_approved(sample)
    assert not sample.is_fresh  # so the next prompt calls sync
    sample.sync()
    assert sample.is_blocked


def test_a_failure_after_the_files_were_written_undoes_them(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    there = snapshot(sample.root)

    def fails(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(compile, "put_in_force", fails)
    with pytest.raises(TaoshellError, match="No space left on device; free some space"):
        sample.allow()
    assert snapshot(sample.root) == there


def test_allow_reads_each_file_twice_and_builds_once(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once to show the project, and once under the lock to see that it is still the same."""
    reads: list[str] = []
    builds: list[str] = []
    read, build_ = sources._read, build.build

    def counted_read(path: str, stamp: str) -> sources.Source:
        reads.append(os.path.basename(path))
        return read(path, stamp)

    def counted_build(*arguments: Any) -> build.Built:
        builds.append("")
        return build_(*arguments)

    monkeypatch.setattr(sources, "_read", counted_read)
    monkeypatch.setattr(build, "build", counted_build)
    monkeypatch.setenv("HOME", str(sample.home))
    cli.run(["allow", "--yes", str(sample.root)])
    assert {name: reads.count(name) for name in reads} == {"taoshell.toml": 2, ".env": 2, ".gitignore": 1}
    assert len(builds) == 1
    assert is_approved(sample)


@pytest.mark.parametrize("ask", [approve.require_approved, record.was_approved, record.read])
def test_another_users_state_folder_is_not_believed(
    sample: Sample, monkeypatch: pytest.MonkeyPatch, ask: Callable[[State, str], object]
) -> None:
    sample.allow()
    ask(sample.state, str(sample.root))
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    with pytest.raises(TaoshellError, match=f"the state folder belongs to uid {me}, not to you"):
        ask(sample.state, str(sample.root))


# -- edits inside the block ----------------------------------------------------------------------------


def test_an_edit_inside_the_block_is_refused_with_its_line(sample: Sample) -> None:
    sample.allow()
    text = sample.env.read_text().replace(f"LOCAL_DATA_DIR={sample.root}/data", "LOCAL_DATA_DIR=/big")
    sample.env.write_text(text)
    before = snapshot(sample.home)
    with pytest.raises(
        TaoshellError, match=r"\.env:3: LOCAL_DATA_DIR in taoshell's block is not as taoshell wrote it; delete the"
    ):
        sample.allow()
    assert snapshot(sample.home) == before
    sample.sync()
    assert sample.is_blocked
    assert "block is not as taoshell wrote it" in sample.script
    assert sample.env.read_text() == text


@pytest.mark.parametrize("path", ["/../../../../../../../../../../../../..{home}/evil", "/" + "a" * 300])
def test_a_block_of_a_repository_leads_to_no_file_outside_the_state_folder(sample: Sample, path: str) -> None:
    """The file there is a FIFO: reading it would never end."""
    sample.allow()
    (sample.home / "evil/+").mkdir(parents=True)
    os.mkfifo(sample.home / "evil/+/inputs.json")
    text = sample.env.read_text()
    sample.env.write_text(text.replace(f"={sample.root}\n", f"={path.format(home=sample.home)}\n"))
    with pytest.raises(TaoshellError, match="LOCAL_PROJECT_DIR in taoshell's block is not as taoshell wrote it"):
        sample.allow()


@pytest.mark.parametrize("times", [1, 3])
def test_an_older_file_that_is_restored_gets_the_block_again(sample: Sample, times: int) -> None:
    sample.allow()
    old = sample.env.read_text()
    for network in ("unet", "dino", "maskrcnn")[:times]:
        sample.toml.write_text(f'layout = "classic"\nnetwork = "{network}"\n')
        sample.allow()
    new = sample.env.read_text()
    assert old != new
    sample.env.write_text(old)
    sample.sync()
    assert sample.env.read_text() == new
    assert not sample.is_blocked
    sample.env.write_text(old.replace("/specs", "/edited"))
    with pytest.raises(TaoshellError, match="SPECS_DIR in taoshell's block is not as taoshell wrote it"):
        sample.allow()


def test_both_cures_work(sample: Sample) -> None:
    (sample.home / "big").mkdir()
    sample.allow()
    clean = sample.env.read_text()
    sample.env.write_text(clean.replace(f"LOCAL_DATA_DIR={sample.root}/data", f"LOCAL_DATA_DIR={sample.home}/big"))
    with pytest.raises(TaoshellError, match="not as taoshell wrote it"):
        sample.allow()
    sample.env.write_text(f"LOCAL_DATA_DIR={sample.home}/big\n{clean}")  # cure 1: a line above the block
    assert sample.allow().project.variables["LOCAL_DATA_DIR"] == f"{sample.home}/big"
    sample.env.write_text(ENV)  # cure 2: the block deleted
    assert sample.allow().project.variables["LOCAL_DATA_DIR"] == f"{sample.root}/data"


def test_a_line_that_was_removed_from_the_block_is_an_edit(sample: Sample) -> None:
    sample.allow()
    lines = sample.env.read_text().splitlines(keepends=True)
    sample.env.write_text("".join(line for line in lines if not line.startswith("SPECS_DIR")))
    with pytest.raises(TaoshellError, match="SPECS_DIR in taoshell's block is not as"):
        sample.allow()


# -- moved and copied ----------------------------------------------------------------------------------


def test_a_copy_is_not_approved(sample: Sample) -> None:
    sample.allow()
    copy = Sample(sample.home, "copy")
    shutil.copytree(sample.root, copy.root, dirs_exist_ok=True, copy_function=shutil.copy2)
    assert not is_approved(copy)
    with pytest.raises(TaoshellError, match="not approved as it is now; run: taoshell allow"):
        approve.require_approved(copy.state, str(copy.root))


def test_a_moved_project_gets_its_new_paths(sample: Sample) -> None:
    sample.allow()
    moved = sample.home / "q"
    sample.root.rename(moved)
    allowed = approve_now(sample.state, moved)
    assert allowed.project.variables["LOCAL_PROJECT_DIR"] == str(moved)
    text = (moved / ".env").read_text()
    assert str(sample.root) not in text
    assert text.startswith(ENV)


def test_moving_a_project_back_is_not_an_edit_of_the_block(sample: Sample) -> None:
    sample.allow()
    moved = sample.home / "q"
    sample.root.rename(moved)
    approve_now(sample.state, moved)
    moved.rename(sample.root)
    assert sample.allow().project.variables["LOCAL_PROJECT_DIR"] == str(sample.root)
    assert str(moved) not in sample.env.read_text()


def test_a_copy_over_another_project_is_not_an_edit_of_the_block(sample: Sample) -> None:
    other = Sample(sample.home, "other")
    other.allow()
    sample.allow()
    shutil.copy2(sample.env, other.env)
    assert other.allow().project.variables["LOCAL_PROJECT_DIR"] == str(other.root)


# -- sync ----------------------------------------------------------------------------------------------


def test_a_touched_project_stays_in_force(sample: Sample) -> None:
    sample.allow()
    script = sample.script
    os.utime(sample.toml)
    assert sample.sync() == []
    assert sample.script == script
    assert sample.is_fresh


@pytest.mark.parametrize(
    ("name", "what"),
    [("taoshell.toml", "taoshell.toml"), (".env", ".env"), ("both", "taoshell.toml and .env")],
)
def test_a_changed_project_is_blocked_and_says_what_changed(sample: Sample, name: str, what: str) -> None:
    sample.allow()
    if name != ".env":
        sample.toml.write_text(TOML + "[container]\nprivileged = true\n")
    if name != "taoshell.toml":
        sample.env.write_text(ENV + "NEW=1\n")
    assert sample.sync() == []
    assert sample.is_blocked
    assert sample.is_fresh
    assert f"{what} changed since you approved {sample.root}; run: taoshell allow" in sample.script
    assert "NEW" not in sample.script


def test_approved_content_that_comes_back_is_in_force_again(sample: Sample) -> None:
    """As after `git checkout` between two approved contents."""
    sample.allow()
    first = sample.script
    sample.toml.write_text(TOML + "[env]\nBRANCH = 'two'\n")
    sample.allow()
    second = sample.script
    for text, script in ((TOML, first), (TOML + "[env]\nBRANCH = 'two'\n", second), (TOML, first)):
        sample.toml.write_text(text)
        assert sample.sync() == []
        assert sample.script == script
        assert not sample.is_blocked


def test_a_branch_that_moves_a_place_gets_its_own_block(sample: Sample) -> None:
    (sample.home / "big").mkdir()
    moved = TOML + "[places]\ndata = '../big'\n"
    sample.allow()
    sample.toml.write_text(moved)
    sample.allow()
    for text, where in ((TOML, f"{sample.root}/data"), (moved, f"{sample.home}/big")):
        sample.toml.write_text(text)
        sample.sync()
        assert not sample.is_blocked
        assert f"\nLOCAL_DATA_DIR={where}\n" in sample.env.read_text()
        assert sample.is_fresh


@pytest.mark.parametrize("name", ["taoshell.toml", ".env"])
@pytest.mark.parametrize("kind", ["a folder", "a FIFO", "no UTF-8", "a dead link", "broken"])
def test_an_unreadable_source_blocks_and_says_why(sample: Sample, name: str, kind: str) -> None:
    sample.allow()
    path = sample.root / name
    path.unlink()
    match kind:
        case "a folder":
            path.mkdir()
        case "a FIFO":
            os.mkfifo(path)
        case "no UTF-8":
            path.write_bytes(b"\xff")
        case "a dead link":
            path.symlink_to("nowhere")
        case _:
            path.write_text("='")
    sample.sync()
    assert sample.is_blocked
    is_private = name == ".env" and kind in ("a folder", "a FIFO")  # somebody else's: then a private `.env` counts
    assert (".env changed since" if is_private else str(path)) in sample.script
    path.rmdir() if kind == "a folder" else path.unlink()
    path.write_text(TOML if name == "taoshell.toml" else ENV)
    sample.sync()
    assert not sample.is_blocked


def test_a_missing_mount_folder_blocks(sample: Sample) -> None:
    sample.allow()
    (sample.root / "specs").rmdir()
    os.utime(sample.toml)
    sample.sync()
    assert sample.is_blocked
    assert f"the container needs {sample.root}/specs, which does not exist" in sample.script


def test_a_message_cannot_write_to_the_terminal(sample: Sample) -> None:
    sample.allow()
    sample.toml.write_text(TOML + '"\\u001b[2J" = 1\n')
    sample.sync()
    assert sample.is_blocked
    assert "\x1b" not in sample.script


def test_an_edit_during_sync_is_not_compiled(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    sample.allow()
    read = read_sources

    def slow(root: str) -> Sources:
        sources = read(root)
        sample.env.write_text("EVIL=1\n")
        os.utime(sample.env, ns=(sources.env.mtime_ns or 0, sources.env.mtime_ns or 0))
        return sources

    os.utime(sample.toml)
    monkeypatch.setattr(approve, "read_sources", slow)
    sample.sync()
    assert "EVIL" not in sample.script


# -- deny ----------------------------------------------------------------------------------------------


def test_a_denied_project_is_blocked_and_says_so(sample: Sample) -> None:
    sample.allow()
    sample.toml.write_text(TOML + "[env]\nA = '1'\n")
    sample.allow()
    assert approve.deny(sample.state, str(sample.root)) == (True, [])
    assert sample.is_blocked
    assert sample.is_fresh
    assert f"{sample.root} is denied; to load it again: taoshell allow" in sample.script
    assert os.listdir(sample.state.allowed) == []


def test_a_denied_and_touched_project_is_not_called_changed(sample: Sample) -> None:
    sample.allow()
    approve.deny(sample.state, str(sample.root))
    os.utime(sample.toml)
    sample.sync()
    assert sample.is_blocked
    assert f"{sample.root} is not approved; run: taoshell allow" in sample.script


def test_a_project_that_is_denied_while_sync_waits_for_the_lock_is_blocked(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample.allow()
    os.utime(sample.toml)
    decide = approve._decided

    def decide_and_deny(*arguments: Any) -> object:
        decided = decide(*arguments)
        approve.deny(sample.state, str(sample.root))
        return decided

    monkeypatch.setattr(approve, "_decided", decide_and_deny)
    sample.sync()
    assert sample.is_blocked


def test_a_project_that_is_approved_while_sync_waits_for_the_lock_is_not_blocked(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise it would stay blocked, although it is approved, until one of its files changes again."""
    sample.allow()
    sample.toml.write_text(TOML + "[env]\nX = '1'\n")
    decide = approve._decided

    def decide_and_allow(*arguments: Any) -> object:
        decided = decide(*arguments)
        sample.allow()
        return decided

    with monkeypatch.context() as patched:
        patched.setattr(approve, "_decided", decide_and_allow)
        sample.sync()
    assert not sample.is_blocked
    assert sample.is_fresh


def test_allow_after_deny(sample: Sample) -> None:
    sample.allow()
    approve.deny(sample.state, str(sample.root))
    sample.allow()
    assert not sample.is_blocked


def test_a_project_that_was_never_approved_can_be_denied(sample: Sample) -> None:
    assert approve.deny(sample.state, str(sample.root)) == (False, [])
    assert not sample.kept.exists()


# -- the state folder ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "{", "\0\0\0\0"])
def test_a_torn_record_of_the_last_approval_is_no_approval_and_no_stranger(sample: Sample, text: str) -> None:
    sample.allow()
    sample.record.write_text(text)
    assert record.read(sample.state, str(sample.root)) is None
    assert record.was_approved(sample.state, str(sample.root))
    assert is_approved(sample)
    sample.toml.write_text(TOML + "\n")
    sample.sync()
    assert sample.is_blocked
    sample.allow()
    assert not sample.is_blocked


def test_secrets_are_in_no_file_that_others_can_read(sample: Sample) -> None:
    sample.env.write_text("KEY=very-secret\n")
    sample.allow()
    files_ = [path for path in [*sample.kept.rglob("*"), sample.record, sample.env] if path.is_file()]
    secret = [path for path in files_ if b"very-secret" in path.read_bytes()]
    assert {path.name for path in secret} >= {".env", "inputs.json", "posix-2.sh", "values.json"}
    for path in secret:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


# -- the order of steps, in case we are killed; tests/faults/test_faults.py kills for real ------


def test_the_projects_folder_exists_before_the_approval(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """If we are killed after the approval, a shell finds the folder and calls sync."""
    write = approvals.approve

    def folder_exists_by_then(*arguments: Any) -> None:
        assert sample.kept.is_dir()
        write(*arguments)

    monkeypatch.setattr(approvals, "approve", folder_exists_by_then)
    sample.allow()
    assert is_approved(sample)


def test_an_approval_is_remembered_before_it_is_in_force(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    put = compile.put_in_force

    def approved_by_then(*arguments: Any) -> list[str]:
        assert is_approved(sample)
        return put(*arguments)

    monkeypatch.setattr(compile, "put_in_force", approved_by_then)
    sample.allow()
    assert not sample.is_blocked


def test_deny_outdates_the_project_first(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell that looks in between calls sync, and does not load a denied project."""
    sample.allow()
    revoke = approvals.revoke

    def out_of_date_by_then(*arguments: Any) -> int:
        assert not sample.is_fresh
        return revoke(*arguments)

    monkeypatch.setattr(approvals, "revoke", out_of_date_by_then)
    assert approve.deny(sample.state, str(sample.root)) == (True, [])
    assert sample.is_blocked
    assert sample.is_fresh


# -- damage in the state folder ----------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "{}", "[]", '"x"', "5", '{"inputs": {}}', '{"inputs": 1, "block": 2}'])
def test_a_damaged_record_is_as_good_as_none_and_allow_repairs_it(sample: Sample, text: str) -> None:
    sample.allow()
    sample.record.write_text(text)
    assert record.read(sample.state, str(sample.root)) is None
    sample.allow()
    assert record.read(sample.state, str(sample.root)) is not None


def test_outdating_removes_only_stamps(sample: Sample, tmp_path: Path) -> None:
    """Even if something has put a symlink to the user's files in the place of the folder of stamps."""
    sample.allow()
    (tmp_path / "thesis.tex").write_text("mine")
    shutil.rmtree(sample.state.stamps)
    Path(sample.state.stamps).symlink_to(tmp_path)
    compile.outdate(sample.state, str(sample.root))
    assert (tmp_path / "thesis.tex").read_text() == "mine"
