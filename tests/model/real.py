"""The real code, to compare with the model: shells that are processes with the real hook, which calls the real Python.

Only this file knows the names of session files, and it gets them from taoshell.state.sessions.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from taoshell.shells.render import render
from taoshell.state import processes as ids
from taoshell.state import sessions
from taoshell.state.paths import State
from tests.support.accounts import Account
from tests.support.needs import need

# Each shell runs what it reads, a line at a time. It counts as interactive, and its prompts are calls of the hook. A
# prompt that is not calm sets _taoshell_busy.
_LOOPS = {
    "bash": ["-c", 'while IFS= read -r line; do eval "$line"; done'],
    "zsh": ["-f", "-c", 'while IFS= read -r line; do eval "$line"; done'],
    "fish": ["--no-config", "-c", "while read -l line; eval $line; end"],
}
_STARTS = {
    "bash": "_taoshell_kind=''",
    "zsh": "_taoshell_kind=''; _taoshell_holding=''; chpwd_functions=()",
    "fish": "set -g _taoshell_kind; functions -e _taoshell_on_pwd",
}
_ANSWER = (
    'printf "%%s\\n" "$_taoshell_mode" "$_taoshell_holder" "$_taoshell_want" "$_taoshell_arrived" '
    '"$brief" "$_taoshell_busy" .'
)
_POSIX_PROMPT = (
    "_taoshell_busy=/.; cd %s; _taoshell_hook; "
    "if {} _taoshell_hook | grep -q 'mounts[+]'; then brief=1; else brief=''; fi; " + _ANSWER
)
_PROMPTS = {
    "bash": _POSIX_PROMPT.format("declare -f"),
    "zsh": _POSIX_PROMPT.format("functions"),
    "fish": "set -g _taoshell_busy /.; cd %s; _taoshell_hook; set -l brief ''; "
    "if functions _taoshell_hook | grep -q 'mounts[+]'; set brief 1; end; " + _ANSWER,
}


def program(name: str) -> str:
    return need(shutil.which(name), name)


class Prompt(NamedTuple):
    """What a shell knows after a prompt. `calm`: the prompt found nothing to do."""

    mode: str
    holder: int | None  # the process
    want: str
    noted: bool
    brief: bool
    calm: bool


class Shell:
    """A running shell with the hook."""

    def __init__(self, name: str, account: Account) -> None:
        self._prompt = _PROMPTS[name]
        self.process = subprocess.Popen(
            [program(name), *_LOOPS[name]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=account.home,
            # A prompt sees each move here: the model has no `cd` that acts at once.
            env={"HOME": str(account.home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TAOSHELL_CD": "off"},
        )
        self.session = Path(account.state.sessions, ids.name_of(self.process.pid))
        self._tell(f"source {account.home}/hook.{name}; {_STARTS[name]}")

    def _tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def prompt(self, folder: str) -> Prompt:
        """Return what the shell knows after a prompt in `folder`."""
        self._tell(self._prompt % shlex.quote(folder))
        assert self.process.stdout is not None
        lines = [line.rstrip("\n") for line in iter(self.process.stdout.readline, ".\n")]
        mode, holder, want, arrived, brief, busy = lines
        pid = int(os.path.basename(holder).partition("-")[0]) if holder else None
        return Prompt(mode, pid, want, bool(arrived), bool(brief), busy == "/.")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@contextmanager
def shells(name: str, account: Account, count: int) -> Iterator[list[Shell]]:
    """Start shells, by ascending pid."""
    (account.home / f"hook.{name}").write_text(render(name, account.state))
    started = [Shell(name, account) for _ in range(count)]
    try:
        yield sorted(started, key=lambda shell: shell.process.pid)
    finally:
        for shell in started:
            if shell.process.poll() is None:
                shell.kill()


# -- the scan of the sessions ------------------------------------------------------------------


@contextmanager
def processes(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start processes that stand for shells, by ascending pid."""
    started = [subprocess.Popen(["sleep", "1000"]) for _ in range(count)]
    try:
        yield sorted(started, key=lambda process: process.pid)
    finally:
        for process in started:
            process.kill()
            process.wait()


def session_file(state: State, pid: int) -> str:
    """Create an empty session file for the live process `pid`; return its path."""
    sessions.ensure_folder(state)
    return sessions.write(state, pid, "")


class Question(NamedTuple):
    """The question which session is newest, asked by the shell `pid` in project `claimed`."""

    state: State
    pid: int
    claimed: str


_POSIX_NEWEST = """. "$1"
tab=$(printf '\\t')
while IFS=$tab read -r _taoshell_state _taoshell_pid claimed; do
  _taoshell_original=own
  _taoshell_begin_session
  _taoshell_claimed=${claimed#-} _taoshell_holder=''
  _taoshell_newest
  printf '%s\\t%s\\n' "$_taoshell_holder" "$_taoshell_want"
  _taoshell_claimed='' # nothing to do when this shell exits
done
"""
_NEWEST = {
    "bash": ["-c", _POSIX_NEWEST, "bash"],
    "zsh": ["-f", "-c", _POSIX_NEWEST, "zsh"],
    "fish": [
        "--no-config",
        "-c",
        """source $argv[1]
        while read --delimiter \\t -g _taoshell_state _taoshell_pid claimed
            set -g _taoshell_original own
            _taoshell_begin_session
            set -g _taoshell_claimed (string sub --start 2 -- $claimed)
            set -g _taoshell_holder
            _taoshell_newest
            printf '%s\\t%s\\n' "$_taoshell_holder" "$_taoshell_want"
            set -g _taoshell_claimed
        end
        """,
    ],
}


def newest(name: str, account: Account, questions: Sequence[Question]) -> list[tuple[str, str]]:
    """Return the shell's answers: the session file and the mapping."""
    lines = [f"{asked.state.root}\t{asked.pid}\t-{asked.claimed}\n" for asked in questions]
    hook = account.home / f"hook.{name}"
    hook.write_text(render(name, account.state))
    command = [program(name), *_NEWEST[name], str(hook)]
    done = subprocess.run(command, input="".join(lines), capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [(file, want) for file, _, want in (line.partition("\t") for line in done.stdout.splitlines())]
