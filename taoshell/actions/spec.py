"""Read the spec of a task from the disk, and look at the paths in it."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Sequence

from taoshell.actions.sources import decoded, machine, read_file
from taoshell.errors import TaoshellError, Where
from taoshell.formats import spec as specs
from taoshell.formats.spec import Spec
from taoshell.project.model import Project
from taoshell.project.translate import to_host
from taoshell.text import spec_paths
from taoshell.text.spec_paths import SpecPath

_OVERRIDE = re.compile(r"\+{0,2}([\w.]+)=(.*)", re.DOTALL)  # as Hydra has it


def read(path: str) -> tuple[Spec, bytes]:
    """Return the spec in the file `path` of this machine, and its bytes.

    Raises TaoshellError, with the line, if there is no such file or if it is no spec.
    """
    if os.path.isdir(path):
        raise TaoshellError("this is a folder", "name a spec in it", at=Where(path))
    if os.path.isfile(path) and os.path.getsize(path) > specs.LARGEST:
        raise specs.too_large(path)
    source = read_file(path)
    if source.data is None:
        raise TaoshellError("there is no such file", "name a spec that exists", at=Where(path))
    # a binary file is refused as such, and not because it is not UTF-8
    text = source.data.decode("latin-1") if b"\0" in source.data else decoded(source)
    return specs.read(text, path), source.data


def paths_in(spec: Spec, project: Project, arguments: Sequence[str] = ()) -> list[SpecPath]:
    """Return the paths in a spec, each with its file on this machine and what is wrong with it.

    `arguments` are the task's others, such as `results_dir=/results`: they win over the spec.
    """
    given = {field[1]: field[2] for word in arguments if (field := _OVERRIDE.fullmatch(word))}
    return spec_paths.check(spec, project, machine(), _is_there, given)


def host_file(word: str, project: Project) -> str:
    """Return the file of this machine that `-e WORD` means: a path of the container, or of this machine.

    If neither exists, the container's counts.
    """
    inside = to_host(project, word, machine()) if word.startswith("/") else None
    if inside is None or (os.path.exists(word) and not os.path.exists(inside.path)):
        return word
    return inside.path


def _is_there(path: str) -> bool:
    return os.path.exists(path) or (glob.has_magic(path) and any(True for _ in glob.iglob(path)))
