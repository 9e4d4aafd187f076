"""The files that a shell reads at its start: which of them has to load the hook, and changing them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from taoshell.errors import TaoshellError, Where
from taoshell.shells import NAMES, shell
from taoshell.state.files import read_or_none, replace_user_file, report_errors_at
from taoshell.state.paths import State, xdg_folder
from taoshell.text import diff, rc_block

_OF_LOGIN_BASH = (".bash_profile", ".bash_login", ".profile")  # it reads the first of them that is there: bash(1)
_LOADS = {
    # .profile is read by other shells too. `\.` is no alias, and a failure ends no shell that has `set -e`.
    "bash": '[ -z "${{BASH_VERSION-}}" ] || [ ! -r {file} ] || \\. {file} || :',
    "zsh": "[ ! -r {file} ] || \\. {file} || :",
    "fish": "test ! -r {file}; or source {file}",
}
_PLAIN = re.compile(r"[\w./-]+", re.ASCII)  # the same in every shell, in double quotes or in none
_SECONDS = 10  # for the user's .zshenv


class LoadedByHand(TaoshellError):
    """The user has a line of their own that loads the hook."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A start file as it is and as it will be; None: there is none."""

    path: str
    before: str | None
    after: str | None


def to_install(state: State, name: str, environ: Mapping[str, str]) -> list[Edit]:
    """What `install` changes for the shell `name`: nothing where all is as it should be.

    Raises LoadedByHand where the user loads the hook already, TaoshellError where a file cannot be changed.
    """
    wanted = _wanted(name, environ)
    body = _LOADS[name].format(file=_word(name, state.hook(name), environ))
    edits = []
    for path in _known(name, environ):
        text = _read(path)
        by_hand = rc_block.hand_written(text or "")
        if by_hand is not None:
            cure = "delete this line, then run again: taoshell install"
            raise LoadedByHand("the hook is loaded here already", cure, at=Where(path, by_hand))
        if path in wanted or rc_block.has_block(text or ""):
            edits.append(Edit(path, text, rc_block.with_block(text, body, path)))
    return _checked(edits, body)


def to_uninstall(environ: Mapping[str, str]) -> list[Edit]:
    """What `uninstall` changes, in the files of all shells. Raises as `to_install`."""
    edits = []
    for path in dict.fromkeys(path for name in NAMES for path in _known(name, environ)):
        text = _read(path)
        if text is not None and rc_block.has_block(text):
            edits.append(Edit(path, text, rc_block.without_block(text, path)))
    return _checked(edits, "")


def by_hand(environ: Mapping[str, str]) -> list[str]:
    """Where the user loads the hook by a line of their own: "FILE:LINE"."""
    found = []
    for path in dict.fromkeys(path for name in NAMES for path in _known(name, environ)):
        line = rc_block.hand_written(_read(path) or "")
        if line is not None:
            found.append(f"{path}:{line}")
    return found


def difference(edits: Sequence[Edit]) -> list[str]:
    """The lines of a unified diff, fit to be shown."""
    before, after = {edit.path: edit.before or "" for edit in edits}, {edit.path: edit.after or "" for edit in edits}
    return diff.between(before, after, sides=("is", "will be"))


def put(edits: Sequence[Edit]) -> None:
    """Make the changes: each file whole or not at all, through a link where it is one.

    Raises TaoshellError where somebody else wrote a file meanwhile.
    """
    for edit in edits:
        if _read(edit.path) != edit.before:
            raise TaoshellError("the file was changed meanwhile", "run it again", at=Where(edit.path))
        if edit.after is None:
            with report_errors_at(edit.path):
                os.unlink(os.path.realpath(edit.path))
        else:
            replace_user_file(edit.path, edit.after.encode(errors="surrogateescape"), new_mode=0o644)


# -- which files -----------------------------------------------------------------------------


def _wanted(name: str, environ: Mapping[str, str]) -> list[str]:
    """The files that must load the hook, so that each interactive shell of that name does."""
    known = _known(name, environ)
    if name != "bash":
        return known[:1]
    bashrc, *login = known
    first = next((path for path in login if os.path.exists(path)), login[-1])
    return [bashrc] if _leads_to_bashrc(first) else [bashrc, first]


def _leads_to_bashrc(path: str) -> bool:
    """Does a login bash that reads `path` read .bashrc as well, perhaps by way of .profile?"""
    text = _read(path) or ""
    if rc_block.sources(text, ".bashrc"):
        return True
    profile = os.path.join(os.path.dirname(path), ".profile")
    return path != profile and rc_block.sources(text, ".profile") and _leads_to_bashrc(profile)


def _known(name: str, environ: Mapping[str, str]) -> list[str]:
    """All the user's own files that may load the hook, the usual one first."""
    home = _home(environ)
    if name == "bash":
        return [os.path.join(home, file) for file in (".bashrc", *_OF_LOGIN_BASH)]
    if name == "zsh":
        return list(dict.fromkeys(os.path.join(folder, ".zshrc") for folder in (_zdotdir(environ) or home, home)))
    config = xdg_folder(environ, "XDG_CONFIG_HOME", ".config")
    return [os.path.join(config, "fish", "conf.d", "taoshell.fish"), os.path.join(config, "fish", "config.fish")]


def _zdotdir(environ: Mapping[str, str]) -> str:
    """ZDOTDIR as an interactive zsh will have it, or "": many set it in .zshenv and do not export it."""
    program = shutil.which("zsh", path=environ.get("PATH"))
    if program is None:
        return environ.get("ZDOTDIR", "")
    ask = "\\builtin print -rn -- $'\\0'\"${ZDOTDIR-}\""  # after whatever .zshenv has printed
    try:
        said = subprocess.run(
            [program, "-c", ask],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return environ.get("ZDOTDIR", "")
    _, mark, folder = said.rpartition(b"\0")
    return os.fsdecode(folder) if mark else environ.get("ZDOTDIR", "")


def _home(environ: Mapping[str, str]) -> str:
    return environ.get("HOME") or os.path.expanduser("~")


# -- texts -------------------------------------------------------------------------------------


def _word(name: str, path: str, environ: Mapping[str, str]) -> str:
    """`path` for the shell; beginning with $HOME where it can, for start files that several machines share."""
    home = _home(environ).rstrip("/") + "/"
    quote = shell(name).quote
    if not path.startswith(home):
        return quote(path)
    rest = path[len(home) - 1 :]
    return f'"$HOME{rest}"' if _PLAIN.fullmatch(rest) else f'"$HOME"{quote(rest)}'


def _read(path: str) -> str | None:
    if not os.path.isfile(path):  # /dev/null has been seen
        return None
    with report_errors_at(path):
        data = read_or_none(path)
    return None if data is None else data.decode(errors="surrogateescape")


def _checked(edits: Sequence[Edit], body: str) -> list[Edit]:
    """Those that change something. Raises TaoshellError where one cannot be written."""
    needed = [edit for edit in edits if edit.after != edit.before]
    for edit in needed:
        real = os.path.realpath(edit.path)
        if os.path.exists(real) and not os.path.isfile(real):
            raise TaoshellError("this is no regular file", "move it away", at=Where(edit.path))
        if os.path.exists(real) and not (os.stat(real).st_mode & 0o222 and os.access(real, os.W_OK)):
            cure = f"put this line there by hand: {body}" if body else "delete taoshell's block by hand"
            raise TaoshellError("the file can only be read", f"make it writable, or {cure}", at=Where(edit.path))
    return needed
