"""The first block of the README, pasted on a fresh machine, ends in a project; and `./install` says what it needs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pexpect
import pytest

from tests.support.clone import CLONE
from tests.support.needs import need
from tests.support.slow import slow_unless

PATH = "/usr/local/bin:/usr/bin:/bin"  # no virtual environment
SECONDS = 180  # it takes fifteen, most of them pip's
ENGLISH, CHINESE = ((CLONE / name).read_text() for name in ("README.md", "README.zh-CN.md"))
PASTE = "\x1b[200~{}\x1b[201~"  # what a terminal sends around a paste, so that bash runs all of it at one Enter
THEIRS = "alias ll='ls -l'\n"
RM = "to remove the program: "


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


FIRST, SHOWN = blocks(ENGLISH, "sh")[0], blocks(ENGLISH, "text")[0]


def environ(home: Path, path: str = PATH) -> dict[str, str]:
    """The environment of a new user, with this machine's way to the package index."""
    network = {name: text for name, text in os.environ.items() if name.startswith("PIP_") or "_proxy" in name.lower()}
    return {**network, "HOME": str(home), "PATH": path, "TERM": "xterm", "LANG": "C.UTF-8", "PS1": "$ "}


def need_all_that_it_needs(scratch: Path) -> None:
    """Skip without Debian's python3-venv, or without a package index: the block installs for good."""
    fits = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))"
    done = subprocess.run(["/usr/bin/python3", "-c", fits], stderr=subprocess.DEVNULL, check=False)
    need(None if done.returncode else "yes", "the system's Python 3.10 or newer with venv")
    download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(scratch), "hatchling"]
    done = subprocess.run(download, capture_output=True, check=False)
    need(None if done.returncode else "yes", "a package index, which pip can reach,")


