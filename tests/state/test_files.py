"""Writing: privately, completely or not at all, one process at a time; and removing only what is taoshell's own."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path
from typing import NoReturn
from unittest import mock

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


def test_the_state_folder_is_private(state: State) -> None:
    files.ensure(state)
    assert {mode(path) for path in (state.root, state.allowed, state.sessions, state.backups)} == {0o700}


def test_a_state_folder_that_others_can_read_is_made_private(state: State) -> None:
    os.makedirs(state.root)
    os.chmod(state.root, 0o777)
    files.ensure(state)
    assert mode(state.root) == 0o700


def test_an_existing_state_folder_is_not_changed(state: State, tmp_path: Path) -> None:
    files.ensure(state)
    before = snapshot(tmp_path)
    files.ensure(state)
    assert snapshot(tmp_path) == before


def test_another_users_state_folder_is_refused(state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.makedirs(state.root, mode=0o755)
    before = snapshot(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)  # as `sudo -s` with HOME kept
    with pytest.raises(TaoshellError, match=f"{state.root}: .*belongs to uid {os.getuid()}, not to you; if this is"):
        files.ensure(state)
    assert snapshot(tmp_path) == before


def test_a_file_in_its_place_is_kept_beside_it(state: State) -> None:
    root = Path(state.root)
    root.parent.mkdir(parents=True)
    root.write_text("mine")
    files.ensure(state)
    kept = Path(f"{root}.file")
    assert (root.is_dir(), kept.read_text()) == (True, "mine")


@pytest.mark.parametrize("kind", ["second file", "link to a folder", "broken link"])
def test_something_else_in_its_place_is_refused(state: State, tmp_path: Path, kind: str) -> None:
    root = Path(state.root)
    root.parent.mkdir(parents=True)
    if kind == "second file":
        root.write_text("mine")
        Path(f"{root}.file").write_text("mine, too")
    else:
        root.symlink_to(tmp_path if kind == "link to a folder" else tmp_path / "nowhere")
    before = snapshot(tmp_path)
    with pytest.raises(TaoshellError, match="the state folder is not a folder; move it away"):
        files.ensure(state)
    assert snapshot(tmp_path) == before


def test_if_the_state_folder_cannot_be_created_the_cure_is_named(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(path: str, *_arguments: object, **_options: object) -> NoReturn:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

    monkeypatch.setattr(os, "mkdir", read_only)
    with pytest.raises(TaoshellError, match=f"{state.root}: .*Read-only file system; .*XDG_STATE_HOME"):
        files.ensure(state)


# -- the lock ------------------------------------------------------------------------------------


def test_one_process_at_a_time(state: State) -> None:
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


def test_an_error_inside_releases_the_lock(state: State) -> None:
    with pytest.raises(ZeroDivisionError), files.lock(state):
        raise ZeroDivisionError
    with files.lock(state):
        pass


# -- folders -------------------------------------------------------------------------------------


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_every_folder_on_the_way_is_private_regardless_of_the_umask(tmp_path: Path, umask: int) -> None:
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o755)
    before = os.umask(umask)
    try:
        files.make_folder(f"{kept}/a/b/c")
        files.make_folder(f"{kept}/a/b/d")
        files.replace_user_file(f"{kept}/config/fish/conf.d/taoshell.fish", b"x", new_mode=0o644)
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o7777 for path in kept.rglob("*") if path.is_dir()}
    assert modes == {0o700}
    assert kept.stat().st_mode & 0o7777 == 0o755  # what exists stays as it is
    assert (kept / "config/fish/conf.d/taoshell.fish").stat().st_mode & 0o7777 == 0o644


def test_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files.make_folder("a/b")
    assert (tmp_path / "a/b").is_dir()


@pytest.mark.parametrize("name", ["file", "file/below", "dangling"])
def test_something_else_in_the_way(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(OSError, match=f"{tmp_path}/(file|dangling)"):
        files.make_folder(f"{tmp_path}/{name}")


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_a_file_has_its_mode_regardless_of_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        files.replace_file(str(tmp_path / "f"), b"x")
        files.replace_file(str(tmp_path / "g"), b"x", mode=0o644)
    finally:
        os.umask(before)
    assert (mode(tmp_path / "f"), mode(tmp_path / "g")) == (0o600, 0o644)


def test_a_file_has_the_mtime_asked_for(tmp_path: Path) -> None:
    files.replace_file(str(tmp_path / "f"), b"x", mtime_ns=1_234_567_890_123_456_789)
    assert os.stat(tmp_path / "f").st_mtime_ns == 1_234_567_890_123_456_789


def test_a_reader_with_the_old_file_open_reads_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    with open(path, "rb") as reader:
        files.replace_file(str(path), b"new and longer")
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new and longer"


@pytest.mark.parametrize("call", ["open", "fdopen", "fchmod", "utime", "rename"])
@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt()], ids=repr)
def test_a_failed_or_interrupted_write_changes_nothing_and_leaves_no_temporary_file(
    tmp_path: Path, call: str, failure: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    before = snapshot(tmp_path)
    monkeypatch.setattr(os, call, mock.Mock(side_effect=failure))
    with pytest.raises(type(failure)):
        files.replace_file(str(path), b"new", mtime_ns=1)
    assert snapshot(tmp_path) == before


def test_a_leftover_of_a_killed_process_with_our_pid_is_replaced(tmp_path: Path) -> None:
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


def test_a_link_planted_at_the_last_moment_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that others can write, anyone can guess the temporary name."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    planted = tmp_path / "f.taoshell-1"
    planted.symlink_to(victim)
    monkeypatch.setattr(files, "_temporary", lambda _path: str(planted))
    with pytest.raises(FileExistsError):
        files.replace_file(str(tmp_path / "f"), b"new")
    assert victim.read_bytes() == b"precious"
    assert not (tmp_path / "f").exists()


@pytest.mark.parametrize("bits", [0o600, 0o640, 0o664, 0o755])
@pytest.mark.parametrize("linked", [False, True])
def test_the_users_own_file_is_synced_and_keeps_its_mode_and_its_link(
    tmp_path: Path, bits: int, linked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = real = tmp_path / ".env"
    if linked:
        real = tmp_path / "real"
        path.symlink_to("real")
    real.write_bytes(b"old")
    real.chmod(bits)
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.readlink(f"/proc/self/fd/{handle}")))
    files.replace_user_file(str(path), b"new", new_mode=0o600)
    assert (real.read_bytes(), mode(real), path.is_symlink()) == (b"new", bits, linked)
    assert synced == [f"{real}.taoshell-{os.getpid()}"]


@pytest.mark.parametrize("bits", [0o600, 0o644])
def test_a_new_file_of_the_user_has_the_mode_asked_for(tmp_path: Path, bits: int) -> None:
    files.replace_user_file(str(tmp_path / "deep/down/f"), b"new", new_mode=bits)
    assert mode(tmp_path / "deep/down/f") == bits


# -- links ---------------------------------------------------------------------------------------


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    link, first, second = tmp_path / "l", tmp_path / "first", tmp_path / "second"
    first.mkdir()
    files.replace_link(str(link), str(first))
    files.replace_link(str(link), str(second))
    assert os.readlink(link) == str(second)
    assert os.listdir(first) == []


def test_a_link_that_cannot_be_replaced_is_not_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.replace_link(str(tmp_path / "l"), "/old")
    before = snapshot(tmp_path)
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(OSError, match="No space left"):
        files.replace_link(str(tmp_path / "l"), "/new")
    assert snapshot(tmp_path) == before


# -- reading -------------------------------------------------------------------------------------


def test_reading_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x")
    assert files.read_or_none(str(tmp_path / "f")) == b"x"
    assert files.read_or_none(str(tmp_path / "none")) is None
    assert files.read_or_none(str(tmp_path / "f" / "below a file")) is None


# -- removing ------------------------------------------------------------------------------------


@pytest.fixture
def around(tmp_path: Path) -> State:
    """A state folder, things around it, and symlinks that lead out of it and in again."""
    state = State(str(tmp_path / "home/state"), str(tmp_path / "home/.tao_mounts.json"))
    for folder in ("home/state/gen/one", "home/state-2/gen", "home/project", "state"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "file").write_text("precious")
    for name, target in {
        "out": "../project",
        "self": ".",
        "other": "gen",
        "up": "..",
        "gen/one/out": "../../../project",
        "gen/one/file-out": "../../../project/file",
        "gen/one/absolute": str(tmp_path / "home/project"),
    }.items():
        Path(state.root, name).symlink_to(target)
    (tmp_path / "linked").symlink_to("home/state")
    return state


REFUSED = {
    "the state folder": "{state}",
    "the state folder with a slash": "{state}/",
    "a dot in it": "{state}/.",
    "a dot on the way": "{state}/./gen",
    "two slashes": "{state}//gen",
    "a slash at the end": "{state}/gen/",
    "its parent": "{tmp}/home",
    "its parent, from inside": "{state}/..",
    "out and in again": "{state}/../state/gen",
    "in, out": "{state}/gen/../../project",
    "in, up, in": "{state}/gen/../gen",
    "beside it": "{tmp}/home/project",
    "a name that begins likewise": "{state}-2/gen",
    "the same name elsewhere": "{tmp}/state",
    "a link out": "{state}/out",
    "through a link out": "{state}/out/file",
    "through a link to the parent": "{state}/up/project",
    "a link to the state folder": "{state}/self",
    "through a link to the state folder": "{state}/self/gen",
    "a link inside": "{state}/other",
    "through a link inside": "{state}/other/one",
    "by another name of the state folder": "{tmp}/linked/gen",
    "relative": "home/state/gen",
    "relative, to the state folder": "state/gen",
    "a name alone": "gen",
    "nothing": "",
}


@pytest.mark.parametrize("path", REFUSED.values(), ids=REFUSED)
def test_only_what_is_strictly_inside_the_state_folder_is_removed(
    around: State, tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = snapshot(tmp_path)
    with pytest.raises(TaoshellError, match="removes only folders inside its state folder"):
        files.remove_tree(around, path.format(state=around.root, tmp=tmp_path))
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("root", ["/", "", "state", "/proc"])
@pytest.mark.parametrize("path", ["/", "//", "/.", "/..", "//etc", "/etc", "", ".", "..", "etc", "state/etc"])
def test_the_root_folder_is_never_inside(root: str, path: str) -> None:
    """Asked, not removed."""
    assert not files.is_inside(State(root, "/m"), path)


def test_removing_does_not_follow_links(around: State, tmp_path: Path) -> None:
    outside = snapshot(tmp_path / "home/project")
    files.remove_tree(around, f"{around.root}/gen")
    assert not os.path.lexists(f"{around.root}/gen")
    assert snapshot(tmp_path / "home/project") == outside


def test_removing_what_is_missing_does_nothing(around: State, tmp_path: Path) -> None:
    before = snapshot(tmp_path)
    files.remove_tree(around, f"{around.root}/never/there")
    assert snapshot(tmp_path) == before


def test_a_state_folder_that_is_reached_through_a_link_is_cleaned_too(around: State, tmp_path: Path) -> None:
    """A home is often a symlink; what counts is the way below the state folder."""
    linked = State(str(tmp_path / "linked"), around.mounts_file)
    files.remove_tree(linked, f"{linked.root}/gen/one")
    assert os.listdir(f"{around.root}/gen") == []


def test_writing_a_file_compiles_no_pattern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prompt waits for a dozen of files: to look for what is left beside each of them must cost next to nothing."""
    monkeypatch.setattr("re.compile", mock.Mock(side_effect=AssertionError))
    left = tmp_path / "a[b]*.taoshell-4999999"  # no process has this number
    left.touch()
    files.replace_file(f"{tmp_path}/a[b]*", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["a[b]*"]


def test_a_folder_that_is_gone_has_nothing_left_behind(tmp_path: Path) -> None:
    files.remove_left_behind(f"{tmp_path}/gone/file")
    assert not any(tmp_path.iterdir())
