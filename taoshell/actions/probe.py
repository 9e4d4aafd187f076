"""`taoshell try`: start a container with the project's mapping, and compare each place inside with the one here."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from taoshell.actions.container import Planned, container
from taoshell.actions.images import image_for
from taoshell.actions.run import Say, ensure_image, with_file
from taoshell.cures import cure
from taoshell.engines import Engine
from taoshell.engines.job import Job
from taoshell.errors import TaoshellError
from taoshell.project.model import Place, Project
from taoshell.state.paths import for_other_programs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from taoshell.text.spec_paths import SpecPath

_PATIENCE = 60.0  # seconds, for the start of a container
_SMALL = "docker.io/library/busybox:stable"  # 2 MB
_DONE = "done"
# Write a file of its own into each place, say what is there, and remove the files when we have looked at them.
_SCRIPT = f"""\
name=$1; shift
clean() {{ n=0; for place; do n=$((n + 1)); rm -f "$place/$name.$n"; done; }}
trap 'clean "$@"; exit 1' HUP INT TERM
n=0
for place; do
  n=$((n + 1)) is=-
  [ ! -e "$place" ] || is=$(stat -L -c %d:%i "$place" 2>/dev/null || echo there)
  (: >"$place/$name.$n") 2>/dev/null
  echo "$n $is"
done
echo {_DONE}
read -r _
clean "$@"
"""


class Seen(NamedTuple):
    """A place as the container sees it.

    `owner` is the uid of what the container writes there, or None if it cannot write. Without an engine the place is
    not `is_seen`, and only `is_here` is known.
    """

    place: Place
    is_here: bool
    is_inside: bool
    is_same: bool
    owner: int | None
    is_seen: bool = True

    @property
    def problem(self) -> str:
        """What is wrong; "" if nothing is."""
        if not self.is_seen:
            return ""
        if not self.is_here:
            return "is there in the container, but not on this machine" if self.is_inside else ""
        if not self.is_inside:
            return "is not in the container"
        if not self.is_same:
            return "is another folder in the container"
        if self.place.mode == "ro" and self.owner is not None:
            return "can be written in the container, although its mode is ro"
        if self.place.mode == "rw" and self.owner is None and os.access(self.place.host, os.W_OK):
            return "cannot be written in the container, although you can write it here"
        return ""

    @property
    def remark(self) -> str:
        """What the user should know, although it is not wrong; "" if there is nothing."""
        if not self.is_here:
            return "is not there yet"
        if not self.is_seen:
            return ""
        if self.owner not in (None, os.getuid()):
            return f"gets files that belong to {'root' if self.owner == 0 else f'the user {self.owner}'}"
        if self.place.mode == "rw" and self.owner is None:
            return "can be read only, as on this machine"
        return ""


def image_to_try(project: Project, engine: Engine, given: str, say: Say) -> str:
    """Return an image with a shell that is on this machine: `given`, the project's, or any small one."""
    if given:
        image = image_for(project, "model", "", given, os.environ)
        ensure_image(engine, image.name, image.source, say)
        return image.name
    known = list(project.images.values())
    with contextlib.suppress(TaoshellError):  # no network, or one without a known image
        known.append(image_for(project, "model", project.network, "", os.environ).name)
    found = next(filter(engine.has_image, known), None) or engine.small_image()
    if found is None:
        ensure_image(engine, _SMALL, "taoshell", say)
    return found or _SMALL


def look(project: Project, engine: Engine, image: str) -> list[Seen]:
    """Return how the container sees each place. Raises TaoshellError if no container can be started."""
    name = f".taoshell-try-{os.urandom(4).hex()}"
    job = _job(project, image, name)
    line = engine.line(job)
    try:
        with with_file(line) as words:
            return _seen_by(words, line.environ, job, project, name)
    except BaseException:  # Ctrl-C too
        engine.clear(job.id)
        raise
    finally:
        for number, place in enumerate(project.places, 1):
            with contextlib.suppress(OSError):  # the container has removed them, unless it was killed
                os.unlink(f"{place.host}/{name}.{number}")


