"""How taoshell writes: privately, whole or not at all, one at a time."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path
from typing import NoReturn

import pytest

from taoshell.errors import TaoshellError
from taoshell.state import files
from taoshell.state.paths import State
from tests.support.trees import snapshot


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(str(tmp_path / "deep/down/state"), str(tmp_path / ".tao_mounts.json"))


def mode(path: str | Path) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def refuse(*_arguments: object, **_options: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


# -- the folders ---------------------------------------------------------------------------------


def test_the_state_folder_is_the_users_alone(state: State) -> None:
    files.ensure(state)
    assert {mode(path) for path in (state.root, state.allowed, state.sessions, state.backups)} == {0o700}


def test_an_open_state_folder_is_closed(state: State) -> None:
    os.makedirs(state.root)
    os.chmod(state.root, 0o777)
    files.ensure(state)
    assert mode(state.root) == 0o700


def test_made_again_it_stays_as_it_is(state: State, tmp_path: Path) -> None:
    files.ensure(state)
    before = snapshot(tmp_path)
    files.ensure(state)
    assert snapshot(tmp_path) == before


def test_another_users_state_folder_is_refused(state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.makedirs(state.root, mode=0o755)
    before = snapshot(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)  # as `sudo -s` with HOME kept
    with pytest.raises(TaoshellError, match=f"{state.root}: .*belongs to uid {os.getuid()}, not to you; use your own"):
        files.ensure(state)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("kind", ["file", "link to a folder", "link that ends nowhere"])
def test_something_else_in_its_place_is_refused(state: State, tmp_path: Path, kind: str) -> None:
    root = Path(state.root)
    root.parent.mkdir(parents=True)
    if kind == "file":
        root.write_text("mine")
    else:
        root.symlink_to(tmp_path if kind == "link to a folder" else tmp_path / "nowhere")
    before = snapshot(tmp_path)
    with pytest.raises(TaoshellError, match="the state folder is not a folder; move it away"):
        files.ensure(state)
    assert snapshot(tmp_path) == before


def test_where_it_cannot_be_made_the_cure_is_told(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(path: str, *_arguments: object, **_options: object) -> NoReturn:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

    monkeypatch.setattr(os, "mkdir", read_only)
    with pytest.raises(TaoshellError, match=f"{state.root}: .*Read-only file system; .*XDG_STATE_HOME"):
        files.ensure(state)


# -- the lock ------------------------------------------------------------------------------------


def test_one_at_a_time(state: State) -> None:
    order: list[str] = []
    started = threading.Event()

    def second() -> None:
        started.set()
        with files.lock(state):
            order.append("second")

    thread = threading.Thread(target=second)
    with files.lock(state):
        thread.start()
        started.wait()
        thread.join(0.05)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_an_error_inside_lets_the_next_one_in(state: State) -> None:
    with pytest.raises(ZeroDivisionError), files.lock(state):
        raise ZeroDivisionError
    with files.lock(state):
        pass


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_a_file_has_its_mode_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        files.replace_file(str(tmp_path / "f"), b"x")
        files.replace_file(str(tmp_path / "g"), b"x", mode=0o644)
    finally:
        os.umask(before)
    assert (mode(tmp_path / "f"), mode(tmp_path / "g")) == (0o600, 0o644)


def test_a_file_is_as_old_as_it_was_said(tmp_path: Path) -> None:
    files.replace_file(str(tmp_path / "f"), b"x", mtime_ns=1_234_567_890_123_456_789)
    assert os.stat(tmp_path / "f").st_mtime_ns == 1_234_567_890_123_456_789


def test_a_reader_that_has_the_old_file_open_keeps_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    with open(path, "rb") as reader:
        files.replace_file(str(path), b"new and longer")
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new and longer"


@pytest.mark.parametrize("call", ["open", "fdopen", "fchmod", "utime", "rename"])
def test_what_cannot_be_written_stays_as_it_was_and_leaves_nothing(
    tmp_path: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    before = snapshot(tmp_path)
    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(OSError, match="No space left"):
        files.replace_file(str(path), b"new", mtime_ns=1)
    assert snapshot(tmp_path) == before


def test_what_a_killed_process_of_our_pid_left_is_in_nobodys_way(tmp_path: Path) -> None:
    path = str(tmp_path / "f")
    files.new_file(path, b"half")
    files.replace_file(path, b"whole")
    assert os.listdir(tmp_path) == ["f"]
    os.symlink("/half", f"{path}.taoshell-{os.getpid()}")
    files.replace_link(path, "/whole")
    assert (os.listdir(tmp_path), os.readlink(path)) == (["f"], "/whole")


def test_a_temporary_name_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    path = str(tmp_path / "f")
    os.symlink(victim, f"{path}.taoshell-{os.getpid()}")
    files.replace_file(path, b"new")
    assert victim.read_bytes() == b"precious"


# -- links ---------------------------------------------------------------------------------------


def test_a_link_is_replaced_and_never_followed(tmp_path: Path) -> None:
    link, first, second = tmp_path / "l", tmp_path / "first", tmp_path / "second"
    first.mkdir()
    files.replace_link(str(link), str(first))
    files.replace_link(str(link), str(second))
    assert os.readlink(link) == str(second)
    assert os.listdir(first) == []


def test_a_link_that_cannot_be_replaced_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.replace_link(str(tmp_path / "l"), "/old")
    before = snapshot(tmp_path)
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(OSError, match="No space left"):
        files.replace_link(str(tmp_path / "l"), "/new")
    assert snapshot(tmp_path) == before


# -- reading -------------------------------------------------------------------------------------


def test_reading_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x")
    assert files.read_or_none(str(tmp_path / "f")) == b"x"
    assert files.read_or_none(str(tmp_path / "none")) is None
    assert files.read_or_none(str(tmp_path / "f" / "below a file")) is None
