"""Docker, by its command line: so contexts, rootless set-ups and DOCKER_HOST=ssh://… work as the user has them."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from taoshell.engines.job import ID, PROJECT, Job, Line, Started
from taoshell.errors import TaoshellError
from taoshell.formats import docker_writer

_UNKNOWN = r"no such (image|container|object)|image not known|no container with"
_SMALL = ("busybox", "alpine")  # images with a shell, of a few MB


class Docker:
    """Docker, and what Podman and Compose share with it."""

    name = owner = "docker"
    patience = 30.0  # seconds for a question; an engine on another machine may need some

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ

    def line(self, job: Job) -> Line:
        words = [self.owner, "run", *_flags(job), *docker_writer.flat(self.options(job))]
        words += ["--entrypoint", job.entrypoint] if job.entrypoint else []
        return Line((*words, job.image, *job.command), job.secrets)

    def options(self, job: Job) -> list[list[str]]:
        """Return the GPUs, mounts, variables and options, each as its words."""
        groups = [["--group-add", str(group)] for group in job.groups]
        return [*docker_writer.gpu_words(job.gpus), *docker_writer.options(job.mapping), *groups]

    def has_image(self, image: str) -> bool:
        return self._found("image", "inspect", "--format", "{{.Id}}", image) is not None

    def small_image(self) -> str | None:
        names = self.answer("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").splitlines()
        tagged = [name for name in names if not name.endswith(":<none>")]
        return next((name for name in tagged if name.split(":")[0].rpartition("/")[2] in _SMALL), None)

    def pull(self, image: str) -> Line:
        return Line((self.owner, "pull", image))

    def is_logged_in(self, registry: str) -> bool:
        return knows(f"{self.config_folder()}/config.json", registry)

    def config_folder(self) -> str:
        """Return the folder of the user's own settings and plugins of Docker."""
        return self.environ.get("DOCKER_CONFIG") or os.path.join(self.environ.get("HOME", "/"), ".docker")

    def started(self) -> list[Started]:
        names = self.answer("ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={PROJECT}").split()
        return [*self._inspected(names)] if names else []

    def named(self, name: str) -> Started | None:
        is_name = not name.startswith("-")  # else it would be an option
        return next(self._inspected([name]), None) if is_name else None

    def logs(self, name: str, *, follow: bool) -> Line:
        return Line((self.owner, "logs", *(["--follow"] if follow else []), name))

    def stop(self, name: str) -> None:
        self.answer("stop", name)

    def clear(self, job_id: str) -> bool:
        words = ("ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={ID}={job_id}")
        names = (self._found(*words, is_shielded=True) or "").split()
        for name in names:
            self._remove(name)
        return bool(names)

    def _remove(self, name: str) -> None:
        self._found("rm", "--force", name, is_shielded=True)

    def answer(self, *words: str) -> str:
        """Return what the engine answers. Raises TaoshellError if it has none."""
        text = self._found(*words)
        if text is None:
            raise TaoshellError(f"{self.owner} {words[0]}: no such container or image", "run the command again")
        return text

    def _inspected(self, names: Sequence[str]) -> Iterator[Started]:
        """Yield what is known of each container. One that has ended meanwhile is left out."""
        text = self._found("container", "inspect", *names, is_partial=True) or "[]"
        for item in json.loads(text):
            yield _started(item)

    def _found(self, *words: str, is_partial: bool = False, is_shielded: bool = False) -> str | None:
        """Return what the engine answers; None if it has no such thing, unless part of the answer is wanted.

        The signals of our process group, such as Ctrl-C, do not reach a call that is shielded.
        """
        try:
            done = subprocess.run(
                [self.owner, *words],
                env=self.environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                start_new_session=is_shielded,
                timeout=self.patience,
                check=False,
            )
        except FileNotFoundError:
            raise TaoshellError(f"{self.owner} is not installed", "install it, or choose another engine") from None
        except OSError as error:
            cause = f"{self.owner} cannot be run: {error.strerror}"
            raise TaoshellError(cause, "install it anew, or choose another engine") from error
        except subprocess.TimeoutExpired:
            cause = f"{self.owner} has not answered for {self.patience:.0f} seconds"
            raise TaoshellError(cause, "start the engine anew, or choose another one") from None
        said = done.stderr.decode(errors="replace")
        if done.returncode != 0 and re.search(_UNKNOWN, said, re.IGNORECASE):
            return os.fsdecode(done.stdout) if is_partial else None
        if done.returncode != 0:
            raise _refused(self.owner, said)
        return os.fsdecode(done.stdout)


def knows(path: str, registry: str) -> bool:
    """Whether the file `path`, which `docker login` writes, has a login for `registry`, or leaves that to a helper."""
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return False
    tables = [found.get(key) for key in ("auths", "credHelpers")] if isinstance(found, dict) else []
    return any(isinstance(table, dict) and registry in table for table in tables)


def _flags(job: Job) -> list[str]:
    """Return how the container runs, apart from what it gets."""
    words = ["--detach"] if job.is_detached else ["--rm"]  # the log of a detached one is there after its end
    words += ["--init", "--name", job.name]  # without --init, Ctrl-C would not end a command that is the first process
    words += [word for name, value in job.labels for word in ("--label", f"{name}={value}")]
    return [*words, *(["--interactive"] if job.has_stdin else []), *(["--tty"] if job.has_terminal else [])]


def _started(item: dict[str, Any]) -> Started:
    state, config = item["State"], item["Config"]
    return Started(
        name=item["Name"].lstrip("/"),
        state=state["Status"],
        status=state["ExitCode"],
        image=item.get("ImageName") or config["Image"],
        labels=config.get("Labels") or {},
        since=state.get("StartedAt") or item.get("Created") or "",
    )


def _refused(program: str, said: str) -> TaoshellError:
    """Return an engine's refusal in our words, if we know it."""
    if re.search(r"permission denied", said, re.IGNORECASE):
        cure = f"ask an administrator to add you to the group {program}, and log in anew; or choose another engine"
        return TaoshellError(f"{program}: you may not use this engine", cure)
    if re.search(r"cannot connect|connection refused|no such host|daemon running", said, re.IGNORECASE):
        return TaoshellError(f"{program}: the engine does not answer", "start it, or choose another engine")
    lines = [line for line in said.splitlines() if line.strip()] or ["no reason is given"]
    return TaoshellError(f"{program}: {lines[-1].removeprefix('Error: ')}")
