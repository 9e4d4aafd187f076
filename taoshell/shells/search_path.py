"""The parts of a generation's script that put the folder of the project's Python into PATH, and take it out again."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from taoshell.shells.generation import Generation

NAMES = ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV")  # what names an environment


def parts(generation: Generation, functions: str, quote: Callable[[str], str]) -> tuple[str, str, str]:
    """Return the functions in the file `functions` of shell/, and the commands on entering and leaving; all "" without.

    The script brings its functions along, so that a shell without such a project need not read them.
    """
    if not generation.search_path:
        return "", "", ""
    from taoshell.shells.render import script  # only when needed: most projects have no Python of their own

    folder = quote(generation.search_path)
    names = " ".join(name for name in NAMES if name in generation.variables)
    own = " own" if generation.is_own else ""
    return f"{script(functions)}\n", f"_taoshell_prepend {folder}{own}", f"_taoshell_take_out {folder} {names}"
