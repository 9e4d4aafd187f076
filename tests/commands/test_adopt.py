"""`taoshell adopt`: a project takes over a mapping that a notebook wrote, after the user has seen the difference."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pexpect
import pytest

from tests.commands.conftest import COMMAND, User
from tests.support.accounts import Account
from tests.support.samples import CONTAINER, ENV, Sample
from tests.support.trees import snapshot
from tests.support.waiting import SECONDS


@pytest.fixture
def sample(home: Path) -> Sample:
    sample = Sample(home, env=f"{ENV}LOCAL_EXPERIMENT_DIR={home}/runs\n")
    (home / "kitti").mkdir()
    (home / "runs").mkdir()
    sample.allow()
    return sample


@pytest.fixture
def account(home: Path, sample: Sample) -> Account:
    """A shell is in the project, and a notebook has overwritten the mounts file."""
    account = Account(home)
    account.go(str(sample.root))
    account.write_in_place(written(sample, f"{home}/kitti", f"{CONTAINER}/data", shm_size="16G"))
    account.settle()
    return account


def written(sample: Sample, source: str, destination: str, **options: str) -> bytes:
    """Return a mounts file with the project's mounts, and `source` at `destination`."""
    mounts = {mount["destination"]: mount["source"] for mount in json.loads(sample.mounts)["Mounts"]}
    mounts[destination] = source
    entries = [{"source": source, "destination": destination} for destination, source in mounts.items()]
    return json.dumps({"Mounts": entries, "DockerOptions": options}).encode()


def test_the_newest_backup_is_shown_and_adopted(user: User, sample: Sample, account: Account, home: Path) -> None:
    done = user.must("adopt", "--yes", cwd=sample.root)
    shown = [line for line in done.out.splitlines() if line.startswith(("+", "-"))]
    assert shown == [
        "--- taoshell.toml (approved)",
        "+++ taoshell.toml (now)",
        "+",
        "+[container]",
        '+shm_size = "16G"',
        "--- .env (approved)",
        "+++ .env (now)",
        f"+LOCAL_DATA_DIR={home}/kitti",
    ]
    assert f"LOCAL_DATA_DIR={home}/kitti" in sample.env.read_text()
    mapping = json.loads(sample.mounts)
    assert {"source": f"{home}/kitti", "destination": f"{CONTAINER}/data"} in mapping["Mounts"]
    assert mapping["DockerOptions"] == {"shm_size": "16G"}
    assert len(account.backed_up()) == 1
    (backup,) = account.backups.iterdir()
    first, second = user.must("adopt", "--yes", cwd=sample.root).err.splitlines()
    assert re.fullmatch(
        rf"taoshell: reading {backup}, written \d{{4}}-\d\d-\d\d \d\d:\d\d, which mounts {sample.root} and 3 more",
        first,
    )
    assert second == f"taoshell: nothing to adopt: the project already has every mount and option in {backup}"


def test_it_says_if_the_newest_backup_is_of_another_project(user: User, sample: Sample, account: Account) -> None:
    (backup,) = account.backups.iterdir()
    backup.write_text('{"Mounts": [{"source": "/elsewhere", "destination": "/data"}]}')
    said = user.tries("adopt", "--yes", cwd=sample.root).err.splitlines()[0]
    assert said.endswith(", which mounts /elsewhere; nothing of it is in this project")


def test_a_relative_source_is_not_guessed(user: User, sample: Sample, home: Path) -> None:
    (home / "mine.json").write_bytes(written(sample, "kitti", "/kitti"))
    refused = user.tries("adopt", "--yes", home / "mine.json", cwd=sample.root)
    assert "the source 'kitti' is relative, so it depends on the folder that tao starts in" in refused.err


def test_a_backup_by_its_name_or_any_file(user: User, sample: Sample, account: Account, home: Path) -> None:
    (backup,) = account.backups.iterdir()
    (home / "mine.json").write_bytes(written(sample, f"{home}/runs", "/runs2"))
    assert user.types("adopt", "mine.json", cwd=home).status == 1  # there is no project around
    user.must("adopt", "--yes", home / "mine.json", cwd=sample.root / "specs")
    user.must("adopt", "--yes", backup.name, cwd=sample.root)
    sources = [mount["source"] for mount in json.loads(sample.mounts)["Mounts"]]
    assert {f"{home}/kitti", f"{home}/runs"} <= set(sources)


