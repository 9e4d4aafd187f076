"""Podman, by its command line. It has no daemon, so its containers belong to the user, in a namespace of their own."""

from __future__ import annotations

import contextlib
import os

from taoshell.engines import programs
from taoshell.engines.docker import Docker, knows
from taoshell.engines.job import Job
from taoshell.errors import TaoshellError
from taoshell.formats import docker_writer


class Podman(Docker):
    name = owner = "podman"

    def options(self, job: Job) -> list[list[str]]:
        """Return the same words as Docker's, apart from GPUs, users and groups.

        GPUs are devices of the Container Device Interface, which knows names and no number (cdi.md of the NVIDIA
        container toolkit). Without root, the user in the container is the caller only with `keep-id`, and other groups
        reach it only through crun (podman-run(1), --group-add). SELinux would hide the mounts: no label is theirs.
        """
        options = dict(job.mapping.options)
        if options.get("ipc") == "host":
            options.pop("shm_size", None)  # the machine's own; Podman refuses both
        words = docker_writer.options(job.mapping._replace(options=options))
        words += [["--device", f"nvidia.com/gpu={name}"] for name in _devices(job.gpus)]
        words.append(["--security-opt", "label=disable"])
        if os.geteuid() == 0:
            return [*words, *(["--group-add", str(group)] for group in job.groups)]
        if job.is_own:
            words.append(["--userns", "keep-id"])
        if job.groups and programs.find("crun", self.environ):
            words.append(["--group-add", "keep-groups"])
        return words

    def _remove(self, name: str) -> None:
        """Kill the container first: `podman rm` gives up one that another call of podman has failed to stop."""
        with contextlib.suppress(TaoshellError):  # it does not run
            self._found("kill", "--signal", "KILL", name, is_shielded=True)
        super()._remove(name)

    def is_logged_in(self, registry: str) -> bool:
        """Whether a file of podman login, or else of docker login, has `registry` (containers-auth.json(5))."""
        home = self.environ.get("HOME", "/")
        runtime = self.environ.get("XDG_RUNTIME_DIR") or f"/run/containers/{os.geteuid()}"
        files = (
            self.environ.get("REGISTRY_AUTH_FILE") or f"{runtime}/containers/auth.json",
            f"{self.environ.get('XDG_CONFIG_HOME') or f'{home}/.config'}/containers/auth.json",
        )
        return any(knows(file, registry) for file in files) or super().is_logged_in(registry)


def _devices(gpus: str) -> list[str]:
    """Return the names of the devices. A number means the first ones, as with Docker."""
    if "," in gpus or not gpus:
        return [name for name in gpus.split(",") if name]
    return ["all"] if gpus == "all" else [str(number) for number in range(int(gpus))]
