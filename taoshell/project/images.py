"""[images]: the container images that the project pins, for each kind of TAO command."""

from __future__ import annotations

import re
from collections.abc import Mapping

from taoshell.errors import USAGE, TaoshellError
from taoshell.project.paths import PLACEHOLDER
from taoshell.project.problems import Problem, Problems
from taoshell.project.toml import Table

_KINDS = ("model", "deploy", "dataset")  # as in `tao model`, `tao deploy`, `tao dataset`
# distribution/reference: host and port, path, tag, digest. It is compiled when it is first used: few projects need it.
_IMAGE = (
    r"[A-Za-z0-9][A-Za-z0-9._-]*(:[0-9]+(?=/))?(/[a-z0-9][a-z0-9._-]*)*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@sha256:[0-9a-f]{64})?"
)


def pinned_images(table: Table, problems: Problems) -> dict[str, str]:
    """Return the image for each kind of command that has one."""
    return {kind: problems.read(_image, table, kind) or "" for kind in table.values}


def usual_image(images: Mapping[str, str]) -> str:
    """Return the image of `tao model`, or else the first of the pinned `images`; "" if there is none."""
    return images.get("model") or next(iter(images.values()), "")


def require_image(image: str) -> str:
    """Return `image` if an image can have this name. Raises TaoshellError if not."""
    if not _is_image(image):
        cause = f"{image!r} is not the name of an image"
        raise TaoshellError(cause, "write it as registry/path:tag", exit_code=USAGE)
    return image


def _is_image(text: str) -> bool:
    return PLACEHOLDER not in text and re.fullmatch(_IMAGE, text) is not None


def _image(table: Table, kind: str) -> str:
    table.require_known(kind, _KINDS)
    image = table.string(kind, "nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt")
    if not _is_image(image):
        cause = f"{table.dotted(kind)} is {image!r}, which is not the name of an image"
        raise Problem("bad-image", cause, 'write it as "registry/path:tag"', table.at(kind))
    return image
