"""`taoshell path`: a path of this machine as the container sees it, and the other way round."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

import click

from taoshell.actions import approve, find, path
from taoshell.errors import REFUSED, TaoshellError, printable
from taoshell.project.model import Project
from taoshell.state.paths import State
from taoshell.terminal import candidates, tables
from taoshell.terminal.say import say, say_all

_SIDES = (path.HOST, path.CONTAINER)


@click.command("path")
@click.argument("paths", nargs=-1, metavar="[PATH]…", shell_complete=candidates.files)
@click.option("--to", "side", type=click.Choice(_SIDES), help="Which side's path to print.")
@click.option("--rewrite", "spec", metavar="SPEC", shell_complete=candidates.files, help="Correct the paths in a spec.")
@click.option("--dry-run", is_flag=True, help="With --rewrite: only show what would change.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
def command(paths: tuple[str, ...], side: str | None, spec: str | None, dry_run: bool, as_json: bool) -> int:
    """Translate paths between this machine and the container.

    Each PATH is printed as the other side sees it; PATH - stands for the lines of standard input. A path of this
    machine may be relative. If no mount carries a path, a line says which place is missing, and the exit status is 1.

    With --rewrite, the paths of this machine in a YAML, protobuf text or JSON spec become those of the container. The
    difference is shown, and all other bytes of the spec stay.
    """
    if (spec is None) == (not paths):
        raise click.UsageError("Give either PATH or --rewrite SPEC")
    if spec is None and dry_run:
        raise click.UsageError("--dry-run goes only with --rewrite")
    if spec is not None and (side or as_json):
        raise click.UsageError("--rewrite goes without --to and --json")
    state, root = State.of(os.environ), find.project_root(".")
    project = approve.require_approved(state, root).project
    if spec is not None:
        return _rewrite(state, project, spec, dry_run)
    return _translate(project, _given(paths), side or "", as_json)


def _translate(project: Project, given: Iterable[str], side: str, as_json: bool) -> int:
    status, facts = 0, []
    for one in given:
        fact = dict.fromkeys(("given", "path", "to", "mount", "place", "problem")) | {"given": one}
        try:
            answer = path.translate(project, one, side)
            fact |= {**answer._asdict(), "mount": answer.mount._asdict()}
            if not as_json:
                _show(answer)
        except TaoshellError as error:
            status = max(status, error.exit_code)
            fact["problem"] = str(error)
            if not as_json:
                say(str(error))
        facts.append(fact)
    if as_json:
        tables.show_json({"paths": facts})
    return status


def _show(answer: path.Answer) -> None:
    """Print the path, as it is: a script uses it. At a terminal it is printable, with the mount that carries it."""
    if not sys.stdout.isatty():
        click.echo(os.fsencode(answer.path))
    else:
        click.echo(printable(answer.path))
        say(f"place {answer.place} carries it: {answer.mount.source} is {answer.mount.destination} in the container")


def _rewrite(state: State, project: Project, spec: str, dry_run: bool) -> int:
    planned = path.plan_rewrite(state, project, spec)
    tables.show_diff(planned.difference)
    if planned.before == planned.after:
        say(f"nothing to rewrite in {spec}")
    elif not dry_run:
        say_all(path.write(state, project, planned))
    say_all(map(str, planned.others))
    return REFUSED if planned.others else 0


def _given(paths: Iterable[str]) -> Iterable[str]:
    for one in paths:
        if one == "-":
            for line in sys.stdin.buffer:
                yield os.fsdecode(line.rstrip(b"\r\n"))
        else:
            yield one
