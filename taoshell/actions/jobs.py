"""`taoshell jobs`, `logs` and `stop`: our containers, by what their engines say of them. taoshell keeps no list."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from taoshell import engines
from taoshell.cures import cure
from taoshell.engines import Engine
from taoshell.engines.job import ID, NAME, PROJECT, USER, Line, Started
from taoshell.errors import USAGE, TaoshellError

_LABELS = {PROJECT, NAME, USER, ID}


class Found(NamedTuple):
    """The jobs of this user, the newest first; which engines have told them, and why another one has told nothing."""

    jobs: list[tuple[Engine, Started]]
    told_by: list[str]
    silent: list[TaoshellError]


def found(environ: Mapping[str, str]) -> Found:
    """Return the jobs on all engines that are installed. Raises TaoshellError if none of these answers."""
    jobs: list[tuple[Engine, Started]] = []
    told_by: list[str] = []
    silent: list[TaoshellError] = []
    for name in engines.all_installed(environ):
        engine = engines.engine(name, environ)
        try:
            jobs += [(engine, item) for item in engine.started() if _is_ours(item) and _is_mine(item)]
        except TaoshellError as error:
            silent.append(error)
        else:
            told_by.append(name)
    if not told_by:
        silent[0].to_say += map(str, silent[1:])
        raise silent[0]
    return Found(sorted(jobs, key=lambda job: job[1].since, reverse=True), told_by, silent)


def logs(name: str, environ: Mapping[str, str], *, follow: bool) -> Line:
    """Return the line that prints the log of our container `name`. Raises TaoshellError if it is not ours."""
    engine, job = _ours(name, environ)
    return engine.logs(job.name, follow=follow)


def stop(name: str, environ: Mapping[str, str], *, removes: bool) -> str:
    """End our container `name`, and return what happened. Raises TaoshellError if it is not ours."""
    engine, job = _ours(name, environ)
    if job.is_running:
        engine.stop(job.name)
        now = engine.named(job.name)
        if now is not None and now.is_running and not removes:
            raise TaoshellError(f"{name} has not ended: it is {now.state}", "run the command again, or add --remove")
    elif not removes:
        raise TaoshellError(f"{name} has ended already, with status {job.status}", "to remove it too: --remove")
    ended = f"{name} has ended" if job.is_running else f"{name} had ended"
    if not removes:
        return ended
    engine.clear(job.labels[ID])
    if engine.named(job.name) is not None:
        raise TaoshellError(f"{ended}, but it is not removed", "run the command again")
    return f"{ended} and is removed, with its log"


def project_of(job: Started) -> str:
    """Return the root of the project that the job belongs to."""
    return job.labels[PROJECT]


def _ours(name: str, environ: Mapping[str, str]) -> tuple[Engine, Started]:
    """Return the container `name`. Raises TaoshellError if there is none, or if taoshell did not start it."""
    if not name:
        raise TaoshellError("NAME is empty", "name a container", exit_code=USAGE)
    silent: list[TaoshellError] = []
    for engine in (engines.engine(each, environ) for each in engines.all_installed(environ)):
        try:
            job = engine.named(name)
        except TaoshellError as error:
            silent.append(error)
            continue
        if job is None:
            continue
        if not _is_ours(job):
            cause = f"{name} is a container that taoshell did not start"
            raise TaoshellError(cause, f"use {engine.owner} itself for it")
        if not _is_mine(job):
            raise TaoshellError(f"{name} was started by another user", f"use {engine.owner} itself for it")
        return engine, job
    if silent:
        raise silent[0]
    raise TaoshellError(f"no container is called {name}", cure("see-jobs"))


def _is_ours(job: Started) -> bool:
    """Whether taoshell started the container. One label alone may be a coincidence."""
    return job.labels.keys() >= _LABELS


def _is_mine(job: Started) -> bool:
    return job.labels.get(USER) == str(os.getuid())
