"""Help with examples; and errors in the words of a command line, in our form: one line with the cause and the cure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

import click

from taoshell.cures import cure
from taoshell.errors import USAGE, TaoshellError
from taoshell.terminal.examples import EXAMPLES


class _Context(click.Context):
    """The context of a command, whose help ends with its examples."""

    def get_help(self) -> str:
        examples = EXAMPLES.get(self.command_path)
        if not examples:
            return super().get_help()
        formatter = self.make_formatter()
        with formatter.section("Examples"):
            formatter.write_dl(list(examples.items()), col_max=42)
        return f"{super().get_help()}\n\n{formatter.getvalue().rstrip()}"


class Group(click.Group):
    """Commands below one name. For a name that is none of them, the error names the one that looks like it."""

    context_class = _Context
    other_names: Mapping[str, str] = {}

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            command.context_class = _Context
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, completes = args[0], ctx.resilient_parsing
        if not completes and not name.startswith("-") and self.get_command(ctx, name) is None:
            meant = _meant(name, self.list_commands(ctx), self.other_names)
            raise _error(f"no such command: {shlex.quote(name)}", ctx.command_path, meant)
        return super().resolve_command(ctx, args)


def error_of(found: click.ClickException, command: str) -> TaoshellError:
    """Return what click has `found`, as users see it. `command` is the command that was called, if click lost it."""
    context = found.ctx if isinstance(found, click.UsageError) else None
    command = context.command_path if context else command
    if isinstance(found, click.NoSuchOption):
        known = [name for item in context.command.get_params(context) for name in item.opts] if context else []
        return _error(f"no such option: {found.option_name}", command, _meant(found.option_name, known))
    if isinstance(found, click.BadParameter) and found.param is not None:
        name = found.param.opts[0] if isinstance(found.param, click.Option) else found.param.human_readable_name
        is_missing = isinstance(found, click.MissingParameter)
        return _error(f"{name} is missing" if is_missing else f"{name}: {found.message.rstrip('.')}", command)
    message = found.format_message().removeprefix("Got ").rstrip(".")
    return _error(message[:1].lower() + message[1:], command)


def _error(cause: str, command: str, meant: str = "") -> TaoshellError:
    words = [*command.split()[1:], "--help"]  # after the name of the program
    return TaoshellError(cause, meant + cure("usage", words=words), exit_code=USAGE)


def _meant(word: str, known: Iterable[str], other_names: Mapping[str, str] = {}) -> str:
    """Return the question whether one that begins with `word`, or the nearest, was meant; "" if none is near."""
    from difflib import get_close_matches  # only when needed: most command lines have no error

    known = list(known)
    longer = [name for name in known if word and name.startswith(word)][:3]
    near = [other_names[word]] if word in other_names else longer or get_close_matches(word, known, 1)
    return f"did you mean {' or '.join(near)}? " if near else ""
