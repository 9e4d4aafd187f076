"""The layouts: the places that every project has, and the names of their variables.

Source: the first cells of NVIDIA's TAO notebooks. The `classic` notebooks have variables for both sides (the article's
seven). The `host` notebooks, those of TAO 5 and 6, set the names of the container's side in a later cell.
"""

from __future__ import annotations

from typing import NamedTuple


class Slot(NamedTuple):
    """A place of a layout. In its paths, {folder} is the folder of taoshell.toml, {project} the place `project` on the
    same side, {network} the network, and {host} the host path of this place.

    If `host` is None, the project has the place only if a host path is given.
    """

    name: str
    host: str | None
    container: str
    host_variables: tuple[str, ...]
    container_variables: tuple[str, ...] = ()
    needs_network: bool = False


PROJECT = "/workspace/tao-experiments"
_PROJECT = Slot("project", "{folder}", PROJECT, ("LOCAL_PROJECT_DIR",))
_EXPERIMENT = Slot(
    name="experiment",
    host="{project}/{network}",
    container="{project}/{network}",
    host_variables=("LOCAL_EXPERIMENT_DIR",),
    container_variables=("USER_EXPERIMENT_DIR",),
    needs_network=True,
)
_HOST = (
    _PROJECT,
    Slot("data", "{project}/data", "/data", ("HOST_DATA_DIR",), ("DATA_DIR",)),
    Slot("specs", "{folder}/specs", "/specs", ("HOST_SPECS_DIR",), ("SPECS_DIR",)),
    Slot("results", "{project}/{network}/results", "/results", ("HOST_RESULTS_DIR",), ("RESULTS_DIR",)),
    Slot("model", None, "/model", ("HOST_MODEL_DIR",), ("MODEL_DIR",)),
)

LAYOUTS: dict[str, tuple[Slot, ...]] = {
    "classic": (
        _PROJECT,
        Slot("data", "{project}/data", "{project}/data", ("LOCAL_DATA_DIR",), ("DATA_DOWNLOAD_DIR",)),
        _EXPERIMENT,
        Slot("specs", "{folder}/specs", "{project}/{network}/specs", ("LOCAL_SPECS_DIR",), ("SPECS_DIR",)),
    ),
    "host": _HOST,
    "same": tuple(slot._replace(container="{host}") for slot in _HOST),
}
"""Each begins with the place `project`, which the others may refer to. Without a network, its folder is left out."""


def host_variables() -> tuple[str, ...]:
    """Return the names that host paths have in any layout, those of `classic` first."""
    return tuple(dict.fromkeys(name for slots in LAYOUTS.values() for slot in slots for name in slot.host_variables))


def container_variables() -> tuple[str, ...]:
    """Return the names that container paths have in any layout."""
    slots = [slot for slots in LAYOUTS.values() for slot in slots]
    return tuple(dict.fromkeys(name for slot in slots for name in slot.container_variables))
