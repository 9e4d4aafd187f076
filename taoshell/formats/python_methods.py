"""The methods of texts, paths, lists, dicts and files that a static reading can compute. Pure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from taoshell.errors import Where
from taoshell.formats.python_state import State
from taoshell.formats.python_values import LONGEST, MOST_ITEMS, Dumped, Open, Unknown, is_plain, unknown_in

_TEXT_METHODS = (
    *("strip", "lstrip", "rstrip", "lower", "upper", "split", "rsplit", "startswith", "endswith", "removeprefix"),
    *("removesuffix", "splitlines", "title", "capitalize", "partition", "rpartition", "isdigit", "find", "count"),
)
_LIST_METHODS = ("append", "extend", "insert", "pop", "remove", "clear", "copy", "index", "reverse")
_DICT_METHODS = ("get", "keys", "values", "items", "update", "setdefault", "pop", "clear", "copy")
_PATH_METHODS = ("joinpath", "as_posix", "with_name", "with_suffix", "is_absolute", "relative_to")
PATH_PARTS = ("parent", "name", "stem", "suffix", "parts")


class Call(NamedTuple):
    """A call in the code: what it is given, and where it stands."""

    state: State
    args: list[object]
    keywords: dict[str, object]
    at: Where

    def argument(self, index: int, name: str, default: object = None) -> object:
        """Return an argument by its place or its name."""
        return self.args[index] if len(self.args) > index else self.keywords.get(name, default)


def method(value: object, name: str, call: Call) -> object:
    """Return what the method `name` of `value` returns, or something unknown."""
    args, keywords, at = call.args, call.keywords, call.at
    if isinstance(value, Open):
        if name == "write" and args:
            value.pieces.append(_piece(args[0], at))
        return None
    if isinstance(value, str):
        return _text_method(value, name, call)
    if isinstance(value, PurePosixPath):
        return _path_method(value, name, call)
    known = _LIST_METHODS if isinstance(value, list) else _DICT_METHODS if isinstance(value, dict) else ()
    if name not in known:
        return Unknown(f"what {name}() returns depends on the code", at)
    more = sum(len(arg) for arg in args if isinstance(arg, (list, dict, tuple, str)))
    if isinstance(value, (list, dict)) and name in ("extend", "update", "append") and len(value) + more > MOST_ITEMS:
        return Unknown("it is a very long list", at)
    found: object = getattr(value, name)(*args, **keywords)
    return list(found) if name in ("keys", "values", "items") and isinstance(value, dict) else found  # type: ignore[call-overload]


def _text_method(text: str, name: str, call: Call) -> object:
    args, keywords, at = call.args, call.keywords, call.at
    if unknown := unknown_in([*args, *keywords.values()]):
        return unknown
    if not all(map(is_plain, [*args, *keywords.values()])):
        return Unknown("it is made of what is no text", at)
    if name == "format":
        longest = max((len(str(arg)) for arg in [*args, *keywords.values()]), default=0)
        if re.search(r"[0-9]{4}", text) or text.count("{") * longest > LONGEST:  # a width, or a text, that fills memory
            return Unknown("it is a very long text", at)
        return text.format(*args, **keywords)
    if name == "join":
        return _short(text.join(args[0]), at)  # type: ignore[arg-type]
    if name == "replace" and len(args) == 2:
        old, new = args
        if isinstance(old, str) and isinstance(new, str) and len(text) + (text.count(old) + 1) * len(new) < LONGEST:
            return text.replace(old, new)
        return Unknown("it is a very long text", at)
    if name in _TEXT_METHODS:
        return getattr(text, name)(*args, **keywords)
    return Unknown(f"what {name}() returns is not computed", at)


def _path_method(path: PurePosixPath, name: str, call: Call) -> object:
    state, args, at = call.state, call.args, call.at
    if name in ("mkdir", "touch", "unlink"):
        return None
    if name in ("resolve", "absolute"):
        full = state.path(str(path))
        return PurePosixPath(state.around.real(full)) if full else Unknown("its folder is not known", at)
    if name == "expanduser":
        return PurePosixPath(home(state, str(path)))
    if name == "write_text" and args:
        file = state.opened(str(path), "w", at)
        if isinstance(file, Open):
            file.pieces.append(_piece(args[0], at))
        return None
    if name == "open":
        return state.opened(str(path), call.argument(0, "mode", "r"), at)
    if name in _PATH_METHODS and all(map(is_plain, args)):
        return getattr(path, name)(*args)
    return Unknown(f"{name}() depends on what is on the disk", at)


def _short(text: str, at: Where) -> object:
    return text if len(text) <= LONGEST else Unknown("it is a very long text", at)


def _piece(value: object, at: Where) -> object:
    return value if isinstance(value, (str, Dumped, Unknown)) else Unknown("it is no text", at)


def home(state: State, path: str) -> str:
    home = state.variable("HOME")
    if path != "~" and not path.startswith("~/"):
        return path
    return str(home if isinstance(home, str) else state.around.home).rstrip("/") + path[1:]
