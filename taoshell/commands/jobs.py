"""`taoshell jobs`: the containers that taoshell started."""

from __future__ import annotations

import os

import click

from taoshell.actions import jobs
from taoshell.engines.job import ENGINE, GPUS, Started
from taoshell.state.paths import for_other_programs
from taoshell.terminal import tables
from taoshell.terminal.draw import Mark, Text, aligned, at_home, bad, good, notice, show
from taoshell.terminal.say import say


@click.command("jobs")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
def command(as_json: bool) -> None:
    """List the containers that taoshell started.

    The newest comes first. One that ran in the foreground is gone when it has ended; a detached one stays, with its
    exit status and its log, until `taoshell stop --remove`.
    """
    found = jobs.found(for_other_programs(os.environ))
    for error in found.silent:
        say(str(error))
    listed = [job for _, job in found.jobs]
    if as_json:
        tables.show_json({"jobs": [_members(job) for job in listed]})
    elif not listed:
        show(f"no jobs on {' and '.join(found.told_by)}" if found.silent else "no jobs")
    else:
        show(*aligned(_row(job) for job in listed))


def _members(job: Started) -> dict[str, object]:
    return {
        "name": job.name,
        "state": job.state,
        "status": None if job.is_running else job.status,
        "project": jobs.project_of(job),
        "engine": job.labels.get(ENGINE, ""),
        "gpus": job.labels.get(GPUS, ""),
        "image": job.image,
        "since": job.since,
    }


def _row(job: Started) -> list[Text | str]:
    gpus = job.labels.get(GPUS, "").strip(",")
    return [
        _mark(job).text,
        job.name,
        Text(at_home(jobs.project_of(job))),
        job.labels.get(ENGINE, ""),
        f"gpus {gpus}" if gpus else "",
    ]


def _mark(job: Started) -> Mark:
    if job.is_running:
        return good(job.state)
    return (bad if job.status else notice)(f"{job.state} ({job.status})")
