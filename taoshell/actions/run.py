"""`taoshell run`: start a planned container, wait for it, and leave nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence

from taoshell import engines
from taoshell.actions.container import Planned
from taoshell.actions.images import registry_of
from taoshell.actions.machine_gpus import busy, require_gpus
from taoshell.actions.signals import PATIENCE, Signals, as_of_a_shell, ends
from taoshell.cures import cure
from taoshell.engines import Engine
from taoshell.engines.job import FILE, ID, Line, Started
from taoshell.errors import INTERRUPTED, TaoshellError, printable
from taoshell.state.paths import for_other_programs

_STDERR = 2
_NOT_STARTED = 125  # docker run, podman run: what failed is the engine, and not the command
_NEEDS_LOGIN = "nvcr.io"
_OTHERS_PATIENCE = 3.0  # seconds

Say = Callable[[Sequence[str]], None]  # prints lines for the user


def run(planned: Planned, say: Say) -> int:
    """Run the job. Returns the exit status of its command; of a detached one, whether it started."""
    _require_startable(planned, say)
    for path in planned.folders:
        _make_mount_point(path)
    engine, job = planned.engine, planned.job

    def clear() -> bool:
        return engine.clear(job.id)

    stdout = subprocess.DEVNULL if job.is_detached else None
    status, received = supervised(engine.line(job), stdout=stdout, give_up=clear)
    is_left = False
    if status != 0 and (job.is_detached or status < 0 or ends(received)):
        with Signals():  # one more Ctrl-C must not end this
            is_left = clear()
    if status == _NOT_STARTED:
        say([f"{engine.name} could not start the container; it says why above"])
    # TAO's entrypoint ends with 0 then, and the next command would run; a killed engine has a status of its own
    if signal.SIGINT in received and (status == 0 or is_left or len(received) >= PATIENCE):
        return INTERRUPTED
    return as_of_a_shell(status)


def ensure_image(engine: Engine, image: str, source: str, say: Say) -> None:
    """Fetch the image if it is not on this machine. Raises TaoshellError if that fails."""
    if engine.has_image(image):
        return
    registry = registry_of(image)
    if registry == _NEEDS_LOGIN and not engine.is_logged_in(registry):
        cause = f"{image} is not on this machine, and you are not logged in at {registry}"
        words = [engine.owner, "login", registry, "--username", "$oauthtoken"]
        raise TaoshellError(cause, cure("no-login", words=words))
    say([f"{image} (from {source}) is not on this machine: {engine.owner} fetches it"])
    status, received = supervised(engine.pull(image), stdout=_STDERR)
    if received or status < 0:
        raise KeyboardInterrupt
    if status != 0:
        cause = f"{engine.owner} could not fetch {image}; it says why above"
        raise TaoshellError(cause, "free space, log in or name another image with --image, as it says")


def supervised(
    line: Line, *, stdout: int | None = None, give_up: Callable[[], object] | None = None
) -> tuple[int, list[int]]:
    """Run a command line to its end. Returns its status, as subprocess has it, and the signals that came meanwhile.

    `give_up` is called if the command ignores the signals that should end it.
    """
    with with_file(line) as words, Signals(give_up) as signals:
        environ = {**for_other_programs(os.environ), **line.environ}
        try:
            child = subprocess.Popen(words, env=environ, close_fds=False, stdout=stdout)
        except OSError as error:
            cause = f"{printable(words[0])} cannot be run: {error.strerror}"
            raise TaoshellError(cause, "install it, or choose another engine with --on") from error
        signals.pass_on_to(child)
        return child.wait(), signals.received


@contextlib.contextmanager
def with_file(line: Line) -> Iterator[list[str]]:
    """Give the file of a line to its command, in memory. Yields the words with the file's path."""
    if not line.file:
        yield list(line.words)
        return
    with os.fdopen(os.memfd_create("taoshell", 0), "wb") as file:  # inherited, unlike other files of ours
        file.write(os.fsencode(line.file))
        file.flush()
        yield [f"/dev/fd/{file.fileno()}" if word == FILE else word for word in line.words]


def _require_startable(planned: Planned, say: Say) -> None:
    """Ask the engine what can be known before the start. Raises TaoshellError if the container cannot start."""
    engine, job = planned.engine, planned.job
    require_gpus(job.gpus, os.environ)
    ensure_image(engine, job.image, planned.image.source, say)
    taken = engine.named(job.name) if planned.is_named else None
    if taken is not None:
        is_over = ID in taken.labels and not taken.is_running
        how = cure("name-in-use", name=job.name) if is_over else "use another --name"
        raise TaoshellError(f"there is a container {job.name} already, which is {taken.state}", how)
    if job.gpus:
        say([f"{item.name} runs on the same GPU" for item in busy(job.gpus, _on_all_engines(engine))])


def _on_all_engines(engine: Engine) -> Iterator[Started]:
    """Yield our containers: another engine's may have a GPU too. One that does not answer holds nothing up."""
    yield from engine.started()
    for name in engines.installed(os.environ):
        if name != engine.owner:
            other = engines.engine(name, os.environ)
            other.patience = _OTHERS_PATIENCE
            with contextlib.suppress(TaoshellError):
                yield from other.started()


def _make_mount_point(path: str) -> None:
    """Make the empty folder that the container's mount needs in another mount: the engine would make it as root."""
    with contextlib.suppress(PermissionError):  # then the engine makes it, or says why it cannot
        os.makedirs(path, exist_ok=True)


def how_to_follow(name: str) -> str:
    """Return how to see what a detached container writes."""
    return cure("detached", name=name)
