"""Do what assignments and %env do to the variables, in a static reading of Python. Pure."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from typing import Any

from taoshell.errors import Where
from taoshell.formats.ipython import assigned, expanded
from taoshell.formats.python_state import State
from taoshell.formats.python_values import ELSEWHERE, ENVIRON, FAILS, Named, Unknown, items_of, text_of


class Assignments(ABC):
    """Assigns in `state`. `cell` is the path of the file, and which cell of it."""

    def __init__(self, state: State, cell: str) -> None:
        self.state = state
        self.cell = cell

    def at(self, node: ast.AST) -> Where:
        return Where(self.cell, getattr(node, "lineno", None))

    @abstractmethod
    def value(self, node: ast.expr) -> object:
        """Return the value of `node`."""

    def assign(self, target: ast.expr, value: object) -> None:
        """Do what an assignment of `value` to `target` does."""
        at = self.at(target)
        if isinstance(target, ast.Name):
            self.state.bind(target.id, value, at)
        elif isinstance(target, (ast.Tuple, ast.List)):
            known = not isinstance(value, Unknown) and len(items := items_of(value)) == len(target.elts)
            for index, part in enumerate(target.elts):
                self.assign(part, items[index] if known else Unknown("it is not clear what it is assigned", at))
        elif isinstance(target, ast.Subscript):
            holder, key = self.value(target.value), self.value(target.slice)
            if holder == ENVIRON:
                self.state.set_variable(key, _text(value, at), at)
            elif isinstance(holder, (dict, list)) and not isinstance(key, Unknown):
                _set_item(holder, key, value)
        elif isinstance(target, ast.Attribute) and self.value(target) == ENVIRON:
            self.state.note("this replaces os.environ, which taoshell does not follow", at)

    def magic(self, name: str, argument: str, at: Where) -> None:
        """Do what the line magic %name does to the environment and the folder."""
        unknown: list[Unknown] = []
        argument = expanded(argument, lambda text: self._expression(text, unknown))
        if name in ("env", "set_env"):
            pair = assigned(argument)
            if pair is not None:
                self.state.set_variable(pair[0], unknown[0] if unknown else pair[1], at)
        elif name in ("cd", "pushd"):
            self.state.folder = None
            self.state.note(f"%{name} changes the folder, so what depends on it afterwards is not known", at)
        elif name in ("run", "load", "dotenv", "store"):
            self.state.note(f"%{name} runs or reads something else, which taoshell does not", at)

    def _expression(self, text: str, unknown: list[Unknown]) -> str:
        """Return the text of an expression in a magic's line. Raises ValueError if IPython would not find its value.

        A value that only running the code could tell is added to `unknown`.
        """
        try:
            value = self.value(ast.parse(text.strip(), mode="eval").body)
            found = text_of(value)
        except (SyntaxError, RecursionError, MemoryError) as error:
            raise ValueError from error
        if isinstance(value, Unknown) and not (value.why.startswith(FAILS) or value.why.endswith(ELSEWHERE)):
            unknown.append(value)
            return ""
        if found is None:
            raise ValueError
        return found


def _set_item(holder: Any, key: object, value: object) -> None:
    holder[key] = value  # a wrong key raises TypeError


def _text(value: object, at: Where) -> object:
    """Return what os.environ holds after an assignment of `value`: only text is possible."""
    if isinstance(value, (str, Unknown)) or (isinstance(value, Named) and value.name in ("FIXME", "input")):
        return value
    return Unknown("it comes from what this file does not set" if value is None else "it is no text", at)
