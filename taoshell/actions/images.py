"""Which image a command runs in: the one that is named, the project's, the launcher's for this task, or ours."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from taoshell.engines import programs
from taoshell.errors import TaoshellError
from taoshell.project import task_images
from taoshell.project.images import require_image
from taoshell.project.model import Project

_CONFIG = "nvidia_tao_cli/config/config.json"  # in the launcher's package
_LONGEST = 1 << 20  # characters


class Image(NamedTuple):
    """An image, and what names it."""

    name: str
    source: str


def image_for(project: Project, kind: str, task: str, given: str, environ: Mapping[str, str]) -> Image:
    """Return the image for a command of this kind. Raises TaoshellError if none is known."""
    if given:
        return Image(require_image(given), "--image")
    if kind in project.images:
        return Image(project.images[kind], f"[images] {kind}")
    for source, table in _tables(project, environ):
        if task in table.get(kind, {}):
            return Image(table[kind][task], source)
    raise _unknown(kind, task)


def registry_of(image: str) -> str:
    """Return the registry that has the image, as Docker reads its name.

    >>> registry_of("nvcr.io/nvidia/tao/tao-toolkit:5.5.0-pyt"), registry_of("busybox")
    ('nvcr.io', 'docker.io')
    """
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else "docker.io"


def _unknown(kind: str, task: str) -> TaoshellError:
    how = "name the image: --image REGISTRY/PATH:TAG"
    if not task:
        return TaoshellError("this project has no network, so it is not known which image is meant", how)
    kinds = [other for other, tasks in task_images.own_table().items() if task in tasks and other != kind]
    if kinds:
        meant = task if kinds[0] == "model" else f"{kinds[0]} {task}"
        return TaoshellError(f"no image is known for {kind} {task!r}", f"did you mean {meant}? or {how}")
    from difflib import get_close_matches  # only when needed

    near = get_close_matches(task, task_images.own_table()[kind], 1)
    meant = f"did you mean {near[0]}? or " if near else ""
    return TaoshellError(f"no image is known for {kind} {task!r}", f"{meant}{how}")


def _tables(project: Project, environ: Mapping[str, str]) -> Iterator[tuple[str, task_images.Table]]:
    """Yield what the launcher would use, the user's own first, and then our table."""
    own = os.path.join(environ.get("HOME", "/"), ".tao/config.json")
    for path in (own, *_of_launcher(project, environ)):
        table = _read(path)
        if table is not None:
            yield path, table
    yield f"taoshell's table of {task_images.DATE}", task_images.own_table()


def _of_launcher(project: Project, environ: Mapping[str, str]) -> list[str]:
    """Return the table of the launcher in the project's Python, or else of the `tao` in PATH; none without either."""
    prefixes = [project.python.prefix] if project.python and project.python.prefix else []
    program = programs.find("tao", environ)
    if program is not None:
        prefixes.append(os.path.dirname(os.path.dirname(_interpreter(program) or os.path.realpath(program))))
    if not prefixes:
        return []
    import glob  # only when needed: most projects have no launcher

    pattern = f"lib/python3*/site-packages/{_CONFIG}"
    return [path for prefix in prefixes for path in glob.glob(os.path.join(glob.escape(prefix), pattern))]


def _interpreter(program: str) -> str:
    """Return the Python in the first line of a script; "" if there is none."""
    try:
        with open(program, "rb") as file:
            line = os.fsdecode(file.readline(4096)).rstrip("\n")
    except OSError:
        return ""
    return line.removeprefix("#!").split(" ")[0] if line.startswith("#!/") else ""


def _read(path: str) -> task_images.Table | None:
    if not os.path.lexists(path):
        return None
    try:
        with open(path, encoding="utf-8") as file:
            return task_images.table_of_launcher(json.loads(file.read(_LONGEST)))
    except (OSError, ValueError, RecursionError):
        return None
