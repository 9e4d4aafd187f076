"""Working with direnv: a project's `.envrc`, and which of the two tools acts in a shell that has both hooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from taoshell.shells import posix  # direnv runs .envrc in bash
from taoshell.state import processes

ENVRC = ".envrc"
FORMAT = "direnv"  # of `taoshell export`
MARK = "TAOSHELL_DIRENV"  # a shell with the hook that inherits it tells direnv to undo its changes

# Without taoshell on the PATH, `taoshell install` may have left the program where hook_file puts it.
TEXT = """\
# For those who use direnv: the variables that `taoshell allow` has approved, and nothing else.
taoshell=$(command -v taoshell) || taoshell=${XDG_STATE_HOME:-$HOME/.local/state}/taoshell/hooks/taoshell
if [ -x "$taoshell" ]; then
  watch_file taoshell.toml .env
  eval "$("$taoshell" export direnv)"
else
  log_error "taoshell is not installed, so this project's variables are not set (see taoshell.toml)"
fi
"""


def with_lines(text: str) -> str:
    """Return the `.envrc` whose text is `text` with our lines at its end, unless it has them."""
    end = "" if text.endswith("\n") or not text else "\n"
    return text if TEXT in text else text + end + TEXT


def watch(paths: Iterable[str]) -> str:
    """Return the line of an `.envrc` that makes direnv load it again when one of `paths` changes."""
    return f"watch_file {' '.join(map(posix.quote, paths))}\n"


def export(variables: Mapping[str, str], search_path: str) -> str:
    """Return the lines of an `.envrc` that export `variables` and put the folder `search_path`, if any, into PATH."""
    return posix.export({**variables, MARK: "1"}) + (posix.prepend(search_path) if search_path else "")


def hook_acts(environ: Mapping[str, str]) -> bool:
    """Whether the shell that called direnv also has taoshell's hook.

    direnv must then do nothing: if both save and restore the same variables, one restores the other's values.
    The hook exports its shell's pid, but an editor started from such a shell inherits that variable. So the process
    tree decides: this process ← .envrc's bash ← direnv ← the shell or its `$(…)`.
    """
    shell = environ.get("TAOSHELL_HOOK", "")
    if not processes.is_pid(shell):
        return False
    tree = list(processes.ancestors())
    direnv = next((number for number, (_, name) in enumerate(tree) if name == "direnv"), None)
    if direnv is None or processes.first_argument(tree[direnv][0]) != "export":  # `direnv exec`: for another process
        return False
    above = tree[direnv + 1 : direnv + 3]
    pids, names = [pid for pid, _ in above], {name for _, name in above}
    return int(shell) in pids[:1] or (int(shell) in pids[1:] and len(names) == 1)
