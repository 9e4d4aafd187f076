"""Do what assignments and %env do to the variables, in a static reading of Python. Pure."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from typing import Any

from taoshell.errors import Where
from taoshell.formats.ipython import assigned, expanded
from taoshell.formats.python_state import State
from taoshell.formats.python_values import Named, Unknown, items_of, text_of


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
            if isinstance(holder, Named) and holder.name == "os.environ":
                self.state.set_variable(str(key), _text(value, at), at)
            elif isinstance(holder, (dict, list)) and not isinstance(key, Unknown):
                _set_item(holder, key, value)

    def magic(self, name: str, argument: str, at: Where) -> None:
        """Do what the line magic %name does to the environment and the folder."""
        argument = expanded(argument, self._expression)
        if name in ("env", "set_env"):
            pair = assigned(argument)
            if pair is not None:
                self.state.set_variable(*pair, at)
        elif name in ("cd", "pushd"):
            self.state.folder = None
            self.state.note(f"%{name} changes the folder, so what depends on it afterwards is not known", at)
        elif name in ("run", "load", "dotenv", "store"):
            self.state.note(f"%{name} runs or reads something else, which taoshell does not", at)

    def _expression(self, text: str) -> str:
        """Return the text of an expression in a magic's line. Raises ValueError if IPython would not find its value."""
        try:
            found = text_of(self.value(ast.parse(text.strip(), mode="eval").body))
        except (SyntaxError, RecursionError, MemoryError) as error:
            raise ValueError from error
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
