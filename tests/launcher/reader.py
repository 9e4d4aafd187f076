"""Read mounts files with NVIDIA's own code, up to the point where it would ask a Docker engine for the container.

    PYTHON-OF-THE-LAUNCHER reader.py [FILE...]

This prints a JSON list with an entry for each FILE or, without one, for the file that the launcher would choose in
this environment (`LAUNCHER_MOUNTS`, else `~/.tao_mounts.json`). An entry is the request to the engine,
{"file", "mounts": {source: destination}, "modes", "envs", "options"}, or the reason why the launcher stopped before
that: {"file", "error": exception type, "text": its message}.

It must run under Python 3.8 to 3.11, as the launcher does, and imports nothing of taoshell.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

with contextlib.redirect_stdout(sys.stderr):  # the import prints that ~/.tao_mounts.json is missing
    import nvidia_tao_cli
    from nvidia_tao_cli.components.docker_handler.docker_handler import DockerHandler
    from nvidia_tao_cli.components.instance_handler import local_instance


class EngineAsked(Exception):
    """The launcher has read the file without an error; `request` is its request to the engine."""

    def __init__(self, request: dict[str, Any]) -> None:
        super().__init__(request)
        self.request = request


class EnginelessHandler(DockerHandler):  # type: ignore[misc]  # the launcher has no types
    """NVIDIA's handler without an engine: it neither looks for one nor sends it requests."""

    def __init__(self, docker_mount_file: str, **_image: object) -> None:
        self._docker_mount_file = os.path.expanduser(docker_mount_file)  # as in DockerHandler.__init__

    def _check_image_exists(self) -> bool:
        return True

    def start_container(self, volumes: dict[str, Any], env_vars: list[str], docker_options: Any = None) -> NoReturn:
        raise EngineAsked(
            {
                "mounts": {source: volume["bind"] for source, volume in volumes.items()},
                "modes": sorted({volume["mode"] for volume in volumes.values()}),
                "envs": env_vars,
                "options": self.get_docker_option_args(docker_options),
            }
        )


def chosen_file() -> str:
    """Return the mounts file that `tao model ...` would choose in this environment."""
    local_instance.DockerHandler = EnginelessHandler
    config = Path(nvidia_tao_cli.__file__).parent / "config" / "config.json"
    handlers = local_instance.LocalInstance.from_config(str(config)).handler_map
    (path,) = {handler._docker_mount_file for handler in handlers.values()}
    return str(path)


def read(path: str) -> dict[str, Any]:
    """Read the mounts file at `path` with the launcher."""
    try:
        EnginelessHandler(path).run_container("", cli_mounts=[])
    except EngineAsked as asked:
        return {"file": path, **asked.request}
    except Exception as error:  # noqa: BLE001  # any error is a result here
        return {"file": path, "error": type(error).__name__, "text": str(error)}
    raise AssertionError("the launcher ended without asking for a container")


if __name__ == "__main__":
    json.dump([read(path) for path in sys.argv[1:] or [chosen_file()]], sys.stdout)
