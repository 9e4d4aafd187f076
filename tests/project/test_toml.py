"""The lines of keys, which tomlkit does not keep, and files that are not valid TOML."""

from __future__ import annotations

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from taoshell.errors import Where
from taoshell.project.problems import Problem
from taoshell.project.toml import lines_of, parse

TEXT = '''\
# a comment
layout = "classic"

[places]
data = "x" # data = "y"
text = """
specs = "no key"
"""
specs = { host = "s", container = "/c" }

own.host = "o"

[container]
ports = [
  1, # one

  2,
]
"user" = "auto"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("layout",), 2),
        (("places",), 4),
        (("places", "data"), 5),
        (("places", "text"), 6),
        (("places", "specs"), 9),
        (("places", "specs", "host"), 9),
        (("places", "own", "host"), 11),
        (("container",), 13),
        (("container", "ports"), 14),
        (("container", "user"), 19),
        (("places", "none"), None),
        (("layout", "classic"), None),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_line_of_a_key(path: tuple[str, ...], line: int | None, newline: str) -> None:
    assert lines_of(TEXT.replace("\n", newline)).get(path) == line


KEYS = st.text("abc d.'\"#=[]\n", min_size=1, max_size=4)
VALUES = st.text("x\n'\"#=[]", max_size=6) | st.integers() | st.lists(st.integers(), max_size=3)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=6), st.sampled_from(["", "# comment\n\n"]))
def test_the_line_of_every_key_begins_its_statement(table: dict[str, object], between: str) -> None:
    statements = [tomlkit.dumps({key: value}) for key, value in table.items()]
    text, start = "", 1
    starts = {}
    for key, statement in zip(table, statements, strict=True):
        text += between + statement
        starts[key] = start + between.count("\n")
        start = text.count("\n") + 1
    assert {key: lines_of(text)[key,] for key in table} == starts


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("a = 1\na = 2\n", 2),
        ("a = 1\n\na = [\n1]\n", 3),
        ("x = 1\ny = { a = 1, a = 2 }\n", 2),
        ("[a]\nb = 1\n[a.b]\nc = 1\n", 3),
        ('a = 1\n# why\n"a" = """\n\n"""\nb = 1', 3),
        ("[a]\nb\n", 2),
        ('a = """\n\n', 2),
        ("a = 1 b\n", 1),
    ],
)
def test_an_error_in_toml_has_its_line(text: str, line: int) -> None:
    with pytest.raises(Problem, match="this is not valid TOML") as refused:
        parse(text, "f")
    assert refused.value.where == Where("f", line)


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 3000 + "]" * 3000, ".".join("a" * 3000) + " = 1"], ids=["lists", "keys"]
)
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(Problem, match=r"nested too deeply|this is not valid TOML"):
        parse(text, "f")
