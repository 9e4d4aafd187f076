"""Running a command inside a project: entered, registered as a session, and left again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from types import FrameType

from taoshell import approval, environment, generation, sessions
from taoshell.errors import TaoshellError, shown
from taoshell.settle import settle
from taoshell.state import State

_NOT_EXECUTABLE, _NOT_FOUND = 126, 127  # as every shell says it
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


def run(state: State, root: str, arguments: Sequence[str]) -> int:
    """Run `arguments` in the project in `root`; returns the exit status.

    Raises TaoshellError where the project is not approved as it is, or there is no such command.
    """
    approval.require_approved(state, root)
    approval.sync(state, root)
    project = state.project(root)
    values = generation.current(project)
    if values is None:
        raise TaoshellError("the compiled project is gone", "run: taoshell allow", where=root)
    environ = environment.entered(_outside(state), values.own, values.variables)
    with _session(state, root):
        try:
            child = subprocess.Popen(arguments, env=environ)
        except FileNotFoundError:
            raise TaoshellError(f"{shown(arguments[0])}: no such command", exit_code=_NOT_FOUND) from None
        except PermissionError:
            raise TaoshellError(f"{shown(arguments[0])}: not executable", exit_code=_NOT_EXECUTABLE) from None
        status = _wait(child)
    return status if status >= 0 else 128 - status


def _outside(state: State) -> dict[str, str]:
    """Our environment as it is outside any project."""
    environ = dict(os.environ)
    root, name = environ.get("TAOSHELL_ROOT"), environ.get("TAOSHELL_GENERATION")
    values = generation.read(state.project(root), name) if root and name else None
    return environment.left(environ, values.variables) if values else environ


@contextlib.contextmanager
def _session(state: State, root: str) -> Iterator[None]:
    """This process is a session in the project, as a shell would be."""
    settle(state)
    path = sessions.write(state, os.getpid(), root)
    settle(state, path)
    try:
        yield
    finally:
        os.unlink(path)
        settle(state)


def _wait(child: subprocess.Popen[bytes]) -> int:
    """Wait for the command; the terminal sends it Ctrl-C itself, other signals are passed on."""

    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    former = {number: signal.signal(number, pass_on) for number in _PASSED_ON}
    former[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return child.wait()
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
