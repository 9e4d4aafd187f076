"""All mutants, by the shell whose scripts they break."""

from __future__ import annotations

from tests.mutants.bash import BASH
from tests.mutants.compiled import COMPILED
from tests.mutants.fish import FISH
from tests.mutants.mutant import Mutant
from tests.mutants.posix import PROMPT, SWITCH
from tests.mutants.posix_mounts import SESSIONS, SETTLE
from tests.mutants.zsh import ZSH

GROUPS: dict[str, tuple[Mutant, ...]] = {
    "bash and zsh": (*SETTLE, *SESSIONS, *PROMPT, *SWITCH),
    "compiled for bash and zsh": COMPILED,
    "bash": BASH,
    "zsh": ZSH,
    "fish": FISH,
}


def label(group: str, mutant: Mutant) -> str:
    """Return a name that no other mutant has."""
    return f"{group}: {mutant.name}"


MUTANTS = {label(group, mutant): mutant for group, mutants in GROUPS.items() for mutant in mutants}
