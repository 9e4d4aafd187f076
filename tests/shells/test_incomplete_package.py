"""A package whose shell scripts are missing, in part or altogether: one line with a cure, and nothing is changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commands.conftest import User
from tests.support.children import Done
from tests.support.clone import CLONE
from tests.support.trees import snapshot

INSTALLED, CLONE_OR_EDITABLE = "taoshell/_shell", "shell"  # where the scripts are; an unpacked sdist is like a clone
MISSING = [
    (INSTALLED, "."),
    (INSTALLED, "posix/settle.sh"),
    (INSTALLED, "bash/installed.bash"),
    (CLONE_OR_EDITABLE, "."),
    (CLONE_OR_EDITABLE, "bash"),
]


class Package:
    """A copy of the package that the user's commands run."""

    def __init__(self, folder: Path, scripts: str, user: User) -> None:
        self._folder, self._user = folder, user
        self.scripts = folder / scripts
        shutil.copytree(CLONE / "taoshell", folder / "taoshell", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(CLONE / "shell", self.scripts)

    def lose(self, name: str) -> None:
        path = self.scripts / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    def types(self, *words: str) -> Done:
        return self._user.types(*words, PYTHONPATH=str(self._folder))


@pytest.fixture
def scripts() -> str:
    return INSTALLED


@pytest.fixture
def package(scripts: str, tmp_path: Path, home: Path) -> Package:
    return Package(tmp_path / "package", scripts, User(home))


def is_refused(done: Done, package: Package) -> None:
    assert (done.status, done.out, done.err.count("\n")) == (1, "", 1)
    assert done.err.startswith(f"taoshell: {package.scripts.parent}/")
    assert done.err.endswith("; install taoshell again\n")


@pytest.mark.parametrize(("scripts", "name"), MISSING)
def test_missing_scripts_are_one_line_with_a_cure(package: Package, home: Path, name: str) -> None:
    assert package.types("install", "bash", "--yes").status == 0
    package.lose(name)
    before = snapshot(home)
    if name != "bash/installed.bash":
        is_refused(package.types("hook", "bash"), package)
    is_refused(package.types("install", "bash", "--yes"), package)
    is_refused(package.types("_renew"), package)
    assert {path: what for path, what in snapshot(home).items() if not path.endswith("/lock")} == {
        path: what for path, what in before.items() if not path.endswith("/lock")
    }


def test_a_first_install_writes_nothing(package: Package, home: Path) -> None:
    package.lose("bash/complete.bash")
    is_refused(package.types("install", "bash", "--yes"), package)
    assert list(home.iterdir()) == []


def test_a_folder_that_is_a_file(package: Package) -> None:
    package.lose("posix")
    (package.scripts / "posix").touch()
    done = package.types("hook", "bash")
    is_refused(done, package)
    assert "this part of taoshell cannot be read" in done.err


def test_another_shell_is_not_affected(package: Package) -> None:
    package.lose("fish")
    assert package.types("hook", "bash").status == 0
    is_refused(package.types("hook", "fish"), package)
