"""`taoshell install`: load the hook in every new shell."""

from __future__ import annotations

import os

import click

from taoshell.actions import install
from taoshell.cures import cure
from taoshell.shells import NAMES, jupyter, require_known, start_files
from taoshell.state.paths import State
from taoshell.terminal import candidates
from taoshell.terminal.ask_about_start_files import may_change
from taoshell.terminal.calling_shell import calling_shell
from taoshell.terminal.say import say, say_all


@click.command("install", epilog=f"SHELL is one of: {', '.join(NAMES)}; or jupyter.")
@click.argument("shell", default="", metavar="[SHELL]", shell_complete=candidates.among((*NAMES, jupyter.NAME)))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def command(shell: str, dry_run: bool, yes: bool) -> None:
    """Load the hook in every new shell.

    Without SHELL, it installs for the shell you run it in. install adds a marked block to the shell's start file. It
    shows the change, and asks first. Completion of the commands comes with it. `install jupyter` does the same for
    the kernels of notebooks, and for ipython.
    """
    state = State.of(os.environ)
    if shell == jupyter.NAME:
        _install_jupyter(state, dry_run=dry_run, yes=yes)
        return
    name = shell or calling_shell()
    require_known(name)
    is_current = install.is_current(state, name)  # first: it fails if the package is incomplete
    edits = start_files.to_install(state, name, os.environ)
    if not edits and is_current:
        say(f"already installed: every new {name} loads the hook")
    elif may_change(edits, dry_run=dry_run, yes=yes, refusal="not installed"):
        say_all(install.install(state, name, edits))
        say(f"installed: every new {name} loads the hook; {cure('hook-installed', shell=name)}")
    else:
        return
    say_all(install.why_never_called(name, os.environ))


def _install_jupyter(state: State, *, dry_run: bool, yes: bool) -> None:
    edits = start_files.to_install_in_jupyter(state, os.environ)
    if not edits and install.has_jupyter(state):
        say("already installed: every new kernel loads the hook")
    elif may_change(edits, dry_run=dry_run, yes=yes, refusal="not installed"):
        install.install_jupyter(state, edits)
        say("installed: every new kernel loads the hook; restart those that run")
