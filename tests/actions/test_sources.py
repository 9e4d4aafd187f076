"""Reading a project: complete, at one moment, and without waiting for a file that is not a regular file."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import tomlkit

from taoshell.actions import sources as sources_module
from taoshell.actions.find import around, project_root, require_root
from taoshell.actions.sources import define, machine, read_sources
from taoshell.errors import TaoshellError
from taoshell.text import dotenv_block
from tests.support.trees import snapshot

if sys.version_info >= (3, 11):
    import tomllib

TOML = 'layout = "classic"\nnetwork = "dino"\n'


@pytest.fixture
def root(home: Path) -> Path:
    root = home / "p"
    (root / "specs").mkdir(parents=True)
    (root / "taoshell.toml").write_text(TOML)
    (root / ".env").write_text("KEY=k\nNUM_GPUS=2\n")
    return root


# -- finding a project -----------------------------------------------------------------------------------


def test_a_project_is_found_from_any_folder_below(root: Path) -> None:
    below = root / "a" / "b"
    below.mkdir(parents=True)
    assert project_root(str(below)) == project_root(str(root)) == str(root)


def test_the_nearest_project_counts(root: Path) -> None:
    inner = root / "inner"
    inner.mkdir()
    (inner / "taoshell.toml").write_text(TOML)
    assert project_root(str(inner)) == str(inner)


def test_a_project_has_its_real_path(root: Path, home: Path) -> None:
    (home / "link").symlink_to(root)
    assert project_root(str(home / "link" / "specs")) == str(root)


def test_a_relative_path_starts_here(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "specs")
    assert project_root(".") == project_root("..") == str(root)


def test_a_folder_without_a_project(home: Path) -> None:
    assert around(str(home)) is None
    with pytest.raises(TaoshellError, match=f"{home}: no taoshell.toml in this folder or above it; cd to a project"):
        project_root(str(home))


@pytest.mark.parametrize("name", ["gone", "taoshell.toml"])
def test_a_path_that_is_not_a_folder_is_refused(root: Path, name: str) -> None:
    with pytest.raises(TaoshellError, match=f"{name}: there is no such folder; name one that exists"):
        project_root(str(root / name))


def test_a_deleted_current_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = root / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(TaoshellError, match="the current folder is gone; cd to one that exists"):
        project_root(".")


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("/", "your home folder and / cannot be projects"),
        ("~", "your home folder and / cannot be projects"),
        ("/a\nb", "/a\\\\nb: a project's path cannot contain a newline"),
        ("/a/+", "a folder named +"),
        ("/+/a", "a folder named +"),
        ("/~/a", "in the folder /~"),
        ("/a:b", "contains ':'"),
        ("/\udcff", "/\\\\xff: the path is not UTF-8"),
    ],
)
def test_paths_that_no_project_can_have(path: str, cause: str) -> None:
    with pytest.raises(TaoshellError, match=cause) as raised:
        require_root(os.path.expanduser(path))
    assert raised.value.cure


@pytest.mark.parametrize("path", ["/a+b", "/++", "/a b'\"$(x)`y`!\\", "/-", "/数据", "/a\tb"])
def test_paths_that_a_project_can_have(path: str) -> None:
    require_root(path)


def test_a_home_that_is_a_link_is_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = home / "link"
    link.symlink_to(home)
    monkeypatch.setenv("HOME", str(link))
    with pytest.raises(TaoshellError, match="your home folder and / cannot"):
        require_root(str(home))


# -- its sources -----------------------------------------------------------------------------------


def test_a_source_has_its_bytes_and_its_mtime(root: Path) -> None:
    sources = read_sources(str(root))
    assert [(source.stamp, source.path) for source in sources.all] == [
        ("toml", str(root / "taoshell.toml")),
        ("env", str(root / ".env")),
    ]
    for source in sources.all:
        path = Path(source.path)
        assert (source.data, source.mtime_ns, source.problem) == (path.read_bytes(), path.stat().st_mtime_ns, None)


def test_a_missing_env_is_not_a_problem(root: Path) -> None:
    (root / ".env").unlink()
    sources = read_sources(str(root))
    assert (sources.env.data, sources.env.mtime_ns, sources.env.problem) == (None, None, None)
    assert sources.inputs() == {"taoshell.toml": TOML.encode(), ".env": b""}


def test_a_missing_toml_is_a_problem(root: Path) -> None:
    (root / "taoshell.toml").unlink()
    with pytest.raises(TaoshellError, match=f"{root}/taoshell.toml: the file is gone; run: taoshell init"):
        read_sources(str(root)).require()


def test_a_link_to_a_source_is_followed(root: Path, home: Path) -> None:
    (root / ".env").rename(home / "secrets")
    (root / ".env").symlink_to(home / "secrets")
    assert read_sources(str(root)).env.data == (home / "secrets").read_bytes()


def a_folder(path: Path) -> None:
    path.mkdir()


def a_fifo(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    here = os.open(".", os.O_RDONLY)
    os.chdir(path.parent)  # the path of a socket has at most 107 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    os.fchdir(here)
    os.close(here)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_dead_link(path: Path) -> None:
    path.symlink_to("nowhere")


def a_loop(path: Path) -> None:
    path.symlink_to(path.name)


def refusal(root: Path) -> TaoshellError:
    """Return the error of reading the sources, which must not wait for a writer."""
    found: list[TaoshellError] = []

    def look() -> None:
        try:
            read_sources(str(root)).require()
        except TaoshellError as error:
            found.append(error)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive(), "it waits for a writer"
    return found[0]


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (a_folder, "this is a folder"),
        (a_fifo, "this is not a regular file"),
        (a_socket, "this cannot be read"),
        (a_device, "this is not a regular file"),
        (a_dead_link, "the symlink is broken"),
        (a_loop, "this cannot be read: Too many levels of symbolic links"),
    ],
)
def test_an_irregular_file_is_refused_at_once(root: Path, make: Callable[[Path], None], cause: str) -> None:
    path = root / "taoshell.toml"
    path.unlink()
    make(path)
    error = refusal(root)
    assert str(error).startswith(f"{path}: {cause}")
    assert error.cure


@pytest.mark.parametrize("make", [a_dead_link, a_loop])
def test_an_env_that_leads_nowhere_is_refused(root: Path, make: Callable[[Path], None]) -> None:
    (root / ".env").unlink()
    make(root / ".env")
    assert refusal(root).cure


@pytest.mark.parametrize("make", [a_folder, a_fifo, a_socket, a_device])
def test_an_env_that_is_no_file_is_left_alone_and_a_private_one_is_used(
    root: Path, home: Path, make: Callable[[Path], None]
) -> None:
    """A virtual environment, or what a password manager serves."""
    (root / ".env").unlink()
    make(root / ".env")
    there = snapshot(root)
    assert read_sources(str(root)).env.path == f"{home}/.config/taoshell/env{root}/+/.env"
    assert snapshot(root) == there


def test_the_env_of_another_user_is_left_alone(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if the group may write it: it holds a colleague's values. Who made the file still uses it."""
    assert read_sources(str(root)).env.path == f"{root}/.env"
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    assert read_sources(str(root)).env.path == f"{home}/.config/taoshell/env{root}/+/.env"
    (root / ".env").chmod(0o666)  # as on file systems without owners
    assert read_sources(str(root)).env.path == f"{root}/.env"
    (root / ".env").unlink()
    assert read_sources(str(root)).env.path == f"{home}/.config/taoshell/env{root}/+/.env"


