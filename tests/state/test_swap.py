"""Replacing a user's file: whatever another program saves at whatever moment is in the file or in a kept version."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import random
import signal
import stat
import subprocess
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from taoshell.errors import TaoshellError
from taoshell.state import exchange, kept, swap
from taoshell.state.swap import Swaps, recover
from tests.support.accounts import ended_pid
from tests.support.slow import slow, slow_unless
from tests.support.waiting import wait_until

SEEN, NEW, SAVED = b"A=1\n", b"A=1\nB=2\n", b"SAVED=meanwhile\n"


def refuse(*_arguments: object, **_options: object) -> NoReturn:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def refuse_to_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_renamed", lambda *_: False)


@pytest.fixture(autouse=True)
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Save the time of the disk; return what was to be written to it."""
    found: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda handle: found.append(os.readlink(f"/proc/self/fd/{handle}")))
    return found


@pytest.fixture(params=["exchange", "no exchange", "no exchange, no links", "another file system"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, keep: Path) -> str:
    name: str = request.param
    if name.startswith("no exchange"):
        refuse_to_exchange(monkeypatch)
    if name.endswith("no links"):
        monkeypatch.setattr(os, "link", refuse)
    if name == "another file system":
        renamed = exchange._renamed

        def within_one(path: str, other: str, flags: int) -> bool:
            if str(keep) in path + other:
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
            return renamed(path, other, flags)

        monkeypatch.setattr(exchange, "_renamed", within_one)
    return name


@pytest.fixture
def keep(tmp_path: Path) -> Path:
    return tmp_path / "state" / "kept"


@pytest.fixture
def env(tmp_path: Path) -> Path:
    (tmp_path / "p").mkdir()
    path = tmp_path / "p" / ".env"
    path.write_bytes(SEEN)
    path.chmod(0o640)
    return path


def replace(keep: Path, path: Path, seen: bytes | None = SEEN, new: bytes = NEW) -> Swaps:
    with Swaps(str(keep)) as swaps:
        swaps.replace(str(path), seen, new, mode=0o600)
    return swaps


def versions(keep: Path, path: Path) -> list[Path]:
    folders = [keep, Path(kept.Kept.beside(str(path)).path)]
    return sorted(file for folder in folders if folder.is_dir() for file in folder.iterdir() if file.name[0] != ".")


def contents(keep: Path, path: Path) -> list[bytes]:
    return [file.read_bytes() for file in versions(keep, path)]


# -- nobody comes in between ------------------------------------------------------------------------------


def test_the_file_is_replaced_and_its_inode_is_kept(system: str, env: Path, keep: Path) -> None:
    inode = env.stat().st_ino
    assert replace(keep, env).to_say == []
    assert env.read_bytes() == NEW
    (version,) = versions(keep, env)
    assert version.read_bytes() == SEEN
    assert version.stat().st_ino == inode
    assert stat.S_IMODE(env.stat().st_mode) == 0o600


def test_the_new_file_is_on_the_disk_before_it_gets_the_name(
    env: Path, keep: Path, synced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_swap: list[str] = []
    inject(monkeypatch, "exchanged", lambda: at_the_swap.extend(synced), 1, False)
    replace(keep, env)
    assert at_the_swap == [f"{keep}/.env.new.taoshell-{os.getpid()}"]


def test_a_missing_file_is_created_and_nothing_is_kept(system: str, env: Path, keep: Path) -> None:
    env.unlink()
    assert replace(keep, env, None).to_say == []
    assert env.read_bytes() == NEW
    assert versions(keep, env) == []
    assert os.listdir(env.parent) == [".env"]


def test_what_is_kept_is_private_and_ignored_by_git(system: str, env: Path, keep: Path) -> None:
    old_mask = os.umask(0)
    try:
        replace(keep, env)
    finally:
        os.umask(old_mask)
    (version,) = versions(keep, env)
    assert stat.S_IMODE(version.parent.stat().st_mode) == 0o700
    subprocess.run(["git", "init", "-q", env.parent], check=True)
    done = subprocess.run(["git", "status", "--short", "-uall"], cwd=env.parent, capture_output=True, check=True)
    assert done.stdout == b"?? .env\n"


def test_a_folder_that_is_not_ours_gets_no_file(env: Path, keep: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    keep.parent.mkdir()
    keep.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TaoshellError, match=f"{keep}: .* not a folder of yours; move it away"):
        replace(keep, env)
    assert env.read_bytes() == SEEN
    assert os.listdir(tmp_path / "elsewhere") == []


def test_an_edit_in_the_same_tick_has_another_mtime(env: Path, keep: Path) -> None:
    for _ in range(20):
        with Swaps(str(keep)) as swaps:
            mtime_ns = swaps.replace(str(env), env.read_bytes(), NEW, mode=0o600)
        assert env.stat().st_mtime_ns == mtime_ns
        env.write_bytes(SEEN)
        assert env.stat().st_mtime_ns != mtime_ns


def test_an_edit_has_another_mtime_on_a_file_system_with_coarse_times(
    env: Path, keep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    utime = os.utime

    def coarse(path: str, ns: tuple[int, int]) -> None:
        utime(path, ns=(ns[0] // 2_000_000_000 * 2_000_000_000,) * 2)

    monkeypatch.setattr(os, "utime", coarse)
    now = time.time_ns()
    coarse(str(env), (now - 2_050_000_000,) * 2)
    before = env.stat().st_mtime_ns
    replace(keep, env)
    assert env.stat().st_mtime_ns != before
    assert env.stat().st_mtime_ns < now // 2_000_000_000 * 2_000_000_000


def test_without_the_old_group_ours_gets_no_more_than_everybody(
    env: Path, keep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fchown", refuse)
    with Swaps(str(keep)) as swaps:
        swaps.replace(str(env), SEEN, NEW, mode=0o664)
    assert stat.S_IMODE(env.stat().st_mode) == 0o644


# -- it is not what was seen any more -----------------------------------------------------------------------


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _symlink(path: Path) -> None:
    (path.parent / "other").write_bytes(SEEN)
    path.unlink()
    path.symlink_to("other")


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def identity(path: Path) -> tuple[int, int, int] | None:
    found = os.lstat(path) if os.path.lexists(path) else None
    return found and (found.st_ino, found.st_mode, found.st_mtime_ns)


OTHER_KINDS = [Path.unlink, _folder, _symlink, _fifo]


@pytest.mark.parametrize("change", [*OTHER_KINDS, lambda path: path.write_bytes(SAVED)])
def test_another_file_or_kind_is_refused_and_left_alone(env: Path, keep: Path, change: Callable[[Path], None]) -> None:
    change(env)
    before = identity(env)
    with pytest.raises(TaoshellError, match=f"{env}: this changed meanwhile, so nothing was written; run the"):
        replace(keep, env)
    assert identity(env) == before
    assert not keep.exists()


def test_a_file_that_has_appeared_is_refused(system: str, env: Path, keep: Path) -> None:
    with pytest.raises(TaoshellError, match="changed meanwhile"):
        replace(keep, env, None)
    assert env.read_bytes() == SEEN


# -- a writer at each step ----------------------------------------------------------------------------------


def in_place(path: Path) -> None:
    path.write_bytes(SAVED)


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(SAVED)


def atomic_rename(path: Path) -> None:
    new = path.with_name("editor.tmp")
    new.write_bytes(SAVED)
    new.replace(path)


def rename_to_a_backup(path: Path) -> None:
    """As vim does it."""
    backup = path.with_name("editor~")
    with contextlib.suppress(FileNotFoundError):
        path.replace(backup)
    path.write_bytes(SAVED)
    backup.unlink(missing_ok=True)


def remove_and_create(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(SAVED)


WRITERS = [in_place, append, atomic_rename, rename_to_a_backup, remove_and_create]
STEPS = ["create", "exchanged", "rename_new", "content_of", "os.rename", "os.utime", "os.unlink", "os.fdopen"]


def inject(monkeypatch: pytest.MonkeyPatch, step: str, act: Callable[[], object], nth: int, after: bool) -> list[str]:
    """Have `act` run before or after the `nth` call of the function `step`; return what has run."""
    calls: list[str] = []
    owner: Any = os if step.startswith("os.") else swap
    name = step.removeprefix("os.")
    real = getattr(owner, name)

    def call(*arguments: Any, **options: Any) -> Any:
        calls.append(step)
        is_now = len(calls) == nth
        if is_now and not after:
            act()
        try:
            return real(*arguments, **options)
        finally:
            if is_now and after:
                act()

    monkeypatch.setattr(owner, name, call)
    return calls


@pytest.mark.parametrize("outcome", ["success", "failure"])
@pytest.mark.parametrize(
    ("write", "existed"),
    slow_unless(
        lambda write, existed: existed and write in (in_place, atomic_rename),
        itertools.product(WRITERS, (True, False)),
        id=lambda write, existed: f"{write.__name__} {'over a file' if existed else 'a new file'}",
    ),
)
def test_a_writer_at_any_step_loses_nothing(
    system: str, env: Path, keep: Path, write: Callable[[Path], None], existed: bool, outcome: str
) -> None:
    ran = 0
    for step in STEPS:
        for nth, after in ((nth, after) for nth in range(1, 25) for after in (False, True)):
            for version in versions(keep, env):
                version.unlink()
            env.write_bytes(SEEN) if existed else env.unlink(missing_ok=True)
            with pytest.MonkeyPatch.context() as monkeypatch:
                calls = inject(monkeypatch, step, lambda: write(env), nth, after)
                swaps = Swaps(str(keep))
                try:
                    with swaps:
                        swaps.replace(str(env), SEEN if existed else None, NEW, mode=0o600)
                        if outcome == "failure":
                            raise TaoshellError("a later file failed")
                except TaoshellError:
                    pass
                else:
                    assert outcome == "success"
            if len(calls) < nth:
                break
            ran += 1
            where = f"{step} {nth} {'after' if after else 'before'}: {swaps.to_say}"
            found = env.read_bytes() if env.exists() else b""
            if SAVED not in found:
                swaps.to_say += kept.Kept(str(keep)).collect(str(env))
                swaps.to_say += kept.Kept.beside(str(env)).collect(str(env))
                assert any(SAVED in content for content in contents(keep, env)), where
                (version,) = (file for file in versions(keep, env) if SAVED in file.read_bytes())
                assert "-saved-" in version.name, where
                assert any(str(version) in line for line in swaps.to_say), where
    assert ran > 5


def test_a_save_just_before_the_exchange_is_put_back(env: Path, keep: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inject(monkeypatch, "exchanged", lambda: atomic_rename(env), 1, False)
    with pytest.raises(TaoshellError, match="changed meanwhile"):
        replace(keep, env)
    assert env.read_bytes() == SAVED
    assert contents(keep, env) == [NEW]


def test_a_folder_just_before_the_exchange_is_put_back(env: Path, keep: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inject(monkeypatch, "exchanged", lambda: _folder(env), 1, False)
    with pytest.raises(TaoshellError, match="changed meanwhile"):
        replace(keep, env)
    assert env.is_dir()


def test_a_save_while_a_save_is_put_back_stays_as_the_newest(
    env: Path, keep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inject(monkeypatch, "exchanged", lambda: env.write_bytes(b"FIRST\n"), 1, False)
    inject(monkeypatch, "exchanged", lambda: atomic_rename(env), 2, False)
    with Swaps(str(keep)) as swaps, pytest.raises(TaoshellError, match="changed meanwhile"):
        swaps.replace(str(env), SEEN, NEW, mode=0o600)
    assert env.read_bytes() == SAVED
    assert b"FIRST\n" in contents(keep, env)
    assert any("is left so" in line for line in swaps.to_say)


def test_a_save_into_a_file_that_is_being_copied_gets_another_mtime(
    env: Path, keep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_to_exchange(monkeypatch)
    monkeypatch.setattr(os, "link", refuse)
    env.unlink()
    inject(monkeypatch, "os.fchmod", lambda: append(env), 3, True)
    with Swaps(str(keep)) as swaps:
        mtime_ns = swaps.replace(str(env), None, NEW, mode=0o600)
    assert env.read_bytes() == NEW + SAVED
    assert env.stat().st_mtime_ns != mtime_ns


# -- several files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, TaoshellError])
def test_if_a_later_file_fails_the_earlier_ones_are_put_back(
    system: str, env: Path, keep: Path, error: type[BaseException]
) -> None:
    ignore = env.with_name(".gitignore")
    inode = env.stat().st_ino
    with pytest.raises(error), Swaps(str(keep)) as swaps:  # noqa: PT012
        swaps.replace(str(env), SEEN, NEW, mode=0o600)
        swaps.replace(str(ignore), None, b".env\n", mode=0o644)
        assert env.read_bytes() == NEW
        raise error("x")
    assert env.read_bytes() == SEEN
    assert system == "no exchange, no links" or env.stat().st_ino == inode
    assert not ignore.exists()


def test_a_full_disk_changes_nothing(env: Path, keep: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OSError, match="No space") as caught, Swaps(str(keep)) as swaps:  # noqa: PT012
        swaps.replace(str(env), SEEN, NEW, mode=0o600)

        def full(*_arguments: object) -> NoReturn:
            raise OSError(errno.ENOSPC, "No space")

        monkeypatch.setattr(os, "fsync", full)
        swaps.replace(str(env.with_name("taoshell.toml")), None, b"", mode=0o644)
    assert caught.value.filename == str(env.with_name("taoshell.toml"))
    assert env.read_bytes() == SEEN
    assert os.listdir(env.parent) == [".env"]


def test_a_signal_waits_until_the_files_are_swapped(env: Path, keep: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = inject(monkeypatch, "exchanged", lambda: signal.pthread_kill(threading.get_ident(), signal.SIGINT), 1, True)
    with pytest.raises(KeyboardInterrupt):
        replace(keep, env)
    assert calls == ["exchanged"] * 2  # swapped, and swapped back
    assert env.read_bytes() == SEEN
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_file_removed_meanwhile_stays_removed_and_is_said(env: Path, keep: Path) -> None:
    with pytest.raises(TaoshellError), Swaps(str(keep)) as swaps:  # noqa: PT012
        swaps.replace(str(env), SEEN, NEW, mode=0o600)
        env.unlink()
        raise TaoshellError("x")
    assert not env.exists()
    assert contents(keep, env) == [SEEN]
    assert f"{env} was removed just now; what it held before is kept in {keep}" in swaps.to_say


# -- kept versions ------------------------------------------------------------------------------------------


def test_a_late_write_is_kept_for_ever_and_said_once(env: Path, keep: Path) -> None:
    with env.open("ab") as editor:
        replace(keep, env)
        editor.write(SAVED)
    (line,) = replace(keep, env, NEW, SEEN).to_say
    (version,) = (path for path in versions(keep, env) if "-saved-" in path.name)
    assert version.read_bytes() == SEEN + SAVED
    assert f"another program wrote {env} " in line
    assert str(version) in line
    assert replace(keep, env, SEEN, NEW).to_say == []


def test_the_newest_20_unchanged_versions_of_a_file_stay(
    env: Path, keep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_MINUTE", 0)
    other = env.with_name("other")
    other.write_bytes(b"other")
    replace(keep, other, b"other")
    for number in range(25):
        replace(keep, env, env.read_bytes(), b"%d" % number)
    found = contents(keep, env)
    assert sorted(found) == sorted([b"other", *(b"%d" % number for number in range(4, 24))])


def test_a_version_of_the_last_minute_stays(env: Path, keep: Path) -> None:
    for number in range(25):
        replace(keep, env, env.read_bytes(), b"%d" % number)
    assert len(versions(keep, env)) == 25


# -- killed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("existed", [False, True])
def test_after_a_kill_at_any_step_the_next_run_works(
    system: str, env: Path, keep: Path, step: str, after: bool, existed: bool
) -> None:
    if not existed:
        env.unlink()
    for nth in range(1, 9):
        child = os.fork()
        if child == 0:
            try:
                inject(pytest.MonkeyPatch(), step, lambda: os.kill(os.getpid(), signal.SIGKILL), nth, after)
                replace(keep, env, SEEN if existed else None)
                os._exit(0)
            finally:
                os._exit(1)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == 0:
            break
        assert status == -signal.SIGKILL
        recover(str(keep), str(env))
        assert env.exists() or not existed
        found = env.read_bytes() if env.exists() else None
        if found and system == "no exchange, no links":
            assert found in (SEEN, NEW)
        elif system != "no exchange, no links":  # there, a kill may leave an empty copy
            assert found in ((SEEN, NEW) if existed else (None, NEW))
        assert found == SEEN or not existed or SEEN in contents(keep, env)
        replace(keep, env, found, SEEN)
        assert env.read_bytes() == SEEN
        assert not [path for path in versions(keep, env) if ".taoshell-" in path.name]
        assert sorted(os.listdir(env.parent)) in ([".env"], [".env", Path(kept.Kept.beside(str(env)).path).name])
        if not existed:
            env.unlink()


# -- a real race --------------------------------------------------------------------------------------------


@pytest.fixture
def racing(env: Path) -> Iterator[Callable[[int], object]]:
    """A process that saves as soon as it is told the number of a writer."""
    end, start = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(start)
        try:
            while order := os.read(end, 1):
                until = time.perf_counter() + random.random() / 2000
                while time.perf_counter() < until:
                    pass
                WRITERS[order[0]](env)
                env.with_name("done").touch()
        except BaseException:  # noqa: BLE001  an exception would make the child a second pytest
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(end)
    yield lambda number: os.write(start, bytes([number]))
    os.close(start)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@slow
def test_no_save_of_a_racing_program_is_lost(
    system: str, env: Path, keep: Path, racing: Callable[[int], object]
) -> None:
    done = env.with_name("done")
    for number in range(300):
        for version in versions(keep, env):
            version.unlink()
        env.write_bytes(SEEN)
        racing(number % len(WRITERS))
        with contextlib.suppress(TaoshellError):
            replace(keep, env)
        wait_until(done.exists)
        done.unlink()
        assert any(SAVED in content for content in [env.read_bytes(), *contents(keep, env)]), number


def test_a_temporary_file_of_0_1_0_is_removed(env: Path, keep: Path) -> None:
    """It may hold KEY, and git does not ignore it."""
    env.write_bytes(SEEN)
    left, alive, mine = (env.with_name(f".env.taoshell-{end}") for end in (ended_pid(), os.getppid(), "notes"))
    for path in (left, alive, mine):
        path.write_text("KEY=secret\n")
    assert recover(str(keep), str(env)) == []
    assert [path.exists() for path in (left, alive, mine)] == [False, True, True]
    assert env.read_bytes() == SEEN
