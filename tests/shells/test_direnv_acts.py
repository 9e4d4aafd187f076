"""Whether direnv or the hook acts if a shell has both: the ancestors of `taoshell export direnv` tell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from taoshell.shells import direnv
from taoshell.state import processes
from tests.support.clone import CLONE
from tests.support.needs import need

# Pid and name of each process above ours, the parent first: .envrc's bash, and what called direnv.
ENVRC = [(90, "bash"), (80, "bash")]
BY = {
    "a shell": [(70, "direnv"), (60, "bash"), (50, "tmux")],
    "a subshell of it": [(70, "direnv"), (65, "bash"), (60, "bash"), (50, "tmux")],
    "zsh": [(70, "direnv"), (60, "zsh"), (1, "init")],
}
NOT_BY = {
    "an editor that the shell started": [(70, "direnv"), (65, "node"), (60, "bash")],
    "a program of that editor": [(70, "direnv"), (66, "sh"), (65, "node"), (60, "bash")],
    "another shell in it": [(70, "direnv"), (62, "bash"), (61, "tmux"), (60, "bash")],
    "a shell of another kind in it": [(70, "direnv"), (62, "fish"), (60, "bash")],
    "no direnv": [(60, "bash"), (50, "tmux")],
    "processes that are hidden": [],
    "direnv at the very top": [(70, "direnv")],
    "direnv below one": [(70, "direnv"), (61, "bash")],
}


@pytest.fixture
def tree(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setattr(processes, "ancestors", lambda: iter([*ENVRC, *request.param]))
    monkeypatch.setattr(processes, "first_argument", {70: "export"}.__getitem__)


@pytest.mark.parametrize("tree", BY.values(), ids=BY, indirect=True)
@pytest.mark.usefixtures("tree")
def test_the_hook_acts_if_its_shell_called_direnv() -> None:
    assert direnv.hook_acts({"TAOSHELL_HOOK": "60"})


@pytest.mark.parametrize("tree", NOT_BY.values(), ids=NOT_BY, indirect=True)
@pytest.mark.usefixtures("tree")
def test_the_hook_does_not_act_if_another_program_called_direnv() -> None:
    assert not direnv.hook_acts({"TAOSHELL_HOOK": "60"})


@pytest.mark.parametrize("tree", [BY["a shell"]], indirect=True)
@pytest.mark.parametrize("hook", ["", "x", "61", "-60", "60\n"])
@pytest.mark.usefixtures("tree")
def test_the_hook_does_not_act_if_that_shell_lacks_it(hook: str) -> None:
    assert not direnv.hook_acts({"TAOSHELL_HOOK": hook})
    assert not direnv.hook_acts({})


@pytest.mark.parametrize("tree", [BY["a shell"]], indirect=True)
@pytest.mark.usefixtures("tree")
def test_direnv_exec_is_for_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "first_argument", {70: "exec"}.__getitem__)
    assert not direnv.hook_acts({"TAOSHELL_HOOK": "60"})


PROGRAM = f"""\
import os, sys
sys.path.insert(0, {str(CLONE)!r})
from taoshell.shells import direnv
print(f"export ACTS={{direnv.hook_acts(os.environ)}}")
"""


@pytest.mark.parametrize(
    ("by", "acts"),
    [
        ('eval "$(direnv export bash)"; echo "$ACTS"', "True"),
        ('eval "$( :; direnv export bash; : )"; echo "$ACTS"', "True"),  # in a subshell
        ("sh -c 'eval \"$(direnv export zsh)\"; echo $ACTS'; :", "False"),  # by a shell in that shell
        ("direnv exec . sh -c 'echo \"$ACTS\"'", "False"),
        ("direnv exec . sh -c 'echo \"$ACTS\"'; :", "False"),
    ],
)
def test_with_real_processes(home: Path, by: str, acts: str) -> None:
    need(shutil.which("direnv"), "direnv")
    (home / "program.py").write_text(PROGRAM)
    (home / ".envrc").write_text(f'eval "$({sys.executable} -I program.py)"\n')
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "DIRENV_LOG_FORMAT": ""}
    subprocess.run(["direnv", "allow", "."], cwd=home, env=env, check=True)
    script = f"export TAOSHELL_HOOK=$$\n{by}\n"
    done = subprocess.run(["bash", "-c", script], cwd=home, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip("$\n") == acts  # a plain sh takes the $ of bash's $'…' literally


def test_the_envrc_itself_sets_nothing() -> None:
    """The file that a team commits contains no value and no path of one machine; it only asks taoshell."""
    assert [line for line in direnv.TEXT.splitlines() if "export" in line] == ['  eval "$("$taoshell" export direnv)"']
    assert not re.search(r'[\s="]/', direnv.TEXT)
