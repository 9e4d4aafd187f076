"""`taoshell prune`: projects that are gone are forgotten, secrets and all; backups and what may be in use stay."""

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
    """A project that was approved, and whose folder was removed."""
    sample = Sample(home, "gone", env=f"KEY={SECRET}\n")
    sample.allow()
    shutil.rmtree(sample.root)
    return sample


@pytest.fixture
def account(home: Path) -> Account:
    return Account(home)


def test_what_is_gone_is_forgotten(user: User, gone: Sample) -> None:
    done = user.must("prune")
    assert (done.out, done.err) == ("", f"taoshell: forgot {gone.root}\n")
    assert json.loads(user.must("list", "--json").out)["projects"] == []
    assert os.listdir(gone.state.allowed) == []
    assert sorted(os.listdir(gone.kept)) == ["mounts.json", "retired", "shared.json"]
    assert user.must("prune").err == "taoshell: nothing to forget\n"


def test_no_secret_of_it_stays(user: User, gone: Sample, home: Path) -> None:
    assert any(SECRET.encode() in content for content in contents(home))
    user.must("prune")
    assert not any(SECRET.encode() in content for content in contents(home))


def test_what_is_there_stays(user: User, gone: Sample, home: Path) -> None:
    kept = [Sample(home, name) for name in ("approved", "edited", "denied", "gone/nested")]
    for sample in kept:
        sample.allow()
    kept[1].toml.write_text("broken")
    user.must("deny", kept[2].root)
    before = snapshot(*(sample.kept for sample in kept), *(sample.root for sample in kept))
    assert user.must("prune").err == f"taoshell: forgot {gone.root}\n"
    assert snapshot(*(sample.kept for sample in kept), *(sample.root for sample in kept)) == before


def test_one_with_a_live_shell_stays(user: User, gone: Sample, account: Account) -> None:
    session = account.enter(str(gone.root), PARENT)
    assert user.must("prune").err == "taoshell: nothing to forget\n"
    assert (gone.kept / "current").exists()
    session.write_text("\n")
    assert user.must("prune").err == f"taoshell: forgot {gone.root}\n"


def test_a_shell_on_another_machine_may_have_ended_there(user: User, gone: Sample, account: Account) -> None:
    session = account.enter(str(gone.root))
    session.rename(session.with_name("7-7@other@another-boot-1"))
    assert user.must("prune").err == (
        f"taoshell: forgot shell 7 on other, which was in {gone.root}\ntaoshell: forgot {gone.root}\n"
    )


def test_a_program_that_still_has_its_mapping_starts_no_container(user: User, gone: Sample) -> None:
    """LAUNCHER_MOUNTS in some long-lived process names the file: the launcher refuses it, in our words."""
    user.must("prune")
    assert json.loads(gone.mounts) == {"Mounts": [], f"(taoshell: {gone.root} is gone)": 0}


def test_what_others_wrote_and_may_write_is_kept(user: User, home: Path, account: Account) -> None:
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


def test_a_project_that_comes_back_is_approved_anew(user: User, home: Path, gone: Sample, account: Account) -> None:
    user.must("prune")
    back = Sample(home, "gone", toml=TOML.replace("detectnet_v2", "unet"), env=ENV)
    assert user.types("exec", "--", "true", cwd=back.root).status == 1
    done = user.must("allow", cwd=back.root)
    assert "kept in" not in done.err  # nothing of ours is taken for somebody else's
    assert account.backed_up() == []
    assert user.must("exec", back.root, "--", "sh", "-c", 'cat "$LAUNCHER_MOUNTS"').out == back.mounts
    assert json.loads(user.must("list", "--json").out)["projects"] == [
        {"project": str(back.root), "state": "approved", "shells": 0}
    ]


def test_with_no_state_at_all(user: User) -> None:
    assert user.must("prune").err == "taoshell: nothing to forget\n"
