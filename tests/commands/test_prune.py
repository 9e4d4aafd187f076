"""`taoshell prune`: projects that are gone are forgotten with their secrets; backups and files in use stay."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.commands.conftest import User
from tests.support.accounts import FOREIGN, OWN, PARENT, Account
from tests.support.samples import ENV, TOML, Sample
from tests.support.trees import contents, snapshot

SECRET = "hush-hush"


@pytest.fixture
def gone(home: Path) -> Sample:
    """An approved project whose folder was removed."""
    sample = Sample(home, "gone", env=f"KEY={SECRET}\n")
    sample.allow()
    shutil.rmtree(sample.root)
    return sample


@pytest.fixture
def account(home: Path) -> Account:
    return Account(home)


def test_a_project_that_is_gone_is_forgotten(user: User, gone: Sample) -> None:
    done = user.must("prune")
    assert (done.out, done.err) == ("", f"taoshell: forgot {gone.root}\n")
    assert json.loads(user.must("list", "--json").out)["projects"] == []
    assert os.listdir(gone.state.allowed) == []
    assert sorted(os.listdir(gone.kept)) == ["mounts.json", "retired", "shared.json"]
    assert user.must("prune").err == "taoshell: nothing to forget\n"


def test_its_secrets_are_removed(user: User, gone: Sample, home: Path) -> None:
    assert any(SECRET.encode() in content for content in contents(home))
    user.must("prune")
    assert not any(SECRET.encode() in content for content in contents(home))


def test_existing_projects_stay(user: User, gone: Sample, home: Path) -> None:
    kept = [Sample(home, name) for name in ("approved", "edited", "denied", "gone/nested")]
    for sample in kept:
        sample.allow()
    kept[1].toml.write_text("broken")
    user.must("deny", kept[2].root)
    before = snapshot(*(sample.kept for sample in kept), *(sample.root for sample in kept))
    assert user.must("prune").err == f"taoshell: forgot {gone.root}\n"
    assert snapshot(*(sample.kept for sample in kept), *(sample.root for sample in kept)) == before


def test_a_project_with_a_live_shell_stays(user: User, gone: Sample, account: Account) -> None:
    session = account.enter(str(gone.root), PARENT)
    assert user.must("prune").err == "taoshell: nothing to forget\n"
    assert (gone.kept / "current").exists()
    session.write_text("\n")
    assert user.must("prune").err == f"taoshell: forgot {gone.root}\n"


def test_shells_on_other_machines_are_forgotten(user: User, gone: Sample, account: Account) -> None:
    session = account.enter(str(gone.root))
    session.rename(session.with_name("7-7@other@another-boot-1"))
    assert user.must("prune").err == (
        f"taoshell: forgot shell 7 on other, which was in {gone.root}\ntaoshell: forgot {gone.root}\n"
    )


def test_its_mounts_file_becomes_a_tombstone(user: User, gone: Sample) -> None:
    """A long-lived process may still name it in LAUNCHER_MOUNTS: then no container starts."""
    user.must("prune")
    assert json.loads(gone.mounts) == {"Mounts": [], f"(taoshell: {gone.root} is gone)": 0}


def test_foreign_writes_are_kept(user: User, home: Path, account: Account) -> None:
    sample = Sample(home, "gone")
    sample.allow()
    account.write_own()
    session = account.enter(str(sample.root))
    account.settle()
    late = open(account.mounts_file, "ab")  # noqa: SIM115  # a notebook has it open
    account.write_in_place(FOREIGN)
    session.unlink()
    shutil.rmtree(sample.root)
    done = user.must("prune")
    assert account.backed_up() == [FOREIGN]
    assert "its version is kept in" in done.err
    with late:
        late.write(b"late")
    assert account.backed_up() == [FOREIGN + b"late"]
    account.settle()
    assert account.in_force() == OWN


def test_backups_are_never_removed(user: User, gone: Sample, account: Account) -> None:
    account.backups.mkdir(exist_ok=True)
    (account.backups / "2020.json").write_bytes(FOREIGN)
    user.must("prune")
    assert account.backed_up() == [FOREIGN]


def test_a_project_that_comes_back_needs_a_new_approval(user: User, home: Path, gone: Sample, account: Account) -> None:
    user.must("prune")
    back = Sample(home, "gone", toml=TOML.replace("detectnet_v2", "unet"), env=ENV)
    assert user.types("exec", "--", "true", cwd=back.root).status == 1
    done = user.must("allow", "--yes", cwd=back.root)
    assert "kept in" not in done.err  # our own files are not taken for foreign ones
    assert account.backed_up() == []
    assert user.must("exec", back.root, "--", "sh", "-c", 'cat "$LAUNCHER_MOUNTS"').out == back.mounts
    assert json.loads(user.must("list", "--json").out)["projects"] == [
        {"project": str(back.root), "state": "approved", "shells": 0}
    ]


def test_without_a_state_folder(user: User) -> None:
    assert user.must("prune").err == "taoshell: nothing to forget\n"


def test_a_state_that_was_moved_behind_a_symlink_is_not_deleted_and_not_forgotten(
    user: User, gone: Sample, home: Path, tmp_path: Path
) -> None:
    """taoshell deletes nothing outside its state folder. It says so each time, and the record of `.env` goes first."""
    projects = Path(gone.state.root) / "projects"
    projects.rename(tmp_path / "projects")
    projects.symlink_to(tmp_path / "projects")
    for _attempt in range(2):
        assert "remove it yourself" in user.must("prune").err
        assert not gone.record.exists()
        assert (gone.kept / "gen").is_dir()
    projects.unlink()
    (tmp_path / "projects").rename(projects)
    assert user.must("prune").err == f"taoshell: forgot {gone.root}\n"
