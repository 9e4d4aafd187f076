"""What a shell or a user waits for does not import what it does not need. A clock would be too noisy to test that.

If a test fails, import the module inside the function that needs it, and say why in a comment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import User
from tests.support.samples import Sample

TOML = "tomllib" if sys.version_info >= (3, 11) else "tomlkit"  # what reads taoshell.toml
CLICK = "click.shell_completion"
TWICE_THE_TIME = {"rich", "shellingham", "dotenv", "dataclasses", "logging", "tempfile", "asyncio", "email", "hashlib"}
SELDOM_NEEDED = TWICE_THE_TIME | {
    "tomlkit",
    "subprocess",
    "difflib",
    "ctypes",
    "shutil",
    "pathlib",
    "ipaddress",
    "yaml",
}
OF_COMMANDS = {"click", "inspect", "uuid", "platform", "gettext", "datetime", "shlex"}
OF_RUN = {"subprocess"}  # it starts the engine
OF_PYTHON = {"json", "typing", "re", "enum", "contextlib", "functools", "signal", "glob"}


@pytest.fixture
def user(home: Path) -> User:
    return User(home)


@pytest.fixture
def sample(home: Path) -> Sample:
    return Sample(home)


def loaded(user: User, code: str, *words: str, folder: Path | None = None) -> set[str]:
    """Run Python with `code` in a process of its own, and return the modules that it imports after its start."""
    report = user.home / "modules"
    watch = (
        "import atexit, sys; bare = {*sys.modules}; "
        f"atexit.register(lambda: open({str(report)!r}, 'w').write(' '.join({{*sys.modules}} - bare))); {code}"
    )
    # the hook that is loaded in this process is the hook of the command's shell
    environ = {**user.environ, "TAOSHELL_HOOK": str(os.getpid())}
    done = subprocess.run(
        [sys.executable, "-c", watch, *words],
        env=environ,
        cwd=folder or user.home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {*report.read_text().split()}


def of_taoshell(user: User, *words: str, folder: Path | None = None) -> set[str]:
    """Return the modules that `taoshell WORDS` imports."""
    found = loaded(user, "from taoshell.__main__ import main; main()", *words, folder=folder)
    assert "taoshell.__main__" in found
    return found


OF_APPROVING = {f"taoshell.{name}" for name in ("actions.approve", "actions.compile", "state.swap", "state.kept")}
OF_OTHER_COMMANDS = {f"taoshell.{name}" for name in ("actions.projects", "actions.install", "shells.start_files")}

CASES: dict[str, tuple[list[str], set[str], list[str]]] = {
    # words; what is not loaded; what is needed, with all that it imports itself
    "hook": (["hook", "bash"], SELDOM_NEEDED | OF_COMMANDS | OF_PYTHON, []),
    "_settle": (["_settle", ""], SELDOM_NEEDED | OF_COMMANDS - {"shlex"} | {"typing", TOML}, []),
    "_sync": (["_sync", "{root}"], SELDOM_NEEDED | OF_COMMANDS - {"shlex"}, [TOML]),
    "_sync, blocked": (["_sync", "{edited}"], SELDOM_NEEDED | OF_COMMANDS - {"shlex"}, [TOML]),
    "status": (["status", "{root}"], SELDOM_NEEDED | OF_APPROVING | OF_OTHER_COMMANDS, [TOML, CLICK]),
    "allow": (["allow", "--yes", "{root}"], SELDOM_NEEDED | OF_OTHER_COMMANDS, [TOML, CLICK]),
    "allow, the first time": (["allow", "--yes", "{new}"], TWICE_THE_TIME | {"tomlkit"}, [TOML, CLICK, "difflib"]),
    "run": (["run", "--on", "docker", "--dry-run", "dino", "train"], SELDOM_NEEDED - OF_RUN, [TOML, CLICK]),
    "completion of a command": (["_complete", "taoshell st"], SELDOM_NEEDED | OF_COMMANDS - {"shlex"}, ["shlex"]),
    "completion of a setting": (["_complete", "taoshell set lay"], TWICE_THE_TIME, [CLICK, "tomlkit"]),
    "--help": (["--help"], SELDOM_NEEDED | OF_COMMANDS | OF_PYTHON, []),
    "help of a command": (["mounts", "take", "--help"], SELDOM_NEEDED | OF_COMMANDS | OF_PYTHON, []),
}


@pytest.mark.parametrize("case", CASES)
def test_nothing_heavy_is_imported(user: User, sample: Sample, home: Path, case: str) -> None:
    words, heavy, needed = CASES[case]
    edited, new = Sample(home, "edited"), Sample(home, "new")
    for project in (sample, edited):
        user.must("allow", "--yes", project.root)
    edited.env.write_text("KEY=another\n")
    user.must("hook", "bash")  # the first one asks ln
    roots = {"root": str(sample.root), "edited": str(edited.root), "new": str(new.root)}
    found = of_taoshell(user, *(word.format(**roots) for word in words), folder=sample.root)
    allowed = loaded(user, f"import {', '.join(needed)}") if needed else set()
    assert heavy & found - allowed == set()


def test_python_does_not_search_for_garbage(user: User, sample: Sample) -> None:
    """It would search while it imports, and search everything once more at its end: a seventh of the time of a call."""
    user.must("allow", "--yes", sample.root)
    report = user.home / "garbage"
    watch = (
        "import atexit, gc; "
        f"atexit.register(lambda: open({str(report)!r}, 'w').write(f'{{gc.isenabled()}} {{gc.get_freeze_count()}}')); "
        "from taoshell.__main__ import main; main()"
    )
    loaded(user, watch, "_sync", str(sample.root))
    is_enabled, frozen = report.read_text().split()
    assert is_enabled == "False"
    assert int(frozen) > 10_000
