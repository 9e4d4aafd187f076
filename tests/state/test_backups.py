"""Backups: the original inode, or a symlink with its target intact, found again wherever it had to be kept."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest

from taoshell.errors import TaoshellError
from taoshell.state import backups, files
from taoshell.state.backups import set_aside
from tests.support.accounts import FOREIGN, LATER, OWN, Account


@pytest.fixture
def account(home: Path) -> Account:
    account = Account(home)
    files.ensure(account.state)
    return account


# -- content ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"Mounts": []}', "0 mounts"),
        (OWN, "1 mount"),
        (b'{"Mounts": [1, 2], "Envs": [3], "DockerOptions": {}}', "2 mounts, 1 variable, Docker options"),
        (b'{"Mounts": [], "Extra": 1}', "0 mounts, 'Extra', which the launcher refuses"),
        (b'{"Mounts": {}}', "not a mounts file"),
        (b"[]", "not a mounts file"),
        (b"{ not: JSON,\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"", "empty"),
        (b" " * (1 << 20) + b"{}", "too long for a mounts file"),
    ],
)
def test_content_is_described_in_a_few_words(tmp_path: Path, text: bytes, words: str) -> None:
    path = tmp_path / "f"
    path.write_bytes(text)
    assert backups.content(str(path)) == words
    link = tmp_path / "link"
    link.symlink_to("f")
    assert backups.content(str(link)) == f"a link to {path}: {words}"


def test_content_of_something_that_is_not_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("nowhere")
    assert backups.content(str(tmp_path / "fifo")) == "not a regular file"
    assert backups.content(str(tmp_path)) == "a folder"
    assert backups.content(str(tmp_path / "gone")) == "No such file or directory"
    assert backups.content(str(tmp_path / "link")) == f"a link to {tmp_path}/nowhere, which does not exist"


# -- where a backup is kept-----------------------------------------------------------------------------------


@contextlib.contextmanager
def refused(*, links: bool = False, into: Path | None = None) -> Iterator[None]:
    """A file system without hard links (`links`), or a folder `into` which nothing can be moved."""

    def refusing(name: str) -> Callable[..., None]:
        real = getattr(os, name)

        def call(path: str, to: str, **options: object) -> None:
            if name == "link" and links:
                raise OSError(errno.EPERM, os.strerror(errno.EPERM), path)
            if into is not None and Path(to).parent == into:
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), path)
            real(path, to, **options)

        return call

    with mock.patch.object(os, "link", refusing("link")), mock.patch.object(os, "rename", refusing("rename")):
        yield


@pytest.mark.parametrize("keep_name", [False, True])
@pytest.mark.parametrize("links", [False, True])
@pytest.mark.parametrize("apart", [False, True])
def test_the_inode_is_kept_and_listed_wherever_it_goes(
    account: Account, keep_name: bool, links: bool, apart: bool
) -> None:
    account.project("p")
    shared = Path(account.state.project(str(account.home / "p")).shared)
    found = {}
    for number, path in enumerate([account.original, shared, Path(f"{account.mounts_file}.taoshell")]):
        path.write_bytes(b"%d" % number)
        inode = path.stat().st_ino
        with refused(links=links, into=account.backups if apart else None):
            line = set_aside(account.state, str(path), keep_name=keep_name)
        (kept,) = [item for item in backups.listed(account.state) if item.path not in found]
        found[kept.path] = number
        assert f" kept in {kept.path}; " in line
        assert os.stat(kept.path).st_ino == inode
        assert path.exists() == (keep_name and not links)
        assert Path(kept.path).parent == (path.parent if apart else account.backups)
        assert backups.find(account.state, kept.name) == kept.path


@pytest.mark.parametrize("keep_name", [False, True])
@pytest.mark.parametrize("apart", [False, True])
def test_a_relative_link_keeps_its_target(account: Account, keep_name: bool, apart: bool) -> None:
    """A link into a dotfiles repository: with the same relative target in the backups it would be broken."""
    (account.home / "dotfiles").mkdir()
    (account.home / "dotfiles/tao.json").write_bytes(OWN)
    account.original.symlink_to("dotfiles/tao.json")
    with refused(into=account.backups if apart else None):
        set_aside(account.state, str(account.original), keep_name=keep_name, own=True)
    (kept,) = backups.listed(account.state)
    assert Path(kept.path).is_symlink()
    assert Path(kept.path).read_bytes() == OWN
    assert account.original.is_symlink() == keep_name


def test_the_users_own_mapping_is_marked_and_its_line_says_how_to_get_it_back(account: Account) -> None:
    account.original.write_bytes(OWN)
    line = set_aside(account.state, str(account.original), own=True)
    (kept,) = backups.listed(account.state)
    assert kept.own
    assert kept.name.endswith(".own.json")
    assert line == (
        f"your previous mapping is kept in {kept.path}; to get it back: taoshell mounts restore {kept.name}"
    )


def test_the_last_written_backup_comes_first(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "strftime", lambda _format: "2026-01-01T00.00.00")
    for text in (FOREIGN, LATER, OWN):
        path = account.home / "f.json"
        path.write_bytes(text)
        set_aside(account.state, str(path))
        time.sleep(0.02)  # timestamps advance in steps of up to 10 ms
    assert [Path(kept.path).read_bytes() for kept in backups.listed(account.state)] == [OWN, LATER, FOREIGN]
    late = account.backups / "2026-01-01T00.00.00.json"
    late.write_bytes(b"more")
    assert backups.listed(account.state)[0].path == str(late)


@pytest.mark.parametrize("keep_name", [False, True])
def test_a_backup_that_is_a_broken_link_is_not_overwritten(
    account: Account, keep_name: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "strftime", lambda _format: "2026-01-01T00.00.00")
    first = account.backups / "2026-01-01T00.00.00.json"
    first.symlink_to("/nowhere")
    account.original.write_bytes(OWN)
    set_aside(account.state, str(account.original), keep_name=keep_name)
    assert os.readlink(first) == "/nowhere"
    assert (account.backups / "2026-01-01T00.00.00-2.json").read_bytes() == OWN


def test_a_missing_backup_is_an_error(account: Account) -> None:
    with pytest.raises(TaoshellError, match="there is no such file or backup; to list them: taoshell mounts"):
        backups.find(account.state, "2026-01-01T00.00.00.json")


def test_a_home_with_wildcards_in_its_name(tmp_path: Path) -> None:
    account = Account(tmp_path / "a[b]*?")
    account.home.mkdir()
    files.ensure(account.state)
    account.original.write_bytes(OWN)
    with refused(into=account.backups):
        set_aside(account.state, str(account.original))
    assert len(backups.listed(account.state)) == 1
