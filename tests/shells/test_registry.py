"""One registry knows the shells: their modules are complete, other modules ask it, and an unknown shell is an error."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from taoshell.errors import USAGE, TaoshellError
from taoshell.shells import NAMES, Dialect, Shell, dialect, hook_file, shell
from taoshell.shells import SHELLS as DIALECT_OF
from taoshell.shells.start_files import to_install
from taoshell.state.paths import State
from tests.commands.conftest import User
from tests.shells.dialects import SHELLS
from tests.support.clone import CLONE
from tests.support.samples import Sample

UNKNOWN = ["tcsh", "xonsh", "Bash", "../bash", "bash ", "posix", "hook_file"]
KNOWN = ", ".join(NAMES)


@pytest.fixture
def user(home: Path) -> User:
    return User(home)


def missing(protocol: type, module: object) -> list[str]:
    """The members of `protocol` that `module` does not provide."""
    names = {name for name in vars(protocol) if not name.startswith("_")} | set(protocol.__annotations__)
    return [name for name in names if not hasattr(module, name)]


@pytest.mark.parametrize("name", NAMES)
def test_a_shells_module_is_complete_and_so_are_its_scripts(name: str) -> None:
    assert missing(Shell, shell(name)) == []
    for kind in ("hook", "installed", "complete"):
        assert (CLONE / "shell" / name / f"{kind}.{name}").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_its_dialects_module_is_complete_and_so_are_the_shared_scripts(name: str) -> None:
    assert missing(Dialect, dialect(name)) == []
    for file in chain.from_iterable(dialect(name).PARTS.values()):
        assert (CLONE / "shell" / file).is_file()


def test_a_missing_member_would_be_seen() -> None:
    assert {"COMPLETION", "load"} <= set(missing(Shell, object()))
    assert {"SCRIPT", "PARTS", "quote"} <= set(missing(Dialect, object()))


def test_each_shell_has_a_driver_in_the_tests() -> None:
    assert set(SHELLS) == set(NAMES)


def test_each_folder_of_scripts_is_used() -> None:
    folders = {path.name for path in (CLONE / "shell").iterdir()}
    shared = {file.partition("/")[0] for name in NAMES for files in dialect(name).PARTS.values() for file in files}
    assert shared | set(NAMES) == folders


# -- nobody else knows a shell's name ------------------------------------------------------------


def constants(tree: ast.Module) -> Iterator[ast.Constant]:
    """The string constants that are not docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node


def names_a_shell(text: str) -> bool:
    """Whether `text` is a shell's name, a list with one, or a command or file of a shell; prose about bash is not."""
    name = "|".join([*NAMES, *DIALECT_OF.values()])
    return (
        re.search(rf"^(?:{name})\b|[,/|(] ?(?:{name})\b|\b(?:hook|install|export|exec) (?:{name})\b", text) is not None
    )


IN_IMAGES = "/bin/bash"  # the shell of NVIDIA's images, for `taoshell run --shell`


def test_no_other_module_names_a_shell() -> None:
    found = []
    for path in (CLONE / "taoshell").rglob("*.py"):
        if path.parent.name == "shells" or path.name == "examples.py":  # examples are lines that a user types
            continue
        for constant in constants(ast.parse(path.read_text())):
            if constant.value != IN_IMAGES and names_a_shell(str(constant.value)):
                found.append(f"{path.relative_to(CLONE)}:{constant.lineno}: {constant.value!r}")
    assert found == []


@pytest.mark.parametrize(
    "code",
    ['x == "bash"', 'x in ("zsh",)', 'f"for {x}, zsh"', 'y = {"fish": 1}', 'f"{x}/posix-1.sh"', '"it is for bash"'],
)
def test_a_shells_name_would_be_found(code: str) -> None:
    seen = any(names_a_shell(str(constant.value)) for constant in constants(ast.parse(f'"""bash"""\n{code}')))
    assert seen == ("it is for" not in code)  # prose can speak of bash, which is also what a container runs


# -- an unknown shell -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", *UNKNOWN])
def test_an_unknown_shell_has_no_module_no_start_files_and_no_hook(home: Path, name: str) -> None:
    state = State.of({"HOME": str(home)})
    for use in (shell, lambda name: to_install(state, name, {}), lambda name: hook_file.put(state, name)):
        with pytest.raises(TaoshellError, match=f"no hook for .*; known shells: {KNOWN}$") as raised:
            use(name)
        assert raised.value.exit_code == USAGE
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("name", UNKNOWN)
@pytest.mark.parametrize("command", ["hook", "install", "export"])
def test_a_command_refuses_an_unknown_shell_in_one_line(user: User, command: str, name: str) -> None:
    done = user.tries(command, name)
    assert (done.status, done.out, done.err.count("\n")) == (USAGE, "", 1)
    assert "; known " in done.err
    assert KNOWN in done.err
    assert list(user.home.iterdir()) == []


@pytest.mark.parametrize("command", ["hook", "install"])
def test_a_calling_shell_that_is_unknown(user: User, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taoshell.terminal.calling_shell.ancestors", lambda: iter([(10, "tcsh")]))
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("tcsh", "/bin/tcsh"))
    done = user.tries(command)
    assert (done.status, done.out) == (USAGE, "")
    assert done.err == f"taoshell: no hook for the calling shell 'tcsh'; name one: {KNOWN}\n"
    assert list(user.home.iterdir()) == []


def test_status_tells_an_unknown_calling_shell_which_are_known(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taoshell.terminal.calling_shell.ancestors", lambda: iter([(10, "tcsh")]))
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("tcsh", "/bin/tcsh"))
    done = user.tries("status")
    assert done.out.startswith("no project here\n✗ the hook is not loaded in this shell\n")
    assert done.out.endswith(f"  next: use one of the shells with a hook: {KNOWN}\n")


def test_exec_needs_no_known_shell(user: User) -> None:
    sample = Sample(user.home)
    sample.allow()
    assert user.types("exec", "--", "sh", "-c", "echo $NUM_GPUS", cwd=sample.root, SHELL="/bin/tcsh").out == "1\n"
    done = user.types("exec", "--", "tcsh-that-is-not-there", cwd=sample.root)
    assert (done.status, done.out, done.err) == (127, "", "taoshell: tcsh-that-is-not-there: no such command\n")


@pytest.mark.parametrize("line", ["hook tcs", "install xon", "export csh", "hook fishy", "install tcsh "])
def test_completion_offers_known_shells_only(user: User, line: str) -> None:
    done = user.types("_complete", f"taoshell {line}")
    assert (done.status, done.out, done.err) == (0, "", "")


def test_a_hook_of_a_shell_that_only_a_newer_version_knows_is_left_alone(user: User) -> None:
    user.must("install", "bash", "--yes")
    hooks = user.home / ".local/state/taoshell/hooks"
    (hooks / "xonsh").write_text("newer\n")
    (hooks / "bash").write_text("torn\n")
    done = user.must("_renew")
    assert (done.out, done.err) == ("", "")
    assert (hooks / "xonsh").read_text() == "newer\n"
    assert (hooks / "bash").read_text() != "torn\n"


def test_a_shell_whose_module_is_missing_is_one_line_with_a_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "taoshell.shells.fish", None)
    with pytest.raises(TaoshellError, match=r"a part of taoshell is missing: .*; install taoshell again"):
        shell("fish")