def test_text_that_is_not_utf8_is_reported_with_its_line(root: Path) -> None:
    (root / ".env").write_bytes(b"A=1\nB=\xff\n")
    with pytest.raises(TaoshellError, match=f"{root}/.env:2: this is not UTF-8; save it as UTF-8"):
        read_sources(str(root)).inputs()


def test_reading_changes_nothing(root: Path) -> None:
    before = snapshot(root)
    read_sources(str(root)).inputs()
    assert snapshot(root) == before


# -- at one moment ---------------------------------------------------------------------------------


def test_an_edit_within_one_tick_of_the_clock_is_not_missed(root: Path) -> None:
    """Two edits can have the same mtime, so a file that was just written is read after its tick."""
    (root / ".env").write_text("A=1\n")
    sources = read_sources(str(root))
    assert time.time_ns() - (root / ".env").stat().st_mtime_ns >= 20_000_000
    assert sources.env.data == b"A=1\n"


def test_an_mtime_in_the_future_does_not_delay_reading(root: Path) -> None:
    ahead = time.time_ns() + 3600 * 10**9
    os.utime(root / ".env", ns=(ahead, ahead))
    started = time.monotonic()
    assert read_sources(str(root)).env.mtime_ns == ahead
    assert time.monotonic() - started < 1


