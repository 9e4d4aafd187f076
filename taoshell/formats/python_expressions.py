"""What expressions of Python are worth: exactly what the code would compute, or `Unknown` with the reason. Pure."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from taoshell.formats.python_assignments import Assignments
from taoshell.formats.python_methods import PATH_PARTS
from taoshell.formats.python_values import (
    ELSEWHERE,
    ENVIRON,
    FAILS,
    LONGEST,
    MOST_ITEMS,
    Dumped,
    Named,
    Open,
    Unknown,
    is_plain,
    items_of,
)
from taoshell.formats.surroundings import names_a_path

_CONVERSIONS: dict[int, Callable[[object], object]] = {115: str, 114: repr, 97: ascii}
FAILURES = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError, RuntimeError)
_BUILT_IN = {
    *("print", "open", "input", "str", "int", "float", "bool", "len", "range", "sorted", "min", "max", "list", "tuple"),
    *("dict", "enumerate", "zip", "display", "get_ipython", "FIXME", "exec"),
}
_OPERATORS: dict[type[ast.AST], Callable[..., object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mult: operator.mul,
    ast.Mod: operator.mod,
    ast.BitOr: operator.or_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


class Expressions(Assignments):
    """Computes expressions of the cell `cell` in `state`."""

    def value(self, node: ast.expr) -> object:
        """Return the value of `node`."""
        self.state.step(self.at(node))
        reader: Callable[[ast.expr], object] | None = getattr(self, f"_{type(node).__name__.lower()}", None)
        if reader is None:
            return Unknown(f"taoshell does not compute a {type(node).__name__}", self.at(node))
        try:
            found = reader(node)
        except FAILURES as error:
            return Unknown(f"{FAILS}{type(error).__name__}", self.at(node))
        if isinstance(found, int) and found.bit_length() > 128:
            return Unknown("it is a huge number", self.at(node))
        return found

    def _constant(self, node: ast.Constant) -> object:
        return node.value

    def _name(self, node: ast.Name) -> object:
        found = self.state.lookup(node.id)
        if found is not None or any(node.id in scope for scope in self.state.scopes):
            return found
        return Named(node.id) if node.id in _BUILT_IN else Unknown(node.id + ELSEWHERE, self.at(node))

    def _attribute(self, node: ast.Attribute) -> object:
        value = self.value(node.value)
        if isinstance(value, Named):
            return {"os.sep": "/", "os.linesep": "\n", "os.path.sep": "/"}.get(
                f"{value.name}.{node.attr}", Named(f"{value.name}.{node.attr}")
            )
        if isinstance(value, PurePosixPath) and node.attr in PATH_PARTS:
            return getattr(value, node.attr)
        return value if isinstance(value, Unknown) else Unknown(f"{node.attr} depends on the code", self.at(node))

    def _subscript(self, node: ast.Subscript) -> object:
        value, key = self.value(node.value), self.value(node.slice)
        if value == ENVIRON:
            return key if isinstance(key, Unknown) else self._environment(str(key), node)
        for part in (value, key):
            if isinstance(part, Unknown):
                return part
        return value[key]  # type: ignore[index]

    def _environment(self, name: str, node: ast.AST) -> object:
        found = self.state.variable(name)
        if found is None and names_a_path(name):
            found = self.state.asked(name, "", self.at(node))
            self.state.set_variable(name, found, self.at(node))
        return Unknown(f"{name} is not set in this file", self.at(node)) if found is None else found

    def _slice(self, node: ast.Slice) -> object:
        parts = [None if part is None else self.value(part) for part in (node.lower, node.upper, node.step)]
        return next((part for part in parts if isinstance(part, Unknown)), None) or slice(*parts)

    def _joinedstr(self, node: ast.JoinedStr) -> object:
        pieces: list[str] = []
        for part in node.values:
            value = self.value(part)
            if not isinstance(value, str):
                return value if isinstance(value, Unknown) else Unknown("part of it is no text", self.at(node))
            pieces.append(value)
        text = "".join(pieces)
        return text if len(text) <= LONGEST else Unknown("it is a very long text", self.at(node))

    def _formattedvalue(self, node: ast.FormattedValue) -> object:
        value = self.value(node.value)
        if isinstance(value, Unknown) or not is_plain(value):
            return value
        spec = self.value(node.format_spec) if node.format_spec else ""
        value = _CONVERSIONS[node.conversion](value) if node.conversion in _CONVERSIONS else value
        if not isinstance(spec, str) or re.search(r"[0-9]{4}", spec):
            return Unknown("its format is not known", self.at(node))
        return format(value, spec)

    def _binop(self, node: ast.BinOp) -> object:
        return self._operated(node.op, self.value(node.left), self.value(node.right), node)

    def _operated(self, sign: ast.AST, left: object, right: object, node: ast.AST) -> object:
        for part in (left, right):
            if isinstance(part, Unknown):
                return part
        if isinstance(sign, ast.Mult):
            size = {type(part): part for part in (left, right)}
            texts = [part for part in (left, right) if isinstance(part, (str, list, tuple))]
            if texts and abs(int(str(size.get(int, 1)))) * len(texts[0]) > MOST_ITEMS:
                return Unknown("it is very long", self.at(node))
        if isinstance(sign, ast.Mod) and isinstance(left, str) and re.search(r"[0-9*]{4}|\*", left):
            return Unknown("it is a very long text", self.at(node))
        parts = [str(part) if isinstance(part, Named) and part.name == "FIXME" else part for part in (left, right)]
        if any(isinstance(part, (Named, Open, Dumped)) for part in parts) or not self._is_small(sign, parts):
            return Unknown("it is made of what the code does not say", self.at(node))
        found = _OPERATORS[type(sign)](*parts)
        if isinstance(found, (str, list)) and len(found) > LONGEST:
            return Unknown("it is very long", self.at(node))
        return found

    def _is_small(self, sign: ast.AST, parts: list[object]) -> bool:
        """Whether the operation ends soon: what compares or formats looks into its operands, + and * do not."""
        looks_inside = not isinstance(sign, (ast.Add, ast.Mult, ast.BitOr, ast.Is, ast.IsNot))
        return not looks_inside or all(is_plain(part) or not isinstance(part, (list, dict, tuple)) for part in parts)

    def _unaryop(self, node: ast.UnaryOp) -> object:
        value = self.value(node.operand)
        return value if isinstance(value, Unknown) else _OPERATORS[type(node.op)](value)

    def _boolop(self, node: ast.BoolOp) -> object:
        found: object = None
        for part in node.values:
            found = self.value(part)
            if isinstance(found, Unknown) or bool(found) is isinstance(node.op, ast.Or):
                return found
        return found

    def _compare(self, node: ast.Compare) -> object:
        left = self.value(node.left)
        for sign, other in zip(node.ops, node.comparators, strict=True):
            right = self.value(other)
            if right == ENVIRON and isinstance(left, str):
                found: object = (self.state.variable(left) is not None) is isinstance(sign, ast.In)
            else:
                found = self._operated(sign, left, right, node)
            if isinstance(found, Unknown) or not found:
                return found
            left = right
        return True

    def _ifexp(self, node: ast.IfExp) -> object:
        test = self.value(node.test)
        return test if isinstance(test, Unknown) else self.value(node.body if test else node.orelse)

    def _list(self, node: ast.List) -> object:
        return [*self._items(node.elts)]

    def _tuple(self, node: ast.Tuple) -> object:
        return tuple(self._items(node.elts))

    def _items(self, nodes: list[ast.expr]) -> Iterator[object]:
        for node in nodes:
            if isinstance(node, ast.Starred):
                yield from items_of(self.value(node.value))
            else:
                yield self.value(node)

    def _dict(self, node: ast.Dict) -> object:
        found: dict[object, object] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                other = self.value(value)
                if not isinstance(other, dict):
                    return other if isinstance(other, Unknown) else Unknown("part of it is no dict", self.at(node))
                found |= other
            else:
                name = self.value(key)
                if isinstance(name, Unknown):
                    return name
                found[name] = self.value(value)
        return found

    def _listcomp(self, node: ast.ListComp | ast.GeneratorExp) -> object:
        found: list[object] = []
        self._loop(node.generators, lambda: found.append(self.value(node.elt)))
        return found

    _generatorexp = _listcomp

    def _dictcomp(self, node: ast.DictComp) -> object:
        found: dict[object, object] = {}
        self._loop(node.generators, lambda: found.update({self.value(node.key): self.value(node.value)}))
        return found

    def _loop(self, generators: list[ast.comprehension], each: Callable[[], None]) -> None:
        first, *rest = generators
        self.state.scopes.append({})
        try:
            for item in items_of(self.value(first.iter)):
                self.assign(first.target, item)
                if all(self._is_true(test) for test in first.ifs):
                    self._loop(rest, each) if rest else each()
        finally:
            self.state.scopes.pop()

    def _is_true(self, node: ast.expr) -> bool:
        found = self.value(node)
        if isinstance(found, Unknown):
            raise TypeError
        return bool(found)

    def _namedexpr(self, node: ast.NamedExpr) -> object:
        value = self.value(node.value)
        self.assign(node.target, value)
        return value
