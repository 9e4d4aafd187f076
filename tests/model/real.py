"""The real code, to compare with the model: an account whose shells are processes, with settle.sh and Python.

Only this file knows the names of session files, and it gets them from taoshell.state.sessions.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from taoshell.state import sessions
from taoshell.state.paths import State
from tests.support.accounts import Account
from tests.support.clone import CLONE

SETTLE = (CLONE / "shell/posix/sessions.sh").read_text() + (CLONE / "shell/posix/settle.sh").read_text()
SETTLE_FOR = (CLONE / "shell/posix/settle-for.sh").read_text()  # as fish runs it

# For each line "STATE<tab>PID<tab>CLAIMED<tab>HOLDER": print the newest session and the wanted mapping.
_NEWEST = (
    SETTLE
    + """
command -v builtin >/dev/null || eval 'builtin() { "$@"; }' # as settle-for.sh has it
tab=$(printf '\\t')
while IFS=$tab read -r _taoshell_state _taoshell_pid _taoshell_claim before; do
  _taoshell_original=own _taoshell_noglob=''
  _taoshell_begin_sessions
  _taoshell_claimed=${_taoshell_claim#-} _taoshell_holder=${before#-}
  _taoshell_newest
  printf '%s\\t%s\\n' "$_taoshell_holder" "$_taoshell_want"
done
"""
)


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
    """The question which session is newest, asked by the shell `pid` in project `claimed` that last saw `holder`."""

    state: State
    pid: int
    claimed: str
    holder: str


def newest(shell: str, questions: Sequence[Question]) -> list[tuple[str, str]]:
    """Return the answers of shell/posix/settle.sh: the session file and the mapping."""
    lines = [f"{asked.state.root}\t{asked.pid}\t-{asked.claimed}\t-{asked.holder}\n" for asked in questions]
    done = subprocess.run([shell, "-c", _NEWEST], input="".join(lines), capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [(file, want) for file, _, want in (line.partition("\t") for line in done.stdout.splitlines())]


class Answer(NamedTuple):
    claimed: str
    mode: str
    want: str


def settle(account: Account, pid: int, claimed: str, claim: str) -> Answer:
    """Run a prompt of the shell `pid`, which was in the project `claimed` and is now in `claim`."""
    state = account.state
    script = f"exec 3>&2\n{SETTLE}\n{SETTLE_FOR}"
    folders = [state.root, state.mounts_file, state.original]
    programs = [sys.executable, str(CLONE / "taoshell/__main__.py"), "ln"]
    done = subprocess.run(
        ["sh", "-c", script, "taoshell", *folders, *programs, str(pid), claimed, claim, "", "/"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    said, mode, want = done.stdout.splitlines()[:3]
    return Answer(said, mode, want)