def test_a_file_that_is_edited_during_the_read_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env, regular_bytes = root / ".env", sources_module._regular_bytes

    def slow(path: str, most: int) -> bytes:
        data = regular_bytes(path, most)
        if path == str(env) and data == b"KEY=k\nNUM_GPUS=2\n":
            env.write_bytes(b"KEY=new\n")
        return data

    monkeypatch.setattr(sources_module, "_regular_bytes", slow)
    source = read_sources(str(root)).env
    assert (source.data, source.mtime_ns) == (b"KEY=new\n", env.stat().st_mtime_ns)


def test_a_file_that_is_removed_during_the_read_is_missing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env, regular_bytes = root / ".env", sources_module._regular_bytes

    def slow(path: str, most: int) -> bytes:
        if path == str(env):
            env.unlink()
        return regular_bytes(path, most)

    monkeypatch.setattr(sources_module, "_regular_bytes", slow)
    assert read_sources(str(root)).env.mtime_ns is None


def test_a_file_that_changes_all_the_time_does_not_block_a_prompt(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources_module, "_LOOKS", 3)
    monkeypatch.setattr(sources_module, "_CLOCK_TICK_NS", 10**10)  # this machine may be slow
    monkeypatch.setattr(time, "sleep", lambda _seconds: os.utime(root / ".env"))
    os.utime(root / "taoshell.toml", (0, 0))
    os.utime(root / ".env")
    with pytest.raises(TaoshellError, match=r"\.env: another program writes this file all the time"):
        read_sources(str(root)).require()


# -- what it defines -------------------------------------------------------------------------------


def test_the_block_is_not_an_input(root: Path) -> None:
    block = "# >>> taoshell: written by taoshell, do not edit inside\nLOCAL_DATA_DIR=/elsewhere\n# <<< taoshell\n"
    before = read_sources(str(root)).inputs()
    with open(root / ".env", "a") as file:
        file.write(block)
    sources = read_sources(str(root))
    assert sources.inputs() == before
    assert define(sources).variables["LOCAL_DATA_DIR"] == f"{root}/data"


def test_ignored_lines_are_not_exported_but_need_approval(root: Path) -> None:
    (root / ".env").write_text("# taoshell: ignore THEIRS\nTHEIRS=1\nMINE=2\n")
    sources = read_sources(str(root))
    variables = define(sources).variables
    assert "THEIRS" not in variables
    assert variables["MINE"] == "2"
    assert b"THEIRS=1" in sources.inputs()[".env"]


def test_both_files_are_parsed_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "taoshell.toml").write_text(f"{TOML}# {root}\n")
    (root / ".env").write_text(f"A={root}\n")
    parsed: list[str] = []

    def counted(function: Callable[..., object]) -> Callable[..., object]:
        def call(text: str, *more: object) -> object:
            parsed.append(text)
            return function(text, *more)

        return call

    monkeypatch.setattr("taoshell.text.dotenv.split", counted(dotenv_block.split))
    if sys.version_info >= (3, 11):
        monkeypatch.setattr("tomllib.loads", counted(tomllib.loads))
    monkeypatch.setattr("tomlkit.parse", counted(tomlkit.parse))
    for _ in range(2):
        sources = read_sources(str(root))
        sources.inputs()
        define(sources)
    assert sorted(parsed) == sorted([f"{TOML}# {root}\n", f"A={root}\n"])


def test_the_machine_and_the_user(home: Path) -> None:
    here = machine()
    assert (here.home, here.uid, here.gid) == (str(home), os.getuid(), os.getgid())
    assert here.user


def test_a_uid_without_a_name_is_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    assert machine().user == str(os.getuid())
