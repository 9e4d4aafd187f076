"""The command line: each command is imported only when it is called."""

from __future__ import annotations

import importlib

import click

from taoshell import __version__
from taoshell.errors import UNREAD, USAGE
from taoshell.terminal.usage import Group, error_of

COMMANDS = (
    "init",
    "allow",
    "deny",
    "diff",
    "set",
    "unset",
    "edit",
    "reload",
    "status",
    "export",
    "exec",
    "list",
    "prune",
    "mounts",
    "adopt",
    "install",
    "uninstall",
    "hook",
    "off",
    "on",
)


class _LazyGroup(Group):
    """Finds the command NAME as `command` in taoshell.commands.NAME."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # click would exit with 1, which is an error of ours
            raise click.exceptions.Exit(UNREAD) from None

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"taoshell.commands.{cmd_name}").command
        return command


@click.group(
    cls=_LazyGroup,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARG]…",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="taoshell")
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
