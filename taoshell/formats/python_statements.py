"""Follow the statements of Python code without running it. Pure.

If only running could tell which way the code goes, all that depends on it becomes unknown.
"""

from __future__ import annotations

import ast

from taoshell.errors import Where
from taoshell.formats.python_calls import called, is_known, update_environment
from taoshell.formats.python_doubts import HARMLESS, Doubts, Function, Returned
from taoshell.formats.python_expressions import FAILURES
from taoshell.formats.python_methods import Call, method
from taoshell.formats.python_values import ENVIRON, FAILS, MOST_ITEMS, Named, Unknown, items_of

_DEEPEST = 20  # calls of the code's own functions
_JUMPS = (ast.Break, ast.Continue)


class _Jumped(Exception):
    def __init__(self, *, is_break: bool) -> None:
        self.is_break = is_break


class Statements(Doubts):
    """Follows the statements of one cell in `state`."""

    def run(self, body: list[ast.stmt]) -> None:
        """Follow the statements of a cell."""
        try:
            self._body(body)
        except (Returned, _Jumped):  # no valid Python
            return

    def _body(self, body: list[ast.stmt]) -> None:
        for node in body:
            self.state.step(self.at(node))
            follow = getattr(self, f"_do_{type(node).__name__.lower()}", None)
            try:
                if follow is not None:
                    follow(node)
                elif isinstance(node, _JUMPS):
                    raise _Jumped(is_break=isinstance(node, ast.Break))
                else:
                    self.doubt([node], Unknown(f"taoshell does not follow a {type(node).__name__}", self.at(node)))
            except FAILURES as error:
                self.doubt([node], Unknown(f"{FAILS}{type(error).__name__}", self.at(node)))

    def _do_expr(self, node: ast.Expr) -> None:
        self.value(node.value)

    def _do_pass(self, node: ast.Pass) -> None:
        pass

    def _do_assert(self, node: ast.Assert) -> None:
        pass

    def _do_raise(self, node: ast.Raise) -> None:
        pass

    def _do_global(self, node: ast.Global) -> None:
        if len(self.state.scopes) > 1:
            for name in node.names:
                self.state.scopes[-1][name] = Unknown("a function changes it", self.at(node))

    def _do_import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            self.state.bind(alias.asname or name, Named(name), self.at(node))

    def _do_importfrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.state.note(
                    f"from {node.module} import * may set anything, and taoshell does not read it", self.at(node)
                )
            else:
                self.state.bind(alias.asname or alias.name, Named(f"{node.module}.{alias.name}"), self.at(node))

    def _do_functiondef(self, node: ast.FunctionDef) -> None:
        found = (
            Unknown("its function is decorated", self.at(node))
            if node.decorator_list
            else Function(node, self.at(node))
        )
        self.state.scopes[-1][node.name] = found

    def _do_classdef(self, node: ast.ClassDef) -> None:
        self.state.scopes[-1][node.name] = Unknown(f"it comes from the class {node.name}", self.at(node))

    def _do_return(self, node: ast.Return) -> None:
        raise Returned(None if node.value is None else self.value(node.value))

    def _do_assign(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self.assign(target, value)

    def _do_annassign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.assign(node.target, self.value(node.value))

    def _do_augassign(self, node: ast.AugAssign) -> None:
        old = self.value(node.target)
        new = self.value(node.value)
        if old == ENVIRON:
            update_environment(new, self.state, self.at(node))
        elif isinstance(old, list) and isinstance(node.op, ast.Add):
            items = items_of(new)
            if len(old) + len(items) > MOST_ITEMS:
                raise OverflowError
            old.extend(items)
        else:
            self.assign(node.target, self._operated(node.op, old, new, node))

    def _do_delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.state.scopes[-1].pop(target.id, None)
            elif isinstance(target, ast.Subscript):
                holder, key = self.value(target.value), self.value(target.slice)
                if holder == ENVIRON:
                    self.state.remove_variable(key, self.at(node))
                elif isinstance(holder, (dict, list)):
                    del holder[key]  # type: ignore[arg-type]

    def _do_if(self, node: ast.If) -> None:
        if _asks_for_main(node.test):
            self._body(node.body)
            return
        test = self.value(node.test)
        if isinstance(test, Unknown):
            self.doubt([*node.body, *node.orelse], test)
        else:
            self._body(node.body if test else node.orelse)

    def _do_for(self, node: ast.For) -> None:
        found = self.value(node.iter)
        try:
            items = items_of(found)
        except TypeError:
            self.doubt([node], found if isinstance(found, Unknown) else Unknown("it is set in a loop", self.at(node)))
            return
        for item in items:
            self.assign(node.target, item)
            try:
                self._body(node.body)
            except _Jumped as jump:
                if jump.is_break:
                    return
        self._body(node.orelse)

    def _do_with(self, node: ast.With) -> None:
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value)
        self._body(node.body)

    def _do_try(self, node: ast.Try) -> None:
        self._body([*node.body, *node.orelse])
        self.doubt(
            [inner for handler in node.handlers for inner in handler.body],
            Unknown("it depends on whether a line fails", self.at(node)),
        )
        self._body(node.finalbody)

    def _call(self, node: ast.Call) -> object:
        at = self.at(node)
        if isinstance(node.func, ast.Attribute):
            holder = self.value(node.func.value)
            if not isinstance(holder, (Named, Unknown, Function)):
                args, keywords = self._arguments(node)
                return method(holder, node.func.attr, Call(self.state, args, keywords, at))
            if isinstance(holder, Named) and holder.name == "get_ipython()":
                return self._ipython(node.func.attr, node, at)
        function = self.value(node.func)
        args, keywords = self._arguments(node)
        if isinstance(function, Function):
            return self._inlined(function, args, keywords, at)
        if isinstance(function, Named):
            if function.name in ("get_ipython", "IPython.get_ipython"):
                return Named("get_ipython()")
            found = called(function.name, Call(self.state, args, keywords, at))
            if not isinstance(found, Unknown) or function.name in HARMLESS:
                return found
        else:
            found = function if isinstance(function, Unknown) else Unknown("it is no function", at)
        if ENVIRON in args and not (isinstance(function, Named) and is_known(function.name)):
            self.state.note("this gets os.environ and may change it, which taoshell does not follow", at)
        for arg in node.args:  # the function may change what it gets
            if isinstance(arg, ast.Name) and isinstance(self.state.lookup(arg.id), (dict, list)):
                self.assign(arg, found)
        return found

    def _arguments(self, node: ast.Call) -> tuple[list[object], dict[str, object]]:
        keywords: dict[str, object] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            keywords |= {keyword.arg: value} if keyword.arg else dict(value)  # type: ignore[call-overload]
        return list(self._items(node.args)), keywords

    def _ipython(self, name: str, node: ast.Call, at: Where) -> object:
        args = [self.value(arg) for arg in node.args]
        texts = [arg for arg in args if isinstance(arg, str)]
        if name == "run_line_magic" and len(texts) == 2:
            self.magic(texts[0], texts[1], at)
        elif name == "magic" and texts:
            self.magic(*(texts[0].lstrip("%").partition(" ")[::2]), at)
        elif name == "system" and texts:
            self.state.commands.append((texts[0], at))
        return Unknown("it is the output of a command", at)

    def _inlined(self, function: Function, args: list[object], keywords: dict[str, object], at: Where) -> object:
        """Return what a function of the code returns, and do what it does."""
        given = function.node.args
        names = [arg.arg for arg in [*given.posonlyargs, *given.args]]
        if len(self.state.scopes) > _DEEPEST or given.vararg or given.kwarg:
            self.doubt(function.node.body, Unknown(f"{function.node.name}() is not followed", at))
            return Unknown(f"{function.node.name}() is not followed", at)
        defaults = dict(zip(names[len(names) - len(given.defaults) :], map(self.value, given.defaults), strict=True))
        defaults |= {
            arg.arg: self.value(default)
            for arg, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
            if default
        }
        outer, cell = self.state.scopes, self.cell
        self.state.scopes = [outer[0], {**defaults, **dict(zip(names, args, strict=False)), **keywords}]
        self.state.depth += 1
        self.cell = function.at.file
        try:
            if self.state.depth > _DEEPEST:
                return Unknown(f"{function.node.name}() calls itself", at)
            self._body(function.node.body)
        except Returned as result:
            return result.value
        finally:
            self.state.scopes, self.cell = outer, cell
            self.state.depth -= 1
        return None


def _asks_for_main(test: ast.expr) -> bool:
    """Whether `test` is __name__ == "__main__", which is true in a notebook and in a script that is run."""
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"
