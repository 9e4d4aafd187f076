"""The words of a command in the container: paths of this machine among them, secrets, and the spec that they name."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from taoshell.actions.sources import machine
from taoshell.cures import cure
from taoshell.errors import TaoshellError, refusal
from taoshell.project.model import Project
from taoshell.project.names import SAMPLE_KEY, is_secret
from taoshell.project.translate import host_paths_in, how_to_reach, to_host

_SPEC = re.compile(r"-e|--experiment[_-]spec(?:s|[_-]file)?")  # what TAO's tasks call it


def with_paths_inside(
    project: Project, command: tuple[str, ...], spec: str, to_say: list[str], *, is_translated: bool
) -> tuple[str, ...]:
    """Return the command with the container's names of its paths. `spec` is the one among them that `-e` names, or "".

    Raises TaoshellError if one is a path of this machine, unless it is to be translated. One that no mount carries is
    only told, as it may be a path of the image.
    """
    here, words = machine(), list(command)
    relative = _relative_spec(command, spec)
    if spec and not os.path.isabs(spec) and not os.path.exists(spec):
        specs = project.variables.get("SPECS_DIR", "/specs")
        how = f"write its path in the container, such as {specs}/{os.path.basename(spec)}"
        to_say.append(f"{spec} is no file here, and the container would look for it in the image's own folder; {how}")
    for at, word in enumerate(command):
        found, words[at] = host_paths_in(word if at != relative else os.path.join(os.getcwd(), word), project, here)
        for path, right in found:
            named = word if at == relative else path
            if right and not is_translated:
                cause = f"{named} is a path of this machine; in the container it is {right}"
                raise TaoshellError(cause, "write that one, or let taoshell do it: --translate")
            if right:
                to_say.append(f"{named} is {right} in the container")
            elif here.exists(path):
                to_say.append(f"{named} is not in the container; {how_to_reach(project, path, here)}")
        if at == relative and not any(right for _, right in found):
            words[at] = word
    return tuple(words)


def spec_in(command: Sequence[str]) -> str:
    """Return the spec that `-e` names; "" if there is none.

    >>> spec_in(["dino", "train", "-e", "/specs/a.yaml"]), spec_in(["dino", "train", "--experiment_spec=/b.yaml"])
    ('/specs/a.yaml', '/b.yaml')
    """
    for word, following in zip(command, [*command[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if _SPEC.fullmatch(name):
            return value if equals else following
    return ""


def _relative_spec(command: Sequence[str], spec: str) -> int | None:
    """Return the number of the argument that is a spec of this machine by its relative path; None if there is none."""
    if not spec or os.path.isabs(spec) or spec not in command or not os.path.exists(spec):
        return None
    return command.index(spec)


def secrets_in(project: Project, arguments: tuple[str, ...]) -> list[str]:
    """Return a warning for each secret whose value is an argument."""
    values = {**project.mapping.variables, **project.variables}
    found = [
        name
        for name, value in values.items()
        if is_secret(name)
        and value not in ("", SAMPLE_KEY)
        and any(word == value or word.endswith(f"={value}") for word in arguments)
    ]
    return [f"an argument is the value of {name}: everybody here can read it in ps" for name in found]


def spec_problems(project: Project, word: str, arguments: Sequence[str], *, is_strict: bool = False) -> list[str]:
    """Return a warning for each path in the spec `word` that the container does not have, or for what is odd about it.

    A spec that no mount reaches is the image's own. Only the task itself knows what it can read, so a spec that we
    cannot read is no error. Raises TaoshellError if `is_strict` and anything is wrong.
    """
    inside = to_host(project, word, machine()) if word.startswith("/") else None
    if inside is None:
        return []
    from taoshell.actions import spec  # only when needed: it loads the readers of specs

    try:
        read, _ = spec.read(inside.path)
    except (TaoshellError, OSError) as error:
        if is_strict:
            raise
        return [f"the spec is not checked: {error if isinstance(error, TaoshellError) else refusal(error)}"]
    wrong = [path for path in spec.paths_in(read, project, arguments) if path.problem]
    if wrong and is_strict:
        raise TaoshellError(str(wrong[0]), cure("spec-wrong", spec=inside.path, root=project.root))
    return [str(path) for path in wrong if path.state != "missing"]
