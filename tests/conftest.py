"""Every test gets its own HOME, and the suite checks that no test touched the real one."""

from __future__ import annotations

import os
import pwd
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

for _number, _handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
    if signal.getsignal(_number) == signal.SIG_IGN:  # as in a background job: each child of ours would ignore it too
        signal.signal(_number, _handler)

_REAL_HOMES = {Path(os.environ.get("HOME", "/")), Path(pwd.getpwuid(os.getuid()).pw_dir)}
_REAL_STATE = os.environ.get("XDG_STATE_HOME")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty HOME, and no variable in the environment that points taoshell elsewhere."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    for name in list(os.environ):
        if name.startswith("TAOSHELL_") or name in {"XDG_STATE_HOME", "XDG_CONFIG_HOME", "LAUNCHER_MOUNTS"}:
            monkeypatch.delenv(name)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _the_real_home_is_left_alone() -> Iterator[None]:
    before = _traces()
    yield
    assert _traces() == before, "a test reached the real HOME"


def _traces() -> dict[str, int | None]:
    """The mtime of every file that a stray test could change. Not of sessions: the developer's shells write those."""
    states = {home / ".local/state" for home in _REAL_HOMES} | ({Path(_REAL_STATE)} if _REAL_STATE else set())
    watched = [home / name for home in _REAL_HOMES for name in (".tao_mounts.json", ".tao_mounts.current.json")]
    watched += [home / ".tao_mounts.original.json" for home in _REAL_HOMES]
    for state in states:
        watched += [state / "taoshell", state / "taoshell/allowed", *state.glob("taoshell/projects/**/+")]
    return {str(path): _changed(path) for path in watched}


def _changed(path: Path) -> int | None:
    try:
        return path.lstat().st_mtime_ns
    except OSError:
        return None
