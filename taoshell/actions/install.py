"""`taoshell install` and `uninstall`, and renewing what is installed after an upgrade."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from taoshell.actions import compile, config, projects
from taoshell.cures import cure
from taoshell.errors import TaoshellError, printable
from taoshell.mounts import release
from taoshell.shells import hook_file, jupyter, shell, start_files
from taoshell.shells.start_files import Edit
from taoshell.state.files import lock
from taoshell.state.paths import State, home_of, xdg_folder

_PAGES = ("man1/taoshell.1", "man5/taoshell.toml.5")


def install(state: State, name: str, edits: Sequence[Edit]) -> list[str]:
    """Write the hook of the shell `name`, then make `edits` in start files. Returns lines to say.

    Raises TaoshellError or OSError if that fails. A start file never names a hook that does not exist.
    """
    log = config.read(os.environ).text("log")
    with lock(state):
        hook_file.put(state, name, log)
        start_files.put(edits)
    return release.end_release_of_uninstall(state)


def install_jupyter(state: State, edits: Sequence[Edit]) -> None:
    """Write the hook of IPython, then make `edits` in its startup files. Raises like `install`."""
    with lock(state):
        hook_file.put_program(state)
        jupyter.put(state)
        start_files.put(edits)


def has_jupyter(state: State) -> bool:
    """Whether the hook of IPython exists as this version writes it."""
    return jupyter.is_current(state) and hook_file.has_program(state)


def is_current(state: State, name: str) -> bool:
    """Whether the hook of that shell exists as this version writes it, and no uninstall is in force."""
    log = config.read(os.environ).text("log")
    return hook_file.is_current(state, name, log) and not release.is_released_by_uninstall(state)


def renew(state: State) -> list[str]:
    """taoshell was upgraded: rewrite the hooks, recompile projects lazily. Returns lines to say.

    Does nothing if another shell was faster.
    """
    log, to_say = config.log_for_hook(os.environ)
    with lock(state):
        if all(hook_file.is_current(state, name, log) for name in hook_file.shells(state)):
            return []
        for root in projects.roots(state):
            compile.outdate(state, root)
        for name in hook_file.shells(state):
            hook_file.put(state, name, log)
        jupyter.renew(state)
    return to_say


def outdated(state: State) -> list[str]:
    """Return the shells whose hook is not what `install` would write now."""
    return [name for name in hook_file.shells(state) if not is_current(state, name)]


def uninstall(state: State, edits: Sequence[Edit]) -> list[str]:
    """Give the mounts file back, make `edits`, then remove the hooks. Returns and raises like `install`."""
    if not os.path.isdir(state.root):
        start_files.put(edits)
        return []
    to_say = release.release(state, by_uninstall=True)
    with lock(state):
        start_files.put(edits)
        hook_file.remove(state)
    return to_say


def is_in_place(state: State, name: str, environ: Mapping[str, str]) -> bool:
    """Whether a new shell of that name loads the hook, by `install` or by the user's own line."""
    try:
        return not start_files.to_install(state, name, environ) and os.path.exists(state.hook(name))
    except start_files.LoadedByHand:
        return True
    except TaoshellError:
        return False


def unheard(name: str, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Return why the calling shell has the hook of the shell `name` but never calls it, and the cure; otherwise None.

    Only the shell knows: its function `taoshell` puts the name of the variable that should call the hook here.
    """
    variable = shell(name).CALLED_BY
    if not variable or environ.get("TAOSHELL_HOOK") != variable:
        return None
    cause = f"the hook is loaded in this shell, but no prompt calls it, as {variable} was replaced"
    return cause, cure("hook-unheard", shell=name)


def why_never_called(name: str, environ: Mapping[str, str]) -> list[str]:
    """Return lines that say why no prompt calls the hook of the shell `name`, in this shell or in a new one."""
    here = unheard(name, environ)
    return [*(["; ".join(here)] if here else []), *start_files.replacing(name, environ)]


def how_to_remove_the_rest(state: State, environ: Mapping[str, str]) -> list[str]:
    """Return lines that say how to remove what `uninstall` leaves."""
    to_say = [f"{where}: your own line loads the hook; delete it" for where in start_files.by_hand(environ)]
    to_say.append("shells that are open keep the hook, and the variables of their project, until they end")
    to_say.append(_how_to_remove_the_program(environ))
    if os.path.isdir(state.root):
        to_say.append(f"approvals and backups stay in {printable(state.root)}; after that you can delete this folder")
    return to_say


def _how_to_remove_the_program(environ: Mapping[str, str]) -> str:
    """Return the cure for the way in which this program was installed."""
    folders, home = sys.prefix.split(os.sep), home_of(environ)
    if sys.prefix == os.path.join(xdg_folder(environ, "XDG_DATA_HOME", ".local/share"), "taoshell"):  # ./install
        pages = [os.path.join(home, ".local/share/man", page) for page in _PAGES]
        link = os.path.join(home, ".local/bin/taoshell")
        return cure("program-of-install", environment=sys.prefix, link=link, pages=pages)
    if "pipx" in folders:
        return cure("program-of-pipx")
    if folders[-3:] == ["uv", "tools", "taoshell"]:
        return cure("program-of-uv")
    return cure("program-of-pip", python=sys.executable)