def _seen_by(words: Sequence[str], environ: Mapping[str, str], job: Job, project: Project, name: str) -> list[Seen]:
    """Start the container, and look at what it writes while it runs."""
    child = subprocess.Popen(
        words,
        env={**for_other_programs(os.environ), **environ},
        close_fds=False,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    limit = threading.Timer(_PATIENCE, child.kill)
    limit.start()
    answers: list[str] = []
    for line in child.stdout:
        if line.strip() == _DONE.encode():
            break
        answers.append(line.split()[1].decode())
    seen = [
        _seen(place, f"{name}.{number}", answer)
        for number, (place, answer) in enumerate(zip(project.places, answers, strict=False), 1)
    ]
    _, said = child.communicate(b"\n")
    limit.cancel()
    if len(seen) < len(project.places):
        last = said.decode(errors="replace").strip().rpartition("\n")[2] or "it gives no reason"
        cause = f"no container of {job.image} could be started: {last}"
        raise TaoshellError(cause, "correct that, or name another image with --image")
    return seen


def _job(project: Project, image: str, name: str) -> Job:
    """Return the container: the project's mapping without what another container may have now, GPUs and ports."""
    options = {key: value for key, value in project.mapping.options.items() if key != "ports"}
    mapping = project.mapping._replace(options={**options, "network": "none"})
    command = ("-c", _SCRIPT, "sh", name, *(place.container for place in project.places))
    return container(project, mapping)._replace(
        name=f"taoshell-try-{os.urandom(4).hex()}", image=image, command=command, entrypoint="sh", has_stdin=True
    )


def _seen(place: Place, probe: str, there: str) -> Seen:
    """Compare a place with what the container says: the device and inode there, or "-"; `probe` is its file there.

    A file of the container that shows up here proves that the folder is the same, even if an engine in a virtual
    machine has other inodes.
    """
    try:
        here = os.stat(place.host)
    except OSError:
        return Seen(place, is_here=False, is_inside=there != "-", is_same=False, owner=None)
    try:
        owner = os.lstat(f"{place.host}/{probe}").st_uid
    except OSError:
        owner = None
    is_same = owner is not None or there == f"{here.st_dev}:{here.st_ino}"
    return Seen(place, is_here=True, is_inside=there != "-", is_same=is_same, owner=owner)


def require_right(planned: Planned, say: Say) -> None:
    """Raise TaoshellError if the container would see a place wrong: `run --try`."""
    ensure_image(planned.engine, planned.image.name, planned.image.source, say)
    wrong = [item for item in look(planned.project, planned.engine, planned.image.name) if item.problem]
    if wrong:
        cause = f"{wrong[0].place.container} {wrong[0].problem}"
        raise TaoshellError(cause, cure("places-wrong", root=planned.project.root))


class Checked(NamedTuple):
    """A spec that was checked: its file on this machine, its paths, and the wrong ones with the right line, or ""."""

    path: str
    paths: list[SpecPath]
    wrong: list[tuple[SpecPath, str]]


def check_spec(word: str, project: Project) -> Checked:
    """Check the paths in the spec `word`, a path of this machine or of the container. Raises TaoshellError."""
    from taoshell.actions import spec  # only when needed, like the next: it loads the readers of specs
    from taoshell.text.spec_rewrite import right_line

    path = os.path.abspath(spec.host_file(word, project))
    read, _ = spec.read(path)
    paths = spec.paths_in(read, project)
    return Checked(path, paths, [(item, right_line(read, item)) for item in paths if item.problem])


def from_here(project: Project) -> list[Seen]:
    """Return what can be said of the places without a container: whether they are there."""
    return [
        Seen(place, os.path.isdir(place.host), is_inside=False, is_same=False, owner=None, is_seen=False)
        for place in project.places
    ]
