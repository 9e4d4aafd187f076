"""The text of the hook: complete, quoted, rendered without heavy imports, and never influenced by another user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from taoshell.errors import USAGE, TaoshellError
from taoshell.shells import NAMES, dialect
from taoshell.shells.gnu_ln import gnu_ln
from taoshell.shells.render import home_now, render
from taoshell.state import files
from taoshell.state.paths import State
from tests.support.needs import need

HOSTILE = "/h o'm\"e$(touch x)`y`\\!%s\n/__PYTHON__/__LN__/é"


@pytest.fixture
def state(home: Path) -> State:
    return State.of({"HOME": str(home)})


# -- the text --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_no_placeholder_is_left_and_no_secret_is_in_it(state: State, name: str) -> None:
    text = render(name, state)
    assert text.endswith("\n")
    own = [f"__{name}__" for name in ("STATE", "MOUNTS_FILE", "ORIGINAL", "CURRENT", "PYTHON", "MAIN", "LN")]
    for placeholder in [*own, *dialect(name).PARTS]:
        assert placeholder not in text


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_paths_are_quoted_whatever_they_contain(name: str, tmp_path: Path) -> None:
    program = need(shutil.which(name), name)
    state = State(HOSTILE, f"{HOSTILE}/m")
    script = f'{render(name, state)}\nprintf "%s\\0" "$_taoshell_state" "$_taoshell_mounts" "$_taoshell_original"\n'
    (tmp_path / "hook").write_text(script)
    done = subprocess.run([program, tmp_path / "hook"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split("\0")[:3] == [HOSTILE, f"{HOSTILE}/m", f"{HOSTILE}/.tao_mounts.original.json"]
    assert os.listdir(tmp_path) == ["hook"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("given", "found"), [(None, "quiet"), ("full", "full"), ("", "")])
def test_the_shells_own_log_level_wins(name: str, state: State, tmp_path: Path, given: str | None, found: str) -> None:
    program = need(shutil.which(name), name)
    (tmp_path / "hook").write_text(f'{render(name, state, log="quiet")}\nprintf "<%s>" "$TAOSHELL_LOG"\n')
    env = {"HOME": state.home, "PATH": os.environ["PATH"]} | ({} if given is None else {"TAOSHELL_LOG": given})
    done = subprocess.run([program, tmp_path / "hook"], env=env, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"<{found}>", "")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("inside", ["", "/a b'$(x)`y`\"\\z\u00fc", "/plain"])
def test_paths_below_the_home_begin_with_it(name: str, inside: str, tmp_path: Path) -> None:
    program = need(shutil.which(name), name)
    home = str(tmp_path / "old")
    state = State(f"{home}{inside}/taoshell", f"{home}/.tao_mounts.json")
    text = render(name, state, home)
    assert home not in text
    new = str(tmp_path / 'new "$HOME" it\'s')
    words = '"$_taoshell_state" "$_taoshell_mounts" "$_taoshell_original" "$_taoshell_cur"'
    (tmp_path / "hook").write_text(f"{text}\nprintf '%s\\0' {words}\n")
    done = subprocess.run(
        [program, tmp_path / "hook"], capture_output=True, text=True, check=True, cwd=tmp_path, env={"HOME": new}
    )
    names = [".tao_mounts.json", ".tao_mounts.original.json", ".tao_mounts.current.json"]
    assert done.stdout.split("\0")[:4] == [f"{new}{inside}/taoshell", *(f"{new}/{name}" for name in names)]


def test_a_python_below_the_home_moves_with_it(state: State) -> None:
    home = os.path.dirname(os.path.dirname(sys.executable))
    moved = State(f"{home}/state", f"{home}/.tao_mounts.json")
    text = render("bash", moved, home)
    assert f'_taoshell_python="$HOME/bin/{os.path.basename(sys.executable)}"\n' in text
    assert f"_taoshell_python='{sys.executable}'\n" in render("bash", state, state.home)


def test_a_hook_for_another_home_names_no_home(state: State) -> None:
    """It is evaluated now, with another HOME."""
    assert home_now(state, {"HOME": state.home}) == state.home
    assert home_now(state, {"HOME": "/other"}) == home_now(state, {}) == ""


def test_it_calls_this_python_and_this_program(state: State) -> None:
    text = render("bash", state)
    assert f"_taoshell_python='{sys.executable}'\n" in text
    (line,) = [line for line in text.splitlines() if line.startswith("_taoshell_main=")]
    assert Path(line.split("'")[1]).name == "__main__.py"


@pytest.mark.parametrize("name", ["", "tcsh", "../bash", "bash\n"])
def test_an_unknown_shell(state: State, name: str) -> None:
    with pytest.raises(TaoshellError, match=r"no hook for .*; known shells: bash, zsh") as raised:
        render(name, state)
    assert raised.value.exit_code == USAGE


@pytest.mark.parametrize("name", NAMES)
def test_it_writes_nothing(state: State, home: Path, name: str) -> None:
    render(name, state)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("name", NAMES)
def test_rendering_imports_nothing_heavy(name: str, home: Path) -> None:
    """The budget is half of Python's own start time; click alone would double it."""
    files.ensure(State.of({"HOME": str(home)}))
    code = f"import sys; sys.argv = ['taoshell', 'hook', '{name}']; from taoshell.__main__ import main; main()"
    watch = f"import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); {code}"
    for _again in range(2):  # the first run asks ln
        done = subprocess.run([sys.executable, "-c", watch], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    heavy = {"click", "rich", "tomlkit", "dotenv", "json", "typing", "dataclasses", "subprocess", "re", "pathlib"}
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert loaded & heavy <= set(bare.stdout.split())


# -- GNU's ln --------------------------------------------------------------------------------------


def program(folder: Path, text: str, name: str = "ln") -> str:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_gnu_ln_is_used_and_another_ln_is_not(state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gnu = program(tmp_path / "gnu", "echo 'ln (GNU coreutils) 9.1'")
    monkeypatch.setenv("PATH", str(tmp_path / "gnu"))
    assert gnu_ln(state) == gnu
    program(tmp_path / "busybox", "echo 'BusyBox v1.36' >&2; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path / "busybox"))
    assert gnu_ln(state) == ""
    monkeypatch.setenv("PATH", "")
    assert gnu_ln(state) == ""


def test_files_that_are_not_programs_are_skipped(state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder/ln").mkdir(parents=True)
    (tmp_path / "text").mkdir()
    (tmp_path / "text/ln").write_text("x")
    program(tmp_path / "here", "echo 'GNU coreutils'")
    gnu = program(tmp_path / "gnu", "echo 'GNU coreutils'")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("PATH", f".::{tmp_path}/folder:{tmp_path}/text:{tmp_path}/none:{tmp_path}/gnu")
    assert gnu_ln(state) == gnu  # not ./ln, which depends on the current directory


def test_ln_is_asked_once_and_again_when_it_changes(
    state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.ensure(state)
    asked = tmp_path / "asked"
    gnu = program(tmp_path / "gnu", f"echo x >>{asked}; echo 'GNU coreutils'")
    monkeypatch.setenv("PATH", str(tmp_path / "gnu"))
    assert [gnu_ln(state) for _ in range(3)] == [gnu] * 3
    assert asked.read_text() == "x\n"
    os.utime(gnu, (1, 1))
    assert gnu_ln(state) == gnu
    assert asked.read_text() == "x\nx\n"
    program(tmp_path / "gnu", "echo BusyBox")
    assert [gnu_ln(state) for _ in range(2)] == [""] * 2


def test_another_users_cache_is_neither_trusted_nor_written(
    state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sudo -s` that keeps HOME: a user's file must not name a program that root then runs."""
    files.ensure(state)
    gnu = program(tmp_path / "gnu", "echo 'GNU coreutils'")
    evil = program(tmp_path / "evil", "touch /evil")
    note = Path(state.root, "ln")
    note.write_text(f"{gnu}\n{os.stat(gnu).st_mtime_ns}\n{evil}")
    before = note.read_text()
    monkeypatch.setenv("PATH", str(tmp_path / "gnu"))
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert gnu_ln(state) == gnu
    assert note.read_text() == before


@pytest.mark.parametrize("text", ["", "\n", "x", "\udcff"])
def test_a_torn_cache_is_rewritten(state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    files.ensure(state)
    gnu = program(tmp_path / "gnu", "echo 'GNU coreutils'")
    monkeypatch.setenv("PATH", str(tmp_path / "gnu"))
    Path(state.root, "ln").write_text(text, errors="surrogateescape")
    assert gnu_ln(state) == gnu
    assert Path(state.root, "ln").read_text().endswith(f"\n{gnu}")


def test_the_hook_is_rendered_even_if_the_disk_is_full(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    files.ensure(state)

    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "new_file", full)
    assert render("bash", state)
