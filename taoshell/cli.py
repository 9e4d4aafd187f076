"""The command line: each command is imported only when it is called."""

from __future__ import annotations

import importlib

import click

from taoshell import __version__
from taoshell.commands import COMMANDS, GROUPS, OTHER_NAMES
from taoshell.errors import UNREAD, USAGE
from taoshell.terminal.usage import Group, error_of

_WIDEST = max(map(len, COMMANDS))


class _LazyGroup(Group):
    """Finds the command NAME as `command` in taoshell.commands.NAME."""

    other_names = OTHER_NAMES

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # click would exit with 1, which is an error of ours
            raise click.exceptions.Exit(UNREAD) from None

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            self.commands[cmd_name] = importlib.import_module(f"taoshell.commands.{cmd_name}").command
        return super().get_command(ctx, cmd_name)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands in their groups, with the sentences of the table: no command is imported for that."""
        for title, names in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(f"{name:{_WIDEST}}", names[name]) for name in names])
        click.Command.format_options(self, ctx, formatter)


@click.group(
    cls=_LazyGroup,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARG]…",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`taoshell help COMMAND` or `taoshell COMMAND --help` says more about a command.",
)
@click.version_option(__version__, prog_name="taoshell", help="Show the version.")
@click.pass_context
def cli(context: click.Context) -> int:
    """Set the variables and container mounts of the TAO project that you cd into."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
    return USAGE


def run(arguments: list[str]) -> int:
    """Run a command and return its exit status. Raises what the command raises."""
    try:
        result = cli.main(arguments, prog_name="taoshell", standalone_mode=False)
    except click.Abort as abort:
        raise KeyboardInterrupt from abort
    except click.ClickException as error:
        command = " ".join(["taoshell", *(word for word in arguments[:1] if word in COMMANDS)])
        raise error_of(error, command) from error
    return result if isinstance(result, int) else 0
