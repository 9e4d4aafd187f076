"""python-dotenv's parser without the rest of python-dotenv, which takes ten times as long to load.

The contract with python-dotenv, which a test names and pyproject.toml pins: `dotenv/parser.py` imports nothing of its
package, its `parse_stream` yields bindings with `key`, `value`, `original.string` and `error`, and calls
`parse_unquoted_value`, which reads `_unquoted_value`.
"""

from __future__ import annotations

import re
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

    from dotenv.parser import Binding, Reader

_COMMENT = re.compile(r"(?<!\s)\s+#.*")


def _parse_stream() -> Callable[[IO[str]], Iterator[Binding]]:
    """Return the function `parse_stream` of the file `dotenv/parser.py`, without running `dotenv/__init__.py`."""
    package = find_spec("dotenv")
    folders = package.submodule_search_locations if package else None
    spec = PathFinder.find_spec("dotenv.parser", folders) if folders else None
    if spec is None or spec.loader is None:  # it is installed in an unusual way, or not at all
        from dotenv.parser import parse_stream

        return parse_stream
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module)["parse_unquoted_value"] = _unquoted(module._unquoted_value)
    found: Callable[[IO[str]], Iterator[Binding]] = module.parse_stream
    return found


def _unquoted(pattern: re.Pattern[str]) -> Callable[[Reader], str]:
    """Return python-dotenv's `parse_unquoted_value` for long values.

    Its own tries `\\s+#.*` at every blank, which takes seconds for 20 000 of them in a row; this one only at the first.
    """

    def parse(reader: Reader) -> str:
        (part,) = reader.read_regex(pattern)
        return _COMMENT.sub("", part).rstrip()

    return parse


parse_stream = _parse_stream()
