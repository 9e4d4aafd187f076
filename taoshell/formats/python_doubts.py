"""Make unknown what code may change of which only running it could tell whether it runs. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from taoshell.errors import Where
from taoshell.formats.ipython import assigned
from taoshell.formats.python_calls import CHANGES_ENVIRONMENT, READS_MORE, called
from taoshell.formats.python_expressions import Expressions
from taoshell.formats.python_methods import Call
from taoshell.formats.python_values import ENVIRON, Named, Open, Unknown

HARMLESS = {"json.dump", "json.dumps", "print", "len", "str", "display", "pprint.pprint", "copy.deepcopy", "sorted"}


class Function(NamedTuple):
    """A function that the code defines."""

    node: ast.FunctionDef
    at: Where


class Returned(Exception):  # a signal, not an error
    def __init__(self, value: object) -> None:
        self.value = value


class Doubts(Expressions):
    """Follows no statements, but knows what they could change in `state`."""

    def doubt(self, body: list[ast.stmt], why: Unknown) -> None:
        """Make all unknown that the statements in `body`, which may or may not run, can change."""
        for node in (inner for statement in body for inner in _walk(statement)):
            self.state.step(self.at(node))
            if isinstance(node, ast.Return):
                raise Returned(why)
            for target in _assigned(node):
                self._doubt_target(target, why)
            if isinstance(node, ast.AugAssign) and self.value(node.target) == ENVIRON:
                self._doubt_variables(self.value(node.value), why, self.at(node))
            if isinstance(node, ast.Call):
                self._doubt_call(node, why)

    def _doubt_call(self, node: ast.Call, why: Unknown) -> None:
        """Make unknown what a call may change: the environment, its object, or what it gets."""
        function = self.value(node.func)
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if isinstance(function, Named) and function.name.endswith("get_ipython().run_line_magic") and len(texts) == 2:
            pair = assigned(texts[1]) if texts[0] in ("env", "set_env") else None
            if pair is not None:
                self.state.set_variable(pair[0], why, why.at)
        if isinstance(function, Named) and function.name in HARMLESS:
            return
        if isinstance(function, Named) and function.name in CHANGES_ENVIRONMENT:
            names = [self.value(arg) for arg in node.args[:1]] + [keyword.arg for keyword in node.keywords]
            for name in names:
                self._doubt_variables(name, why, self.at(node))
        elif isinstance(function, Named) and function.name in READS_MORE:
            called(function.name, Call(self.state, [], {}, self.at(node)))
        holders = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        for holder in [*holders, *node.args]:
            if isinstance(self.value(holder), (dict, list, Open)):
                self._doubt_target(holder, why)

    def _doubt_variables(self, names: object, why: Unknown, at: Where) -> None:
        """Make the environment variable `names` unknown, or those that are its keys."""
        for name in names if isinstance(names, dict) else [names]:
            self.state.set_variable(name, why._replace(at=at), at)

    def _doubt_target(self, target: ast.expr, why: Unknown) -> None:
        base = target
        while isinstance(base, (ast.Subscript, ast.Attribute, ast.Call)):
            holder = base.func if isinstance(base, ast.Call) else base.value
            if isinstance(base, ast.Subscript) and self.value(holder) == ENVIRON:
                self._doubt_variables(self.value(base.slice), why, self.at(base))
                return
            base = holder
        if isinstance(base, ast.Name):
            found = self.state.lookup(base.id)
            if isinstance(found, Open):
                found.pieces.append(why)
            elif not isinstance(found, (Named, Function)):
                self.state.scopes[-1][base.id] = why


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield `node` and all nodes in it, except those of functions, which only their callers run."""
    yield node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        for inner in ast.iter_child_nodes(node):
            yield from _walk(inner)


def _assigned(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the targets that `node` itself assigns or removes."""
    if isinstance(node, (ast.Assign, ast.Delete)):
        for target in node.targets:
            yield from target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.For, ast.NamedExpr)):
        yield node.target
    elif isinstance(node, ast.withitem) and node.optional_vars:
        yield node.optional_vars
