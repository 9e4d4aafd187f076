"""`taoshell exec`: enter a project, run one command as a session in it, and leave again."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence

from taoshell.actions import approve, environment
from taoshell.actions.signals import Signals, as_of_a_shell
from taoshell.errors import TaoshellError, printable
from taoshell.mounts.settle import settle
from taoshell.state import generations, processes, sessions
from taoshell.state.paths import State, for_other_programs

_CANNOT_RUN, _NOT_FOUND = 126, 127  # as in every shell

Say = Callable[[Sequence[str]], None]  # prints lines for the user


def run(state: State, root: str, arguments: Sequence[str], say: Say) -> int:
    """Run `arguments` in the project in `root`. Returns the exit status.

    Raises TaoshellError if the project is not approved as it is now, or the command cannot be run.
    """
    approve.require_approved(state, root)
    say(approve.sync(state, root))
    values = generations.current(state.project(root))
    if values is None or "TAOSHELL_BLOCKED" in values.own:  # edited since the check above
        raise approve.not_approved(root)
    environ = environment.entered(_outside(state), values.own, values.variables, values.search_path)
    with _session(state, root, say), Signals() as signals:
        try:
            child = subprocess.Popen(arguments, env=environ, close_fds=False)
        except FileNotFoundError:
            raise TaoshellError(f"{printable(arguments[0])}: no such command", exit_code=_NOT_FOUND) from None
        except OSError as error:
            cause = f"{printable(arguments[0])} cannot be run: {error.strerror}"
            raise TaoshellError(cause, exit_code=_CANNOT_RUN) from error
        signals.pass_on_to(child)
        status = child.wait()
    return as_of_a_shell(status)


def _outside(state: State) -> dict[str, str]:
    """Return our environment as it is outside any project."""
    environ = for_other_programs(os.environ)
    if not _was_given("LC_CTYPE"):  # Python sets it if the locale is C (PEP 538)
        environ.pop("LC_CTYPE", None)
    return environment.outside(state, environ)


def _was_given(name: str) -> bool:
    """Whether this process was started with the variable `name`; False if /proc does not tell."""
    try:
        with open("/proc/self/environ", "rb") as file:
            return f"\0{name}=".encode() in b"\0" + file.read()
    except OSError:
        return False


@contextlib.contextmanager
def _session(state: State, root: str, say: Say) -> Iterator[None]:
    """Make this process a session in the project, like a shell. Without /proc nobody could tell whether it is alive."""
    if not processes.can_be_judged():
        say([processes.WITHOUT_PROC])
        yield
        return
    say(settle(state))
    path = sessions.write(state, os.getpid(), root)
    try:
        say(settle(state, path))
        yield
    finally:
        os.unlink(path)
        say(settle(state))
