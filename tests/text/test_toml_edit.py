"""A change of a TOML text means exactly what was asked for, and touches nothing else."""

from __future__ import annotations

import pytest

from taoshell.errors import TaoshellError
from taoshell.text.toml_edit import Removed, edited, parsed, value_at

DOCUMENTS = [
    *("", "a = 3", "a = {}\n", "a = {b = {c = 1}}\n", "a.b = 1\na.c = 2 # n\n", "[a]\nb.c = 1\nb.x = 2\n[q]\n"),
    '# ours\nlayout = "classic" # x\n',
    "[a] # h\nb = 1\n\n# c\n[a.d]\nx = 1\n",
    "a = { b = 1, d.e = 2 } # t\n",
    "[a]\r\nb = 1\r\n",
    '[a.b.c]\nx = "#"\n',
    '[[z]]\na=1\n[a]\nb = """x\n[y]\n"""\n',
    "[a]\n# only\nb=1\n",
    "'a'.\"b\" = '''\n= # [a] '''''\n",
    'a = [ # one\n { b = "]" }, # two\n]\n',
    "a.b.c = 1\n[a.d]\ne = 2\n",
]
PATHS = [("a",), ("a", "b"), ("a", "b", "c"), ("a", "d", "e"), ("q", "r s"), ("n",)]
VALUES = [1, 'a "b" \\ \x7f\n', {"k": 1}, {}, [1, "x"], {"b": 2, "c": {"d": True}}]


@pytest.mark.parametrize("text", DOCUMENTS)
@pytest.mark.parametrize("path", PATHS)
def test_a_value_comes_back_from_any_form(text: str, path: tuple[str, ...]) -> None:
    for value in VALUES:
        above = [value_at(parsed(text), path[:length]) for length in range(1, len(path))]
        if any(not isinstance(item, (dict, type(None))) for item in above):
            with pytest.raises(TaoshellError, match="is a value, not a table"):
                edited(text, [(path, value)])
            continue
        after = edited(text, [(path, value)])
        assert value_at(parsed(after), path) == value
        assert edited(after, [(path, value)]) == after


@pytest.mark.parametrize("text", DOCUMENTS)
@pytest.mark.parametrize("path", PATHS)
def test_what_is_removed_is_gone(text: str, path: tuple[str, ...]) -> None:
    assert value_at(parsed(edited(text, [(path, Removed)])), path) is None


def test_what_was_added_is_removed_without_a_trace() -> None:
    paths = [("places", "data"), ("container", "env", "A"), ("container", "user"), ("places", "x")]
    text = edited("# ours\nnetwork = 'unet'\n", [(path, "x") for path in paths])
    assert edited(text, [(path, Removed) for path in paths]) == "# ours\nnetwork = 'unet'\n"


@pytest.mark.parametrize("text", ["a = ", "[" * 5_000, "a = 1\na = 2\n", "\0"])
def test_a_text_that_is_not_toml_is_refused(text: str) -> None:
    with pytest.raises(TaoshellError, match="not valid TOML"):
        edited(text, [(("a",), 1)])
