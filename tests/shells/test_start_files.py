"""Which start files must load the hook. They are changed as a whole, through symlinks, or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from taoshell.errors import TaoshellError
from taoshell.shells import start_files
from taoshell.shells.start_files import put, to_install, to_uninstall
from taoshell.state.paths import State
from tests.support.needs import need


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "PATH": os.environ["PATH"]}


@pytest.fixture
def state(environ: dict[str, str]) -> State:
    return State.of(environ)


def write(home: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def changed(state: State, name: str, environ: dict[str, str]) -> list[str]:
    return [os.path.relpath(edit.path, environ["HOME"]) for edit in to_install(state, name, environ)]


# -- which ---------------------------------------------------------------------------------------

READS = '. "$HOME/.bashrc"\n'
BASH = {
    "nothing there": ({}, [".bashrc", ".profile"]),
    "bashrc alone": ({".bashrc": "a\n"}, [".bashrc", ".profile"]),
    "Debian": ({".bashrc": "a\n", ".profile": READS}, [".bashrc"]),
    "a profile that reads nothing": ({".profile": "umask 022\n"}, [".bashrc", ".profile"]),
    "bash_profile hides profile": ({".bash_profile": "", ".profile": READS}, [".bashrc", ".bash_profile"]),
    "by way of profile": ({".bash_profile": ". ~/.profile\n", ".profile": READS}, [".bashrc"]),
    "a profile that reads itself": ({".profile": ". ~/.profile\n"}, [".bashrc", ".profile"]),
    "bash_login": ({".bash_login": READS, ".profile": ""}, [".bashrc"]),
}


@pytest.mark.parametrize(("files", "expected"), BASH.values(), ids=BASH)
def test_bash(state: State, home: Path, environ: dict[str, str], files: dict[str, str], expected: list[str]) -> None:
    write(home, files)
    assert changed(state, "bash", environ) == expected


def test_zsh(state: State, home: Path, environ: dict[str, str]) -> None:
    assert changed(state, "zsh", environ) == [".zshrc"]
    assert changed(state, "zsh", {**environ, "ZDOTDIR": str(home / "z")}) == ["z/.zshrc"]


@pytest.mark.parametrize(
    "zshenv",
    [
        "ZDOTDIR=~/.config/zsh\n",
        "export ZDOTDIR=$HOME/.config/zsh\n",
        "echo noise; print -n more\nZDOTDIR=~/.config/zsh",
        "alias print=false builtin=false\nsetopt aliases ksh_arrays\nZDOTDIR=~/.config/zsh\n",
    ],
)
def test_zdotdir_from_zshenv(state: State, home: Path, environ: dict[str, str], zshenv: str) -> None:
    need(shutil.which("zsh"), "zsh")
    write(home, {".zshenv": zshenv})
    assert changed(state, "zsh", environ) == [".config/zsh/.zshrc"]


@pytest.mark.parametrize("zshenv", ["exit 3\n", "echo /etc; exit\n", "exec true\n"])
def test_a_zshenv_that_exits_early(state: State, home: Path, environ: dict[str, str], zshenv: str) -> None:
    need(shutil.which("zsh"), "zsh")
    write(home, {".zshenv": zshenv})
    assert changed(state, "zsh", environ) == [".zshrc"]


def test_no_zsh(state: State, environ: dict[str, str]) -> None:
    assert changed(state, "zsh", {**environ, "PATH": ""}) == [".zshrc"]


def test_fish(state: State, home: Path, environ: dict[str, str]) -> None:
    assert changed(state, "fish", environ) == [".config/fish/conf.d/taoshell.fish"]
    assert changed(state, "fish", {**environ, "XDG_CONFIG_HOME": str(home / "c")}) == ["c/fish/conf.d/taoshell.fish"]
    assert changed(state, "fish", {**environ, "XDG_CONFIG_HOME": "c"}) == [".config/fish/conf.d/taoshell.fish"]


def test_the_line_fits_every_machine_that_shares_the_file(home: Path, environ: dict[str, str]) -> None:
    (edit, _) = to_install(State.of(environ), "bash", environ)
    assert edit.after is not None
    assert '"$HOME/.local/state/taoshell/hooks/bash"' in edit.after
    assert str(home) not in edit.after
    (edit, _) = to_install(State.of({**environ, "XDG_STATE_HOME": "/else/it's"}), "bash", environ)
    assert edit.after is not None
    assert "'/else/it'\\''s/taoshell/hooks/bash'" in edit.after


# -- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "file"),
    [("bash", ".bashrc"), ("bash", ".profile"), ("zsh", ".zshrc"), ("fish", ".config/fish/config.fish")],
)
def test_loaded_by_hand(state: State, home: Path, environ: dict[str, str], name: str, file: str) -> None:
    write(home, {file: f"a\ntaoshell hook {name} | source\n"})
    with pytest.raises(start_files.LoadedByHand) as raised:
        to_install(state, name, environ)
    cure = "the hook is loaded here already; delete this line, then run the command again"
    assert str(raised.value) == f"{home / file}:2: {cure}"
    assert start_files.by_hand(environ) == [f"{home / file}:2"]


def test_read_only(state: State, home: Path, environ: dict[str, str]) -> None:
    write(home, {".bashrc": "a\n"})
    (home / ".bashrc").chmod(0o444)
    with pytest.raises(TaoshellError, match=r"bashrc: the file is read-only; make it writable, or add this line"):
        to_install(state, "bash", environ)


def test_a_start_file_that_is_not_a_regular_file(state: State, home: Path, environ: dict[str, str]) -> None:
    (home / ".bashrc").symlink_to("/dev/null")
    with pytest.raises(TaoshellError, match="this is not a regular file; move it away"):
        to_install(state, "bash", environ)


def test_a_start_file_changed_in_the_meantime(state: State, home: Path, environ: dict[str, str]) -> None:
    edits = to_install(state, "zsh", environ)
    write(home, {".zshrc": "mine\n"})
    with pytest.raises(TaoshellError, match="the file changed meanwhile; run the command again"):
        put(edits)
    assert (home / ".zshrc").read_text() == "mine\n"


# -- changed -------------------------------------------------------------------------------------


def test_a_symlink_is_followed_and_the_mode_kept(state: State, home: Path, environ: dict[str, str]) -> None:
    write(home, {"dotfiles/zshrc": "a\n"})
    (home / "dotfiles/zshrc").chmod(0o640)
    (home / ".zshrc").symlink_to("dotfiles/zshrc")
    put(to_install(state, "zsh", environ))
    assert os.readlink(home / ".zshrc") == "dotfiles/zshrc"
    assert (home / "dotfiles/zshrc").stat().st_mode & 0o777 == 0o640
    assert (home / "dotfiles/zshrc").read_text().startswith("a\n# >>> taoshell >>>\n")
    assert to_install(state, "zsh", environ) == []
    put(to_uninstall(environ))
    assert (home / "dotfiles/zshrc").read_text() == "a\n"
    assert (home / "dotfiles/zshrc").stat().st_mode & 0o777 == 0o640
    assert os.readlink(home / ".zshrc") == "dotfiles/zshrc"


def test_a_dangling_symlink(state: State, home: Path, environ: dict[str, str]) -> None:
    (home / "dotfiles").mkdir()
    (home / ".zshrc").symlink_to("dotfiles/zshrc")
    put(to_install(state, "zsh", environ))
    assert (home / "dotfiles/zshrc").exists()
    put(to_uninstall(environ))
    assert sorted(path.name for path in home.rglob("*")) == [".zshrc", "dotfiles"]
    assert (home / ".zshrc").is_symlink()
