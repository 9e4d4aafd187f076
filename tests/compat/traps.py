"""The user's own traps."""

from __future__ import annotations

from tests.compat.neighbour import Absent, Neighbour, Setup

_EXIT = "trap 'echo gone >\"$HOME/trap-said\"' EXIT"
_INT = "trap 'echo interrupted' INT"
_ERR = "trap 'failures=$((${failures-0} + 1))' ERR"
_ONE_FAILURE = (("failures=0; false", ""), ("echo $failures", "1\n"))
_NO_TRAP = Absent("fish has no such trap")

TRAPS = (
    Neighbour(
        "a trap on EXIT",
        bash=Setup(_EXIT, leaves={"trap-said": "gone\n"}),
        zsh=Setup(_EXIT, leaves={"trap-said": "gone\n"}),
        fish=Setup(_EXIT, leaves={"trap-said": "gone\n"}),
    ),
    Neighbour(
        "a trap on INT",
        bash=Setup(_INT, shows=(("kill -INT $$", "interrupted\n"),)),
        zsh=Setup(_INT, shows=(("kill -INT $$", "interrupted\n"),)),
        fish=Setup(_INT, shows=(("kill -INT $fish_pid; true", "interrupted\n"),)),
    ),
    Neighbour(
        "a trap on DEBUG",
        bash=Setup("trap 'seen=$BASH_COMMAND' DEBUG", shows=(('echo "$seen"', 'echo "$seen"\n'),)),
        zsh=Setup("trap 'seen=$ZSH_DEBUG_CMD' DEBUG", shows=(('echo "$seen"', 'echo "$seen"\n'),)),
        fish=_NO_TRAP,
    ),
    Neighbour(
        "a trap on ERR",
        bash=Setup(_ERR, shows=_ONE_FAILURE),
        zsh=Setup(_ERR, shows=_ONE_FAILURE),
        fish=_NO_TRAP,
    ),
)
