"""Each command that a message tells the user to run is followed to the letter. Afterwards the error is gone."""

from __future__ import annotations

import ast
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from taoshell.commands import COMMANDS
from taoshell.cures import CURES, cure
from tests.cures.scene import Scene, Unprivileged, command_in
from tests.cures.situations import AS_USER, SELF, SITUATIONS
from tests.homes.conftest import UID
from tests.support.clone import CLONE
from tests.support.slow import slow_unless

MODULES = {str(path.relative_to(CLONE)): ast.parse(path.read_text()) for path in CLONE.glob("taoshell/**/*.py")}
SCRIPTS = {str(path.relative_to(CLONE)): path.read_text() for path in CLONE.glob("shell/*/*")}
# A program to run, at the beginning or after a colon. In backticks it is only mentioned.
PROGRAMS = r"(?:^|: )(?:run: |mkdir |rm |chmod |kill |exec |eval |git |pipx )"
COMMAND = re.compile(rf"{PROGRAMS}|(?<![`(])taoshell (?:{'|'.join(COMMANDS)})(?![\w`])")


@pytest.fixture
def scene(home: Path, request: pytest.FixtureRequest) -> Iterator[Scene]:
    if request.getfixturevalue("name") not in AS_USER or os.geteuid() != 0:
        scene = Scene(home)
        yield scene
        scene.close()
        return
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    (folder / "home").mkdir()
    os.chown(folder / "home", UID, UID)
    yield Unprivileged(folder / "home")
    shutil.rmtree(folder)


QUICK = ("not-approved", "missing-folders", "secret-for-container", "new-name", "symlink-out")


@pytest.mark.parametrize("name", slow_unless(QUICK.__contains__, SITUATIONS, id=str))
def test_the_cure_cures(scene: Scene, name: str) -> None:
    case = SITUATIONS[name](scene)
    follows = scene.bash(case.cwd) if case.typed else lambda line: scene.types(line, case.cwd)
    types = scene.hooked(case.shell) if case.shell else follows
    said = types(case.line)
    assert case.error in said
    shown = (types if case.here else follows)(command_in(said, name))
    assert case.looks in shown
    case.then(shown)
    now = shown if case.again == SELF else types(case.again or case.line)
    assert case.error not in now
    assert "Traceback" not in said + shown + now


# -- every cure is one of these ------------------------------------------------------------------------------


def uses() -> list[str]:
    """The first argument of each call of `cure`."""
    calls = [node for tree in MODULES.values() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [ast.literal_eval(call.args[0]) for call in calls if getattr(call.func, "id", "") == "cure"]


def in_scripts() -> set[str]:
    said = {name: [line for line in text.splitlines() if "_taoshell_say " in line] for name, text in SCRIPTS.items()}
    return {name for name, lines in said.items() if any(COMMAND.search(line.partition("#")[0]) for line in lines)}


def test_each_cure_is_printed_at_one_place_and_has_a_situation() -> None:
    assert sorted(uses()) == sorted(CURES)
    assert {*SITUATIONS} == {*CURES} | in_scripts()


def test_no_other_message_names_a_command() -> None:
    found = []
    for name, tree in MODULES.items():
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                found += [f"{name}: {line}" for line in node.value.splitlines() if COMMAND.search(line)]
    others = ("taoshell/cures.py: ", "taoshell/terminal/examples.py: ")  # examples have a test of their own
    assert [line for line in found if not line.startswith(others)] == []


def test_a_cure_can_be_typed_as_it_is_printed(home: Path) -> None:
    folder = home / "a\u3164 '$x' \x1b %s \\"
    folder.mkdir()
    command = cure("missing-folders", folders=[f"{folder}/new"]).partition(": ")[2]
    assert command.isascii()
    assert command.isprintable()
    assert os.system(command) == 0
    assert (folder / "new").is_dir()
