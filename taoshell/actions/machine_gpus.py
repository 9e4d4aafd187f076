"""The GPUs of this machine: do those exist that a job asks for, and does another job of ours have them?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping

from taoshell.engines.job import GPUS, Started
from taoshell.errors import TaoshellError, counted

_DRIVER = "/proc/driver/nvidia/gpus"  # a folder for each GPU, in the order of their numbers (NVIDIA's driver)
_UUID = re.compile(r"^GPU UUID:\s*(\S+)", re.MULTILINE)


def require_gpus(gpus: str, environ: Mapping[str, str], driver: str = _DRIVER) -> None:
    """Raise TaoshellError if this machine lacks one of `gpus`. Of an engine elsewhere, nothing is known."""
    is_elsewhere = any(
        not environ.get(name, "unix://").startswith("unix://") for name in ("DOCKER_HOST", "CONTAINER_HOST")
    )
    names = None if is_elsewhere or not gpus else _names(driver)
    if names is None:
        return
    if "," in gpus:
        missing = [name for name in gpus.strip(",").split(",") if name not in names and not name.startswith("MIG-")]
    else:
        missing = [] if gpus == "all" or int(gpus) <= len(names) // 2 else [gpus]
    if missing:
        here = counted(len(names) // 2, "GPU")
        what = f"the GPU {missing[0]}" if "," in gpus else f"{gpus} GPUs"
        raise TaoshellError(f"this machine has {here}, and not {what}", "choose others: --gpus 0")


def busy(gpus: str, jobs: Iterable[Started]) -> list[Started]:
    """Return the running jobs that have one of `gpus`."""
    return [item for item in jobs if item.is_running and _overlap(gpus, item.labels.get(GPUS, ""))]


def _overlap(one: str, other: str) -> bool:
    """Whether two choices share a GPU.

    >>> _overlap("0,1", "1,"), _overlap("0,", "1,"), _overlap("all", "3,"), _overlap("all", ""), _overlap("2", "1,")
    (True, False, True, False, True)
    """
    if not one or not other:
        return False
    return "all" in (one, other) or bool(_numbers(one) & _numbers(other))


def _numbers(gpus: str) -> set[str]:
    """Return the names of GPUs; a number means the first ones, as engines choose them."""
    if "," in gpus:
        return set(gpus.strip(",").split(","))
    return {str(number) for number in range(int(gpus))} if gpus.isdecimal() else set()


def _names(driver: str) -> set[str] | None:
    """Return the number and the UUID of each GPU; None if the driver does not tell."""
    try:
        folders = sorted(os.listdir(driver))
    except OSError:
        return None
    names = set()
    for number, folder in enumerate(folders):
        names.add(str(number))
        try:
            with open(os.path.join(driver, folder, "information"), encoding="utf-8", errors="replace") as file:
                found = _UUID.search(file.read())
        except OSError:
            found = None
        names.add(found[1] if found else f"unknown {number}")
    return names
