"""taoshell(1): from the commands' own help, and the tables of docs/commands.md."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence

import click

from pages import roff
from taoshell.commands import GROUPS
from taoshell.terminal.examples import EXAMPLES

_DESCRIPTION = """
If you `cd` into a project of NVIDIA's TAO Toolkit, the hook in your shell sets the project's variables, and gives TAO's
launcher the project's mapping of folders, in `LAUNCHER_MOUNTS` and `~/.tao_mounts.json`. If you `cd` out of it, all is
as it was before. Nothing of a project is loaded before you have approved it.

If a command takes `[DIR]`, it acts on the project in that folder or around it; without `[DIR]`, on the project of the
current folder. Results go to stdout. Messages go to stderr, and each is one line.
"""


_FILES = """
| file | |
|---|---|
| `taoshell.toml` | in a project's folder: what the project is, for everybody; see `taoshell.toml(5)` |
| `.env` | next to it: your own values, secrets included |
| `~/.tao_mounts.json` | the mounts file of TAO's launcher: a link to the mapping in force |
| `~/.local/state/taoshell` | approvals, compiled projects and backups, for you alone |
| `~/.config/taoshell/env` | your own values for projects whose `.env` you may not use |
"""


def page(contexts: Sequence[click.Context], docs: str) -> str:
    """Return the man page of all commands. `docs` is docs/commands.md."""
    program, *commands = contexts
    summary = (program.command.help or "").rstrip(".")
    parts = [
        roff.head("taoshell", 1, summary[:1].lower() + summary[1:]),
        f".SH SYNOPSIS\n{roff.inline('`taoshell` COMMAND [ARG]…')}\n",
        ".SH DESCRIPTION\n",
        *roff.blocks(_DESCRIPTION.lstrip()),
        ".SH OPTIONS\n",
        *_options(program),
    ]
    for title, names in GROUPS.items():
        parts.append(roff.heading(title))
        for context in commands:
            if context.command_path.split()[1] in names:
                parts += _command(context)
    for heading in ("Environment", "Former versions", "sudo"):
        parts.append(roff.heading(heading))
        parts += roff.blocks(roff.section(docs, f"## {heading}"))
    parts += [".SH FILES\n", *roff.blocks(_FILES)]
    parts += [".SH EXIT STATUS\n", *roff.blocks(_table_after(docs, "| exit status |"))]
    parts += [".SH EXAMPLES\n", *_examples("taoshell")]
    parts.append(".SH SEE ALSO\n.BR taoshell.toml (5)\n")
    return roff.finished(parts)


def _command(context: click.Context) -> Iterator[str]:
    arguments = " ".join(piece for piece in context.command.collect_usage_pieces(context) if piece != "[OPTIONS]")
    yield f".SS {roff.inline(f'`{context.command_path} {arguments}`')}\n"
    for paragraph in inspect.cleandoc(context.command.help or "").split("\n\n"):
        yield f".PP\n{roff.inline(paragraph)}\n"
    if context.command.epilog:
        yield f".PP\n{roff.inline(context.command.epilog)}\n"
    yield from _options(context)
    if context.command_path in EXAMPLES:
        yield ".PP\nExamples:\n"
        yield from _examples(context.command_path)


def _options(context: click.Context) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        if isinstance(parameter, click.Option) and ("--help" not in parameter.opts or context.parent is None):
            names, text = parameter.get_help_record(context) or ("", "")
            yield roff.entry(roff.inline(f"`{names}`"), roff.inline(text))


def _examples(command: str) -> Iterator[str]:
    for line, purpose in EXAMPLES[command].items():
        yield roff.entry(roff.inline(f"`{line}`"), roff.inline(purpose))


def _table_after(docs: str, first: str) -> str:
    return docs[docs.index(first) :].partition("\n\n")[0] + "\n"