class Bash:
    """An interactive bash in the clone."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._child = pexpect.spawn(
            "/bin/bash", ["-i"], env=dict(env), cwd=str(CLONE), encoding="utf-8", dimensions=(50, 500), timeout=SECONDS
        )

    def types(self, text: str) -> str:
        """Type or paste `text`, press Enter, and return what is printed until all of it has run."""
        self._child.send(f"{text}\recho d''one\r")
        self._child.expect(r"[\r\n]done\r\n")
        return re.sub(r"\x1b\[[?\d;]*[a-zA-Z]|\r", "", self._child.before or "")

    def close(self) -> None:
        self._child.close(force=True)


@pytest.mark.parametrize("how", slow_unless(lambda how: how == "pasted", ["pasted", "line by line"]))
def test_the_first_block_of_the_readme(home: Path, tmp_path: Path, how: str) -> None:
    need_all_that_it_needs(tmp_path)
    assert "pipx" not in FIRST
    (home / ".bashrc").write_text(THEIRS)
    bash = Bash(environ(home))
    printed = bash.types(PASTE.format(FIRST.rstrip("\n")) if how == "pasted" else FIRST.rstrip("\n"))
    assert [line for line in SHOWN.splitlines() if line not in printed.splitlines()] == [], printed
    assert "command not found" not in printed
    bash.close()
    # A new terminal has it; a second run upgrades, and says that nothing else is left to do.
    bash = Bash(environ(home))
    assert "/workspace/tao-experiments/detectnet_v2/specs" in bash.types("cd ~/cars && echo $SPECS_DIR")
    if how == "pasted":
        assert "installed: every new bash loads the hook" in bash.types(f"cd {CLONE} && ./install --yes")
        removed = bash.types("taoshell uninstall --yes")
        bash.types(removed.partition(RM)[2].splitlines()[0])
        assert (home / ".bashrc").read_text() == THEIRS
        left = {str(path.relative_to(home)) for path in home.glob(".local/*/taoshell")}
        assert left == {".local/state/taoshell"}, "approvals and backups"
    bash.close()


def test_both_languages_have_the_same_first_block() -> None:
    def without_comments(block: str) -> list[str]:
        return [line.partition(" #")[0].rstrip() for line in block.splitlines()]

    assert without_comments(blocks(CHINESE, "sh")[0]) == without_comments(FIRST)
    assert without_comments(FIRST)[-1] == "echo $SPECS_DIR"


# -- what is missing, it says ----------------------------------------------------------------------


def install(home: Path, *words: str, **changes: str) -> str:
    """Run `./install` where it must refuse; return what it said."""
    done = subprocess.run(
        [CLONE / "install", *words],
        env={**environ(home), **changes},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert not (home / ".local/share").exists()
    return done.stderr


@pytest.mark.parametrize(
    ("answers", "cure"),
    [
        ("exit 1", f"there is no Python 3.10 or newer here; uv brings one of its own: uv tool install '{CLONE}'"),
        ("case $2 in *ensurepip*) exit 1 ;; esac", "no venv: {}; on Debian and Ubuntu: sudo apt install python3-venv"),
    ],
)
def test_it_says_which_python_it_needs(home: Path, tmp_path: Path, answers: str, cure: str) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{answers}\n")
    python.chmod(0o755)
    said = install(home, PYTHON=str(python))
    assert said.startswith("taoshell: ")
    assert cure.format(python) in said
    assert said.count("\n") == 1


def test_it_leaves_another_installation_alone(home: Path) -> None:
    link = home / ".local/bin/taoshell"
    link.parent.mkdir(parents=True)
    link.symlink_to("../pipx/venvs/taoshell/bin/taoshell")
    assert "another taoshell is installed" in install(home)
    assert os.readlink(link) == "../pipx/venvs/taoshell/bin/taoshell"


def test_a_wrong_option_changes_nothing(home: Path) -> None:
    assert install(home, "--prefix") == "taoshell: usage: ./install [--yes]\n"


@pytest.mark.parametrize("name", ["a $(touch made)b", 'a "b', "a `touch made`", "a\\ b"])
def test_a_home_in_which_no_program_of_python_starts(home: Path, name: str) -> None:
    there = home / name
    there.mkdir()
    done = subprocess.run(
        [CLONE / "install", "--yes"], env=environ(there), cwd=home, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.endswith("choose another folder: XDG_DATA_HOME=/… ./install\n")
    assert [path.name for path in home.rglob("*")] == [name]


def test_somebodys_own_folder_is_left_alone(home: Path) -> None:
    notes = home / ".local/share/taoshell/notes"
    notes.parent.mkdir(parents=True)
    notes.touch()
    done = subprocess.run([CLONE / "install", "--yes"], env=environ(home), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.endswith("move it away, then run ./install again\n")
    assert sorted(path.name for path in home.rglob("*")) == [".local", "notes", "share", "taoshell"]


ENDS = '#!/bin/sh\ncase $1 in -m) umask >"$HOME/umask"; exit 3 ;; esac\n'  # a Python that ends where pip would start


class Stranger:
    """A user who is not root, with a copy of `./install`, in a place that every user can reach."""

    def __init__(self, folder: Path) -> None:
        self.home, self._script, self._python = folder / "a home", folder / "clone/install", folder / "python"
        self.home.mkdir()
        self._script.parent.mkdir()
        shutil.copy(CLONE / "install", self._script)
        self._python.write_text(ENDS)
        self._python.chmod(0o755)

    def installs(self, umask: str = "022") -> str:
        """Run `./install`, which fails; return what it says."""
        become = [need(shutil.which("setpriv"), "setpriv"), "--reuid=4321", "--regid=4321", "--clear-groups"]
        for path in (self.home, *self.home.rglob("*")) if os.geteuid() == 0 else ():
            os.chown(path, 4321, 4321)
        done = subprocess.run(
            [*(become if os.geteuid() == 0 else []), "sh", "-c", f'umask {umask}; exec "$0" --yes', self._script],
            env={**environ(self.home), "PYTHON": str(self._python)},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        return done.stderr


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    folder = Path(tempfile.mkdtemp(prefix="install-"))
    folder.chmod(0o755)
    yield Stranger(folder)
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", [".", ".local", ".local/bin", ".local/share", ".local/share/man"])
def test_a_home_that_cannot_be_written(stranger: Stranger, name: str) -> None:
    folder = stranger.home / name
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o555)
    said = stranger.installs()
    cure = "you cannot write there; make it, and the folders above it, yours and writable, then run ./install again\n"
    assert re.fullmatch(rf"taoshell: {stranger.home}/\.local/(bin|share|share/man): {re.escape(cure)}", said)
    folder.chmod(0o755)
    assert said not in stranger.installs()  # the cure works


@pytest.mark.parametrize(("umask", "kept"), [("777", "0077"), ("077", "0077"), ("027", "0027"), ("022", "0022")])
def test_a_umask_takes_nothing_from_the_owner(stranger: Stranger, umask: str, kept: str) -> None:
    stranger.installs(umask)
    assert (stranger.home / "umask").read_text().strip() == kept