def test_the_users_own_former_mapping_is_skipped(user: User, sample: Sample, account: Account) -> None:
    """Although it is the newest backup."""
    for name in ("first", "second"):
        (account.home / name).write_bytes(written(sample, f"/{name}", f"/{name}"))
        said = user.must("mounts", "restore", account.home / name).err
    assert "your previous mapping is kept" in said  # the first one
    done = user.must("adopt", "--yes", cwd=sample.root)
    assert '+shm_size = "16G"' in done.out
    assert "/first" not in done.out


@pytest.mark.parametrize(("answer", "adopted"), [("y", True), ("", False), ("n", False)])
def test_at_a_terminal_it_asks(user: User, sample: Sample, account: Account, answer: str, adopted: bool) -> None:
    before = snapshot(sample.root)
    child = pexpect.spawn(COMMAND[0], [*COMMAND[1:], "adopt"], env=user.environ, cwd=str(sample.root), timeout=SECONDS)
    child.expect_exact("shm_size")
    child.expect_exact("Approve this?")
    child.sendline(answer)
    said = child.read().decode()
    child.wait()
    assert child.exitstatus == (not adopted)
    assert (snapshot(sample.root) == before) != adopted
    assert ("not approved; nothing has changed" in said) != adopted


def test_a_line_in_dotenv_that_keeps_the_place_elsewhere_changes(user: User, sample: Sample, home: Path) -> None:
    (home / "m.json").write_bytes(written(sample, f"{home}/kitti", f"{CONTAINER}/detectnet_v2"))
    done = user.must("adopt", "--yes", home / "m.json", cwd=sample.root)
    assert f"-LOCAL_EXPERIMENT_DIR={home}/runs" in done.out
    assert f"+LOCAL_EXPERIMENT_DIR={home}/kitti" in done.out
    assert "taoshell.toml" not in done.out


def test_without_a_backup(user: User, sample: Sample) -> None:
    done = user.types("adopt", cwd=sample.root)
    assert (done.status, done.out) == (1, "")
    assert done.err.endswith("and you have no mapping of your own; name a file\n")
    done = user.types("adopt", "nowhere.json", cwd=sample.root)
    assert done.err == "taoshell: nowhere.json: there is no such file or backup; to list them: taoshell mounts\n"


def test_a_project_that_is_not_approved_adopts_nothing(user: User, sample: Sample, account: Account) -> None:
    sample.toml.write_text(sample.toml.read_text() + "# changed\n")
    before = snapshot(sample.root)
    done = user.types("adopt", cwd=sample.root)
    assert done.status == 1
    assert "is not approved as it is now; run: taoshell allow" in done.err
    assert snapshot(sample.root) == before


# -- the user's own mapping ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "~/.tao_mounts.json"])
def test_the_users_own_mapping_while_a_project_holds_the_mounts_file(
    user: User, sample: Sample, home: Path, name: str
) -> None:
    """The mounts file then leads to the project's own mapping, which is not what the user means."""
    (home / ".tao_mounts.json").write_bytes(written(sample, f"{home}/kitti", f"{CONTAINER}/data"))
    Account(home).go(str(sample.root))
    words = [str(home / ".tao_mounts.json")] if name else []
    assert f"+LOCAL_DATA_DIR={home}/kitti" in user.must("adopt", "--yes", *words, cwd=sample.root).out


def test_the_users_own_mapping_before_any_shell_was_in_a_project(user: User, sample: Sample, home: Path) -> None:
    (home / ".tao_mounts.json").write_bytes(written(sample, f"{home}/kitti", f"{CONTAINER}/data"))
    assert f"+LOCAL_DATA_DIR={home}/kitti" in user.must("adopt", "--yes", cwd=sample.root).out


def test_without_a_terminal_and_without_yes_nothing_is_adopted(user: User, sample: Sample, account: Account) -> None:
    before = snapshot(sample.root)
    done = user.types("adopt", cwd=sample.root)
    assert done.status == 1
    assert done.err.splitlines()[1:] == [
        f"taoshell: {sample.root}: nothing was approved, as there is no terminal to show the project at; "
        "to approve it unseen, add --yes"
    ]
    assert snapshot(sample.root) == before
