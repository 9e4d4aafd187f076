"""`taoshell hook SHELL`: the text that a shell evaluates when it starts. Nothing heavy is imported here."""

from __future__ import annotations

import os
import sys

from taoshell.errors import TaoshellError, Where
from taoshell.shells import dialect
from taoshell.shells.gnu_ln import gnu_ln
from taoshell.state.paths import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from taoshell.shells import Dialect

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAIN = os.path.join(_PACKAGE, "__main__.py")


def render(name: str, state: State, home: str = "", log: str = "") -> str:
    """Return the hook of the shell `name`, with the folders of `state` fixed in it.

    Paths below the folder `home` begin with $HOME, which must be that folder when the text is evaluated. `log` is the
    value of TAOSHELL_LOG, unless the shell has one.
    Raises TaoshellError if the shell is unknown or a script is missing.
    """
    values = {
        "__STATE__": state.root,
        "__MOUNTS_FILE__": state.mounts_file,
        "__ORIGINAL__": state.original,
        "__CURRENT__": state.cur,
        "__PYTHON__": sys.executable,
        "__MAIN__": MAIN,
        "__LN__": gnu_ln(state),
    }
    return (dialect(name).default("TAOSHELL_LOG", log) if log else "") + filled(name, "hook", values, {}, home)


def home_now(state: State, environ: Mapping[str, str]) -> str:
    """Return the home for the text of a hook that is evaluated now; "" if HOME is not the home of `state`."""
    return state.home if environ.get("HOME") == state.home != "/" else ""


def home_word(language: Dialect, path: str, home: str) -> str:
    """Return `path` as one word. It begins with $HOME if it is below `home`: a home may be moved or have two paths."""
    if not home or not path.startswith(f"{home}/"):
        return language.quote(path)
    rest = path[len(home) :]
    is_plain = rest.isascii() and all(char.isalnum() or char in "_./-" for char in rest)
    return f'"$HOME{rest}"' if is_plain else f'"$HOME"{language.quote(rest)}'


def filled(name: str, kind: str, values: dict[str, str], code: dict[str, str], home: str) -> str:
    """Return the script `kind` of the shell `name` with its placeholders replaced.

    `values` and the dialect's PARTS are quoted, `code` is not. Values below `home` begin with $HOME.
    """
    language = dialect(name)
    text = script(f"{name}/{kind}.{name}")
    parts = {mark: "".join(map(script, files)) for mark, files in language.PARTS.items() if mark in text}
    quoted = {placeholder: home_word(language, value, home) for placeholder, value in values.items()}
    quoted |= {placeholder: language.quote(part) for placeholder, part in parts.items()}
    return _replaced(text, [*code.items(), *quoted.items()])


def _replaced(text: str, values: list[tuple[str, str]]) -> str:
    """Return `text` with each placeholder replaced once. Values are not searched for placeholders."""
    if not values:
        return text
    (placeholder, value), *others = values
    before, found, after = text.partition(placeholder)
    return _replaced(before, others) + (value + _replaced(after, others) if found else "")


def script(file: str) -> str:
    """Return the script `file` of shell/, such as "posix/settle.sh". Raises TaoshellError if it cannot be read."""
    path = os.path.join(scripts_folder(), file)
    try:
        with open(path, encoding="utf-8") as text:
            return text.read()
    except (OSError, UnicodeDecodeError) as error:
        raise incomplete(path, error) from error


def scripts_folder() -> str:
    """Return shell/: in an installed package, or beside it in a clone. Raises TaoshellError if it is missing."""
    inside, beside = os.path.join(_PACKAGE, "_shell"), os.path.join(os.path.dirname(_PACKAGE), "shell")
    for folder in (inside, beside):
        if os.path.isdir(folder):
            return folder
    raise incomplete(inside)


def incomplete(path: str, error: Exception | None = None) -> TaoshellError:
    """Return the error for a part of the installation that cannot be read."""
    is_missing = error is None or isinstance(error, FileNotFoundError)
    cause = f"this part of taoshell {'is missing' if is_missing else 'cannot be read'}"
    from taoshell.cures import cure  # only when needed: `taoshell hook` runs at each start of a shell

    clone = os.path.dirname(_PACKAGE)
    is_clone = os.path.exists(os.path.join(clone, ".git")) and path.startswith(f"{clone}/shell")
    how = cure("clone-incomplete", clone=clone) if is_clone else "install taoshell again"
    return TaoshellError(cause, how, at=Where(path))
