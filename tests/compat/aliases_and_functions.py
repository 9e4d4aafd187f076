"""The user's aliases and functions with names that our hook uses."""

from __future__ import annotations

from tests.compat.neighbour import Absent, Neighbour, Setup

TAKEN = ("ln", "test", "printf", "command", "echo", "pwd", "print", "true", "python3")
_SHOWS = (("ln", "taken ln\n"), ("test", "taken test\n"), ("printf x", "taken printf\n"))
_FISH_TAKEN = ("ln", "printf", "pwd", "basename", "true", "python3")  # fish reserves the others, or `cd` needs them


def _aliases(*names: str) -> str:
    return "\n".join(f"alias '{name}'='builtin echo taken {name}; builtin false '" for name in names)


def _functions(*names: str) -> str:
    return "\n".join(f"{name}() {{ builtin echo taken {name}; return 1; }}" for name in names)


def _fish_aliases(*names: str) -> str:
    return "\n".join(f"alias {name} 'builtin echo taken {name}; builtin false'" for name in names)


def _fish_functions(*names: str) -> str:
    return "\n".join(f"function {name}; builtin echo taken {name}; return 1; end" for name in names)


_ECHO_IN_ALIAS = (("ln", "taken ln\n"), ("test", "taken test\n"), ("printf", "taken printf\n"))
_TAKES_READ = (("read", "taken read\n"),)
_RESERVED = ("unset", "export", "read", "set", "trap", "exec")
_FISH_RESERVES = Absent("none: fish reserves them, or has no such command")
_DEFENCELESS = Absent("not defended: no script works without them")

ALIASES_AND_FUNCTIONS = (
    Neighbour(
        "aliases named `ln`, `test`, `printf`, `command`, `echo`, …",
        bash=Setup(_aliases(*TAKEN), shows=_ECHO_IN_ALIAS),
        zsh=Setup(_aliases(*TAKEN), shows=_ECHO_IN_ALIAS),
        fish=Setup(_fish_aliases(*_FISH_TAKEN), shows=(("ln", "taken ln\n"), ("printf x", "taken printf\n"))),
    ),
    Neighbour(
        "functions named `ln`, `test`, `printf`, `command`, `echo`, …",
        bash=Setup(_functions(*TAKEN), shows=_SHOWS),
        zsh=Setup(_functions(*TAKEN), shows=_SHOWS),
        fish=Setup(_fish_functions(*_FISH_TAKEN), shows=(("ln", "taken ln\n"), ("printf x", "taken printf\n"))),
    ),
    Neighbour(
        "an alias named `cd`",
        bash=Setup("alias cd='went=yes; builtin cd '", shows=(("went=no; cd .; echo $went", "yes\n"),)),
        zsh=Setup("alias cd='went=yes; builtin cd '", shows=(("went=no; cd .; echo $went", "yes\n"),)),
        fish=Setup("alias cd 'set -g went yes; builtin cd'", shows=(("set went no; cd .; echo $went", "yes\n"),)),
    ),
    Neighbour(
        "a function named `cd`",
        bash=Setup('cd() { builtin cd "$@" && went=yes; }', shows=(("went=no; cd .; echo $went", "yes\n"),)),
        zsh=Setup('cd() { builtin cd "$@" && went=yes }', shows=(("went=no; cd .; echo $went", "yes\n"),)),
        fish=Setup(
            "function cd; builtin cd $argv; and set -g went yes; end",
            shows=(("set went no; cd .; echo $went", "yes\n"),),
        ),
    ),
    Neighbour(
        "aliases named `unset`, `export`, `read`, `return`, `set`, `trap`, `exec`, `[`",
        bash=Setup(_aliases(*_RESERVED, "return", "["), shows=_TAKES_READ),
        zsh=Setup(_aliases(*_RESERVED, "return", "["), shows=_TAKES_READ),
        fish=_FISH_RESERVES,
    ),
    Neighbour(
        "functions named `unset`, `export`, `read`, `set`, `trap`, `exec`",
        bash=Setup(_functions(*_RESERVED), shows=_TAKES_READ),
        zsh=Setup(_functions(*_RESERVED), shows=_TAKES_READ),
        fish=_FISH_RESERVES,
    ),
    Neighbour(
        "functions named `builtin`, `[`, `return`, `continue`, `.`, `:`",
        bash=_DEFENCELESS,
        zsh=_DEFENCELESS,
        fish=_FISH_RESERVES,
    ),
)
