"""A project's mapping: two files with the same text and mtime, which never overwrite what another program wrote."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from unittest import mock

import pytest

from taoshell.mounts import mapping
from taoshell.mounts.mapping import collect_late_writes, expose, is_touched, repair, tombstone
from taoshell.state import files
from taoshell.state.backups import set_aside
from taoshell.state.files import add_name
from taoshell.state.paths import ProjectFolder
from tests.support.accounts import FOREIGN, LATER, LONG_AGO_NS, Account, mapping_of
from tests.support.trees import names_of, snapshot


@pytest.fixture
def account(home: Path) -> Account:
    account = Account(home)
    files.ensure(account.state)
    return account


@pytest.fixture
def project(account: Account) -> ProjectFolder:
    return account.state.project(account.project("p", "first"))


def texts(project: ProjectFolder) -> tuple[bytes, bytes]:
    return Path(project.mounts).read_bytes(), Path(project.shared).read_bytes()


def both(source: str) -> tuple[bytes, bytes]:
    return mapping_of(source).encode(), mapping_of(source).encode()


# -- the tombstone -----------------------------------------------------------------------------


def test_a_tombstone_has_no_mounts_and_a_key_that_the_launcher_refuses() -> None:
    said = json.loads(tombstone("/p"))
    assert said == {"Mounts": [], "(taoshell: /p is not approved; run: taoshell allow)": 0}


def test_a_tombstone_is_json_for_any_path() -> None:
    (_, key) = json.loads(tombstone('/a "b"\\c\nd\x1b[0m', "is gone"))
    assert key == '(taoshell: /a "b"\\c\\nd\\x1b[0m is gone)'


# -- a new mapping ---------------------------------------------------------------------------


def test_both_files_have_the_same_text_and_mtime(project: ProjectFolder) -> None:
    assert texts(project) == both("first")
    assert os.stat(project.mounts).st_mtime_ns == os.stat(project.shared).st_mtime_ns
    assert {os.stat(path).st_mode & 0o777 for path in (project.mounts, project.shared)} == {0o600}
    assert not is_touched(project)


def test_the_same_mapping_again_changes_nothing(account: Account, project: ProjectFolder) -> None:
    before = snapshot(account.home)
    assert expose(account.state, project, mapping_of("first")) == []
    assert snapshot(account.home) == before


def test_a_new_mapping_gets_a_new_inode_and_keeps_the_old_one(account: Account, project: ProjectFolder) -> None:
    old = os.stat(project.shared).st_ino
    assert expose(account.state, project, mapping_of("second")) == []
    assert texts(project) == both("second")
    assert not is_touched(project)
    (kept,) = names_of(old, account.home)
    assert kept.parent == Path(project.retired)
    assert kept.read_bytes() == mapping_of("first").encode()
    assert account.backed_up() == []


def test_a_reader_with_the_old_file_open_reads_all_of_it(account: Account, project: ProjectFolder) -> None:
    with open(project.shared, "rb") as reader:
        expose(account.state, project, mapping_of("second"))
        assert reader.read() == mapping_of("first").encode()


def test_each_old_inode_is_kept_even_if_timestamps_are_coarse(account: Account, project: ProjectFolder) -> None:
    inodes = []
    for source in ("second", "third", "fourth"):
        for path in (project.mounts, project.shared):
            os.utime(path, (1_700_000_000, 1_700_000_000))
        inodes.append(os.stat(project.shared).st_ino)
        expose(account.state, project, mapping_of(source))
    assert [len(names_of(inode, account.home)) for inode in inodes] == [1, 1, 1]
    assert collect_late_writes(account.state, project) == []


def whole_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate a file system that keeps only seconds."""
    utime = os.utime

    def coarse(path: str, times: object = None, *, ns: tuple[int, int]) -> None:
        utime(path, ns=(ns[0] // 10**9 * 10**9, ns[1] // 10**9 * 10**9))

    monkeypatch.setattr(os, "utime", coarse)


def test_without_nanoseconds_a_write_in_the_same_second_shows(
    account: Account, project: ProjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_seconds(monkeypatch)
    expose(account.state, project, mapping_of("second"))
    assert os.stat(project.mounts).st_mtime_ns == os.stat(project.shared).st_mtime_ns
    Path(project.shared).write_bytes(FOREIGN)
    now = int(time.time()) * 10**9
    os.utime(project.shared, ns=(now, now))
    assert is_touched(project)


def test_without_nanoseconds_no_two_mappings_have_the_same_mtime(
    account: Account, project: ProjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_seconds(monkeypatch)
    other = account.state.project(account.project("q", "other"))
    times = [os.stat(other.shared).st_mtime_ns]
    for source in ("second", "third"):
        expose(account.state, project, mapping_of(source))
        times.append(os.stat(project.shared).st_mtime_ns)
    assert len({*times}) == 3
    assert max(times) < (time.time() - 3600) * 10**9


# -- another program wrote it ---------------------------------------------------------------------


def test_what_was_written_in_place_goes_to_the_backups_as_the_same_inode(
    account: Account, project: ProjectFolder
) -> None:
    Path(project.shared).write_bytes(FOREIGN)
    inode = os.stat(project.shared).st_ino
    assert is_touched(project)
    (line,) = expose(account.state, project, mapping_of("second"))
    (backup,) = names_of(inode, account.home)
    assert backup.parent == account.backups
    assert backup.read_bytes() == FOREIGN
    assert str(backup) in line
    assert texts(project) == both("second")


def test_an_older_file_copied_with_its_mtime_goes_to_the_backups(account: Account, project: ProjectFolder) -> None:
    """As `cp -p` does."""
    Path(project.shared).write_bytes(FOREIGN)
    os.utime(project.shared, ns=(LONG_AGO_NS, LONG_AGO_NS))
    assert is_touched(project)
    repair(account.state, project)
    assert account.backed_up() == [FOREIGN]
    assert texts(project) == both("first")


def test_a_write_of_our_own_text_is_not_backed_up(account: Account, project: ProjectFolder) -> None:
    Path(project.shared).write_text(mapping_of("first"))
    assert is_touched(project)
    assert repair(account.state, project) == []
    assert not is_touched(project)
    assert account.backed_up() == []


def test_an_unfinished_write_is_completed_in_the_backup(account: Account, project: ProjectFolder) -> None:
    with open(project.shared, "wb", buffering=0) as writer:
        writer.write(FOREIGN[:10])
        repair(account.state, project)
        writer.write(FOREIGN[10:])
    assert texts(project) == both("first")
    assert account.backed_up() == [FOREIGN]


def test_a_late_write_into_a_retired_inode_is_collected(account: Account, project: ProjectFolder) -> None:
    with open(project.shared, "r+b", buffering=0) as writer:
        expose(account.state, project, mapping_of("second"))
        assert collect_late_writes(account.state, project) == []
        writer.truncate()
        writer.write(LATER)
    (line,) = collect_late_writes(account.state, project)
    assert account.backed_up() == [LATER]
    assert "another program wrote" in line
    assert collect_late_writes(account.state, project) == []
    assert texts(project) == both("second")


def test_a_write_between_our_check_and_the_new_file_is_collected(
    account: Account, project: ProjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by the model: the retired inode was named after the mtime of that write, so the write did not look late."""

    def late(path: str, name: str) -> bool:
        Path(project.shared).write_bytes(FOREIGN)
        return add_name(path, name)

    monkeypatch.setattr(mapping, "add_name", late)
    expose(account.state, project, mapping_of("second"))
    assert len(collect_late_writes(account.state, project)) == 1
    assert account.backed_up() == [FOREIGN]
    assert texts(project) == both("second")


def test_two_foreign_writes_in_one_second_are_both_kept(account: Account, project: ProjectFolder) -> None:
    for text in (FOREIGN, LATER, b""):
        Path(project.shared).write_bytes(text)
        repair(account.state, project)
    assert account.backed_up() == sorted([FOREIGN, LATER, b""])


@pytest.mark.parametrize("gone", ["shared", "mounts"])
def test_a_missing_file_is_recreated_by_the_next_expose(account: Account, project: ProjectFolder, gone: str) -> None:
    os.unlink(getattr(project, gone))
    assert is_touched(project)
    assert expose(account.state, project, mapping_of("first")) == []
    assert texts(project) == both("first")
    assert not is_touched(project)


def test_a_missing_shared_file_is_restored(account: Account, project: ProjectFolder) -> None:
    os.unlink(project.shared)
    assert repair(account.state, project) == []
    assert texts(project) == both("first")


def test_a_project_that_was_never_compiled_gets_a_tombstone(account: Account) -> None:
    project = account.state.project("/never")
    files.ensure_project(project)
    assert repair(account.state, project) == []
    assert texts(project) == (tombstone("/never").encode(),) * 2
    assert os.listdir(project.retired) == []


# -- killed between two steps ----------------------------------------------------------------------


def test_killed_between_the_two_renames_our_own_text_is_not_backed_up(account: Account, project: ProjectFolder) -> None:
    files.replace_file(project.shared, mapping_of("second").encode())
    assert is_touched(project)
    assert expose(account.state, project, mapping_of("second")) == []
    assert texts(project) == both("second")
    assert account.backed_up() == []


@pytest.mark.parametrize("before", [0, 1])
def test_interrupted_before_either_rename_the_next_expose_completes_it(
    account: Account, project: ProjectFolder, before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`shared.json` comes first: it may still be checked against the old `mounts.json`, not the other way round."""
    renames = mock.Mock(wraps=files.rename, side_effect=[*[mock.DEFAULT] * before, KeyboardInterrupt])
    monkeypatch.setattr(mapping, "rename", renames)
    with pytest.raises(KeyboardInterrupt):
        expose(account.state, project, mapping_of("second"))
    monkeypatch.undo()
    assert expose(account.state, project, mapping_of("second")) == []
    assert texts(project) == both("second")
    assert account.backed_up() == []


def test_killed_after_the_inode_was_retired_it_is_retired_once(account: Account, project: ProjectFolder) -> None:
    old = os.stat(project.shared)
    os.link(project.shared, f"{project.retired}/{old.st_mtime_ns}-{old.st_ino}.json")
    expose(account.state, project, mapping_of("second"))
    assert len(names_of(old.st_ino, account.home)) == 1
    assert texts(project) == both("second")


# -- limited file systems ---------------------------------------------------------------------------


def no_hard_links(*_arguments: object, **_options: object) -> NoReturn:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def not_supported(*_arguments: object, **_options: object) -> NoReturn:
    raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))


@pytest.mark.parametrize("link", [no_hard_links, not_supported])
def test_without_hard_links_nothing_is_lost(
    account: Account, project: ProjectFolder, link: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", link)
    first = os.stat(project.shared).st_ino
    expose(account.state, project, mapping_of("second"))
    assert [path.parent for path in names_of(first, account.home)] == [Path(project.retired)]
    Path(project.shared).write_bytes(FOREIGN)
    written = os.stat(project.shared).st_ino
    expose(account.state, project, mapping_of("third"))
    assert len(names_of(written, account.home)) == 1
    assert FOREIGN in account.everything()
    assert texts(project) == both("third")


@pytest.fixture
def other_file_system(tmp_path: Path) -> Iterator[Path]:
    if not os.access("/dev/shm", os.W_OK) or os.stat("/dev/shm").st_dev == os.stat(tmp_path).st_dev:
        pytest.skip("no second file system to write to")
    folder = tempfile.mkdtemp(dir="/dev/shm", prefix="taoshell-test-")
    yield Path(folder)
    shutil.rmtree(folder)


def test_with_backups_on_another_file_system_a_file_is_kept_beside_its_path(
    tmp_path: Path, other_file_system: Path
) -> None:
    account = Account(tmp_path, other_file_system / "taoshell")
    files.ensure(account.state)
    written = {}
    for text in (FOREIGN, LATER, b"third"):  # within one second: each needs its own name
        path = tmp_path / "f.json"
        path.write_bytes(text)
        inode = path.stat().st_ino
        line = set_aside(account.state, str(path))
        (kept,) = names_of(inode, tmp_path)
        assert f" kept in {kept};" in line
        written[kept] = text
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == written


def test_the_name_of_a_backup_is_never_used_twice(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "strftime", lambda _format: "2026-01-01T00.00.00")
    for number in range(12):
        path = account.home / "f.json"
        path.write_text(str(number))
        set_aside(account.state, str(path))
    assert account.backed_up() == sorted(str(number).encode() for number in range(12))


def test_a_symlink_is_set_aside_as_a_symlink(account: Account) -> None:
    target = account.home / "dotfiles.json"
    target.write_bytes(FOREIGN)
    link = account.home / "f.json"
    link.symlink_to(target)
    set_aside(account.state, str(link))
    (backup,) = account.backups.iterdir()
    assert os.readlink(backup) == str(target)
    assert target.read_bytes() == FOREIGN
