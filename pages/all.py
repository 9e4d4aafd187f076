"""All pages, each with its path in the repository."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from pages import man_of_file, man_of_program
from taoshell.cli import cli
from taoshell.terminal import help

CLONE = Path(__file__).parents[1]


def written() -> dict[Path, str]:
    """Return the text of each page."""
    os.environ["COLUMNS"] = str(help.WIDTH)
    contexts = list(every_command())
    texts = {
        Path(help.FOLDER) / help.file_name(context.command_path.split()[1:]): context.get_help() + "\n"
        for context in contexts
    }
    commands, project = ((CLONE / "docs" / name).read_text(encoding="utf-8") for name in ("commands.md", "project.md"))
    texts[CLONE / "man/taoshell.1"] = man_of_program.page(contexts, commands)
    texts[CLONE / "man/taoshell.toml.5"] = man_of_file.page(project)
    return texts


def every_command() -> Iterator[click.Context]:
    """Yield the contexts of `taoshell` and of each command, a group before its subcommands."""
    yield from _below(cli.make_context("taoshell", [], resilient_parsing=True))


def _below(context: click.Context) -> Iterator[click.Context]:
    yield context
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from _below(command.make_context(name, [], parent=context, resilient_parsing=True))
