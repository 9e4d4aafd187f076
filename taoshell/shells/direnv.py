"""direnv beside taoshell: a project's `.envrc`, and who of the two acts in a shell that has both hooks."""

from __future__ import annotations

from collections.abc import Mapping

from taoshell.state import processes

ENVRC = ".envrc"
MARK = "TAOSHELL_DIRENV"  # a shell with the hook that inherits this has direnv take back what it set

TEXT = """\
# For those who use direnv: the variables that `taoshell allow` has approved, and nothing else.
if has taoshell; then
  watch_file taoshell.toml .env
  eval "$(taoshell export direnv)"
else
  log_error "taoshell is not installed, so this project's variables are not set (see taoshell.toml)"
fi
"""


def hook_acts(environ: Mapping[str, str]) -> bool:
    """Does the shell that called direnv have taoshell's hook as well?

    Then direnv stays out of it: of two that save and restore the same names, one would restore the other's values.
    The hook exports its shell's pid; an editor started from such a shell inherits it, so the family tree decides:
    this process ← .envrc's bash ← direnv ← the shell, or its `$(…)`.
    """
    shell = environ.get("TAOSHELL_HOOK", "")
    if not shell.isdecimal():
        return False
    tree = list(processes.ancestors())
    direnv = next((number for number, (_, name) in enumerate(tree) if name == "direnv"), len(tree))
    if direnv == len(tree):
        return False
    if processes.first_argument(tree[direnv][0]) != "export":  # `direnv exec`: for another process
        return False
    above = direnv + 1
    if above < len(tree) and tree[above][0] == int(shell):
        return True
    return above + 1 < len(tree) and tree[above + 1][0] == int(shell) and tree[above][1] == tree[above + 1][1]
