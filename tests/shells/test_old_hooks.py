"""Shells that are still open after an upgrade keep the hook text of the old version: what it uses must go on working.

The lists are frozen: they say what the hook of 0.1.0 calls, reads and provides. A change that breaks one of these tests
needs an answer for open shells, such as a new number in the name of the compiled script.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from taoshell.shells import NAMES, dialect
from taoshell.shells import SHELLS as DIALECT_OF
from taoshell.shells.render import script
from tests.commands.conftest import User
from tests.shells.desk import Desk, only
from tests.support.children import Done
from tests.support.clone import CLONE
from tests.support.samples import Sample

# What the hook of 0.1.0 provides for compiled scripts and completion scripts, which an upgrade replaces.
PROVIDED = {
    "posix": {
        *("_taoshell_say", "_taoshell_keep", "_taoshell_give_back", "_taoshell_export", "_taoshell_state"),
        *("_taoshell_mounts", "_taoshell_hook", "_taoshell_hush", "_taoshell_status", "_taoshell_returns"),
        *("_taoshell_at", "_taoshell_watch", "_taoshell_arrived", "_taoshell_looked", "_taoshell_update"),
        *("_taoshell_kept_ones", "_taoshell_is_barred", "_taoshell_carefully"),
    },
    "fish": {
        *("_taoshell_say", "_taoshell_keep", "_taoshell_give_back", "_taoshell_state", "_taoshell_mounts"),
        *("_taoshell_test_briefly", "_taoshell_state_quoted", "_taoshell_mounts_quoted"),
    },
}
ASKED_FOR = {"posix": {"_taoshell_free"}, "fish": set()}
"""What newer hooks provide; the compiled scripts ask whether it is there."""
PROVIDED_FOR_COMPLETION = {"_taoshell_run", "_taoshell_complete", "_taoshell"}
# What it expects compiled scripts to define, with the generation at the end except for the first, and their file names.
DEFINED = {f"_taoshell_{name}" for name in ("generation", "unchanged", "test_briefly", "enter", "leave")}
SCRIPTS = {"posix": "posix-2.sh", "fish": "fish-2.fish"}
# What it reads of a user with an approved project: {root} is the project's folder.
READ = [
    ".local/state/taoshell/projects{root}/+/mounts.json",
    ".local/state/taoshell/projects{root}/+/shared.json",
    ".local/state/taoshell/projects{root}/+/current/posix-2.sh",
    ".local/state/taoshell/projects{root}/+/current/fish-2.fish",
    ".local/state/taoshell/refused.json",
    ".local/state/taoshell/sessions/0-0",
    ".tao_mounts.current.json",
]


@pytest.fixture
def user(home: Path) -> User:
    return User(home)


@pytest.fixture
def approved(user: User) -> Sample:
    sample = Sample(user.home)
    user.must("allow", "--yes", sample.root)
    return sample


def call(user: User, *arguments: str | Path) -> Done:
    """Call Python as that hook does: by the path of the program, with the folders fixed in the hook."""
    state = {
        "TAOSHELL_STATE": f"{user.home}/.local/state/taoshell",
        "TAOSHELL_MOUNTS_FILE": f"{user.home}/.tao_mounts.json",
    }
    command = [sys.executable, "-E", CLONE / "taoshell/__main__.py", *arguments]
    env = {**user.environ, **state}
    done = subprocess.run(command, env=env, cwd=user.home, capture_output=True, text=True, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


def test_the_private_commands_are_answered(user: User, approved: Sample) -> None:
    session = user.home / ".local/state/taoshell/sessions" / "1-1@host@boot-1"
    for arguments in (
        ["_sync", approved.root],
        ["_settle", ""],
        ["_settle", session],
        ["_resettle", session],
        ["_renew"],
    ):
        done = call(user, *arguments)
        assert (arguments[0], done.status, done.out, done.err) == (arguments[0], 0, "", "")
    assert "plain\tstatus\t" in call(user, "_complete", "taoshell stat").out


def test_an_error_is_one_line(user: User, approved: Sample) -> None:
    approved.toml.unlink()
    done = call(user, "_sync", approved.root)
    assert "Traceback" not in done.err
    assert done.err.count("\n") <= 1


def test_the_files_are_there(user: User, approved: Sample) -> None:
    user.must("exec", approved.root, "--", "true")  # a session
    paths = [user.home / name.format(root=approved.root) for name in READ]
    assert [str(path) for path in paths if not os.path.lexists(path)] == []


@pytest.mark.parametrize("name", NAMES)
def test_compiled_scripts_define_and_use_what_that_hook_knows(user: User, approved: Sample, name: str) -> None:
    language = DIALECT_OF[name]
    assert SCRIPTS[language] == dialect(name).SCRIPT
    folder = user.home / f".local/state/taoshell/projects{approved.root}/+/current"
    text = re.sub(r"(?m)^\s*#.*", "", (folder / SCRIPTS[language]).read_text())
    generation = os.path.basename(os.readlink(folder))
    its_own = set(re.findall(rf"(?m)^(?:function )?(_taoshell_\w+)_{generation}\b", text))
    used = set(re.findall(r"_taoshell_\w+", text.replace(f"_{generation}", "")))
    assert used >= DEFINED
    assert its_own >= DEFINED - {"_taoshell_generation"}
    assert used - its_own <= {"_taoshell_generation"} | PROVIDED[language] | ASKED_FOR[language]


@pytest.mark.parametrize("name", NAMES)
def test_completion_scripts_use_what_that_hook_provides(name: str) -> None:
    text = re.sub(r"(?m)^\s*#.*", "", script(f"{name}/complete.{name}"))
    assert set(re.findall(r"_taoshell\w*", text)) <= PROVIDED_FOR_COMPLETION


@pytest.mark.parametrize("name", NAMES)
def test_a_hook_that_compares_its_mtime_with_the_top_folder_is_renewed(user: User, name: str) -> None:
    """The installed hook of 0.1.0 does; it calls `_renew`, and is replaced by a hook that does not ask again."""
    user.must("install", name, "--yes")
    file = user.home / ".local/state/taoshell/hooks" / name
    good, mtime_ns = file.read_bytes(), file.stat().st_mtime_ns
    file.write_text(f"# the hook of 0.1.0\ntest ! {CLONE}/shell -nt {file}\n")
    top_ns = (CLONE / "shell").stat().st_mtime_ns
    os.utime(file, ns=(top_ns, top_ns))
    done = call(user, "_renew")
    assert (done.status, done.out, done.err) == (0, "", "")
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (good, mtime_ns)


# The part of the 0.1.0 hook for bash that an upgrade could break: it loads, enters, leaves and calls Python.
OLD_BASH = r"""
_taoshell_say() { printf 'taoshell: %s\n' "$1" >&2; }
_taoshell_keep() { printf -v "TAOSHELL_WAS_$1" %s "$2"; }
_taoshell_give_back() { printf -v "$1" %s "$2"; }
_taoshell_call() {
  TAOSHELL_STATE=$HOME/.local/state/taoshell TAOSHELL_MOUNTS_FILE=$HOME/.tao_mounts.json \
    "$_taoshell_python" -E "$_taoshell_main" "$@" </dev/null >&2
}
_taoshell_load() {
  if [ ! -r "$_taoshell_own/current/posix-2.sh" ]; then return 1; fi
  . "$_taoshell_own/current/posix-2.sh"
  "_taoshell_unchanged_$_taoshell_generation"
}
_taoshell_hook() {
  [ -e taoshell.toml ] && [ "${TAOSHELL_ROOT-}" != "$PWD" ] || return 0
  _taoshell_state=$HOME/.local/state/taoshell _taoshell_export=builtin
  _taoshell_own=$_taoshell_state/projects$PWD/+
  _taoshell_load || { _taoshell_call _sync "$PWD" && _taoshell_load; } && "_taoshell_enter_$_taoshell_generation" ''
}
"""


@only("bash")
def test_an_open_shell_enters_and_leaves_across_an_upgrade(desk: Desk) -> None:
    project = desk.home.project()
    main = f"_taoshell_python={sys.executable} _taoshell_main={CLONE}/taoshell/__main__.py"
    terminal = desk.terminal(hook=False, before=f"{OLD_BASH}\n{main}\nPROMPT_COMMAND=_taoshell_hook")
    os.utime(project.root / "taoshell.toml")  # Python must compile it again
    there = desk.cd(terminal, project.root)
    assert there == project.entered
    desk.is_in(terminal, project)
    terminal.run("PROMPT_COMMAND=; _taoshell_leave_$_taoshell_generation; echo left")
    assert terminal.value("LOCAL_PROJECT_DIR") is None
