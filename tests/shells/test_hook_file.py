"""The installed hook: its mtime is that of the package's scripts, as exactly as the file system can store it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from taoshell.actions import install
from taoshell.shells import NAMES, hook_file
from taoshell.shells.render import scripts_folder
from taoshell.state import files
from taoshell.state.paths import State
from tests.shells.dialects import SHELLS
from tests.support.samples import Sample


def scripts_ns(name: str) -> int:
    """Return the newest mtime of the folders with the scripts of that shell's hook."""
    return max(os.stat(f"{scripts_folder()}/{folder}").st_mtime_ns for folder in ("posix", name))


@pytest.fixture
def state(home: Path) -> State:
    made = State.of({"HOME": str(home)})
    files.ensure(made)
    return made


def outdated(state: State, name: str) -> bool:
    """Whether a shell that sources the file would renew it at its first prompt."""
    driver = SHELLS[name]
    argv = [*driver.command(), "-c", f". '{state.hook(name)}'; {driver.show_function('_taoshell_update')}"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    assert "_taoshell_update" in done.stdout
    return "_renew" in done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_no_placeholder_is_left(state: State, name: str) -> None:
    hook_file.put(state, name)
    text = Path(state.hook(name)).read_text()
    for placeholder in ("HOOK", "SCRIPTS", "PROGRAM", "FILE", "COMPLETIONS", "UNCHANGED", "STATE", "CORE", "SWITCH"):
        assert f"__{placeholder}__" not in text


@pytest.mark.parametrize("name", NAMES)
def test_it_has_the_mtime_of_the_scripts_to_the_nanosecond(state: State, name: str) -> None:
    hook_file.put(state, name)
    scripts = scripts_ns(name)
    assert os.stat(state.hook(name)).st_mtime_ns == scripts
    assert hook_file.is_current(state, name)
    assert not outdated(state, name)
    for other in (scripts - 1, scripts + 1):
        os.utime(state.hook(name), ns=(other, other))
        assert outdated(state, name)
        assert not hook_file.is_current(state, name)


@pytest.mark.parametrize("name", NAMES)
def test_if_mtimes_are_rounded_only_an_older_file_is_outdated(
    state: State, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    utime = os.utime

    def rounding(path: str, *, ns: tuple[int, int]) -> None:
        seconds = ns[1] // 2_000_000_000 * 2_000_000_000  # like FAT
        utime(path, ns=(seconds, seconds))

    monkeypatch.setattr(os, "utime", rounding)
    hook_file.put(state, name)
    assert os.stat(state.hook(name)).st_mtime_ns > scripts_ns(name)
    assert hook_file.is_current(state, name)
    assert not outdated(state, name)
    utime(state.hook(name), (1, 1))
    assert outdated(state, name)
    assert not hook_file.is_current(state, name)


def test_renewing_rewrites_the_files_of_all_shells_once(state: State) -> None:
    for name in ("bash", "fish"):
        hook_file.put(state, name)
        os.utime(state.hook(name), (1, 1))
    assert install.renew(state) == []
    assert [hook_file.is_current(state, name) for name in NAMES] == [True, False, True]
    before = [os.stat(state.hook(name)).st_ino for name in ("bash", "fish")]
    install.renew(state)
    assert [os.stat(state.hook(name)).st_ino for name in ("bash", "fish")] == before


def test_renewing_makes_every_project_compile_again(state: State, home: Path) -> None:
    sample = Sample(home)
    sample.allow()
    hook_file.put(state, "bash")
    install.renew(state)
    assert sample.is_fresh
    os.utime(state.hook("bash"), (1, 1))
    install.renew(state)
    assert not (sample.kept / "stamps/toml").exists()
    sample.sync()
    assert sample.is_fresh
    assert not sample.is_blocked


def test_removing_leaves_nothing(state: State) -> None:
    before = sorted(os.listdir(state.root))
    hook_file.put(state, "zsh")
    hook_file.remove(state)
    hook_file.remove(state)
    assert sorted(set(os.listdir(state.root)) - {"ln"}) == before


@pytest.mark.parametrize("name", NAMES)
def test_completions_that_are_gone_or_torn_are_not_current(state: State, name: str) -> None:
    hook_file.put(state, name)
    (completions,) = Path(state.completions).iterdir()
    completions.write_text("torn")
    assert not hook_file.is_current(state, name)
    completions.unlink()
    assert not hook_file.is_current(state, name)
    hook_file.put(state, name)
    assert hook_file.is_current(state, name)
