"""Docker Compose, by its command line: one service, in a file that exists only for the command."""

from __future__ import annotations

import os

from taoshell.engines import programs
from taoshell.engines.docker import Docker
from taoshell.engines.job import FILE, Job, Line
from taoshell.formats import compose_writer

# docker/cli, cli-plugins/manager: where plugins are, besides ~/.docker/cli-plugins
_PLUGINS = ("/usr/local/lib", "/usr/local/libexec", "/usr/lib", "/usr/libexec")


class Compose(Docker):
    name = "compose"

    def line(self, job: Job) -> Line:
        service = compose_writer.service(job.mapping, job.gpus, job.image)
        if "network" not in job.mapping.options:
            service["network_mode"] = "bridge"  # as with `docker run`: Compose would make a network, which would stay
        if job.groups:
            service["group_add"] = [str(group) for group in job.groups]
        if job.entrypoint:
            service["entrypoint"] = [job.entrypoint]
        service["labels"] = {name: value.replace("$", "$$") for name, value in job.labels}
        if job.has_stdin:
            service["stdin_open"] = True
        words = [
            *self._program(),
            "--progress",
            "quiet",
            "--project-name",
            f"taoshell-{job.id}",  # one for each job: in a common one, `down` would end all
            "--file",
            FILE,
            "run",
            "--name",
            job.name,
        ]
        words.append("--detach" if job.is_detached else "--rm")
        words += ["--service-ports"] if "ports" in job.mapping.options else []
        words += [] if job.has_terminal else ["--no-TTY"]
        words += [] if job.has_stdin else ["--interactive=false"]
        words += [compose_writer.SERVICE, *job.command]
        return Line(tuple(words), job.secrets, compose_writer.text(service))

    def _program(self) -> list[str]:
        """Return the words that call Compose: Docker's plugin, or else the program of its own."""
        folders = [f"{self.config_folder()}/cli-plugins", *(f"{folder}/docker/cli-plugins" for folder in _PLUGINS)]
        has_plugin = any(os.access(f"{folder}/docker-compose", os.X_OK) for folder in folders)
        is_program = programs.find("docker-compose", self.environ) is not None
        return ["docker-compose"] if is_program and not has_plugin else ["docker", "compose"]
